"""Keeps a window that is being closed open until every edit is written."""

from __future__ import annotations

from PySide6.QtCore import QObject

from audiodesk.desktop.base.tasks import Tasks
from audiodesk.domain import words
from audiodesk.views.frame.main_window import MainWindow

__all__ = ["Finishing"]


class Finishing(QObject):
    """Shows "Finishing…" while edits are written, then closes the window.

    If an edit fails, the window stays open: what the person typed is still there, and a notice gives the reason.
    """

    def __init__(self, window: MainWindow, tasks: Tasks) -> None:
        super().__init__(window)
        self._window, self._tasks = window, tasks
        self._is_waiting = False
        tasks.edits_finished.connect(self._finished)

    def may_close(self) -> bool:
        """Commit what is being typed; return True if no edit is outstanding. Else the window closes by itself later."""
        if not self._is_waiting:
            self._window.commit_edits()
        if not self._tasks.has_edits:
            return True
        if not self._is_waiting:
            self._is_waiting = True
            self._window.status.show_hint(words.tr("Finishing…"))
            self._window.set_usable(is_usable=False)
        return False

    def _finished(self, has_failed: bool) -> None:  # noqa: FBT001 - a signal's
        if not self._is_waiting:
            return
        self._is_waiting = False
        self._window.status.show_hint("")
        self._window.set_usable(is_usable=True)
        if not has_failed:
            self._window.close()
