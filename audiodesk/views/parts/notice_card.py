"""A calm card with one sentence about what is shown, and at most one action."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from audiodesk.views.parts import icons
from audiodesk.views.parts.labels import muted
from audiodesk.views.parts.theme import Role, scaled, set_tone

__all__ = ["Dot", "NoticeCard"]


class Dot(QWidget):
    """An icon as a widget, in the colours of the current scheme."""

    def __init__(self, name: str = "", role: Role = "text", size: int = 16, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._role = name, role
        self.setFixedSize(scaled(size), scaled(size))

    def show_icon(self, name: str, role: Role) -> None:
        """Show another icon."""
        if (name, role) != (self._name, self._role):
            self._name, self._role = name, role
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt: draw the icon."""
        if self._name:
            picture = icons.pixmap(self._name, self._role, self.width(), self.devicePixelRatioF())
            QPainter(self).drawPixmap(self.rect(), picture)


class NoticeCard(QFrame):
    """A sign, a sentence, advice, and a button for it.

    Signals:
        action_requested: the button was pressed.
    """

    action_requested = Signal()

    def __init__(
        self,
        icon: str,
        tone: Role,
        sentence: str,
        text: str = "",
        action: str = "",
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "notice")
        self.setAccessibleName(sentence)
        said = QLabel(sentence)
        said.setTextFormat(Qt.TextFormat.PlainText)
        said.setWordWrap(True)
        font = said.font()
        font.setWeight(font.Weight.DemiBold)
        said.setFont(font)
        set_tone(said, tone)
        first = QHBoxLayout()
        first.setSpacing(scaled(6))
        first.addWidget(Dot(icon, tone), 0, Qt.AlignmentFlag.AlignTop)
        first.addWidget(said, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(12), scaled(12), scaled(12), scaled(12))
        layout.setSpacing(scaled(4))
        layout.addLayout(first)
        if text:
            layout.addWidget(muted(text, wrapped=True, tone="text"))
        if action:
            button = QPushButton(action)
            button.setProperty("kind", "notice")
            button.clicked.connect(self.action_requested)
            layout.addSpacing(scaled(4))
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
