"""What is said beside the title of the centre: it gives way to the title, and loses whole parts from its end."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from audiodesk.views.parts.labels import ElidedLabel
from audiodesk.views.parts.theme import set_tone
from audiodesk.views.tables.shortening import fitting

__all__ = ["AboutLabel"]


class AboutLabel(ElidedLabel):
    """A muted line at the end of its room; where not even its first part fits, nothing is shown but the tooltip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        set_tone(self, "muted")
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """Qt: the title needs the room more."""
        return QSize(0, self.sizeHint().height())

    def shown(self) -> str:
        """Return what there is room for."""
        metrics, room = QFontMetrics(self.font()), self.width()

        def fits(text: str) -> bool:
            return metrics.horizontalAdvance(text) <= room

        text = self.text() if fits(self.text()) else fitting(self.text(), fits)
        return text if fits(text) else ""

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt: draw the parts that fit."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), int(self.alignment()), self.shown())
