"""Which rows the window's actions apply to: those chosen in the pane where the person last worked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.order import can_move
from audiodesk.domain.library.read_model import Ref
from audiodesk.views.centre.table_view import RowsTable
from audiodesk.views.tree.tree_view import TreeView

if TYPE_CHECKING:
    from audiodesk.views.frame.main_window import MainWindow

__all__ = ["ChosenRows"]


class ChosenRows(QObject):
    """Knows whether the person last worked in the tree or in a table, and whether what was chosen there is lost."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._tables: tuple[RowsTable, ...] = (window.centre.takes, window.centre.nodes)
        self._views: tuple[TreeView | RowsTable, ...] = (window.tree, *self._tables)
        self._table_was_last = False
        self._is_lost = False
        for view in self._views:
            view.chosen_changed.connect(lambda v=view: self._on_chosen(v))
        self._order_changed = QTimer(self)
        self._order_changed.setSingleShot(True)
        self._order_changed.timeout.connect(window.update_acts)
        for model in (window.tree_model, window.centre.node_model):
            for signal in (model.rowsInserted, model.rowsMoved, model.rowsRemoved, model.modelReset):
                signal.connect(self._order_changed.start)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus)

    @property
    def works_in_table(self) -> bool:
        """Whether the person last worked in the table of the centre and rows are chosen there."""
        return self._table() is not None

    def rows(self) -> list[Ref]:
        """Return the rows that actions apply to: those of the table if the person works in it, else of the tree.

        While a page is open there are none, for they cannot be seen; and none, if another computer took away what was
        chosen, until the person chooses again.
        """
        if self._window.page is not None or self._is_lost:
            return []
        return (self._table() or self._window.tree).chosen()

    def can_move(self) -> tuple[bool, bool]:
        """Return whether moving the chosen rows one place up and one place down would change anything."""
        chosen = [ref.id for ref in self.rows()]
        if not chosen or self._table() is self._window.centre.takes:
            return False, False
        if self._table() is not None:
            return can_move(self._window.centre.node_model.ids(), chosen)
        return can_move(self._window.tree_model.siblings(chosen[0]), chosen)

    def sections(self) -> list[Ref]:
        """Return the chosen sections; if takes or nothing are chosen, the section that the centre shows."""
        if self._window.page is not None or self._is_lost:
            return []
        chosen = self.rows()
        if chosen and all(ref.entity is Entity.SECTION for ref in chosen):
            return chosen
        shown = self._window.centre.ref
        is_inside = all(ref.entity is Entity.TAKE for ref in chosen)
        return [shown] if is_inside and shown is not None and shown.entity is Entity.SECTION else []

    def edit_title(self, ref: Ref) -> None:
        """Open the line edit over this row's title, in the pane where the person works."""
        table = self._window.centre.table()
        if (self.works_in_table or ref.entity is Entity.TAKE) and table is not None:
            table.edit_title(ref)
        else:
            self._window.tree.edit_title(ref)

    def edit_title_in_tree(self, ref: Ref) -> None:
        """Open the line edit over the title of this row of the tree."""
        self._table_was_last = False
        self._window.tree.edit_title(ref)

    # -- rows that go away -----------------------------------------------------------------------------------------

    def expect_removal(self, ids: Iterable[str]) -> None:
        """Know that the person takes these rows away, so that their neighbours are chosen."""
        leaving = frozenset(ids)
        for view in self._views:
            view.leaving.update(leaving)

    def forget_removal(self, ids: Iterable[str]) -> None:
        """Know that these rows stay after all, because the edit failed."""
        staying = frozenset(ids)
        for view in self._views:
            view.leaving.difference_update(staying)

    def lose(self) -> None:
        """Let actions apply to nothing until the person chooses again."""
        self._is_lost = True
        self._window.update_acts()

    # -- inside ----------------------------------------------------------------------------------------------------

    def _table(self) -> RowsTable | None:
        """Return the table of the centre if the person works in it."""
        table = self._window.centre.table()
        is_used = self._window.page is None and self._table_was_last and table is not None and bool(table.chosen())
        return table if is_used else None

    def _on_chosen(self, view: TreeView | RowsTable) -> None:
        if view.chosen():
            self._is_lost = False
        self._window.update_acts()

    def _on_focus(self, old: QWidget | None, new: QWidget | None) -> None:
        was = self._table_was_last, self._is_lost
        is_table = new in self._tables
        if is_table or new is self._window.tree:
            self._table_was_last = is_table
            if old is not None:  # not where the window comes to the front
                self._is_lost = False  # the person goes to a pane, and sees what is chosen in it
        if was != (self._table_was_last, self._is_lost):
            self._window.update_acts()
