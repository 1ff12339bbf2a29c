"""Lines of cells with links at their end, below each other with hairlines between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from audiodesk.views.parts.labels import ElidedLabel, muted
from audiodesk.views.parts.links import link_button
from audiodesk.views.parts.notice_card import Dot
from audiodesk.views.parts.theme import Role, scaled, set_tone, tabular

__all__ = ["Cell", "LineList"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: an icon and a text, with a muted tail; ``width`` in LOOK.md's pixels, or a share of the rest."""

    text: str
    icon: str = ""
    tone: Role = "text"
    tail: str = ""
    width: int = 0
    stretch: int = 0
    wraps: bool = False


class LineList(QWidget):
    """Makes its lines anew only when they have changed, so that a focus in them is not lost for nothing.

    Signals:
        act_pressed: the link of a line was pressed (str line, str act).
    """

    act_pressed = Signal(str, str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._shown: list[tuple[str, list[Cell], list[tuple[str, str]]]] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)

    def show_lines(self, lines: Sequence[tuple[str, Sequence[Cell], Sequence[tuple[str, str]]]]) -> None:
        """Show lines of (id, cells, links as key and words)."""
        wanted = [(line, list(cells), list(acts)) for line, cells, acts in lines]
        if wanted == self._shown:
            return
        self._shown = wanted
        while (item := self._layout.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.setParent(None)
                old.deleteLater()
        for line, cells, acts in wanted:
            self._layout.addWidget(self._line(line, cells, acts))

    def _line(self, line: str, cells: Sequence[Cell], acts: Sequence[tuple[str, str]]) -> QFrame:
        frame = QFrame()
        frame.setProperty("kind", "row")
        frame.setMinimumHeight(scaled(36))
        said = ", ".join(text for cell in cells for text in (cell.text, cell.tail) if text)
        frame.setAccessibleName(said)
        layout = QHBoxLayout(frame)
        layout.setContentsMargins(0, scaled(2), 0, scaled(2))
        layout.setSpacing(scaled(12))
        for cell in cells:
            layout.addWidget(_widget(cell), cell.stretch)
        for act, name in acts:
            link = link_button(name)
            link.setAccessibleName(name)
            link.setAccessibleDescription(said)
            link.clicked.connect(lambda _checked=False, act=act: self.act_pressed.emit(line, str(act)))
            layout.addWidget(link)
        return frame


def _widget(cell: Cell) -> QWidget:
    inside = QWidget()
    layout = QHBoxLayout(inside)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(scaled(6))
    if cell.icon:
        layout.addWidget(Dot(cell.icon, cell.tone), 0, Qt.AlignmentFlag.AlignVCenter)
    text: QLabel = muted(cell.text, wrapped=True) if cell.wraps else ElidedLabel(cell.text)
    text.setFont(tabular())
    set_tone(text, cell.tone)
    layout.addWidget(text, 0 if cell.tail else 1)
    if cell.tail:
        layout.addWidget(muted(cell.tail))
        layout.addStretch(1)
    if cell.width:
        inside.setFixedWidth(scaled(cell.width))
    return inside
