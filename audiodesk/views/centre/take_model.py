"""The item model of the table that lists the takes of a section."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from audiodesk.domain import words
from audiodesk.domain.library.entities import Purpose
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.listings import TakeRow, has_previous_take
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.words import formats
from audiodesk.domain.words.library.take_words import labelled_title, take_label
from audiodesk.views.parts.audio_words import short_format
from audiodesk.views.parts.check_look import check_look
from audiodesk.views.parts.state_look import StateLook
from audiodesk.views.parts.theme import Role
from audiodesk.views.tables.table_roles import Cell, TableRole
from audiodesk.views.tree.tree_model import TAKES_MIME, write_refs

__all__ = ["TakeColumn", "TakeModel", "take_name"]

_AnyIndex = QModelIndex | QPersistentModelIndex


class TakeColumn(IntEnum):
    """The columns, left to right."""

    TAKE = 0
    FILE = 1
    LENGTH = 2
    SIZE = 3
    AUDIO = 4
    CHECK = 5
    STATE = 6


_COLUMNS = tuple(TakeColumn)
"""Made once: to find an enum's member takes a microsecond, and a table asks for hundreds of cells."""
_NUMBERS = (TakeColumn.LENGTH, TakeColumn.SIZE)


class TakeModel(QAbstractTableModel):
    """One row for each take, the newest first.

    Signals:
        rename_requested: a title was typed (Ref, str).
    """

    rename_requested = Signal(object, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[TakeRow] = []
        self._states: list[StateLook] = []
        self._cells: dict[tuple[int, int], Cell] = {}
        """What was painted since the rows were last shown, by row and column."""

    def show(self, rows: Sequence[TakeRow], states: Sequence[StateLook]) -> None:
        """Show ``rows`` with their states, in this order; rows that stay keep their indexes if the order allows."""
        old = [row.take.id for row in self._rows]
        new = [row.take.id for row in rows]
        if old == new:
            self._set(rows, states)
            if rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(_COLUMNS) - 1))
        elif old and new[len(new) - len(old) :] == old:  # newer takes were inserted in front
            self.beginInsertRows(QModelIndex(), 0, len(new) - len(old) - 1)
            self._set(rows, states)
            self.endInsertRows()
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(_COLUMNS) - 1))
        else:
            self.beginResetModel()
            self._set(rows, states)
            self.endResetModel()

    def ref(self, index: _AnyIndex) -> Ref | None:
        """Return which take this is; None for an invalid index."""
        row = self.row(index)
        return None if row is None else Ref(Entity.TAKE, row.take.id)

    def row(self, index: _AnyIndex) -> TakeRow | None:
        """Return the values of this row; None for an invalid index."""
        return self._rows[index.row()] if index.isValid() and index.row() < len(self._rows) else None

    @property
    def has_previous(self) -> bool:
        """Whether the section has a take to return to from its current one."""
        return has_previous_take(self._rows)

    def rows(self) -> list[TakeRow]:
        """Return all rows in the order shown."""
        return list(self._rows)

    def row_of(self, row_id: str) -> int:
        """Return the row number of this take; -1 where it is not shown."""
        return next((at for at, row in enumerate(self._rows) if row.take.id == row_id), -1)

    def rowCount(self, parent: _AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's
        """Qt: the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's
        """Qt: the number of columns."""
        return 0 if parent.isValid() else len(_COLUMNS)

    def flags(self, index: _AnyIndex) -> Qt.ItemFlag:
        """Qt: a take can be renamed and dragged onto another section."""
        flags = super().flags(index)
        if index.isValid():
            flags |= Qt.ItemFlag.ItemIsDragEnabled
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == TakeColumn.TAKE else flags

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt: the names of the columns."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(_COLUMNS):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignVCenter | _across(section)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        names = (
            words.tr("Take"),
            words.tr("File"),
            words.tr("Length"),
            words.tr("Size"),
            words.tr("Audio"),
            words.tr("Check"),
            words.tr("State"),
        )
        return names[section]

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt: texts, tones and icons of a cell."""
        row = self.row(index)
        if row is None:
            return None
        column = _COLUMNS[index.column()]
        match role:
            case TableRole.CELL:
                return self._cell(row, column, (index.row(), index.column()))
            case TableRole.VALUE:
                return row
            case Qt.ItemDataRole.DisplayRole:
                return self._text(row, column, index.row())
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._spoken(row, column, index.row())
            case Qt.ItemDataRole.ToolTipRole:
                return self._tooltip(row, column, index.row())
            case Qt.ItemDataRole.EditRole:
                return row.take.title
            case Qt.ItemDataRole.TextAlignmentRole:
                return _across(column)
        return None

    def setData(self, index: _AnyIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Qt: request the title that was typed. It may be empty: the take is then "Take 3"."""
        row = self.row(index)
        if row is not None and role == Qt.ItemDataRole.EditRole and str(value).strip() != row.take.title:
            self.rename_requested.emit(Ref(Entity.TAKE, row.take.id), str(value))
        return False

    def mimeTypes(self) -> list[str]:
        """Qt: only takes are dragged from here."""
        return [TAKES_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Qt: the ids of the dragged takes."""
        data = QMimeData()
        rows = sorted({index.row() for index in indexes})
        data.setData(TAKES_MIME, write_refs([Ref(Entity.TAKE, self._rows[row].take.id) for row in rows]))
        return data

    def supportedDragActions(self) -> Qt.DropAction:
        """Qt: takes are moved, never copied."""
        return Qt.DropAction.MoveAction

    def _set(self, rows: Sequence[TakeRow], states: Sequence[StateLook]) -> None:
        self._rows, self._states, self._cells = list(rows), list(states), {}

    def _text(self, row: TakeRow, column: TakeColumn, at: int) -> str:
        if column is TakeColumn.TAKE:
            return take_label(row)
        if column is TakeColumn.FILE:
            return row.take.file_name
        if column is TakeColumn.STATE:
            return self._states[at].text
        if row.file is None:
            return "–"
        if column is TakeColumn.LENGTH:
            return formats.length(row.file.seconds)
        if column is TakeColumn.SIZE:
            return formats.size((row.original or row.file).size)
        if column is TakeColumn.AUDIO:
            return short_format(row.file)
        return check_look(row).text

    def _cell(self, row: TakeRow, column: TakeColumn, at: tuple[int, int]) -> Cell:
        cell = self._cells.get(at)
        if cell is None:
            icon, tone = self._look(row, column, at[0])
            is_take = column is TakeColumn.TAKE
            cell = self._cells[at] = Cell(
                self._text(row, column, at[0]),
                tone,
                icon,
                tail=self._tail(row) if is_take else None,
                strong=is_take and row.is_current,
                at_right=column in _NUMBERS,
                elide_end=column is TakeColumn.AUDIO,
                keep_number=column in (TakeColumn.STATE, TakeColumn.CHECK),
            )
        return cell

    def _tail(self, row: TakeRow) -> str:
        purpose = words.tr("pickup") if row.take.purpose is Purpose.PICKUP else ""
        current = words.tr("current") if row.is_current else ""
        return " · ".join(part for part in (row.take.title, purpose, current) if part)

    def _spoken(self, row: TakeRow, column: TakeColumn, at: int) -> str:
        text = self._text(row, column, at)
        if column is not TakeColumn.TAKE:
            return text
        return ", ".join(part for part in (take_name(row), words.tr("current") if row.is_current else "") if part)

    def _tooltip(self, row: TakeRow, column: TakeColumn, at: int) -> str:
        if column is TakeColumn.CHECK:
            return check_look(row).whole
        if column is TakeColumn.TAKE:
            return self._spoken(row, column, at)
        return self._text(row, column, at)

    def _look(self, row: TakeRow, column: TakeColumn, at: int) -> tuple[str | None, Role]:
        """Return the icon and the tone of a cell."""
        if column is TakeColumn.STATE:
            return self._states[at].icon, self._states[at].tone
        if column is TakeColumn.CHECK:
            check = check_look(row)
            return check.icon, check.tone
        return None, "muted" if column is TakeColumn.AUDIO else "text"


def take_name(row: TakeRow) -> str:
    """Return "Take 3", or "Take 3 · Pickup" where the take has a title."""
    name = labelled_title(take_label(row))
    return f"{name} · {row.take.title}" if row.take.title else name


def _across(column: int) -> Qt.AlignmentFlag:
    return Qt.AlignmentFlag.AlignRight if column in _NUMBERS else Qt.AlignmentFlag.AlignLeft
