"""Says what became of the chosen rows when another computer or program took them away; shows where they moved."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from audiodesk.desktop.base.controller import Controller, Shared
from audiodesk.desktop.library.centre_controller import CentreController
from audiodesk.desktop.library.library_controller import LibraryController
from audiodesk.domain import words
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.words.library.trash_words import taken_away

__all__ = ["LostChoice"]


class _Found(NamedTuple):
    """Which of some rows can be brought back from the trash; not those that are live or were emptied out of it."""

    trashed: list[Ref]
    title: str
    """That of the first; empty if there is none."""


class LostChoice(Controller):
    """Listens to tree and tables. Until the person chooses again, the window's actions apply to nothing."""

    def __init__(
        self, shared: Shared, centre: CentreController, edits: LibraryController, reveal: Callable[[list[Ref]], object]
    ) -> None:
        super().__init__(shared)
        self._edits, self._reveal = edits, reveal
        self._refs: list[Ref] = []
        self._said = ""
        for signal in (self._window.tree.choice_lost, centre.choice_lost):
            signal.connect(self._on_lost)
        for signal in (self._bridge.tree_changed, self._bridge.takes_changed):
            signal.connect(lambda _what: self._look_again())
        self._bridge.changed_elsewhere.connect(self._look_again)

    def _on_lost(self, refs: list[Ref]) -> None:
        self._window.chosen.lose()

        def look() -> _Found | None:
            return None if self._core.catalogue.is_live(refs[0]) else self._found(refs)

        def show(found: _Found | None) -> None:
            if found is None:
                self._reveal(refs)
            else:
                self._offer(found)

        self._tasks.start(look, "show").done(show).failed(self._notices.show_error)

    def _found(self, refs: list[Ref]) -> _Found:
        """On another thread: look what became of these rows."""
        catalogue = self._core.catalogue
        trashed = [ref for ref in refs if catalogue.is_restorable(ref)]
        return _Found(trashed, catalogue.crumbs(trashed[0])[-1].title if trashed else "")

    def _offer(self, found: _Found) -> None:
        """Offer to bring back what is in the trash, if anything is."""
        refs = self._refs = found.trashed
        if refs:
            said = taken_away(found.title, len(refs))
            act = partial(self._edits.bring_back, refs)
            self._said = self._notices.offer(said, words.tr("Bring back"), act, icon="trash-2")

    def _look_again(self) -> None:
        """Take the notice back as soon as nothing of what it names is in the trash; else name only what still is."""
        refs, said = self._refs, self._said
        if not said or self._window.notice.sentence != said:
            return

        def show(found: _Found) -> None:
            if said == self._said and len(found.trashed) < len(refs) and self._notices.withdraw(said):
                self._offer(found)

        self._tasks.start(lambda: self._found(refs), "show").done(show).failed(lambda _error: None)
