"""Paints a table cell: icon, text, muted tail, a hairline below, and the background of a chosen row."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QWidget

from audiodesk.views.parts import icons
from audiodesk.views.parts.theme import colors, scaled
from audiodesk.views.tables.row_fonts import RowFonts
from audiodesk.views.tables.shortening import fitting
from audiodesk.views.tables.table_roles import Cell, TableRole
from audiodesk.views.tables.title_delegate import TitleDelegate

__all__ = ["TableDelegate"]

_AnyIndex = QModelIndex | QPersistentModelIndex
_LEFT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
_RIGHT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)


class TableDelegate(TitleDelegate):
    """Paints the cells of all tables; the roles of the models say what differs."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._fonts = RowFonts()

    def sizeHint(self, option: QStyleOptionViewItem, index: _AnyIndex) -> QSize:
        """Qt: the width that icon, text and tail need."""
        cell: Cell = index.data(TableRole.CELL)
        text = self._fonts.face(option.font, strong=cell.strong, figures=True)
        width = text.metrics.horizontalAdvance(cell.text) + scaled(24)
        if cell.icon:
            width += scaled(22)
        if cell.tail:
            plain = self._fonts.face(option.font, figures=True)
            width += plain.metrics.horizontalAdvance(cell.tail) + scaled(6)
        if index.column() == 0:
            width += scaled(12)
        return QSize(width, scaled(40))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _AnyIndex) -> None:
        """Qt: paint one cell."""
        cell: Cell = index.data(TableRole.CELL)
        table = colors()
        rect: QRect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(table.selection))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(table.line))
        area = rect.adjusted(scaled(24 if index.column() == 0 else 12), 0, -scaled(12), 0)
        painter.save()
        if cell.icon:
            side = scaled(16)
            at = QRect(area.left(), area.center().y() - side // 2 + 1, side, side)
            painter.drawPixmap(at, icons.pixmap(cell.icon, cell.tone, side, icons.ratio_of(painter, option.widget)))
            area.setLeft(area.left() + side + scaled(6))
        self._paint_text(painter, area, cell, option.font)
        painter.restore()

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: _AnyIndex) -> None:
        """Qt: keep the editor inside the margins."""
        rect: QRect = option.rect
        width = max(rect.width(), scaled(180))
        left = rect.left() + scaled(18 if index.column() == 0 else 6)
        editor.setGeometry(QRect(left, rect.top() + scaled(5), width - scaled(12), rect.height() - scaled(10)))

    def _paint_text(self, painter: QPainter, area: QRect, cell: Cell, base: QFont) -> None:
        if not (cell.text or cell.tail):
            return
        table = colors()
        font, metrics = self._fonts.face(base, strong=cell.strong, figures=True)
        text = _text_in(cell, metrics, area.width())
        painter.setFont(font)
        painter.setPen(table.of(cell.tone))
        painter.drawText(area, _RIGHT if cell.at_right else _LEFT, text)
        if cell.tail:
            area.setLeft(area.left() + metrics.horizontalAdvance(text) + scaled(6))
            plain = self._fonts.face(base, figures=True)
            painter.setFont(plain.font)
            painter.setPen(table.of("muted"))
            rest = plain.metrics.elidedText(cell.tail, Qt.TextElideMode.ElideRight, area.width())
            painter.drawText(area, _LEFT, rest)


def _text_in(cell: Cell, metrics: QFontMetrics, width: int) -> str:
    if metrics.horizontalAdvance(cell.text) <= width:
        return cell.text
    text = cell.text
    if cell.keep_number:
        text = fitting(text, lambda shorter: metrics.horizontalAdvance(shorter) <= width)
    ends = cell.keep_number or cell.elide_end
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight if ends else Qt.TextElideMode.ElideMiddle, width)
