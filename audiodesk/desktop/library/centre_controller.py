"""Shows in the centre what is chosen in the tree, and on the right the details of what is chosen in the centre."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QTimer, Signal

from audiodesk.desktop.base.controller import Controller, Shared
from audiodesk.desktop.base.tasks import Task
from audiodesk.domain import words
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.listings import ProjectDetails, TakeDetails, TakeRow
from audiodesk.domain.library.read_model import Crumb, Ref, TreeNode
from audiodesk.views.centre.table_view import RowsTable
from audiodesk.views.parts.state_look import StateLook, state_look

__all__ = ["CentreController"]

_REST_MS = 40
"""While an arrow key is held in the tree, rows are read only where the choice rests this long."""


class _Shown(NamedTuple):
    """The data read for one row of the tree."""

    node: TreeNode | None
    crumbs: tuple[Crumb, ...]
    children: list[TreeNode]
    takes: list[TakeRow]
    states: list[StateLook]
    project: ProjectDetails | None


class CentreController(Controller):
    """Reads in the background; an answer that comes too late is dropped.

    Signals:
        take_shown: the details of a take are now on the screen (TakeDetails).
        node_shown: the centre shows another row of the tree, or the same one anew (nothing).
        choice_lost: all chosen rows of a table went away, and not by an act of the person here (list of Ref).
    """

    take_shown = Signal(object)
    node_shown = Signal()
    choice_lost = Signal(object)

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self._reading: Task | None = None
        self._details: Task | None = None
        self._shown: _Shown | None = None
        self._choose_next: list[str] = []
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._read)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(150)
        self._again.timeout.connect(self._read)
        self._window.tree.chosen_changed.connect(self._on_chosen)
        for table in (self._window.centre.takes, self._window.centre.nodes):
            table.chosen_changed.connect(self.show_details)
        self._bridge.tree_changed.connect(self._on_tree_changed)
        self._bridge.takes_changed.connect(self._on_takes_changed)
        self._bridge.analysis_done.connect(self._on_analysis_done)
        self._bridge.changed_elsewhere.connect(self.refresh)

    @property
    def take(self) -> TakeRow | None:
        """The take that details and player show: the current row of the table, else the section's current take."""
        ref = self._window.centre.takes.current()
        rows = self._shown.takes if self._shown is not None else []
        chosen = next((row for row in rows if ref is not None and row.take.id == ref.id), None)
        return chosen or self._current_take()

    def _current_take(self) -> TakeRow | None:
        rows = self._shown.takes if self._shown is not None else []
        return next((row for row in rows if row.is_current), rows[0] if rows else None)

    def refresh(self) -> None:
        """Read again what is shown: soon, and once for several calls."""
        if self._shown is not None and not self._again.isActive():
            self._again.start()

    def choose_takes(self, take_ids: list[str]) -> None:
        """Choose these takes once their section is shown."""
        self._choose_next = list(take_ids)
        if all(self._window.centre.take_model.row_of(take_id) >= 0 for take_id in take_ids):
            self._choose_rows()

    def _on_chosen(self) -> None:
        self._rest.start()

    def _read(self) -> None:
        ref = self._window.tree.current()
        if self._reading is not None:
            self._reading.forget()
        if ref is None:
            self._shown = None
            self._window.centre.show_nothing()
            self._window.details.show_nothing()
            self._window.update_acts()
            return
        self._reading = self._tasks.start(lambda: self._read_all(ref), "show").done(self._show)

    def _read_all(self, ref: Ref) -> _Shown:
        """On the reading thread: read everything that the centre shows for one row."""
        catalogue = self._core.catalogue
        node = catalogue.node(ref)
        crumbs = catalogue.crumbs(ref)[:-1]
        if node is None or ref.entity is Entity.SECTION:
            takes = catalogue.takes(ref.id) if node is not None else []
            takes.reverse()  # newest first
            return _Shown(node, crumbs, [], takes, [state_look(catalogue.state_of(row)) for row in takes], None)
        project = catalogue.project(ref.id) if ref.entity is Entity.PROJECT else None
        return _Shown(node, crumbs, catalogue.children(ref, counted=True), [], [], project)

    def _show(self, shown: _Shown) -> None:
        centre = self._window.centre
        former = self._shown.node if self._shown is not None else None
        is_other = former is None or shown.node is None or former.ref != shown.node.ref
        follows = self._follows_current(shown)
        self._shown = shown
        if shown.node is None:
            centre.show_nothing()
        elif shown.node.ref.entity is Entity.SECTION:
            kept = self._kept(centre.takes, [row.take.id for row in shown.takes], is_other=is_other)
            centre.show_takes(shown.node, shown.crumbs, shown.takes, shown.states)
            follows = follows and kept is not None
            self._choose_next = self._choose_next or ([] if is_other or follows else kept or [])
            if (is_other or follows) and not self._choose_next and (take := self._current_take()) is not None:
                self._choose_next = [take.take.id]
            self._choose_rows()
        else:
            kept = self._kept(centre.nodes, [child.ref.id for child in shown.children], is_other=is_other)
            about = shown.project.project.author if shown.project is not None else ""
            centre.show_nodes(shown.node, shown.crumbs, shown.children, about)
            if is_other:
                centre.nodes.clearSelection()
                centre.nodes.scrollToTop()
            else:
                centre.nodes.choose(kept or [])
        if shown.node is not None:
            self._window.tree_model.set_node(shown.node)
        for child in shown.children:
            self._window.tree_model.set_node(child)
        self.node_shown.emit()
        self.show_details()
        self._window.update_acts()

    def _follows_current(self, new: _Shown) -> bool:
        """Return whether the choice moves on: the chosen take was the current take, and now another one is."""
        old = self._shown
        if old is None or old.node is None or new.node is None or old.node.ref != new.node.ref:
            return False
        was, now = _current_of(old.takes), _current_of(new.takes)
        chosen = [ref.id for ref in self._window.centre.takes.chosen()]
        return was != now and chosen == [was]

    def _kept(self, table: RowsTable, ids: list[str], *, is_other: bool) -> list[str] | None:
        """Return the chosen rows; if the person took all of them away, the row in their place.

        None where another computer took them away: then nothing is chosen, because the person's next key would hit a
        row that they did not choose.
        """
        back = table.leaving.intersection(ids)
        if not is_other:  # else the table still has the rows that it had when it was last shown
            back = {row_id for row_id in back if not table.has(row_id)}
        table.leaving.difference_update(back)
        chosen = table.chosen()
        gone = [ref for ref in chosen if ref.id not in ids]
        if is_other or not gone or len(gone) < len(chosen):
            return [ref.id for ref in chosen]
        if table.leaving.issuperset(ref.id for ref in gone):
            table.leaving.difference_update(ref.id for ref in gone)
            return [ids[min(max(table.currentIndex().row(), 0), len(ids) - 1)]] if ids else []
        self.choice_lost.emit(gone)
        return None

    def _choose_rows(self) -> None:
        wanted, self._choose_next = self._choose_next, []
        if wanted:
            self._window.centre.takes.choose(wanted)

    def show_details(self) -> None:
        """Show on the right the details of what is chosen in the centre, else of what the centre shows."""
        shown = self._shown
        details = self._window.details
        if self._details is not None:
            self._details.forget()
        if shown is None or shown.node is None:
            details.show_nothing()
            return
        if shown.node.ref.entity is not Entity.SECTION:
            self._show_node_details(shown)
            return
        chosen = self._window.centre.takes.chosen()
        if len(chosen) > 1:
            details.show_nothing(words.tr("{count} takes are chosen").format(count=len(chosen)))
        elif (row := self.take) is None:
            details.show_node(shown.node)
        else:
            take_id = row.take.id
            self._details = self._tasks.start(lambda: self._core.catalogue.take(take_id), "show")
            self._details.done(self._on_details).failed(lambda _error: None)

    def _show_node_details(self, shown: _Shown) -> None:
        chosen = self._window.centre.nodes.chosen()
        child = next((node for node in shown.children if len(chosen) == 1 and node.ref == chosen[0]), None)
        if child is not None:
            self._window.details.show_node(child)
        elif shown.node is not None:
            self._window.details.show_node(shown.node, shown.project)

    def _on_details(self, details: TakeDetails) -> None:
        self._window.details.show_take(details)
        self.take_shown.emit(details)

    def _on_tree_changed(self, parents: frozenset[str | None]) -> None:
        shown = self._shown
        if shown is None or shown.node is None:
            return
        seen = {shown.node.ref.id, shown.node.parent_id, None, *(child.ref.id for child in shown.children)}
        if parents & seen:
            self.refresh()

    def _on_takes_changed(self, sections: frozenset[str]) -> None:
        node = self._shown.node if self._shown is not None else None
        if node is not None and (node.ref.id in sections or node.ref.entity is not Entity.SECTION):
            self.refresh()

    def _on_analysis_done(self, takes: frozenset[str]) -> None:
        if self._shown is not None and any(row.take.id in takes for row in self._shown.takes):
            self.refresh()

    def close(self) -> None:
        """Stop reading."""
        self._rest.stop()
        self._again.stop()


def _current_of(rows: list[TakeRow]) -> str | None:
    return next((row.take.id for row in rows if row.is_current), None)
