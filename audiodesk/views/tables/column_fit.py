"""Fits the columns of a table to their texts: titles stay readable, and no text is cut before its number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from PySide6.QtCore import QModelIndex, QObject, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHeaderView, QTableView

from audiodesk.views.parts.theme import scaled, tabular
from audiodesk.views.tables.shortening import essential

__all__ = ["ColumnFit", "least_width"]

_TITLE_LEAST, _TITLE_READABLE, _TITLE_WISH = 96, 160, 320
"""Pixels at 100 % of the stretched column: at least, what it has before other columns keep theirs, and the most that it
takes from the texts beside it."""
_MEASURED_TITLES = 300
"""How many titles are measured at most, because each is another text."""


class ColumnFit(QObject):
    """Sets the widths of some columns of a table whenever its rows or its size change.

    A column gets the width that the person chose, else that of its longest text. If the stretched column then has too
    little room for its titles, the columns shrink, but never below the part of each text that ends with its number.
    If that is not enough, the columns ``yielding`` are hidden, one after the other; at last the table scrolls.
    """

    def __init__(self, table: QTableView, stretched: int, columns: Sequence[int], yielding: Sequence[int] = ()) -> None:
        super().__init__(table)
        self._table, self._stretched, self._columns = table, stretched, tuple(columns)
        self._yielding = tuple(yielding)
        self._yielded: set[int] = set()
        self._wishes: dict[int, int] = {}
        self._needs: dict[int, tuple[int, int]] = {}
        """For each column the widths of the longest part that must stay and of the longest text."""
        self._fixed: dict[int, int] = {}
        """The widths of the other columns, also while they are hidden."""
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

    def fixed_width(self, column: int) -> int:
        """Return the width of a column that is not fitted, also while it is hidden."""
        if not self._table.isColumnHidden(column):
            self._fixed[column] = self._table.columnWidth(column)
        return self._fixed.get(column, 0)

    def set_fixed_width(self, column: int, width: int) -> None:
        """Give a column that is not fitted this width."""
        self._fixed[column] = width
        self._table.setColumnWidth(column, width)

    def fit(self) -> None:
        """Set the widths; the texts are measured again only after the rows have changed."""
        if not self._needs:
            self._needs = {column: self._need(column) for column in (*self._columns, self._stretched)}
        title, title_wish = self._needs[self._stretched]
        shown = self._shown()
        least = {column: self._needs[column][0] if self.has(column) else self.fixed_width(column) for column in shown}
        spare = self._table.viewport().width() - title - sum(least.values())
        self._is_fitting = True
        try:
            for column in self._yielding:
                if column in least:
                    self._yield(column, is_hidden=spare < 0)
                    spare += least.pop(column) if spare < 0 else 0
            wishes = {column: self.wish(column) or self._needs[column][1] for column in least if self.has(column)}
            more = {column: max(0, wish - least[column]) for column, wish in wishes.items()}
            spare_beside = max(0, spare - max(0, title_wish - title))
            part = min(1.0, spare_beside / max(1, sum(more.values())))
            for column, extra in more.items():
                self._table.setColumnWidth(column, least[column] + int(extra * part))
            self._hold_stretched(title if spare < 0 else 0)
        finally:
            self._is_fitting = False

    def _shown(self) -> list[int]:
        """Return the columns beside the stretched one that are shown, or would be if there were room."""
        columns = (column for column in range(self._table.model().columnCount()) if column != self._stretched)
        return [column for column in columns if column in self._yielded or not self._table.isColumnHidden(column)]

    def _yield(self, column: int, *, is_hidden: bool) -> None:
        if is_hidden:
            self._yielded.add(column)
        else:
            self._yielded.discard(column)
        if self._table.isColumnHidden(column) != is_hidden:
            self._table.setColumnHidden(column, is_hidden)

    def _hold_stretched(self, width: int) -> None:
        """Keep the stretched column at this width, so that the table scrolls sideways; 0: let it take what is left."""
        header, modes = self._table.horizontalHeader(), QHeaderView.ResizeMode
        header.setSectionResizeMode(self._stretched, modes.Fixed if width else modes.Stretch)
        if width:
            self._table.setColumnWidth(self._stretched, width)

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

    def _need(self, column: int, rows: Iterable[int] | None = None) -> tuple[int, int]:
        model = self._table.model()
        rows = range(model.rowCount()) if rows is None else rows
        is_title = column == self._stretched
        rows = islice(rows, _MEASURED_TITLES) if is_title else rows
        texts = {str(model.index(row, column).data() or "") for row in rows}
        metrics = QFontMetrics(tabular(self._table.font()))
        around = scaled(12 + 16 + 6 + 12) + 2  # 2 px for what font metrics round away
        name = least_width(self._table, column)
        if is_title:
            whole = max(name, scaled(_TITLE_LEAST), min(scaled(_TITLE_WISH), _widest(metrics, texts) + around))
            return min(whole, scaled(_TITLE_READABLE)), whole
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
