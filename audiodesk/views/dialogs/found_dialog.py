"""Lists recordings that no book knows, brings them back, or removes them after a question."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QStackedWidget,
    QTableView,
    QWidget,
)

from audiodesk.domain import words
from audiodesk.domain.found import FoundRecording
from audiodesk.domain.words import formats
from audiodesk.domain.words.importing.found_words import found_facts, nothing_found, remove_found_question
from audiodesk.views.dialogs.dialog import Dialog
from audiodesk.views.parts.labels import muted
from audiodesk.views.parts.table_delegate import TableDelegate
from audiodesk.views.parts.table_roles import TableRole
from audiodesk.views.parts.theme import scaled
from audiodesk.views.parts.times import short_moment

__all__ = ["FoundDialog", "FoundModel"]

_AnyIndex = QModelIndex | QPersistentModelIndex


class _Column(IntEnum):
    TITLE = 0
    BOOK = 1
    FACTS = 2
    SIZE = 3
    SINCE = 4


class FoundModel(QAbstractTableModel):
    """One row for each recording, the newest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._items: list[FoundRecording] = []

    def show(self, items: Sequence[FoundRecording]) -> None:
        """Show these recordings."""
        self.beginResetModel()
        self._items = list(items)
        self.endResetModel()

    def items(self) -> list[FoundRecording]:
        """Return all recordings, in the order shown."""
        return list(self._items)

    def rowCount(self, parent: _AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's
        """Qt: the number of rows."""
        return 0 if parent.isValid() else len(self._items)

    def columnCount(self, parent: _AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's
        """Qt: the number of columns."""
        return 0 if parent.isValid() else len(_Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt: the names of the columns."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(_Column):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignVCenter | _across(section)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        names = (
            words.tr("Recording"),
            words.tr("Book or day"),
            words.tr("What it is"),
            words.tr("Size"),
            words.tr("Since"),
        )
        return names[section]

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt: the texts and tones of a cell."""
        if not index.isValid():
            return None
        item, column = self._items[index.row()], _Column(index.column())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return _text(item, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _across(column)
        if role == TableRole.TONE:
            return "text" if column is _Column.TITLE else "muted"
        return None


class FoundDialog(Dialog):
    """Stays open until the list is empty or the person closes it.

    Signals:
        bring_back_requested: bring these recordings back (list of hashes).
        remove_requested: remove these recordings for good (list of hashes).
    """

    bring_back_requested = Signal(object)
    remove_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.headline.setText(words.tr("Recordings that no book knows"))
        self.setWindowTitle(words.tr("Recordings that no book knows"))
        self.model = FoundModel(self)
        self.table = _table(self.model)
        self.table.setAccessibleName(words.tr("Recordings that no book knows"))
        self._nothing = muted(words.tr("Reading what they are…"))
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.table)
        self._pages.addWidget(self._nothing)
        self._pages.setCurrentIndex(1)
        self.body.addWidget(self._pages, 1)
        self._sure = self._sure_row()
        self.body.addWidget(self._sure)
        self._sure.hide()
        self.remove_button = self.add_button(words.tr("Remove…"), left=True)
        self.remove_button.clicked.connect(self._on_remove)
        self.add_closing(words.tr("Close"))
        self.bring_back_button = self.add_button(words.tr("Bring back"), primary=True)
        self.bring_back_button.clicked.connect(lambda: self.bring_back_requested.emit(self.chosen()))
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._update())
        self._update()
        self.resize(scaled(860), scaled(480))
        self.table.setFocus()

    def show_items(self, items: Sequence[FoundRecording]) -> None:
        """Show the recordings that no book knows now, all of them chosen."""
        self.model.show(items)
        self._nothing.setText(nothing_found())
        self._pages.setCurrentIndex(0 if items else 1)
        self._sure.hide()
        size = formats.size(sum(item.size for item in items))
        said = words.tr(
            "{count} recordings, {size}. Bringing back makes takes of them in the project “Found”.",
            "{count} recording, {size}. Bringing back makes takes of them in the project “Found”.",
            len(items),
        ).format(count=formats.number(len(items)), size=size)
        self.say(said if items else "")
        self.table.selectAll()
        self._update()

    def show_busy(self) -> None:
        """Accept no other request while one is carried out."""
        self._sure.hide()
        self.remove_button.setEnabled(False)
        self.bring_back_button.setEnabled(False)

    def chosen(self) -> list[str]:
        """Return the hashes of the chosen recordings."""
        rows = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        items = self.model.items()
        return [items[row].sha256 for row in rows]

    def _sure_row(self) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        self._sure_text = muted(wrapped=True, tone="danger")
        yes = self.sure_button = QPushButton(words.tr("Remove for good"))
        yes.setAutoDefault(False)
        yes.clicked.connect(lambda: self.remove_requested.emit(self.chosen()))
        no = QPushButton(words.tr("Keep them"))
        no.setAutoDefault(False)
        no.clicked.connect(row.hide)
        line.addWidget(self._sure_text, 1)
        line.addWidget(yes)
        line.addWidget(no)
        return row

    def _on_remove(self) -> None:
        self._sure_text.setText(remove_found_question(len(self.chosen())))
        self._sure.show()

    def _update(self) -> None:
        has_chosen = bool(self.chosen())
        self._sure.hide()
        self.remove_button.setEnabled(has_chosen)
        self.bring_back_button.setEnabled(has_chosen)


def _table(model: FoundModel) -> QTableView:
    table = QTableView()
    table.setModel(model)
    table.setItemDelegate(TableDelegate(table))
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(scaled(40))
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setFixedHeight(scaled(36))
    header.setSectionResizeMode(_Column.TITLE, QHeaderView.ResizeMode.Stretch)
    for column, width in ((_Column.BOOK, 160), (_Column.FACTS, 200), (_Column.SIZE, 92), (_Column.SINCE, 108)):
        header.resizeSection(column, scaled(width))
    return table


def _text(item: FoundRecording, column: _Column) -> str:
    return {
        _Column.TITLE: item.report.tags.title or item.sha256[:8],
        _Column.BOOK: item.book,
        _Column.FACTS: found_facts(item.report),
        _Column.SIZE: formats.size(item.size),
        _Column.SINCE: short_moment(item.modified_at),
    }[column]


def _across(column: int) -> Qt.AlignmentFlag:
    return Qt.AlignmentFlag.AlignRight if column == _Column.SIZE else Qt.AlignmentFlag.AlignLeft
