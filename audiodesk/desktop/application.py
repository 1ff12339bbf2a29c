"""Starts the window: one for each library, over services that are opened before and closed after it."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence

from PySide6.QtCore import QSocketNotifier
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

import audiodesk
from audiodesk.composition import Core, open_core
from audiodesk.desktop import locale
from audiodesk.desktop.crash import CrashHook
from audiodesk.desktop.desk import Desk
from audiodesk.domain.errors import AudioDeskError, OutsideError
from audiodesk.domain.settings import Scheme
from audiodesk.domain.words import tr
from audiodesk.system.folders import resources
from audiodesk.system.locks import WindowLock
from audiodesk.views import icons
from audiodesk.views.theme import STYLE, Theme

__all__ = ["main", "prepare"]

_NOT_NOW = 3
"""The exit code for what is not possible now."""


def main(argv: Sequence[str] | None = None, environ: Mapping[str, str] | None = None) -> int:
    """Open the window of this person's library and return the exit code when it is closed."""
    # The style as an argument: ``QApplication.setStyle`` answers with it, and PySide makes all its enums for that.
    application = QApplication([*(sys.argv if argv is None else argv), "-style", STYLE])
    theme = prepare(application, None)
    hook = CrashHook(application)
    hook.install()
    try:
        while True:
            try:
                with open_core(environ, face="window") as core:
                    return _run(application, core, theme, hook)
            except AudioDeskError as error:
                if not _goes_on(error, theme, environ):
                    return _NOT_NOW
    finally:
        hook.remove()


def prepare(application: QApplication, scheme: Scheme | None = "system") -> Theme:
    """Give the application its name, its words, its icons and its colours; None: these are chosen later."""
    application.setApplicationName("AudioDesk")
    application.setApplicationVersion(audiodesk.__version__)
    application.setDesktopFileName("audiodesk")
    locale.install()
    icons.use_folder(resources() / "icons")
    application.setWindowIcon(QIcon(icons.icon("mic", "accent", 32)))
    theme = Theme(application)
    if scheme is not None:
        theme.choose(scheme)
    return theme


def _run(application: QApplication, core: Core, theme: Theme, hook: CrashHook) -> int:
    lock = WindowLock(core.library_folder)
    if not _is_only_window(core, lock):
        from audiodesk.desktop.single_window import raise_other  # QtNetwork costs a first start nothing

        return 0 if raise_other(core.library_folder) else _NOT_NOW
    desk = Desk(core, theme)
    # A style sheet that is there before the widgets is worked through again each time one gets its parent.
    theme.choose(core.settings.scheme)
    hook.crashed.connect(desk.show_error)
    try:
        with _ending_on_signals(desk):
            desk.show()
            code = application.exec()
        if desk.failure is not None:
            raise desk.failure
        return code
    finally:
        desk.close()
        lock.release()


def _is_only_window(core: Core, lock: WindowLock) -> bool:
    """Take the lock of the library's one window; where the library cannot be written, several may look at it."""
    try:
        return lock.acquire()
    except OutsideError:
        if core.database.trouble is None:
            raise
        return True


@contextlib.contextmanager
def _ending_on_signals(desk: Desk) -> Iterator[None]:
    """Close the window when the system or the terminal asks for the end; Qt's loop alone would not notice."""
    if sys.platform == "win32":  # there these signals do not come to a window
        yield
        return
    reading, writing = os.pipe()
    for end in (reading, writing):
        os.set_blocking(end, False)
    notifier = QSocketNotifier(reading, QSocketNotifier.Type.Read, desk)
    notifier.activated.connect(lambda *_: _end(desk, reading))
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    old = {number: signal.signal(number, lambda *_: None) for number in numbers}
    old_fd = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    try:
        yield
    finally:
        notifier.setEnabled(False)
        signal.set_wakeup_fd(old_fd)
        for number, handler in old.items():
            signal.signal(number, handler)
        os.close(reading)
        os.close(writing)


def _end(desk: Desk, wakened: int) -> None:
    with contextlib.suppress(OSError):
        os.read(wakened, 64)
    desk.window.close_guard = lambda: True
    desk.window.close()


def _goes_on(error: AudioDeskError, theme: Theme, environ: Mapping[str, str] | None) -> bool:
    """Say why the library cannot be opened; True where it is to be opened once more."""
    from audiodesk.desktop.opening import Opening
    from audiodesk.services.list_recovery import RECOVERABLE

    theme.choose("system")
    if error.code in RECOVERABLE or error.code == "library-gone":
        return Opening(environ).go_on(error)
    _say_why_not(error)
    return False


def _say_why_not(error: AudioDeskError) -> None:
    """Say in a window of its own why the library cannot be opened: there is no other window to say it in."""
    from PySide6.QtWidgets import QMessageBox

    from audiodesk.domain.error_words import error_action, error_sentence

    box = QMessageBox(QMessageBox.Icon.Warning, "AudioDesk", error_sentence(error))
    box.setInformativeText(error_action(error))
    box.setDetailedText(error.details)
    box.addButton(tr("Close"), QMessageBox.ButtonRole.RejectRole)
    box.exec()
