"""Fits the columns of a table to their texts, so that no text is cut before its number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QModelIndex, QObject, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHeaderView, QTableView

from audiodesk.views.parts.theme import scaled, tabular
from audiodesk.views.tables.shortening import essential

__all__ = ["ColumnFit", "least_width"]

_STRETCHED_LEAST = 96
"""Pixels at 100 % that the stretched column keeps: other columns lose text first, then the table scrolls."""


class ColumnFit(QObject):
    """Sets the widths of some columns of a table whenever its rows or its size change.

    A column gets the width that the person chose, else that of its longest text. If the stretched column then has too
    little room, the columns shrink, but never below the part of each text that ends with its number.
    """

    def __init__(self, table: QTableView, stretched: int, columns: Sequence[int]) -> None:
        super().__init__(table)
        self._table, self._stretched, self._columns = table, stretched, tuple(columns)
        self._wishes: dict[int, int] = {}
        self._needs: dict[int, tuple[int, int]] = {}
        """For each column the widths of the longest part that must stay and of the longest text."""
        self._is_fitting = False
        model = table.model()
        for signal in (model.modelReset, model.rowsInserted, model.rowsRemoved, model.layoutChanged):
            signal.connect(self._on_rows)
        model.dataChanged.connect(self._on_changed)
        table.horizontalHeader().sectionResized.connect(self._on_resized)

    def has(self, column: int) -> bool:
        """Return whether this object sets the width of the column."""
        return column in self._columns

    def wish(self, column: int) -> int:
        """Return the width that the person chose for a column, 0 where they chose none."""
        return self._wishes.get(column, 0)

    def set_wish(self, column: int, width: int) -> None:
        """Store the width chosen for a column; 0 means the width of its texts."""
        self._wishes[column] = width

    def fit(self) -> None:
        """Set the widths; the texts are measured again only after the rows have changed."""
        if not self._needs:
            self._needs = {column: self._need(column) for column in self._columns}
        shown = [column for column in self._columns if not self._table.isColumnHidden(column)]
        least = {column: self._needs[column][0] for column in shown}
        wanted = {column: max(least[column], self.wish(column) or self._needs[column][1]) for column in shown}
        spare = self._room() - sum(least.values())
        more = sum(wanted.values()) - sum(least.values())
        part = 1.0 if more <= 0 else min(1.0, max(0.0, spare / more))
        self._is_fitting = True
        try:
            for column in shown:
                self._table.setColumnWidth(column, least[column] + int((wanted[column] - least[column]) * part))
            self._hold_stretched(is_short=spare < 0)
        finally:
            self._is_fitting = False

    def _hold_stretched(self, *, is_short: bool) -> None:
        """Keep the stretched column readable where not even the numbers fit: then the table scrolls sideways."""
        header, modes = self._table.horizontalHeader(), QHeaderView.ResizeMode
        header.setSectionResizeMode(self._stretched, modes.Fixed if is_short else modes.Stretch)
        if is_short:
            self._table.setColumnWidth(self._stretched, scaled(_STRETCHED_LEAST))

    def _on_rows(self, *_changed: object) -> None:
        self._needs = {}
        self.fit()

    def _on_changed(self, first: QModelIndex, last: QModelIndex, *_roles: object) -> None:
        """Measure only the rows that changed: a column gets narrower when the table is filled anew."""
        if self._needs:
            rows = range(first.row(), last.row() + 1)
            for column, (least, whole) in self._needs.items():
                new_least, new_whole = self._need(column, rows)
                self._needs[column] = max(least, new_least), max(whole, new_whole)
        self.fit()

    def _on_resized(self, column: int, old: int, new: int) -> None:
        if self._is_fitting or column not in self._columns or new <= 0:
            return
        if old > 0:
            self._wishes[column] = new
        elif self._needs:  # the column appears, which is no wish of the person
            self.fit()

    def _room(self) -> int:
        """Return the width available for all fitted columns together."""
        table = self._table
        others = (
            table.columnWidth(column)
            for column in range(table.model().columnCount())
            if column not in (*self._columns, self._stretched) and not table.isColumnHidden(column)
        )
        return table.viewport().width() - sum(others) - scaled(_STRETCHED_LEAST)

    def _need(self, column: int, rows: Iterable[int] | None = None) -> tuple[int, int]:
        model = self._table.model()
        rows = range(model.rowCount()) if rows is None else rows
        texts = {str(model.index(row, column).data() or "") for row in rows}
        metrics = QFontMetrics(tabular(self._table.font()))
        around = scaled(12 + 16 + 6 + 12) + 2  # 2 px for what font metrics round away
        name = least_width(self._table, column)
        return (
            max(name, _widest(metrics, map(essential, texts)) + around),
            max(name, _widest(metrics, texts) + around),
        )


def least_width(table: QTableView, column: int) -> int:
    """Return the width in pixels at which the column's heading fits."""
    name = str(table.model().headerData(column, Qt.Orientation.Horizontal) or "")
    return max(scaled(56), table.fontMetrics().horizontalAdvance(name) + scaled(28))


def _widest(metrics: QFontMetrics, texts: Iterable[str]) -> int:
    return max((metrics.horizontalAdvance(text) for text in texts), default=0)
