"""One line of a list: it paints its cells itself, because a widget for each of them takes ten times as long.

Only its links are widgets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStyle, QToolTip, QWidget

from audiodesk.views.parts import icons
from audiodesk.views.parts.links import link_button
from audiodesk.views.parts.theme import Role, colors, scaled, tabular

__all__ = ["SIDE", "SPACE", "Line", "LineCell", "LineRow"]

SIDE = 24
"""Beside the cells, in LOOK.md's pixels like all that follow."""
SPACE = 12
"""Between two cells."""
_HEIGHT = 32
_LEAST_TEXT = 240
"""Where less than this would be left for a cell without a width, cells stand below each other."""
_ICON = 16
_LINKS = 16
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_End: 1 << 20, Qt.Key.Key_Home: -(1 << 20)}
_ENDLESS = 1 << 20


@dataclass(frozen=True, slots=True)
class LineCell:
    """One cell: an icon and a text, with a muted tail.

    Without a ``width`` the cell takes the rest, and its text wraps. ``said`` is the text where no heading stands above
    it. Where the list is narrow, a cell that ``breaks`` begins a new line.
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
    cells: tuple[LineCell, ...]
    acts: tuple[tuple[str, str], ...] = ()


class _Placed(NamedTuple):
    """A text and its place, as if read from the left."""

    rect: QRect
    text: str
    tone: Role
    icon: str = ""
    wraps: bool = False


class LineRow(QWidget):
    """Paints a line, and holds its links.

    Signals:
        act_pressed: a link was pressed (str line, str act).
        step_requested: go so many lines down (int; negative: up).
        focused: the line got the focus.
    """

    act_pressed = Signal(str, str)
    step_requested = Signal(int)
    focused = Signal()

    def __init__(self, line: Line, parent: QWidget | None = None, *, is_narrow: bool) -> None:
        super().__init__(parent)
        self.line = line
        self._is_narrow = is_narrow
        self._font = tabular()
        self._placed: list[_Placed] = []
        self._known: dict[int, tuple[list[_Placed], int]] = {}
        """What ``_place`` found, by width: Qt asks for the same again and again."""
        said = ", ".join(text for cell in line.cells for text in (cell.said or cell.text, cell.tail) if text)
        self.setAccessibleName(said)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._links: list[QPushButton] = [self._link(act, name, said) for act, name in line.acts]
        self._link_widths = [link.sizeHint().width() for link in self._links]

    # -- its size --------------------------------------------------------------------------------------------------

    def least_width(self) -> int:
        """Return the pixels that the line needs with its cells beside each other."""
        widths = [scaled(cell.width or _LEAST_TEXT) for cell in self.line.cells]
        links = self._links_width()
        return sum(widths) + scaled(SPACE) * len(widths) + links + 2 * scaled(SIDE)

    def set_narrow(self, *, is_narrow: bool) -> None:
        """Let groups of cells stand below each other, or all beside each other."""
        if is_narrow != self._is_narrow:
            self._is_narrow = is_narrow
            self._known.clear()
            self._arrange()
            self.updateGeometry()
            self.update()

    def hasHeightForWidth(self) -> bool:
        """Qt: a long text wraps."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Qt: how high the line is at this width."""
        return self._place(width)[1]

    def sizeHint(self) -> QSize:
        """Qt: as high as at its present width."""
        return QSize(self.least_width(), self.heightForWidth(max(self.width(), 1)))

    def minimumSizeHint(self) -> QSize:
        """Qt: the place decides the width."""
        return QSize(0, scaled(_HEIGHT))

    # -- Qt --------------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: put texts and links in their places."""
        super().resizeEvent(event)
        self._arrange()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt: draw the cells, and a hairline below them."""
        painter = QPainter(self)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)  # each text as its own language reads
        table = colors()
        if self.hasFocus():
            painter.fillRect(self.rect(), QColor(table.selection))
        painter.fillRect(QRect(0, self.height() - 1, self.width(), 1), QColor(table.line))
        painter.setFont(self._font)
        metrics = QFontMetrics(self._font)
        side, direction = scaled(_ICON), self.layoutDirection()
        lead = QStyle.visualAlignment(direction, Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignAbsolute
        for placed in self._placed:
            rect = QStyle.visualRect(direction, self.rect(), placed.rect)
            if placed.icon:
                ratio = icons.ratio_of(painter, self)
                painter.drawPixmap(
                    rect.x(),
                    rect.y() + (rect.height() - side) // 2,
                    icons.pixmap(placed.icon, placed.tone, side, ratio),
                )
                continue
            painter.setPen(QColor(getattr(table, placed.tone)))
            flags = int(lead | Qt.AlignmentFlag.AlignVCenter)
            if placed.wraps:
                painter.drawText(rect, flags | int(Qt.TextFlag.TextWordWrap), placed.text)
            else:
                elided = metrics.elidedText(placed.text, Qt.TextElideMode.ElideMiddle, rect.width())
                painter.drawText(rect, flags, elided)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: go to another line, or do the first act."""
        step = _STEPS.get(Qt.Key(event.key()))
        if step is not None:
            self.step_requested.emit(step)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._links:
            self._links[0].click()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt: from now on Tab stops here."""
        super().focusInEvent(event)
        self.update()
        self.focused.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Qt: no longer marked."""
        super().focusOutEvent(event)
        self.update()

    def event(self, event: QEvent) -> bool:
        """Qt: show the whole of a text that is cut."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            metrics = QFontMetrics(self._font)
            for placed in self._placed:
                rect = QStyle.visualRect(self.layoutDirection(), self.rect(), placed.rect)
                is_cut = not placed.wraps and metrics.horizontalAdvance(placed.text) > rect.width()
                if is_cut and rect.contains(event.pos()):
                    QToolTip.showText(event.globalPos(), placed.text, self)
                    return True
            QToolTip.hideText()
            return True
        return super().event(event)

    # -- inside ----------------------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        self._placed, height = self._place(self.width())
        links_width = self._links_width()
        left = scaled(SIDE)
        top = max(0, height - scaled(_HEIGHT)) if self._is_narrow else (height - scaled(_HEIGHT)) // 2
        if not self._is_narrow:
            has_rest = any(not cell.width for cell in self.line.cells)
            fixed = sum(scaled(cell.width) + scaled(SPACE) for cell in self.line.cells)
            left = self.width() - scaled(SIDE) - links_width if has_rest else left + fixed
        for link, width in zip(self._links, self._link_widths, strict=True):
            place = QRect(left, top, width, scaled(_HEIGHT) - 1)
            link.setGeometry(QStyle.visualRect(self.layoutDirection(), self.rect(), place))
            left += width + scaled(_LINKS)

    def _place(self, width: int) -> tuple[list[_Placed], int]:
        """Return where each text is at this width of the line, and the height of the line."""
        if width not in self._known:
            self._known[width] = self._found_place(width)
        return self._known[width]

    def _found_place(self, width: int) -> tuple[list[_Placed], int]:
        inside = max(1, width - 2 * scaled(SIDE))
        if not self._is_narrow:
            links = self._links_width()
            room = inside - (links + scaled(SPACE) if links else 0)
            return self._beside(self.line.cells, 0, room, scaled(_HEIGHT), takes_rest=False)
        placed: list[_Placed] = []
        top = scaled(6)
        for group in self._groups():
            found, height = self._beside(group, top, inside, QFontMetrics(self._font).height(), takes_rest=True)
            placed += found
            top += height + scaled(2)
        return placed, top + (scaled(_HEIGHT) if self._links else scaled(5))

    def _groups(self) -> list[list[LineCell]]:
        groups: list[list[LineCell]] = []
        for cell in self.line.cells:
            if not groups or cell.breaks:
                groups.append([])
            groups[-1].append(cell)
        return groups

    def _beside(
        self, cells: tuple[LineCell, ...] | list[LineCell], top: int, room: int, least: int, *, takes_rest: bool
    ) -> tuple[list[_Placed], int]:
        """Place cells beside each other; with ``takes_rest`` the last one has all that is left."""
        left, high = 0, least
        boxes: list[tuple[LineCell, int, int]] = []
        others = sum(scaled(cell.width) + scaled(SPACE) for cell in cells if cell.width)
        for cell in cells:
            is_rest = not cell.width or (takes_rest and cell is cells[-1])
            width = max(1, room - (left if takes_rest else others)) if is_rest else scaled(cell.width)
            boxes.append((cell, left, width))
            if not cell.width:
                high = max(high, self._wrapped_height(cell, width) + (scaled(8) if least == scaled(_HEIGHT) else 0))
            left += width + scaled(SPACE)
        placed = [
            one for cell, at, width in boxes for one in self._placed_in(cell, scaled(SIDE) + at, top, width, high)
        ]
        return placed, high

    def _placed_in(self, cell: LineCell, left: int, top: int, width: int, height: int) -> list[_Placed]:
        placed = []
        if cell.icon:
            placed.append(_Placed(QRect(left, top, scaled(_ICON), height), "", cell.tone, cell.icon))
            left, width = left + scaled(_ICON + 6), width - scaled(_ICON + 6)
        text = cell.said if self._is_narrow and cell.said else cell.text
        metrics = QFontMetrics(self._font)
        tail = metrics.horizontalAdvance(cell.tail) + scaled(8) if cell.tail else 0
        own = min(metrics.horizontalAdvance(text) + scaled(2), max(1, width - tail)) if tail else max(1, width)
        placed.append(_Placed(QRect(left, top, own, height), text, cell.tone, wraps=not cell.width))
        if tail:
            placed.append(_Placed(QRect(left + own + scaled(6), top, tail, height), cell.tail, "muted"))
        return placed

    def _wrapped_height(self, cell: LineCell, width: int) -> int:
        room = max(1, width - (scaled(_ICON + 6) if cell.icon else 0))
        flags = int(Qt.TextFlag.TextWordWrap)
        return QFontMetrics(self._font).boundingRect(QRect(0, 0, room, _ENDLESS), flags, cell.text).height()

    def _links_width(self) -> int:
        return sum(self._link_widths) + scaled(_LINKS) * max(0, len(self._link_widths) - 1)

    def _link(self, act: str, name: str, said: str) -> QPushButton:
        link = link_button(name)
        link.setParent(self)
        link.setAccessibleName(name)
        link.setAccessibleDescription(said)
        link.clicked.connect(lambda _checked=False: self.act_pressed.emit(self.line.id, str(act)))
        return link
