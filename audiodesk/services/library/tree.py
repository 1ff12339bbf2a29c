"""Reads the tree of a library: its rows, their places and their numbers."""

from __future__ import annotations

from collections.abc import Iterable

from audiodesk.domain.library.read_model import Crumb, NodeCounts, Ref, TreeNode
from audiodesk.local.database.database import Database
from audiodesk.local.rows.library import tree_repo
from audiodesk.services.library.section_sums import SectionSums

__all__ = ["Tree"]


class Tree:
    """Reads of the tree: cheap, from any thread, each from one snapshot.

    It holds what the window needs for its first paint, and no more. Every method may raise OutsideError if the disk
    does not answer.
    """

    def __init__(self, database: Database, sums: SectionSums | None = None) -> None:
        self._database = database
        self._sums = SectionSums(database) if sums is None else sums

    def children(self, parent: Ref | None, *, counted: bool = False) -> list[TreeNode]:
        """Return the live rows below ``parent`` (None: the projects) in their order.

        Their numbers are UNCOUNTED unless ``counted``, so that the first paint waits for nothing; ``children`` (how
        many are below) is always known.
        """
        with self._sums.moment() as moment:
            nodes = tree_repo.children(moment.connection, parent)
            if not counted:
                return nodes
            counts = moment.of(node.ref for node in nodes)
            return [node.counted(counts[node.ref.id]) for node in nodes]

    def counts(self, refs: Iterable[Ref]) -> dict[str, NodeCounts]:
        """Return the numbers of these projects, chapters and sections, by id.

        A section that is not cached costs about 10 microseconds; with an account, 20 more for each take.
        """
        counts: dict[str, NodeCounts] = {}
        for ref in refs:  # each in a snapshot of its own: see SectionSums.prepare
            self._sums.prepare(ref)
            with self._sums.moment() as moment:
                counts.update(moment.of([ref]))
        return counts

    def node(self, ref: Ref) -> TreeNode | None:
        """Return one project, chapter or section with its numbers; None if it does not exist or is in the trash."""
        with self._sums.moment() as moment:
            node = tree_repo.node(moment.connection, ref) if tree_repo.is_live(moment.connection, ref) else None
            return None if node is None else node.counted(moment.of([ref])[ref.id])

    def crumbs(self, ref: Ref) -> tuple[Crumb, ...]:
        """Return the path from the project down to ``ref`` itself; empty where it is not there."""
        with self._database.read() as connection:
            return tree_repo.crumbs(connection, ref)

    def is_live(self, ref: Ref) -> bool:
        """Tell whether the row exists, and neither it nor a row above it is in the trash."""
        with self._database.read() as connection:
            return tree_repo.is_live(connection, ref)
