"""A combo box with the chevron of our icon family."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox

from audiodesk.views.parts import icons
from audiodesk.views.parts.theme import scaled

__all__ = ["Choice"]


class Choice(QComboBox):
    """A combo box that draws its own arrow: a picture in the style sheet could not follow the scheme."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: the box, then the chevron."""
        super().paintEvent(event)
        side = scaled(16)
        at = QRect(self.width() - side - scaled(8), (self.height() - side) // 2, side, side)
        QPainter(self).drawPixmap(at, icons.pixmap("chevron-down", "muted", side, self.devicePixelRatioF()))
