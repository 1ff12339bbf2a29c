"""All sections with several new takes, and one choice for the ticked ones."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QBoxLayout,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from audiodesk.domain import words
from audiodesk.domain.library.conflict import Conflict, ConflictTake, Keep, chosen_take, computers_of
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.words import formats
from audiodesk.domain.words.library.conflict_words import keep_words
from audiodesk.views.dialogs.choice import Choice
from audiodesk.views.parts.labels import heading, muted
from audiodesk.views.parts.theme import scaled
from audiodesk.views.parts.times import short_moment

__all__ = ["ConflictList"]

_LEAST_COLUMN = 100
"""Pixels at 100 % that a column needs; in a narrower table only the sections and what will be current stay."""
_LEAST_HEIGHT = 136
"""Pixels at 100 % of the table in a low pane: the heading and three rows; what is around it scrolls."""


class ConflictList(QWidget):
    """One row for each section; the last column says what the choice would make current.

    Signals:
        apply_requested: keep these takes, in one step (list of (Ref section, str take id)).
        section_requested: show the cards of this section (Ref).
    """

    apply_requested = Signal(object)
    section_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._conflicts: tuple[Conflict, ...] = ()
        self._unticked: set[str] = set()
        self._is_filling = False
        self._width = scaled(1000)
        self._title = heading(words.tr("Sections with 2 new takes"))
        self._count = muted()
        self._for = muted()
        self.rule = Choice()
        self.rule.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.rule.setMinimumContentsLength(6)
        self.rule.setAccessibleName(words.tr("Keep for the chosen sections"))
        self.rule.currentIndexChanged.connect(lambda _at: self._update())
        self.apply_button = QPushButton()
        self.apply_button.clicked.connect(lambda: self.apply_requested.emit(self.choices()))
        named, asked = _row(self._title, self._count), _row(self.rule, self.apply_button)
        self._lines = (named, self._for, asked)
        top = self._top = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        top.setContentsMargins(scaled(24), scaled(8), scaled(24), 0)
        top.setSpacing(scaled(8))
        top.addLayout(named, 1)
        top.addWidget(self._for)
        top.addLayout(asked)
        self.table = _table()
        self.table.setMinimumHeight(scaled(_LEAST_HEIGHT))
        self.table.itemChanged.connect(self._on_item)
        self.table.currentCellChanged.connect(self._on_current)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(scaled(8))
        layout.addLayout(top)
        layout.addWidget(self.table, 1)

    def fit(self, width: int) -> None:
        """Set the choice below the heading where ``width``, in pixels, does not hold both beside each other."""
        needed = sum(line.sizeHint().width() for line in self._lines) + scaled(24 + 24 + 8 + 8)
        directions = QBoxLayout.Direction
        self._top.setDirection(directions.TopToBottom if width < needed else directions.LeftToRight)
        self._width = width
        self._fit_columns()

    def _fit_columns(self) -> None:
        """Leave out the computers, whose takes the cards tell as well, where all columns would be cut."""
        last = self.table.columnCount() - 1
        is_narrow = self._width < scaled(_LEAST_COLUMN) * (last + 1)
        for column in range(1, last):
            self.table.setColumnHidden(column, is_narrow)

    def show_all(self, conflicts: Sequence[Conflict], current: str = "") -> None:
        """Show these sections; ``current`` is the id of the one whose cards are shown. Ticks and choice stay."""
        self._conflicts = tuple(conflicts)
        self._count.setText(formats.number(len(conflicts)))
        chosen = self.rule.currentData()
        kept_quiet = QSignalBlocker(self.rule)
        self.rule.clear()
        computers = computers_of(conflicts)
        for computer in computers:
            self.rule.addItem(keep_words(Keep.COMPUTER, computer), (Keep.COMPUTER, computer))
        for keep in (Keep.NEWER, Keep.LONGER):
            self.rule.addItem(keep_words(keep), (keep, ""))
        rules = [self.rule.itemData(at) for at in range(self.rule.count())]
        self.rule.setCurrentIndex(rules.index(chosen) if chosen in rules else 0)
        kept_quiet.unblock()
        self._fill(computers, current)
        self._update()

    def choices(self) -> list[tuple[Ref, str]]:
        """Return section and take for each ticked section that the choice decides."""
        found = []
        for conflict in self._conflicts:
            take = self._choice(conflict)
            if take is not None:
                found.append((conflict.section, take.take_id))
        return found

    def _choice(self, conflict: Conflict) -> ConflictTake | None:
        rule = self.rule.currentData()
        if rule is None or conflict.section.id in self._unticked:
            return None
        return chosen_take(conflict, Keep(rule[0]), rule[1])

    def _fill(self, computers: Sequence[str], current: str) -> None:
        self._is_filling = True
        self.table.setColumnCount(len(computers) + 2)
        self.table.setHorizontalHeaderLabels([words.tr("Section"), *computers, words.tr("Current will be")])
        self.table.setRowCount(len(self._conflicts))
        for row, conflict in enumerate(self._conflicts):
            tick = QTableWidgetItem(conflict.title)
            tick.setFlags(tick.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            is_ticked = conflict.section.id not in self._unticked
            tick.setCheckState(Qt.CheckState.Checked if is_ticked else Qt.CheckState.Unchecked)
            tick.setToolTip(conflict.title)
            self.table.setItem(row, 0, tick)
            for column, computer in enumerate(computers, 1):
                takes = [take for take in conflict.takes if take.computer == computer]
                said = ", ".join(f"{short_moment(take.at)} · {formats.length(take.seconds)}" for take in takes)
                self.table.setItem(row, column, QTableWidgetItem(said or "–"))
            self.table.setItem(row, len(computers) + 1, QTableWidgetItem())
            if conflict.section.id == current:
                self.table.setCurrentCell(row, 0)
        for column in range(self.table.columnCount()):
            self.table.horizontalHeader().setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
            self.table.showColumn(column)
        self._fit_columns()
        self._is_filling = False

    def _update(self) -> None:
        self._is_filling = True
        count = 0
        for row, conflict in enumerate(self._conflicts):
            take = self._choice(conflict)
            count += take is not None
            item = self.table.item(row, self.table.columnCount() - 1)
            if item is not None:
                item.setText(words.tr("Not chosen yet") if take is None else take.computer)
        shown = formats.number(count)
        self._for.setText(words.tr("For {count} chosen, keep", "For {count} chosen, keep", count).format(count=shown))
        self.apply_button.setText(words.tr("Apply to {count}", "Apply to {count}", count).format(count=shown))
        self.apply_button.setEnabled(count > 0)
        self._is_filling = False

    def _on_item(self, item: QTableWidgetItem) -> None:
        if self._is_filling or item.column() != 0:
            return
        section = self._conflicts[item.row()].section.id
        if item.checkState() == Qt.CheckState.Checked:
            self._unticked.discard(section)
        else:
            self._unticked.add(section)
        self._update()

    def _on_current(self, row: int, _column: int, before: int, _before_column: int) -> None:
        if not self._is_filling and row != before and 0 <= row < len(self._conflicts):
            self.section_requested.emit(self._conflicts[row].section)


def _row(*widgets: QWidget) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(scaled(8))
    for widget in widgets:
        line.addWidget(widget)
    line.addStretch(1)
    return line


def _table() -> QTableWidget:
    table = QTableWidget()
    table.setAccessibleName(words.tr("Sections with 2 new takes"))
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(scaled(32))
    table.horizontalHeader().setHighlightSections(False)
    table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return table
