"""Says what became of the chosen rows when another computer or program took them away; shows where they moved."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from audiodesk.desktop.base.controller import Controller, Shared
from audiodesk.desktop.library.centre_controller import CentreController
from audiodesk.desktop.library.library_controller import LibraryController
from audiodesk.domain import words
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.words.library.trash_words import taken_away

__all__ = ["LostChoice"]


class _Found(NamedTuple):
    """What became of a row: whether it is live elsewhere, and its title (empty: it is gone for good)."""

    is_live: bool
    title: str


class LostChoice(Controller):
    """Listens to tree and tables. Until the person chooses again, the window's actions apply to nothing."""

    def __init__(
        self, shared: Shared, centre: CentreController, edits: LibraryController, reveal: Callable[[list[Ref]], object]
    ) -> None:
        super().__init__(shared)
        self._edits, self._reveal = edits, reveal
        for signal in (self._window.tree.choice_lost, centre.choice_lost):
            signal.connect(self._on_lost)

    def _on_lost(self, refs: list[Ref]) -> None:
        self._window.chosen.lose()
        first = refs[0]

        def look() -> _Found:
            path = self._core.catalogue.crumbs(first)
            return _Found(self._core.catalogue.is_live(first), path[-1].title if path else "")

        def show(found: _Found) -> None:
            if found.is_live:
                self._reveal(refs)
            elif found.title:
                self._notices.offer(
                    taken_away(found.title, len(refs)),
                    words.tr("Bring back"),
                    lambda: self._edits.bring_back(refs),
                    icon="trash-2",
                )

        self._tasks.start(look, "show").done(show).failed(self._notices.show_error)
