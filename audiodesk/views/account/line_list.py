"""Lines of cells with links at their end and hairlines between them; a table that also fits a narrow pane.

Up and Down go from line to line, Enter does a line's first act, Tab goes on to its links.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from audiodesk.views.account.line_row import SIDE, SPACE, Line, LineRow
from audiodesk.views.parts.labels import muted
from audiodesk.views.parts.theme import scaled

__all__ = ["LineList"]


class LineList(QWidget):
    """Makes anew only the lines that have changed, so that a focus in the others is not lost for nothing.

    Signals:
        act_pressed: the link of a line was pressed (str line, str act).
    """

    act_pressed = Signal(str, str)

    def __init__(self, name: str, headings: Sequence[tuple[str, int]] = (), parent: QWidget | None = None) -> None:
        """``headings`` are the words and widths of the columns."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self._shown: list[Line] = []
        self._rows: list[LineRow] = []
        self._current = 0
        self._is_narrow = False
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # as narrow as its place
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._head = _heading(headings) if headings else None
        if self._head is not None:
            self._layout.addWidget(self._head)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these lines."""
        if list(lines) == self._shown:
            return
        had_focus = self._has_focus()
        if had_focus:
            self._current = self._row_with_focus()
        known: dict[Line, list[LineRow]] = {}
        for row in reversed(self._rows):
            known.setdefault(row.line, []).append(row)
        self._shown = list(lines)
        rows = [kept.pop() if (kept := known.get(line)) else self._made(line) for line in lines]
        for gone in (row for rest in known.values() for row in rest):
            self._layout.removeWidget(gone)
            gone.setParent(None)
            gone.deleteLater()
        first = 0 if self._head is None else 1
        for at, row in enumerate(rows):
            item = self._layout.itemAt(first + at)
            if item is None or item.widget() is not row:
                self._layout.insertWidget(first + at, row)
        self._rows = rows
        self._arrange()
        self._make_current(min(self._current, max(0, len(rows) - 1)))
        if had_focus and not self._has_focus():
            self.focus_line()

    def focus_line(self) -> None:
        """Give the focus to the line where the reader was last."""
        if self._rows:
            self._rows[self._current].setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: let the cells stand beside or below each other, as there is room."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        is_narrow = self.width() < max((row.least_width() for row in self._rows), default=0)
        if is_narrow != self._is_narrow:
            self._is_narrow = is_narrow
            for row in self._rows:
                row.set_narrow(is_narrow=is_narrow)
            if self._head is not None:
                self._head.setVisible(not is_narrow)

    def _row_with_focus(self) -> int:
        focus = QApplication.focusWidget()
        found = (at for at, row in enumerate(self._rows) if focus is row or row.isAncestorOf(focus or row))
        return next(found, self._current)

    def _has_focus(self) -> bool:
        focus = QApplication.focusWidget()
        return focus is not None and self.isAncestorOf(focus)

    def _made(self, line: Line) -> LineRow:
        row = LineRow(line, self, is_narrow=self._is_narrow)
        row.act_pressed.connect(self.act_pressed)
        row.step_requested.connect(lambda step, row=row: self._step(row, step))
        row.focused.connect(lambda row=row: self._on_focused(row))
        return row

    def _on_focused(self, row: LineRow) -> None:
        if row in self._rows:  # Qt passes the focus on while lines are exchanged
            self._make_current(self._rows.index(row))

    def _step(self, row: LineRow, step: int) -> None:
        at = min(max(self._rows.index(row) + step, 0), len(self._rows) - 1)
        self._make_current(at)
        self._rows[at].setFocus()

    def _make_current(self, at: int) -> None:
        """Let Tab stop at this line alone."""
        self._current = at
        for place, row in enumerate(self._rows):
            row.setFocusPolicy(Qt.FocusPolicy.StrongFocus if place == at else Qt.FocusPolicy.ClickFocus)


def _heading(headings: Sequence[tuple[str, int]]) -> QFrame:
    frame = QFrame()
    frame.setProperty("kind", "row")
    frame.setMinimumHeight(scaled(32))
    layout = QHBoxLayout(frame)
    layout.setContentsMargins(scaled(SIDE), scaled(2), scaled(SIDE), scaled(2))
    layout.setSpacing(scaled(SPACE))
    for name, width in headings:
        label = muted(name)
        label.setFixedWidth(scaled(width))
        layout.addWidget(label)
    layout.addStretch(1)
    return frame
