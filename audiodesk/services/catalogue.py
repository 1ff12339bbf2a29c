"""Reads a library for whoever shows it: cheap, from any thread, always of one moment."""

from __future__ import annotations

from collections.abc import Iterable

from audiodesk.domain.entities import Entity
from audiodesk.domain.errors import UserError
from audiodesk.domain.folding import search_words
from audiodesk.domain.outline import (
    Crumb,
    Hit,
    NodeCounts,
    ProjectDetails,
    Ref,
    TakeDetails,
    TakeRow,
    Totals,
    TrashItem,
    TreeNode,
)
from audiodesk.domain.states import TakeFacts, TakeState, take_state
from audiodesk.local import find_repo, outline_repo, resolve_repo, take_repo, trash_repo
from audiodesk.local.database import Database
from audiodesk.local.rows import Rows

__all__ = ["Catalogue"]

_RESOLVED = (Entity.PROJECT, Entity.CHAPTER, Entity.SECTION, Entity.TAKE)
_DAY = 86_400_000


class Catalogue:
    """What is in a library. Every method may raise OutsideError where the disk does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def children(self, parent: Ref | None, *, counted: bool = False) -> list[TreeNode]:
        """Return the live rows below ``parent`` (None: the projects) in their order.

        Their numbers are UNCOUNTED unless ``counted``, so that the first paint waits for nothing; ``children`` (how
        many are below) is always known.
        """
        with self._database.read() as connection:
            nodes = outline_repo.children(connection, parent)
            if not counted:
                return nodes
            return [node.counted(outline_repo.counts(connection, node.ref)) for node in nodes]

    def counts(self, refs: Iterable[Ref]) -> dict[str, NodeCounts]:
        """Return the numbers of these projects, chapters and sections, by id: about 10 microseconds a section."""
        with self._database.read() as connection:
            return {ref.id: outline_repo.counts(connection, ref) for ref in refs}

    def node(self, ref: Ref) -> TreeNode | None:
        """Return one project, chapter or section with its numbers; None where it is not there or in the trash."""
        with self._database.read() as connection:
            node = outline_repo.node(connection, ref) if outline_repo.is_live(connection, ref) else None
            return None if node is None else node.counted(outline_repo.counts(connection, ref))

    def takes(self, section_id: str) -> list[TakeRow]:
        """Return the live takes of a section in their order."""
        with self._database.read() as connection:
            return take_repo.takes(connection, section_id)

    def takes_below(self, project_id: str) -> dict[str, list[TakeRow]]:
        """Return the live takes of all live sections of a project in their order, by the section's id."""
        with self._database.read() as connection:
            return take_repo.takes_below(connection, project_id)

    def take(self, take_id: str) -> TakeDetails:
        """Return all that is known of a take, live or trashed. Raises UserError("not-found")."""
        with self._database.read() as connection:
            details = take_repo.details(connection, take_id)
        if details is None:
            raise UserError("not-found", text=take_id)
        return details

    def project(self, project_id: str) -> ProjectDetails:
        """Return a project with its cover. Raises UserError("not-found")."""
        with self._database.read() as connection:
            project = Rows(connection, 0).need(Ref(Entity.PROJECT, project_id))
            return ProjectDetails(project, take_repo.cover(connection, project_id))

    def crumbs(self, ref: Ref) -> tuple[Crumb, ...]:
        """Return the path from the project down to ``ref`` itself; empty where it is not there."""
        with self._database.read() as connection:
            return outline_repo.crumbs(connection, ref)

    def is_live(self, ref: Ref) -> bool:
        """Tell whether the row is there, and neither it nor what holds it is in the trash."""
        with self._database.read() as connection:
            return outline_repo.is_live(connection, ref)

    def playlist(self, ref: Ref | str) -> list[TakeRow]:
        """Return the current takes below a project, chapter or section in order; a plain id is a chapter's."""
        wanted = Ref(Entity.CHAPTER, ref) if isinstance(ref, str) else ref
        with self._database.read() as connection:
            return take_repo.playlist(connection, wanted)

    def find(self, text: str, limit: int = 200) -> list[Hit]:
        """Return at most ``limit`` live rows that hold all words of ``text``, whatever their case and accents."""
        with self._database.read() as connection:
            return find_repo.find(connection, search_words(text), limit)

    def trash(self) -> list[TrashItem]:
        """Return what can be restored, newest first."""
        with self._database.read() as connection:
            return trash_repo.items(connection)

    def totals(self) -> Totals:
        """Count the whole library; not for the thread that paints (30 ms for 60 000 takes)."""
        due = self._database.clock() - trash_repo.TRASH_DAYS * _DAY
        with self._database.read() as connection:
            return outline_repo.totals(connection, due)

    def resolve(self, text: str, entity: Entity | None = None) -> Ref:
        """Return the row meant by a full id, the unique beginning of one, or a path ("My Book/Chapter 1/Section 2").

        ``entity`` says which noun it must be. Live rows go before trashed ones. Raises UserError("not-found") or
        UserError("ambiguous").
        """
        entities = _RESOLVED if entity is None else (entity,)
        with self._database.read() as connection:
            found = (
                resolve_repo.by_path(connection, text, entities, trashed=False)
                or resolve_repo.by_beginning(connection, text.strip(), entities)
                or resolve_repo.by_path(connection, text, entities, trashed=True)
            )
        if not found:
            raise UserError("not-found", text=text)
        if len(found) > 1:
            raise UserError("ambiguous", text=text)
        return found[0]

    def state_of(self, row: TakeRow) -> TakeState:
        """Return the state of a take."""
        return take_state(TakeFacts(here=row.file is not None, wanted=row.take.upload_wanted))
