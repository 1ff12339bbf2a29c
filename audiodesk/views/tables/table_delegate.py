"""Paints a table cell: icon, text, muted tail, a hairline below, and the background of a chosen row."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QWidget

from audiodesk.views.parts import icons
from audiodesk.views.parts.theme import Role, colors, scaled, tabular
from audiodesk.views.tables.shortening import fitting
from audiodesk.views.tables.table_roles import TableRole
from audiodesk.views.tables.title_delegate import TitleDelegate

__all__ = ["TableDelegate"]

_AnyIndex = QModelIndex | QPersistentModelIndex
_CENTRED = {
    across: int(Qt.AlignmentFlag.AlignVCenter | across)
    for across in (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight)
}
"""Made once: `|` of two flags takes 3 microseconds, and a table paints hundreds of cells."""


class TableDelegate(TitleDelegate):
    """Paints the cells of all tables; the roles of the models say what differs."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._fonts: tuple[str, QFont, QFont] | None = None

    def sizeHint(self, option: QStyleOptionViewItem, index: _AnyIndex) -> QSize:
        """Qt: the width that icon, text and tail need."""
        plain, strong = self._both(option.font)
        font = strong if index.data(TableRole.STRONG) else plain
        width = QFontMetrics(font).horizontalAdvance(str(index.data() or "")) + scaled(24)
        if index.data(TableRole.ICON):
            width += scaled(22)
        if tail := index.data(TableRole.TAIL):
            width += QFontMetrics(plain).horizontalAdvance(str(tail)) + scaled(6)
        if index.column() == 0:
            width += scaled(12)
        return QSize(width, scaled(40))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _AnyIndex) -> None:
        """Qt: paint one cell."""
        table = colors()
        rect: QRect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(table.selection))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(table.line))
        area = rect.adjusted(scaled(24 if index.column() == 0 else 12), 0, -scaled(12), 0)
        tone: Role = index.data(TableRole.TONE) or "text"
        painter.save()
        if name := index.data(TableRole.ICON):
            side = scaled(16)
            at = QRect(area.left(), area.center().y() - side // 2 + 1, side, side)
            painter.drawPixmap(at, icons.pixmap(name, tone, side, icons.ratio_of(painter, option.widget)))
            area.setLeft(area.left() + side + scaled(6))
        self._paint_text(painter, area, option, index, tone)
        painter.restore()

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: _AnyIndex) -> None:
        """Qt: keep the editor inside the margins."""
        rect: QRect = option.rect
        width = max(rect.width(), scaled(180))
        left = rect.left() + scaled(18 if index.column() == 0 else 6)
        editor.setGeometry(QRect(left, rect.top() + scaled(5), width - scaled(12), rect.height() - scaled(10)))

    def _paint_text(
        self, painter: QPainter, area: QRect, option: QStyleOptionViewItem, index: _AnyIndex, tone: Role
    ) -> None:
        table = colors()
        plain, strong = self._both(option.font)
        font = strong if index.data(TableRole.STRONG) else plain
        metrics = QFontMetrics(font)
        across = index.data(Qt.ItemDataRole.TextAlignmentRole) or Qt.AlignmentFlag.AlignLeft
        text = self._text_in(index, metrics, area.width())
        painter.setFont(font)
        painter.setPen(table.of(tone))
        painter.drawText(area, _CENTRED[across], text)
        if tail := index.data(TableRole.TAIL):
            area.setLeft(area.left() + metrics.horizontalAdvance(text) + scaled(6))
            painter.setFont(plain)
            painter.setPen(table.of("muted"))
            rest = QFontMetrics(plain).elidedText(str(tail), Qt.TextElideMode.ElideRight, area.width())
            painter.drawText(area, _CENTRED[Qt.AlignmentFlag.AlignLeft], rest)

    @staticmethod
    def _text_in(index: _AnyIndex, metrics: QFontMetrics, width: int) -> str:
        text = str(index.data() or "")
        keeps_number = bool(index.data(TableRole.KEEP_NUMBER))
        if keeps_number:
            text = fitting(text, lambda shorter: metrics.horizontalAdvance(shorter) <= width)
        ends = keeps_number or index.data(TableRole.ELIDE_END)
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight if ends else Qt.TextElideMode.ElideMiddle, width)

    def _both(self, font: QFont) -> tuple[QFont, QFont]:
        key = font.key()
        if self._fonts is None or self._fonts[0] != key:
            plain = tabular(font)
            strong = tabular(font)
            strong.setWeight(QFont.Weight.DemiBold)
            self._fonts = (key, plain, strong)
        return self._fonts[1], self._fonts[2]
