"""A heading with buttons at the other end of its line, or below it where there is no room for both."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QWidget

from audiodesk.views.parts.flow_layout import FlowLayout
from audiodesk.views.parts.theme import scaled

__all__ = ["HeadLine"]


class HeadLine(QWidget):
    """``space`` is that between the buttons, in LOOK.md's pixels."""

    def __init__(self, heading: QWidget, buttons: Sequence[QWidget], *, space: int, side: int) -> None:
        super().__init__()
        self._heading = heading
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._buttons = FlowLayout(space=scaled(space))
        for button in buttons:
            self._buttons.addWidget(button)
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._layout.setContentsMargins(scaled(side), 0, scaled(side), 0)
        self._layout.setSpacing(scaled(8))
        self._layout.addWidget(heading, 1)
        self._layout.addLayout(self._buttons)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: put the buttons where there is room."""
        super().resizeEvent(event)
        self._arrange()

    def event(self, event: QEvent) -> bool:
        """Qt: other buttons, or other words."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._arrange()
        return super().event(event)

    def _arrange(self) -> None:
        needed = self._heading.sizeHint().width() + self._layout.spacing() + self._buttons.sizeHint().width()
        margins = self._layout.contentsMargins()
        has_room = needed + margins.left() + margins.right() <= self.width()
        direction = QBoxLayout.Direction.LeftToRight if has_room else QBoxLayout.Direction.TopToBottom
        if direction != self._layout.direction():
            self._layout.setDirection(direction)
