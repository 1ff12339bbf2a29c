"""Keeps the tree up to date with the library: children when a row is opened, counts after them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from audiodesk.composition import Core
from audiodesk.desktop.base.paced_timer import PacedTimer
from audiodesk.desktop.base.tasks import Tasks
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import NodeCounts, Ref, TreeNode
from audiodesk.views.frame.main_window import MainWindow
from audiodesk.views.tree.tree_model import TreeModel

if TYPE_CHECKING:
    from audiodesk.desktop.base.bridge import Bridge

__all__ = ["TreeController", "fill_tree"]

_COUNT_BATCH = 200
"""What is counted at once, in sections: little, so that the first counts appear early."""
_COST = 25
"""The cost of counting a project or chapter, in sections."""
_RECOUNT_MS = 200
"""During many changes, counts are read again at most this often."""


class TreeController(QObject):
    """Reads in the background; only the list of projects is read before the first paint."""

    def __init__(self, core: Core, window: MainWindow, tasks: Tasks) -> None:
        super().__init__(window)
        self._core, self._window, self._tasks = core, window, tasks
        self._model = window.tree_model
        self._reading: set[str | None] = set()
        self._again: set[str | None] = set()
        self._to_count: dict[str, Ref] = {}
        self._is_counting = False
        self._round: dict[str, Ref] = {}
        self._failed: dict[str, Ref] = {}
        """What could not be counted in this round, and is counted again later."""
        self._is_waiting = False
        self._timer = PacedTimer(self, self._begin_round, rest_ms=_RECOUNT_MS)
        self._model.children_requested.connect(lambda ref: self.read(ref.id))
        window.acts.expand_all.triggered.connect(self._expand_all)

    def follow(self, bridge: Bridge) -> None:
        """Follow the signals of the bridge from now on, and count the rows that are shown."""
        bridge.tree_changed.connect(self._on_tree_changed)
        bridge.takes_changed.connect(self._on_takes_changed)
        bridge.changed_elsewhere.connect(self._on_changed_elsewhere)
        self._count(ref for ref in map(self._ref_of, self._model.ids()) if ref is not None)

    def wait(self, *, is_coming: bool) -> None:
        """Count no row again while the first sync brings the library: it would have to be counted without end."""
        self._is_waiting = is_coming
        if not is_coming and self._to_count:
            self._timer.soon()

    def hurry(self) -> None:
        """Count what is still to be counted without a rest: a sync came to its end."""
        self._timer.hurry()

    def start(self) -> bool:
        """Show the projects; return whether there are any."""
        nodes = self._core.tree.children(None)
        self._model.set_children(None, nodes)
        self._window.show_first_run(is_empty=not nodes)
        return bool(nodes)

    def read(self, parent_id: str | None, then: Callable[[], object] | None = None) -> None:
        """Read and show the children of a loaded row (None: the projects), then call ``then``."""
        ref = self._ref_of(parent_id)
        if parent_id is not None and ref is None:
            return
        if parent_id in self._reading and then is None:
            self._again.add(parent_id)
            return
        self._reading.add(parent_id)

        def show(nodes: list[TreeNode]) -> None:
            self._reading.discard(parent_id)
            was_empty = not self._model.ids()
            self._model.set_children(parent_id, nodes)
            if parent_id is None:
                self._window.show_first_run(is_empty=not nodes)
                if was_empty and nodes and self._window.tree.current() is None:
                    self._window.tree.choose([nodes[0].ref])  # books that came from elsewhere
            self._count(node.ref for node in nodes)
            if then is not None:
                then()
            if parent_id in self._again:
                self._again.discard(parent_id)
                self.read(parent_id)

        def give_up(_error: object) -> None:
            self._reading.discard(parent_id)
            self._again.discard(parent_id)

        self._tasks.start(lambda: self._core.tree.children(ref), "read").done(show).failed(give_up)

    def reveal(self, path: list[Ref], then: Callable[[], object] | None = None) -> None:
        """Open the rows of ``path`` one after the other, and choose the last one."""
        if not path:
            return
        *above, last = path

        def step(at: int) -> None:
            if at == len(above):
                self._window.tree.choose([last])
                if then is not None:
                    then()
                return
            if self._model.is_loaded(above[at].id) and self._model.index_of(path[at + 1].id).isValid():
                step(at + 1)
            else:
                self.read(above[at].id, lambda: step(at + 1))

        if self._model.index_of(path[0].id).isValid():
            step(0)
        else:
            self.read(None, lambda: step(0))

    # -- what changed ----------------------------------------------------------------------------------------------

    def _on_tree_changed(self, parents: frozenset[str | None]) -> None:
        for parent_id in parents:
            if self._model.is_loaded(parent_id):
                self.read(parent_id)
            elif parent_id is not None and (ref := self._ref_of(parent_id)) is not None:
                self._read_node(ref)
        self._count(ref for parent_id in parents if parent_id is not None for ref in self._with_above(parent_id))

    def _on_takes_changed(self, sections: frozenset[str]) -> None:
        shown = [section for section in sections if self._model.node_of(section) is not None]
        # The first take also changes a section's status.
        for chapter in {node.parent_id for section in shown if (node := self._model.node_of(section)) is not None}:
            self.read(chapter)
        self._count(ref for section in shown for ref in self._with_above(section))
        if len(shown) < len(sections):  # the others are in closed chapters: count all but sections
            self._count(ref for ref in map(self._ref_of, self._model.ids()) if ref and ref.entity is not Entity.SECTION)

    def _on_changed_elsewhere(self) -> None:
        self.read(None)
        for row_id in self._model.ids():
            if self._model.is_loaded(row_id):
                self.read(row_id)
        self._count(ref for ref in map(self._ref_of, self._model.ids()) if ref is not None)

    def _read_node(self, ref: Ref) -> None:
        self._tasks.start(lambda: self._core.tree.node(ref), "read").done(self._on_node)

    def _on_node(self, node: TreeNode | None) -> None:
        if node is not None:
            self._model.set_node(node)

    # -- numbers ---------------------------------------------------------------------------------------------------

    def _count(self, refs: Iterable[Ref]) -> None:
        """Count these rows: at once what has no numbers yet, the others in the next round, after a rest."""
        new: dict[str, Ref] = {}
        for ref in refs:
            node = self._model.node_of(ref.id)
            to_count = self._to_count if node is None or node.is_counted else new
            to_count[ref.id] = ref
        self._round = {**new, **self._round}
        if self._is_counting:
            return
        if self._round:
            self._begin_round()
        elif self._to_count:
            self._timer.soon()

    def _begin_round(self) -> None:
        if self._is_counting or (self._is_waiting and not self._round):
            return
        self._timer.began()
        if not self._round:
            self._round, self._to_count = self._to_count, {}
        self._count_next()

    def _count_next(self) -> None:
        batch: list[Ref] = []
        cost = 0
        for ref in self._round.values():
            cost += 1 if ref.entity is Entity.SECTION else _COST
            if batch and cost > _COUNT_BATCH:
                break
            batch.append(ref)
        if not batch:
            return
        for ref in batch:
            del self._round[ref.id]
        self._is_counting = True
        task = self._tasks.start(lambda: self._core.tree.counts(batch), "count")
        task.done(self._on_counts).failed(lambda _error: self._on_not_counted(batch))

    def _on_not_counted(self, batch: list[Ref]) -> None:
        self._failed.update({ref.id: ref for ref in batch})
        self._on_counts({})

    def _on_counts(self, counts: dict[str, NodeCounts]) -> None:
        self._is_counting = False
        self._model.set_counts(counts)
        if self._round:
            self._count_next()
            return
        failed = {row_id: ref for row_id, ref in self._failed.items() if self._model.node_of(row_id) is not None}
        self._failed = {}
        wanted, self._to_count = self._to_count, {**failed, **self._to_count}
        if failed:
            self._timer.failed()
        else:
            self._timer.ended()
        if wanted:
            self._timer.soon()

    # -- inside ----------------------------------------------------------------------------------------------------

    def _ref_of(self, row_id: str | None) -> Ref | None:
        node = None if row_id is None else self._model.node_of(row_id)
        return None if node is None else node.ref

    def _with_above(self, row_id: str) -> list[Ref]:
        refs = []
        node = self._model.node_of(row_id)
        while node is not None:
            refs.append(node.ref)
            node = None if node.parent_id is None else self._model.node_of(node.parent_id)
        return refs

    def _expand_all(self) -> None:
        """Open the chosen project, or the one that contains the chosen row, with all its chapters."""
        current = self._window.tree.current()
        path = self._with_above(current.id) if current is not None else []
        if not path:
            return
        project = path[-1]

        def open_chapters() -> None:
            tree = self._window.tree
            index = self._model.index_of(project.id)
            tree.expand(index)
            for row in range(self._model.rowCount(index)):
                tree.expand(self._model.index(row, 0, index))

        self.read(project.id, open_chapters)


def fill_tree(core: Core, tasks: Tasks, model: TreeModel, failed: Callable[[AudioDeskError], object]) -> None:
    """Show the library in a dialog's tree; rows are read when they are opened. ``failed`` shows an error there."""

    def read(ref: Ref | None) -> None:
        def show(nodes: list[TreeNode]) -> None:
            model.set_children(None if ref is None else ref.id, nodes)

        tasks.start(lambda: core.tree.children(ref), "show").done(show).failed(failed)

    model.children_requested.connect(read)
    read(None)
