"""Searches as the person types, and goes to the hit that they choose."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal

from audiodesk.desktop.base.controller import Controller, Shared
from audiodesk.desktop.base.tasks import Task
from audiodesk.domain.library.listings import Hit
from audiodesk.domain.library.read_model import Crumb, Ref

__all__ = ["FindController"]

_LIMIT = 200


class FindController(Controller):
    """Runs searches; ``reveal`` shows a row of any kind.

    Signals:
        ended: the search has ended (nothing).
    """

    ended = Signal()

    def __init__(self, shared: Shared, *, reveal: Callable[[Ref], object]) -> None:
        super().__init__(shared)
        self._reveal = reveal
        self._task: Task | None = None
        self._wants_first = False
        self._window.head.find_changed.connect(self.find)
        self._window.head.find_accepted.connect(self._accept)
        self._window.head.find_stepped.connect(self._step)
        self._window.found.go_requested.connect(self._go)

    def find(self, text: str) -> None:
        """Show what contains all words of ``text``; an empty text returns to the former view."""
        if self._task is not None:
            self._task.forget()
            self._task = None
        if not text.strip():
            self._window.show_found(is_shown=False)
            self.ended.emit()
            return
        self._task = self._tasks.start(lambda: self._core.catalogue.find(text, _LIMIT), "show")
        self._task.done(lambda hits: self._show(text, hits)).failed(self._failed)

    def _show(self, text: str, hits: list[Hit]) -> None:
        self._task = None
        self._window.details.show_nothing()  # the row chosen before is not a hit
        self._window.found.show_hits(text, hits, _LIMIT)
        self._window.show_found(is_shown=True)
        if self._wants_first:
            self._wants_first = False
            self._window.found.go_to_current()

    def _failed(self, _error: object) -> None:
        self._task = None

    def _accept(self) -> None:
        """Go to the current hit; while the search is running, go as soon as it has ended."""
        if self._task is None and self._window.head.is_resting:
            self._window.found.go_to_current()
        else:
            self._wants_first = True

    def _step(self, offset: int) -> None:
        self._window.found.step(offset)

    def _go(self, ref: Ref, _crumbs: tuple[Crumb, ...]) -> None:
        self._window.head.field.clear()
        self._window.tree.setFocus()
        self._reveal(ref)
