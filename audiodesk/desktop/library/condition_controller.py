"""Shows in the window when the library is gone, read-only or on a full disk, and when it can be changed again."""

from __future__ import annotations

from collections.abc import Callable

from audiodesk.desktop.base.controller import Controller, Shared
from audiodesk.desktop.status_controller import StatusController
from audiodesk.domain import words
from audiodesk.domain.errors import DISK_FULL
from audiodesk.domain.events import LibraryCondition
from audiodesk.domain.words.errors.error_words import error_action, error_sentence
from audiodesk.domain.words.errors.library_place_words import library_back, library_is_whole_again

__all__ = ["ConditionController"]


class ConditionController(Controller):
    """Shows one notice for as long as the condition lasts; on a full disk it leads to the trash."""

    def __init__(self, shared: Shared, status: StatusController, *, open_trash: Callable[[], object]) -> None:
        super().__init__(shared)
        self._status, self._open_trash = status, open_trash
        self._said = ""
        self._bridge.condition_changed.connect(self._on_changed)

    def _on_changed(self, event: LibraryCondition) -> None:
        if self._said:
            self._notices.withdraw(self._said)
        if event.error is None:
            self._said = ""
            self._window.status.say(library_back() if event.before == "library-gone" else library_is_whole_again())
        elif event.error.code in DISK_FULL:
            said = f"{error_sentence(event.error)} {error_action(event.error)}"
            self._said = self._notices.offer(
                said, words.tr("Look at the trash"), self._open_trash, icon="triangle-alert"
            )
        else:
            self._said = self._notices.show_error(event.error)
        self._status.count()
