"""The tables in dialogs: a model with one row for each thing, and a table that chooses whole rows."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from audiodesk.views.parts.theme import Role, scaled
from audiodesk.views.tables.table_delegate import TableDelegate
from audiodesk.views.tables.table_roles import Cell, TableRole

__all__ = ["RowsModel", "rows_table"]

_AnyIndex = QModelIndex | QPersistentModelIndex
_T = TypeVar("_T")


class RowsModel(QAbstractTableModel, Generic[_T]):
    """One row for each item. ``numbers`` are the columns with numbers, which are aligned at the right."""

    def __init__(
        self, names: Sequence[str], numbers: Sequence[int], items: Sequence[_T] = (), parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._names, self._numbers, self._items = tuple(names), frozenset(numbers), list(items)

    @abstractmethod
    def text(self, item: _T, column: int) -> str:
        """Return the text of a cell."""

    def tip(self, item: _T, column: int) -> str:
        """Return the tooltip and accessible text of a cell: its text, unless a model says more."""
        return self.text(item, column)

    def tone(self, row: int, column: int) -> Role:
        """Return the tone of a cell: the first column is what the row is about."""
        del row
        return "muted" if column else "text"

    def tail(self, row: int, column: int) -> str | None:
        """Return the muted text behind a cell's text; None if there is none."""
        del row, column
        return None

    def show(self, items: Sequence[_T]) -> None:
        """Show these items."""
        self.beginResetModel()
        self._items = list(items)
        self.endResetModel()

    def items(self) -> list[_T]:
        """Return all items, in the order shown."""
        return list(self._items)

    def item(self, row: int) -> _T:
        """Return the item in this row."""
        return self._items[row]

    def rowCount(self, parent: _AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's
        """Qt: the number of rows."""
        return 0 if parent.isValid() else len(self._items)

    def columnCount(self, parent: _AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's
        """Qt: the number of columns."""
        return 0 if parent.isValid() else len(self._names)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt: the names of the columns."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self._names):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignVCenter | self._across(section)
        return self._names[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt: the texts and tones of a cell."""
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        if role == TableRole.CELL:
            return self._cell(row, column)
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(self._items[row], column)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.tip(self._items[row], column)
        return self._across(column) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def _cell(self, row: int, column: int) -> Cell:
        text = self.text(self._items[row], column)
        at_right = column in self._numbers
        return Cell(text, self.tone(row, column), tail=self.tail(row, column), at_right=at_right)

    def _across(self, column: int) -> Qt.AlignmentFlag:
        return Qt.AlignmentFlag.AlignRight if column in self._numbers else Qt.AlignmentFlag.AlignLeft


def rows_table(
    model: RowsModel[Any], name: str, *, stretched: Sequence[int], widths: Mapping[int, int], height: int = 40
) -> QTableView:
    """Return a table for ``model``; its accessible name is ``name``, ``widths`` and ``height`` are in points.

    Tab leaves the table, as everywhere in a dialog.
    """
    table = QTableView()
    table.setAccessibleName(name)
    table.setModel(model)
    table.setItemDelegate(TableDelegate(table))
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(scaled(height))
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setFixedHeight(scaled(36))
    for column in stretched:
        header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
    for column, width in widths.items():
        header.resizeSection(column, scaled(width))
    return table
