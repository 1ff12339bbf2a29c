"""Starts the drag of chosen rows, with a small label beside the pointer that covers no drop target."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import QMimeData, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QDrag, QFontMetrics, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from audiodesk.domain import words
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.words import formats
from audiodesk.views.parts.theme import colors, scaled

__all__ = ["count_text", "drag_rows"]


def count_text(refs: Sequence[Ref]) -> str:
    """Return the number of rows in words: "2 chapters"."""
    count = len(refs)
    kinds = Counter(ref.entity for ref in refs)
    entity = next(iter(kinds)) if len(kinds) == 1 else None
    if entity is Entity.PROJECT:
        text = words.tr("{count} projects", "{count} project", count)
    elif entity is Entity.CHAPTER:
        text = words.tr("{count} chapters", "{count} chapter", count)
    elif entity is Entity.SECTION:
        text = words.tr("{count} sections", "{count} section", count)
    elif entity is Entity.TAKE:
        text = words.tr("{count} takes", "{count} take", count)
    else:
        text = words.tr("{count} things", "{count} thing", count)
    return text.format(count=formats.number(count))


def drag_rows(source: QWidget, refs: Sequence[Ref], data: QMimeData) -> None:
    """Drag ``data``, which carries ``refs``, until it is dropped; the drop target moves the rows."""
    drag = QDrag(source)
    drag.setMimeData(data)
    drag.setPixmap(_label(count_text(refs), source.devicePixelRatioF()))
    drag.setHotSpot(QPoint(-scaled(14), -scaled(18)))  # below and to the right of the pointer
    drag.exec(Qt.DropAction.MoveAction)


def _label(text: str, ratio: float) -> QPixmap:
    font = QApplication.font()
    metrics = QFontMetrics(font)
    size = QSize(metrics.horizontalAdvance(text) + scaled(16), metrics.height() + scaled(6))
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    area = QRect(QPoint(0, 0), size)
    table = colors()
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(font)
    painter.setPen(QPen(QColor(table.accent), 1))
    painter.setBrush(QColor(table.surface))
    painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), scaled(6), scaled(6))
    painter.setPen(QColor(table.text))
    painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), text)
    painter.end()
    return pixmap
