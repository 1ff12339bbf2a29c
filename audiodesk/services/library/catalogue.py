"""Reads all that a library holds: takes, projects, the trash, search, and rows by id or path."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING

from audiodesk.domain.errors import UserError
from audiodesk.domain.library.entity import TREE, Entity
from audiodesk.domain.library.folding import search_words
from audiodesk.domain.library.listings import (
    TRASH_DAYS,
    Hit,
    ProjectDetails,
    TakeDetails,
    TakeRow,
    Totals,
    TrashItem,
    TrashLoss,
)
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.states import NO_TAKES, TakeState, take_state
from audiodesk.domain.words.program.command_words import candidate_lines
from audiodesk.local.rows.library import cover_repo, resolve_repo, take_repo, totals_repo, tree_repo
from audiodesk.services.library.tree import Tree

if TYPE_CHECKING:  # short commands do without it
    from audiodesk.domain.library.conflict import Conflict

__all__ = ["Catalogue"]

_DAY = 86_400_000


class Catalogue(Tree):
    """The tree, and all that is in it. Every method may raise OutsideError where the disk does not answer."""

    def takes(self, section_id: str) -> list[TakeRow]:
        """Return the live takes of a section in their order."""
        with self._database.read() as connection:
            return take_repo.takes(connection, section_id)

    def takes_below(self, project_id: str) -> dict[str, list[TakeRow]]:
        """Return the live takes of all live sections of a project in their order, by the section's id."""
        with self._database.read() as connection:
            return take_repo.takes_below(connection, project_id)

    def next_take_number(self, section_id: str) -> int:
        """Return the number that a new take of the section would have."""
        with self._database.read() as connection:
            return take_repo.next_number(connection, section_id)

    def take(self, take_id: str) -> TakeDetails:
        """Return all that is known of a take, live or trashed. Raises UserError("not-found")."""
        with self._database.read() as connection:
            details = take_repo.details(connection, take_id)
        if details is None:
            raise UserError("not-found", text=take_id)
        return details._replace(state=self.state_of(details.row))

    def project(self, project_id: str) -> ProjectDetails:
        """Return a project with its cover. Raises UserError("not-found")."""
        from audiodesk.local.rows.store.row_store import RowStore  # the tree and the takes do without this module

        with self._database.read() as connection:
            project = RowStore(connection).need(Ref(Entity.PROJECT, project_id))
            return ProjectDetails(project, cover_repo.cover(connection, project_id))

    def playlist(self, ref: Ref | str) -> list[TakeRow]:
        """Return the current takes below a project, chapter or section in order; a plain id is a chapter's."""
        wanted = Ref(Entity.CHAPTER, ref) if isinstance(ref, str) else ref
        with self._database.read() as connection:
            return take_repo.playlist(connection, wanted)

    def conflicts(self) -> list[Conflict]:
        """Return the sections where takes from different computers replace the same take, in the tree's order."""
        from audiodesk.local.rows.library import conflict_repo  # short commands do without it

        with self._database.read() as connection:
            return conflict_repo.conflicts(connection)

    def find(self, text: str, limit: int = 200) -> list[Hit]:
        """Return at most ``limit`` live rows that hold all words of ``text``, whatever their case and accents."""
        from audiodesk.local.rows.library import find_repo

        with self._database.read() as connection:
            return find_repo.find(connection, search_words(text), limit)

    def trash(self) -> list[TrashItem]:
        """Return what can be restored, newest first."""
        from audiodesk.local.rows.library import trash_repo  # loads what edits need; the tree is quicker without it

        with self._database.read() as connection:
            return trash_repo.items(connection)

    def is_restorable(self, ref: Ref) -> bool:
        """Tell whether the row or one above it is in the trash, and it was not emptied out of it."""
        from audiodesk.local.rows.library import trash_repo  # as above

        with self._database.read() as connection:
            is_there = bool(tree_repo.crumbs(connection, ref)) and not trash_repo.is_emptied(connection, ref)
            return is_there and not tree_repo.is_live(connection, ref)

    def trash_loss(self) -> TrashLoss:
        """Return what emptying the trash removes for good; audio that another take still uses does not count."""
        from audiodesk.local.rows.library import trash_repo  # as above

        with self._database.read() as connection:
            return trash_repo.loss(connection)

    def totals(self, *, roughly: bool = False) -> Totals:
        """Count the whole library; too slow for the main thread.

        The states of takes are cached by section; all else takes 30 ms for 60 000 takes. ``roughly``: while the first
        sync brings the library, states are not counted (``is_coming``): they would change faster than they are counted.
        """
        now = self._database.clock()
        due = now - TRASH_DAYS * _DAY
        if roughly:
            from audiodesk.local.rows.sync import sync_place_repo  # as above

            with self._database.read() as connection:
                if sync_place_repo.is_partly_here(connection):
                    return totals_repo.totals(connection, now, due, NO_TAKES)._replace(is_coming=True)
        self._sums.prepare(None)
        with self._sums.moment() as moment:
            return totals_repo.totals(moment.connection, now, due, moment.states())

    def resolve(self, text: str, entity: Entity | None = None) -> Ref:
        """Return the row meant by a full id, the unique beginning of one, or a path ("My Book/Chapter 1/Section 2").

        ``entity`` says which noun it must be. Live rows go before trashed ones. Raises UserError("not-found") or
        UserError("ambiguous"), whose details list what could be meant.
        """
        entities = TREE if entity is None else (entity,)
        with self._database.read() as connection:
            found = (
                resolve_repo.by_path(connection, text, entities, trashed=False)
                or resolve_repo.by_beginning(connection, text.strip(), entities)
                or resolve_repo.by_path(connection, text, entities, trashed=True)
            )
            candidates = "" if len(found) < 2 else _candidates(connection, found)
        if not found:
            raise UserError("not-found", text=text)
        if len(found) > 1:
            raise UserError("ambiguous", text=text, details=candidates)
        return found[0]

    def state_of(self, row: TakeRow) -> TakeState:
        """Return the state of a take; with the back end ``local`` there are no states of the cloud."""
        facts = row.facts if self._sums.has_cloud else row.facts._replace(cloud=False)
        return take_state(facts, self._database.clock())


def _candidates(connection: sqlite3.Connection, found: Sequence[Ref]) -> str:
    paths = [[crumb.title for crumb in tree_repo.crumbs(connection, ref)] for ref in found]
    return candidate_lines(list(zip(found, paths, strict=True)))
