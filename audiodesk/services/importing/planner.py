"""Makes the plan of an import: what was dropped, and which chapter and section each file of it becomes."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

from audiodesk.domain.errors import UserError
from audiodesk.domain.library.plan import ImportPlan
from audiodesk.domain.library.planning import place_files
from audiodesk.domain.library.read_model import Crumb, Ref, TreeNode
from audiodesk.domain.words.importing.import_words import new_project_title
from audiodesk.system.disk_space import free_bytes
from audiodesk.system.dropped_files import find_files

__all__ = ["Planner", "TreeReader"]


class TreeReader(Protocol):
    """What the planner asks the catalogue."""

    def children(self, parent: Ref | None) -> Sequence[TreeNode]:
        """Return the live rows below ``parent``."""

    def crumbs(self, ref: Ref) -> Sequence[Crumb]:
        """Return the path from the project down to ``ref``, itself last."""

    def is_live(self, ref: Ref) -> bool:
        """Tell whether ``ref`` exists, and neither it nor a row above it is in the trash."""


class Planner:
    """Makes plans; only reads the lists of folders and the tree's titles."""

    def __init__(self, tree: TreeReader, library_folder: Path | None = None) -> None:
        self._tree = tree
        self._library_folder = library_folder

    def plan(self, paths: Iterable[str], target: Ref | None, *, cancel: threading.Event | None = None) -> ImportPlan:
        """Return the plan for dropping ``paths`` on ``target``, None being the window; see ``planning.place_files``.

        Setting ``cancel`` ends the walk early, with what was found until then. Raises UserError("not-found") where
        there is no such target, UserError("target-trashed") where it is in the trash.
        """
        found = find_files(paths, cancel=cancel)
        crumbs = () if target is None else self._tree.crumbs(target)
        if target is not None and not self._tree.is_live(target):
            raise UserError("not-found" if not crumbs else "target-trashed", text=target.id)
        placed = place_files(
            [*found.files, *found.unfinished], target, crumbs, self._children, untitled=new_project_title()
        )
        unfinished = {file.path for file in found.unfinished}
        return ImportPlan(
            target,
            tuple(file for file in placed if file.path not in unfinished),
            tuple(found.passed_over),
            tuple(found.other_files),
            tuple(file for file in placed if file.path in unfinished),
            None if self._library_folder is None else free_bytes(self._library_folder),
        )

    def _children(self, parent: Ref | None) -> list[tuple[str, str]]:
        return [(node.ref.id, node.title) for node in self._tree.children(parent)]
