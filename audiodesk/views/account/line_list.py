"""Lines of cells with links at their end and hairlines between them; a table that also fits a narrow pane.

Up and Down go from line to line, Enter does a line's first act, Tab goes on to its links.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from audiodesk.views.parts.labels import ElidedLabel, muted
from audiodesk.views.parts.links import link_button
from audiodesk.views.parts.notice_card import Dot
from audiodesk.views.parts.theme import Role, scaled, set_tone, tabular

__all__ = ["Cell", "Line", "LineList"]

_LEAST_TEXT = 240
"""Where less than this, in LOOK.md's pixels, would be left for a cell without a width, cells stand below each other."""
_SIDE = 24
_SPACE = 12
_NO_LIMIT = 16_777_215


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: an icon and a text, with a muted tail.

    ``width`` is in LOOK.md's pixels; without one the cell takes the rest. ``said`` is the text where no heading stands
    above it. Where the list is narrow, a cell that ``breaks`` begins a new line.
    """

    text: str
    icon: str = ""
    tone: Role = "text"
    tail: str = ""
    width: int = 0
    said: str = ""
    breaks: bool = False


class Line(NamedTuple):
    """A line: what its sender recognizes it by, its cells, and its links as key and words."""

    id: str
    cells: tuple[Cell, ...]
    acts: tuple[tuple[str, str], ...] = ()


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
        self._rows: list[_Row] = []
        self._current = 0
        self._is_narrow = False
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # as narrow as its place
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._head = _heading(headings) if headings else None
        if self._head is not None:
            self._layout.addWidget(self._head)

    @property
    def lines(self) -> list[Line]:
        """What is shown."""
        return self._shown

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these lines."""
        if list(lines) == self._shown:
            return
        had_focus = self._has_focus()
        if had_focus:
            self._current = self._row_with_focus()
        known: dict[Line, list[_Row]] = {}
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
            if self._layout.indexOf(row) != first + at:
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

    def _made(self, line: Line) -> _Row:
        row = _Row(line)
        row.set_narrow(is_narrow=self._is_narrow)
        row.act_pressed.connect(self.act_pressed)
        row.step_requested.connect(lambda step, row=row: self._step(row, step))
        row.focused.connect(lambda row=row: self._on_focused(row))
        return row

    def _on_focused(self, row: _Row) -> None:
        if row in self._rows:  # Qt passes the focus on while lines are exchanged
            self._make_current(self._rows.index(row))

    def _step(self, row: _Row, step: int) -> None:
        at = min(max(self._rows.index(row) + step, 0), len(self._rows) - 1)
        self._make_current(at)
        self._rows[at].setFocus()

    def _make_current(self, at: int) -> None:
        """Let Tab stop at this line alone."""
        self._current = at
        for place, row in enumerate(self._rows):
            row.setFocusPolicy(Qt.FocusPolicy.StrongFocus if place == at else Qt.FocusPolicy.ClickFocus)


