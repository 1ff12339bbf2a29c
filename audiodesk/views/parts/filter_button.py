"""A button that filters a list: of several one is checked, and its words are bold."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QPushButton

__all__ = ["FilterButton"]


class FilterButton(QPushButton):
    """Always as wide as its bold words need: Qt measures those that are not bold, and would cut the others."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.setCheckable(True)
        self.setProperty("kind", "filter")

    def sizeHint(self) -> QSize:
        """Qt: the size for bold words; its least size is the same."""
        size = super().sizeHint()
        bold = QFont(self.font())
        bold.setWeight(QFont.Weight.DemiBold)
        text = self.text()
        more = QFontMetrics(bold).horizontalAdvance(text) - self.fontMetrics().horizontalAdvance(text)
        return QSize(size.width() + max(0, more), size.height())
