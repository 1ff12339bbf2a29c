"""A box that offers some values to choose from, with the family's chevron."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox

from audiodesk.views.parts import icons
from audiodesk.views.parts.theme import scaled

__all__ = ["Choice"]


class Choice(QComboBox):
    """A combo box; the style sheet leaves its arrow out, for a picture there could not follow the scheme."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: the box, then the chevron."""
        super().paintEvent(event)
        side = scaled(16)
        at = QRect(self.width() - side - scaled(8), (self.height() - side) // 2, side, side)
        QPainter(self).drawPixmap(at, icons.pixmap("chevron-down", "muted", side, self.devicePixelRatioF()))