class _Row(QFrame):
    """One line.

    Signals:
        act_pressed: a link was pressed (str line, str act).
        step_requested: go so many lines down (int; negative: up).
        focused: the line got the focus.
    """

    act_pressed = Signal(str, str)
    step_requested = Signal(int)
    focused = Signal()

    def __init__(self, line: Line) -> None:
        super().__init__()
        self.line = line
        self.setProperty("kind", "row")
        self.setMinimumHeight(scaled(32))
        said = ", ".join(text for cell in line.cells for text in (cell.said or cell.text, cell.tail) if text)
        self.setAccessibleName(said)
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._layout.setContentsMargins(scaled(_SIDE), scaled(2), scaled(_SIDE), scaled(2))
        self._groups: list[tuple[QWidget, list[_CellView]]] = []
        views = [_CellView(cell) for cell in line.cells]
        for view in views:
            if not self._groups or view.cell.breaks:
                self._groups.append((_beside(), []))
            frame, together = self._groups[-1]
            together.append(view)
            inside = frame.layout()
            if isinstance(inside, QHBoxLayout):
                inside.addWidget(view, 0 if view.cell.width else 1)
        for frame, together in self._groups:
            self._layout.addWidget(frame, 0 if all(view.cell.width for view in together) else 1)
        self._links: list[QPushButton] = [self._link(act, name, said) for act, name in line.acts]
        if self._links:
            self._layout.addWidget(_beside(self._links))
        self._rest = 0 if any(not cell.width for cell in line.cells) else 1
        self._layout.addStretch(self._rest)

    def least_width(self) -> int:
        """Return the pixels that the line needs with its cells beside each other."""
        widths = [scaled(cell.width or _LEAST_TEXT) for cell in self.line.cells]
        widths += [link.sizeHint().width() + scaled(4) for link in self._links]
        return sum(widths) + scaled(_SPACE) * len(widths) + 2 * scaled(_SIDE)

    def set_narrow(self, *, is_narrow: bool) -> None:
        """Let the groups of cells stand below each other, or beside."""
        direction = QBoxLayout.Direction
        self._layout.setDirection(direction.TopToBottom if is_narrow else direction.LeftToRight)
        self._layout.setSpacing(scaled(2 if is_narrow else _SPACE))
        top = scaled(6) if is_narrow else 0
        self._layout.setContentsMargins(scaled(_SIDE), top, scaled(_SIDE), top)
        self._layout.setStretch(self._layout.count() - 1, 0 if is_narrow else self._rest)
        for _, together in self._groups:
            for view in together:
                view.set_narrow(is_narrow=is_narrow, is_last=view is together[-1])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: go to another line, or do the first act."""
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_End: 1 << 20, Qt.Key.Key_Home: -(1 << 20)}
        step = steps.get(Qt.Key(event.key()))
        if step is not None:
            self.step_requested.emit(step)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._links:
            self._links[0].click()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: object) -> None:
        """Qt: from now on Tab stops here."""
        super().focusInEvent(event)  # type: ignore[arg-type] # QFocusEvent
        self.focused.emit()

    def _link(self, act: str, name: str, said: str) -> QPushButton:
        link = link_button(name)
        link.setAccessibleName(name)
        link.setAccessibleDescription(said)
        link.clicked.connect(lambda _checked=False: self.act_pressed.emit(self.line.id, str(act)))
        return link


class _CellView(QWidget):
    """One cell."""

    def __init__(self, cell: Cell) -> None:
        super().__init__()
        self.cell = cell
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(scaled(6))
        if cell.icon:
            layout.addWidget(Dot(cell.icon, cell.tone), 0, Qt.AlignmentFlag.AlignVCenter)
        self._text: QLabel = ElidedLabel(cell.text) if cell.width else muted(cell.text, wrapped=True)
        self._text.setFont(tabular())
        set_tone(self._text, cell.tone)
        layout.addWidget(self._text, 0 if cell.tail else 1)
        if cell.tail:
            layout.addWidget(muted(cell.tail))
            layout.addStretch(1)

    def set_narrow(self, *, is_narrow: bool, is_last: bool) -> None:
        """Take the rest of the line if ``is_last`` in a narrow list; else as wide as the column."""
        if not self.cell.width:
            return
        if is_narrow and is_last:
            self.setMinimumWidth(0)
            self.setMaximumWidth(_NO_LIMIT)
        else:
            self.setFixedWidth(scaled(self.cell.width))
        if self.cell.said:
            self._text.setText(self.cell.said if is_narrow else self.cell.text)


def _beside(widgets: Sequence[QWidget] = ()) -> QWidget:
    frame = QWidget()
    layout = QHBoxLayout(frame)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(scaled(16 if widgets else _SPACE))
    for widget in widgets:
        layout.addWidget(widget)
    if widgets:
        layout.addStretch(1)
    return frame


def _heading(headings: Sequence[tuple[str, int]]) -> QFrame:
    frame = QFrame()
    frame.setProperty("kind", "row")
    frame.setMinimumHeight(scaled(32))
    layout = QHBoxLayout(frame)
    layout.setContentsMargins(scaled(_SIDE), scaled(2), scaled(_SIDE), scaled(2))
    layout.setSpacing(scaled(_SPACE))
    for name, width in headings:
        label = muted(name)
        label.setFixedWidth(scaled(width))
        layout.addWidget(label)
    layout.addStretch(1)
    return frame
