"""The trash: what can be restored and until when, and how to empty it."""

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
from audiodesk.domain.library.read_model import TrashItem
from audiodesk.domain.words import formats
from audiodesk.views.dialogs.dialog import Dialog
from audiodesk.views.parts.labels import muted
from audiodesk.views.parts.node_words import noun
from audiodesk.views.parts.table_delegate import TableDelegate
from audiodesk.views.parts.table_roles import TableRole
from audiodesk.views.parts.theme import scaled
from audiodesk.views.parts.times import day, short_moment

__all__ = ["TrashDialog", "TrashModel"]

_AnyIndex = QModelIndex | QPersistentModelIndex


class _Column(IntEnum):
    TITLE = 0
    WAS_IN = 1
    SIZE = 2
    DELETED = 3
    UNTIL = 4


class TrashModel(QAbstractTableModel):
    """One row for each item at the top level of the trash."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._items: list[TrashItem] = []

    def show(self, items: Sequence[TrashItem]) -> None:
        """Show these items."""
        self.beginResetModel()
        self._items = list(items)
        self.endResetModel()

    def items(self) -> list[TrashItem]:
        """Return all items, in the order shown."""
        return list(self._items)

    def item(self, row: int) -> TrashItem:
        """Return the item in this row."""
        return self._items[row]

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
        names = (words.tr("Title"), words.tr("Was in"), words.tr("Size"), words.tr("Since"), words.tr("Kept until"))
        return names[section]

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt: the texts and tones of a cell."""
        if not index.isValid():
            return None
        item, column = self._items[index.row()], _Column(index.column())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._text(item, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _across(column)
        if role == TableRole.TONE:
            return "text" if column is _Column.TITLE else "muted"
        if role == TableRole.TAIL and column is _Column.TITLE:
            return noun(item.ref.entity)
        return None

    def _text(self, item: TrashItem, column: _Column) -> str:
        if column is _Column.TITLE:
            return item.title
        if column is _Column.WAS_IN:
            return " › ".join(crumb.title for crumb in item.crumbs) or "–"
        if column is _Column.SIZE:
            return formats.size(item.size) if item.size else "–"
        return short_moment(item.deleted_at) if column is _Column.DELETED else day(item.until)


class TrashDialog(Dialog):
    """Stays open while items are restored.

    Signals:
        restore_requested: restore these (list of Ref).
        empty_requested: remove these for good (list of Ref; None: all).
    """

    restore_requested = Signal(object)
    empty_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.headline.setText(words.tr("Trash"))
        self.setWindowTitle(words.tr("Trash"))
        self._is_emptying = False
        self.model = TrashModel(self)
        self.table = QTableView()
        self.table.setAccessibleName(words.tr("What is in the trash"))
        self.table.setModel(self.model)
        self.table.setItemDelegate(TableDelegate(self.table))
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(scaled(40))
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setFixedHeight(scaled(36))
        header.setSectionResizeMode(_Column.TITLE, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(_Column.WAS_IN, QHeaderView.ResizeMode.Stretch)
        for column, width in ((_Column.SIZE, 92), (_Column.DELETED, 108), (_Column.UNTIL, 124)):
            header.resizeSection(column, scaled(width))
        self._empty_text = muted(words.tr("The trash is empty. What you move here can be restored for 30 days."))
        self._empty_text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.table)
        self._pages.addWidget(self._empty_text)
        self.body.addWidget(self._pages, 1)
        self._sure = self._sure_row()
        self.body.addWidget(self._sure)
        self.empty_button = self.add_button("", left=True)
        self.empty_button.clicked.connect(self._on_empty)
        self.add_closing(words.tr("Close"))
        self._restore = self.add_button(words.tr("Restore"), primary=True)
        self._restore.clicked.connect(self._on_restore)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._update())
        self.table.doubleClicked.connect(lambda *_: self._on_restore())
        self.show_items([])
        self.resize(scaled(860), scaled(480))
        self.table.setFocus()

    def show_items(self, items: Sequence[TrashItem], *, is_emptying: bool = False) -> None:
        """Show the contents of the trash; while it is being emptied, the button for that is disabled."""
        self._is_emptying = is_emptying
        self.empty_button.setText(words.tr("Emptying…") if is_emptying else words.tr("Empty trash…"))
        self.model.show(items)
        self._pages.setCurrentIndex(0 if items else 1)
        self._sure.hide()
        size = formats.size(sum(item.size for item in items))
        said = words.tr("{count} things, {size}", "{count} thing, {size}", len(items)).format(
            count=formats.number(len(items)), size=size
        )
        self.say(said if items else "")
        if items:
            self.table.selectRow(0)
        self._update()

    def _sure_row(self) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        self._sure_text = muted(wrapped=True, tone="danger")
        yes = self.sure_button = QPushButton(words.tr("Remove for good"))
        yes.setAutoDefault(False)
        # What the question counted, and nothing that another process moved here since.
        yes.clicked.connect(lambda: self.empty_requested.emit([item.ref for item in self.model.items()]))
        no = QPushButton(words.tr("Keep them"))
        no.setAutoDefault(False)
        no.clicked.connect(row.hide)
        line.addWidget(self._sure_text, 1)
        line.addWidget(yes)
        line.addWidget(no)
        return row

    def _on_empty(self) -> None:
        items = self.model.items()
        self._sure_text.setText(
            words.tr(
                "{count} things and {size} of audio would be gone; this cannot be undone.",
                "{count} thing and {size} of audio would be gone; this cannot be undone.",
                len(items),
            ).format(count=formats.number(len(items)), size=formats.size(sum(item.size for item in items)))
        )
        self._sure.show()

    def _on_restore(self) -> None:
        rows = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        if rows:
            self.restore_requested.emit([self.model.item(row).ref for row in rows])

    def _update(self) -> None:
        self._restore.setEnabled(bool(self.table.selectionModel().selectedRows()))
        self.empty_button.setEnabled(self.model.rowCount() > 0 and not self._is_emptying)


def _across(column: int) -> Qt.AlignmentFlag:
    return Qt.AlignmentFlag.AlignRight if column == _Column.SIZE else Qt.AlignmentFlag.AlignLeft
