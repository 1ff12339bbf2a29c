"""Lists recordings that no book knows, brings them back, or removes them after a question."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from audiodesk.domain import words
from audiodesk.domain.found import FoundRecording
from audiodesk.domain.words import formats
from audiodesk.domain.words.importing.found_words import found_facts, nothing_found, remove_found_question
from audiodesk.views.dialogs.dialog import Dialog
from audiodesk.views.dialogs.rows_table import RowsModel, rows_table
from audiodesk.views.dialogs.sure_row import SureRow
from audiodesk.views.parts.labels import muted
from audiodesk.views.parts.theme import scaled
from audiodesk.views.parts.times import short_moment

__all__ = ["FoundDialog", "FoundModel"]


class _Column(IntEnum):
    TITLE = 0
    BOOK = 1
    FACTS = 2
    SIZE = 3
    SINCE = 4


class FoundModel(RowsModel[FoundRecording]):
    """One row for each recording, the newest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        names = (
            words.tr("Recording"),
            words.tr("Book or day"),
            words.tr("What it is"),
            words.tr("Size"),
            words.tr("Since"),
        )
        super().__init__(names, [_Column.SIZE], parent=parent)

    def text(self, item: FoundRecording, column: int) -> str:
        """Return the text of a cell."""
        return {
            _Column.TITLE: item.report.tags.title or item.sha256[:8],
            _Column.BOOK: item.book,
            _Column.FACTS: found_facts(item.report),
            _Column.SIZE: formats.size(item.size),
            _Column.SINCE: short_moment(item.modified_at),
        }[_Column(column)]


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
        self.table = rows_table(
            self.model,
            words.tr("Recordings that no book knows"),
            stretched=(_Column.TITLE,),
            widths={_Column.BOOK: 160, _Column.FACTS: 200, _Column.SIZE: 92, _Column.SINCE: 108},
        )
        self._nothing = muted(words.tr("Reading what they are…"))
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.table)
        self._pages.addWidget(self._nothing)
        self._pages.setCurrentIndex(1)
        self.body.addWidget(self._pages, 1)
        self._sure = SureRow()
        self.sure_button = self._sure.yes_button
        self._sure.confirmed.connect(lambda: self.remove_requested.emit(self.chosen()))
        self.body.addWidget(self._sure)
        self.remove_button = self.add_button(words.tr("Remove…"), left=True)
        self.remove_button.clicked.connect(self._on_remove)
        self.add_closing(words.tr("Close"))
        self.bring_back_button = self.add_button(words.tr("Bring back"), primary=True)
        self.bring_back_button.clicked.connect(lambda: self.bring_back_requested.emit(self.chosen()))
        self._sure.put_between(self.table, self.remove_button)
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

    def show_busy(self, sentence: str) -> None:
        """Accept no other request while one is carried out; it can be stopped."""
        self._sure.hide()
        self.begin_work(sentence, self.remove_button, self.bring_back_button, self.table, can_stop=True)

    def end_work(self) -> None:
        """Accept requests again; the list may have become empty in the meantime."""
        super().end_work()
        self._update()

    def show_not_read(self) -> None:
        """Say no longer that the recordings are being read; the error says why they are not shown."""
        self._nothing.setText("")

    def chosen(self) -> list[str]:
        """Return the hashes of the chosen recordings."""
        rows = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        items = self.model.items()
        return [items[row].sha256 for row in rows]

    def _on_remove(self) -> None:
        chosen = set(self.chosen())
        size = sum(item.size for item in self.model.items() if item.sha256 in chosen)
        self._sure.ask(remove_found_question(len(chosen), size), len(chosen))

    def _update(self) -> None:
        has_chosen = bool(self.chosen()) and not self.is_working
        self._sure.hide()
        self.remove_button.setEnabled(has_chosen)
        self.bring_back_button.setEnabled(has_chosen)
