"""The trash: what can be restored and until when, and how to empty it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from audiodesk.domain import words
from audiodesk.domain.library.listings import NO_LOSS, TrashItem, TrashLoss
from audiodesk.domain.words import formats
from audiodesk.domain.words.library.trash_words import empty_trash_warning, trash_title
from audiodesk.views.dialogs.dialog import Dialog
from audiodesk.views.dialogs.rows_table import RowsModel, rows_table
from audiodesk.views.dialogs.sure_row import SureRow
from audiodesk.views.parts.labels import muted
from audiodesk.views.parts.node_words import noun
from audiodesk.views.parts.theme import scaled
from audiodesk.views.parts.times import day, short_moment
from audiodesk.views.tables.selection import choose_row

__all__ = ["TrashDialog", "TrashModel"]


class _Column(IntEnum):
    TITLE = 0
    WAS_IN = 1
    SIZE = 2
    DELETED = 3
    UNTIL = 4


class TrashModel(RowsModel[TrashItem]):
    """One row for each item at the top level of the trash."""

    def __init__(self, parent: QObject | None = None) -> None:
        names = (words.tr("Title"), words.tr("Was in"), words.tr("Size"), words.tr("Since"), words.tr("Kept until"))
        super().__init__(names, [_Column.SIZE], parent=parent)

    def text(self, item: TrashItem, column: int) -> str:
        """Return the text of a cell."""
        return {
            _Column.TITLE: trash_title(item),
            _Column.WAS_IN: " › ".join(crumb.title for crumb in item.crumbs) or "–",
            _Column.SIZE: formats.size(item.size) if item.size else "–",
            _Column.DELETED: short_moment(item.deleted_at),
            _Column.UNTIL: day(item.until),
        }[_Column(column)]

    def tail(self, row: int, column: int) -> str | None:
        """Return the noun behind a title."""
        return noun(self.item(row).ref.entity) if column == _Column.TITLE else None


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
        self.table = rows_table(
            self.model,
            words.tr("What is in the trash"),
            stretched=(_Column.TITLE, _Column.WAS_IN),
            widths={_Column.SIZE: 92, _Column.DELETED: 108, _Column.UNTIL: 124},
        )
        self._empty_text = muted(words.tr("The trash is empty. What you move here can be restored for 30 days."))
        self._empty_text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.table)
        self._pages.addWidget(self._empty_text)
        self.body.addWidget(self._pages, 1)
        self._loss = NO_LOSS
        self._sure = SureRow()
        self.sure_button = self._sure.yes_button
        # What the question counted, and nothing that another process moved here since.
        self._sure.confirmed.connect(lambda: self.empty_requested.emit([item.ref for item in self.model.items()]))
        self.body.addWidget(self._sure)
        self.empty_button = self.add_button("", left=True)
        self.empty_button.clicked.connect(self._on_empty)
        self.add_closing(words.tr("Close"))
        self._restore = self.add_button(words.tr("Restore"), primary=True)
        self._restore.clicked.connect(self._on_restore)
        self._sure.put_between(self.table, self.empty_button)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._update())
        self.table.doubleClicked.connect(lambda *_: self._on_restore())
        self.show_items([])
        self.resize(scaled(860), scaled(480))
        self.table.setFocus()

    def show_items(self, items: Sequence[TrashItem], loss: TrashLoss = NO_LOSS, *, is_emptying: bool = False) -> None:
        """Show the contents of the trash; while it is being emptied, the button for that is disabled.

        ``loss``: what emptying removes; audio that other takes use does not count.
        """
        self._loss = loss
        self._is_emptying = is_emptying
        self.empty_button.setText(words.tr("Emptying…") if is_emptying else words.tr("Empty trash…"))
        self.model.show(items)
        self._pages.setCurrentIndex(0 if items else 1)
        self._sure.hide()
        if loss.size or any(item.takes for item in items):
            said = words.tr("{count} things, {size}", "{count} thing, {size}", len(items))
        else:
            said = words.tr("{count} things", "{count} thing", len(items))
        self.say(said.format(count=formats.number(len(items)), size=formats.size(loss.size)) if items else "")
        if items:
            choose_row(self.table, 0)
        self._update()

    def _on_empty(self) -> None:
        items = self.model.items()
        takes = sum(item.takes for item in items)
        self._sure.ask(empty_trash_warning(len(items), takes, self._loss), len(items))

    def _on_restore(self) -> None:
        rows = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        if rows:
            self.show_error("")
            self.restore_requested.emit([self.model.item(row).ref for row in rows])

    def _update(self) -> None:
        self._restore.setEnabled(bool(self.table.selectionModel().selectedRows()))
        self.empty_button.setEnabled(self.model.rowCount() > 0 and not self._is_emptying)
