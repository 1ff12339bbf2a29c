"""Paints a row of the tree: title, count, and the background of a chosen row or a drop target."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import TreeNode
from audiodesk.domain.library.states import StateCode
from audiodesk.domain.words import formats
from audiodesk.views.parts import icons
from audiodesk.views.parts.node_words import counts_short
from audiodesk.views.parts.state_look import parent_look
from audiodesk.views.parts.status_look import status_look
from audiodesk.views.parts.theme import Role, colors, scaled
from audiodesk.views.tables.row_fonts import Face, RowFonts
from audiodesk.views.tables.title_delegate import TitleDelegate
from audiodesk.views.tree.tree_model import TreeRole

__all__ = ["SHIFT", "TreeDelegate", "conflict_count", "paint_row", "row_signs"]

_AnyIndex = QModelIndex | QPersistentModelIndex
_LEFT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
_RIGHT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
SHIFT = 10
"""How far everything is moved to the right of Qt's places: the background of a row has a margin of 8."""


class TreeDelegate(TitleDelegate):
    """Paints rows of an ``TreeModel``; the view sets ``target``, the row that a drag would be dropped on."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.target = QPersistentModelIndex()
        self._fonts = RowFonts()

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _AnyIndex) -> QSize:
        """Qt: all rows are equally high."""
        return QSize(scaled(120), scaled(32))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _AnyIndex) -> None:
        """Qt: draw title and count; the view draws the background and the icon in front."""
        node: TreeNode = index.data(TreeRole.NODE)
        table = colors()
        painter.save()
        rect: QRect = option.rect
        area = rect.adjusted(0, 0, -scaled(16), 0)
        strong = node.ref.entity is Entity.PROJECT
        title = self._fonts.face(option.font, strong=strong)
        figures = self._fonts.face(option.font, strong=strong, figures=True)
        ratio = icons.ratio_of(painter, option.widget)
        end = self._paint_end(painter, node, area, title, figures, ratio)
        left = area.left() + scaled(SHIFT)
        space = QRect(left, area.top(), end - scaled(8) - left, area.height())
        painter.setFont(title.font)
        painter.setPen(QColor(table.text))
        elided = title.metrics.elidedText(node.title, Qt.TextElideMode.ElideRight, space.width())
        painter.drawText(space, _LEFT, elided)
        painter.restore()

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, _index: _AnyIndex) -> None:
        """Qt: keep the editor inside the margins."""
        rect: QRect = option.rect
        editor.setGeometry(rect.adjusted(scaled(SHIFT - 6), scaled(3), -scaled(12), -scaled(3)))

    def _paint_end(
        self, painter: QPainter, node: TreeNode, area: QRect, title: Face, figures: Face, ratio: float
    ) -> int:
        """Draw the count, the signs before it, and a section's status; return the left edge of all that.

        The word of the status gives way to a long title; its icon in front of the row stays.
        """
        table = colors()
        text = counts_short(node)
        painter.setFont(figures.font)
        painter.setPen(QColor(table.text if node.ref.entity is Entity.PROJECT else table.muted))
        painter.drawText(area, _RIGHT, text)
        end = area.right() - figures.metrics.horizontalAdvance(text)
        conflicts = conflict_count(node)
        for icon, tone in row_signs(node):
            side = scaled(14)
            if icon == "split" and conflicts:
                end = self._paint_count(painter, area, end, conflicts, figures.metrics, tone)
            end -= side + scaled(6)
            painter.drawPixmap(
                QRect(end, area.center().y() - side // 2 + 1, side, side), icons.pixmap(icon, tone, side, ratio)
            )
        return end if node.status is None else self._paint_status(painter, node, area, end, title)

    def _paint_count(
        self, painter: QPainter, area: QRect, end: int, count: str, metrics: QFontMetrics, tone: Role
    ) -> int:
        """Draw the number of takes that wait for a choice, and return its left edge."""
        end -= scaled(8)
        painter.setPen(colors().of(tone))
        space = QRect(area.left(), area.top(), end - area.left(), area.height())
        painter.drawText(space, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), count)
        return end - metrics.horizontalAdvance(count) + scaled(2)

    def _paint_status(self, painter: QPainter, node: TreeNode, area: QRect, end: int, title: Face) -> int:
        assert node.status is not None  # noqa: S101 - checked by the caller
        look = status_look(node.status)
        metrics = title.metrics
        start = end - scaled(8) - metrics.horizontalAdvance(look.text)
        if start - scaled(8) - area.left() - scaled(SHIFT) < metrics.horizontalAdvance(node.title):
            return end
        painter.setFont(title.font)
        painter.setPen(colors().of(look.tone))
        space = QRect(area.left(), area.top(), end - scaled(8) - area.left(), area.height())
        painter.drawText(space, _RIGHT, look.text)
        return start


def conflict_count(node: TreeNode) -> str:
    """Return how many takes of a row wait for a choice; empty if none does."""
    count = node.states.by_code.get(StateCode.CONFLICT, 0)
    return formats.number(count) if count else ""


def row_signs(node: TreeNode) -> list[tuple[str, Role]]:
    """Return the icons before a row's count, from right to left: the worst state of its takes, and where to look."""
    look = parent_look(node.states)
    signs: list[tuple[str, Role]] = [] if look is None else [(look.icon, look.tone)]
    warning: tuple[str, Role] = ("triangle-alert", "attention")
    is_marked = node.repaired > 0 or (node.warnings > 0 and node.ref.entity is Entity.SECTION)
    if is_marked and warning not in signs:
        signs.append(warning)
    return signs


def paint_row(painter: QPainter, rect: QRect, *, selected: bool, hovered: bool, target: bool, focused: bool) -> None:
    """Draw the rounded background of a row: chosen, under the mouse, or the target of a drag."""
    if not (selected or hovered or target or focused):
        return
    table = colors()
    ground = rect.adjusted(scaled(8), 1, -scaled(8), -1)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    if selected or target:
        painter.setBrush(QColor(table.selection))
        painter.drawRoundedRect(ground, scaled(6), scaled(6))
    elif hovered:
        color = QColor(table.text)
        color.setAlphaF(0.05)
        painter.setBrush(color)
        painter.drawRoundedRect(ground, scaled(6), scaled(6))
    if target or focused:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(table.accent), 2 if target else 1))
        painter.drawRoundedRect(ground.adjusted(1, 1, -1, -1), scaled(6), scaled(6))
    painter.restore()
