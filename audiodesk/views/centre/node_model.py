"""The item model of the table that lists a project's chapters or a chapter's sections."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from audiodesk.domain import words
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref, TreeNode
from audiodesk.domain.words import formats
from audiodesk.domain.words.library.section_words import status_word
from audiodesk.views.parts.node_words import counts_sentence, noun, repaired_text
from audiodesk.views.parts.state_look import parent_look
from audiodesk.views.parts.status_look import status_look
from audiodesk.views.parts.theme import Role
from audiodesk.views.tables.table_roles import Cell, TableRole

__all__ = ["NodeColumn", "NodeModel"]

_AnyIndex = QModelIndex | QPersistentModelIndex


class NodeColumn(IntEnum):
    """The columns, left to right."""

    TITLE = 0
    RECORDED = 1
    TAKES = 2
    LENGTH = 3
    CHECK = 4
    STATE = 5
    """Shown only with an account: without one all takes are on this computer."""


_COLUMNS = tuple(NodeColumn)
"""Made once: to find an enum's member takes a microsecond, and a table asks for hundreds of cells."""
_NUMBERS = (NodeColumn.TAKES, NodeColumn.LENGTH)


class NodeModel(QAbstractTableModel):
    """One row for each child of the chosen row.

    Signals:
        rename_requested: a title was typed (Ref, str).
    """

    rename_requested = Signal(object, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._nodes: list[TreeNode] = []
        self._entity = Entity.SECTION
        self._cells: dict[tuple[int, int], Cell] = {}
        """What was painted since the rows were last shown, by row and column."""

    def show(self, entity: Entity, nodes: Sequence[TreeNode]) -> None:
        """Show ``nodes``, all of them ``entity``; rows of the same ids in the same order keep their indexes."""
        same = entity is self._entity and [n.ref for n in nodes] == [n.ref for n in self._nodes]
        if same:
            changed = [row for row, node in enumerate(nodes) if node != self._nodes[row]]
            self._nodes = list(nodes)
            self._cells = {}
            if changed:  # emitted once: its receivers look at all rows between the first and the last
                self.dataChanged.emit(self.index(changed[0], 0), self.index(changed[-1], len(_COLUMNS) - 1))
            return
        self.beginResetModel()
        self._entity = entity
        self._nodes = list(nodes)
        self._cells = {}
        self.endResetModel()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, 0)

    @property
    def has_states(self) -> bool:
        """Whether the takes in these rows have cloud states."""
        return any(not node.states.is_plain for node in self._nodes)

    def ref(self, index: _AnyIndex) -> Ref | None:
        """Return which row this is; None for an invalid index."""
        return self._nodes[index.row()].ref if index.isValid() and index.row() < len(self._nodes) else None

    def row_of(self, row_id: str) -> int:
        """Return the row number of this id; -1 where it is not shown."""
        return next((row for row, node in enumerate(self._nodes) if node.ref.id == row_id), -1)

    def ids(self) -> list[str]:
        """Return the ids of all rows, in order."""
        return [node.ref.id for node in self._nodes]

    def rowCount(self, parent: _AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's
        """Qt: the number of rows."""
        return 0 if parent.isValid() else len(self._nodes)

    def columnCount(self, parent: _AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's
        """Qt: the number of columns."""
        return 0 if parent.isValid() else len(_COLUMNS)

    def flags(self, index: _AnyIndex) -> Qt.ItemFlag:
        """Qt: the title can be edited."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == NodeColumn.TITLE else flags

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt: the names of the columns."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(_COLUMNS):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignVCenter | _across(section)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        names = (
            noun(self._entity),
            words.tr("Status") if self._entity is Entity.SECTION else words.tr("Recorded"),
            words.tr("Takes"),
            words.tr("Length"),
            words.tr("Check"),
            words.tr("State"),
        )
        return names[section]

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt: texts, tones and icons of a cell."""
        if not index.isValid() or index.row() >= len(self._nodes):
            return None
        node = self._nodes[index.row()]
        column = _COLUMNS[index.column()]
        if role == TableRole.CELL:
            return self._cell(node, column, (index.row(), index.column()))
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(node, column)
        if role == Qt.ItemDataRole.EditRole:
            return node.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _across(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{node.title}\n{counts_sentence(node)}"
        if role == Qt.ItemDataRole.AccessibleTextRole and column is NodeColumn.TITLE:
            return f"{node.title}, {counts_sentence(node)}"
        return node if role == TableRole.VALUE else None

    def setData(self, index: _AnyIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Qt: request the title that was typed; the library answers with new rows."""
        ref = self.ref(index)
        if ref is None or role != Qt.ItemDataRole.EditRole or not str(value).strip():
            return False
        if value != self._nodes[index.row()].title:
            self.rename_requested.emit(ref, str(value))
        return False

    def _cell(self, node: TreeNode, column: NodeColumn, at: tuple[int, int]) -> Cell:
        cell = self._cells.get(at)
        if cell is None:
            cell = self._cells[at] = Cell(
                self._text(node, column),
                _tone(node, column),
                _icon(node, column),
                at_right=column in _NUMBERS,
                elide_end=column is NodeColumn.TITLE,
                keep_number=column in (NodeColumn.RECORDED, NodeColumn.CHECK, NodeColumn.STATE),
            )
        return cell

    def _text(self, node: TreeNode, column: NodeColumn) -> str:
        if column is NodeColumn.TITLE:
            return node.title
        if column is NodeColumn.RECORDED:
            return self._recorded(node)
        if column is NodeColumn.TAKES:
            return formats.number(node.takes) if node.takes > 0 else "–"
        if column is NodeColumn.LENGTH:
            return formats.length(node.seconds) if node.seconds > 0 else "–"
        if column is NodeColumn.STATE:
            look = parent_look(node.states)
            return "" if look is None else look.text
        if node.repaired > 0 and (node.ref.entity is Entity.SECTION or node.warnings <= 0):
            return repaired_text(node)
        if node.warnings > 0:
            if node.ref.entity is Entity.SECTION:
                return words.tr("Look at it")
            text = words.tr("{count} to look at").format(count=formats.number(node.warnings))
            return f"{text}, {repaired_text(node)}" if node.repaired > 0 else text
        return ""

    def _recorded(self, node: TreeNode) -> str:
        if node.status is not None:
            return status_word(node.status)
        if node.sections <= 0:
            return "–"
        return words.tr("{recorded} of {count}").format(
            recorded=formats.number(node.recorded), count=formats.number(node.sections)
        )


def _across(column: int) -> Qt.AlignmentFlag:
    return Qt.AlignmentFlag.AlignRight if column in _NUMBERS else Qt.AlignmentFlag.AlignLeft


def _tone(node: TreeNode, column: NodeColumn) -> Role:
    if column is NodeColumn.TITLE:
        return "text"
    if column is NodeColumn.RECORDED and node.status is not None:
        return status_look(node.status).tone
    if column is NodeColumn.STATE and (look := parent_look(node.states)) is not None:
        return look.tone
    return "attention" if column is NodeColumn.CHECK and (node.warnings > 0 or node.repaired > 0) else "muted"


def _icon(node: TreeNode, column: NodeColumn) -> str | None:
    if column is NodeColumn.CHECK and (node.warnings > 0 or node.repaired > 0):
        return "triangle-alert"
    if column is NodeColumn.RECORDED and node.status is not None:
        return status_look(node.status).icon
    if column is NodeColumn.STATE and (look := parent_look(node.states)) is not None:
        return look.icon
    return None
