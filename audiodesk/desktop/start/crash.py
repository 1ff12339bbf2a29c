"""Handles exceptions that nothing else caught: logs them without secrets, and shows them in words."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QObject, Qt, QtMsgType, Signal, qInstallMessageHandler

from audiodesk.domain.errors import BugError
from audiodesk.system.logs import redact

__all__ = ["CrashHook"]

_log = logging.getLogger(__name__)
_qt_log = logging.getLogger("audiodesk.qt")
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class CrashHook(QObject):
    """Replaces the exception hooks of Python and Qt's message handler while it is installed.

    Signals:
        crashed: a bug of this program was caught, on any thread (BugError).
    """

    crashed = Signal(object)
    _caught = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._said: set[str] = set()
        self._caught.connect(self._tell, Qt.ConnectionType.QueuedConnection)
        self._old = (sys.excepthook, threading.excepthook, sys.unraisablehook)

    def install(self) -> None:
        """Install the hooks."""
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        sys.unraisablehook = self._on_unraisable
        qInstallMessageHandler(self._on_qt_message)

    def remove(self) -> None:
        """Restore the former hooks."""
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._old
        qInstallMessageHandler(None)

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._old[0](kind, error, trace)
            return
        _log.critical("nobody caught this", exc_info=(kind, error, trace))
        details = redact("".join(traceback.format_exception_only(kind, error)).strip())
        try:
            self._caught.emit(BugError("unexpected", details=details))
        except RuntimeError:  # the window is gone already; the error is in the log
            return

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            self._on_exception(args.exc_type, args.exc_value, args.exc_traceback)

    def _on_unraisable(self, args: sys.UnraisableHookArgs) -> None:
        """Log what is raised where nobody can catch it, such as in a destructor; Python would print it."""
        if args.exc_value is not None:
            _log.error("nobody could catch this", exc_info=(args.exc_type, args.exc_value, args.exc_traceback))

    def _on_qt_message(self, kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        _qt_log.log(_LEVELS.get(kind, logging.WARNING), "%s: %s", context.category or "default", message)

    def _tell(self, error: BugError) -> None:
        """Report each bug once: a bug that comes with every paint must not fill the window."""
        if error.details not in self._said:
            self._said.add(error.details)
            self.crashed.emit(error)
