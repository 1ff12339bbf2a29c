"""Chooses a row of a table for the person, in any layout."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel
from PySide6.QtWidgets import QTableView

__all__ = ["choose_row"]


def choose_row(table: QTableView, row: int) -> None:
    """Choose this row alone and make it the current one.

    ``QTableView.selectRow`` looks for a column under the edge: from right to left, before the first layout, there is
    none, and nothing is chosen.
    """
    flag = QItemSelectionModel.SelectionFlag
    table.selectionModel().setCurrentIndex(table.model().index(row, 0), flag.ClearAndSelect | flag.Rows)
