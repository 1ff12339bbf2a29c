"""Keeps a window that is being closed open until every edit is written."""

from __future__ import annotations

from PySide6.QtCore import QObject

from audiodesk.desktop.base.tasks import Tasks
from audiodesk.domain import words
from audiodesk.views.frame.main_window import MainWindow

__all__ = ["Finishing"]


class Finishing(QObject):
    """Says "Finishing…" while edits are written, and closes the window after them.

    An edit that fails keeps the window open: what the person typed is still there, and the notice says why.
    """

    def __init__(self, window: MainWindow, tasks: Tasks) -> None:
        super().__init__(window)
        self._window, self._tasks = window, tasks
        self._is_waiting = False
        tasks.edits_finished.connect(self._finished)

    def may_close(self) -> bool:
        """Take over what is being typed; tell whether nothing is left to be written. Else close later, by itself."""
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
