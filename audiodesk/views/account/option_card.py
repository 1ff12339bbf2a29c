"""A choice with its consequence: a radio button and a sentence on one card."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont, QMouseEvent
from PySide6.QtWidgets import QFrame, QRadioButton, QVBoxLayout, QWidget

from audiodesk.views.parts.labels import muted
from audiodesk.views.parts.theme import repolish, scaled

__all__ = ["OptionCard"]


class OptionCard(QFrame):
    """The whole card chooses; a screen reader reads the consequence as the button's description.

    Signals:
        chosen: this choice was made (nothing).
    """

    chosen = Signal()

    def __init__(self, name: str, consequence: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "option")
        self.button = QRadioButton(name)
        self.button.setAutoExclusive(False)  # only within one parent; the dialog has a group
        self.button.setAccessibleDescription(consequence)
        font = self.button.font()
        font.setWeight(QFont.Weight.DemiBold)
        self.button.setFont(font)
        self._text = muted(consequence, wrapped=True)
        self._text.setContentsMargins(scaled(24), 0, 0, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(16), scaled(12), scaled(16), scaled(12))
        layout.setSpacing(scaled(4))
        layout.addWidget(self.button)
        layout.addWidget(self._text)
        self.button.toggled.connect(self._on_toggled)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt: a click on the sentence chooses too."""
        super().mouseReleaseEvent(event)
        if self.button.isEnabled() and self.rect().contains(event.position().toPoint()):
            self.button.setChecked(True)
            self.button.setFocus()

    def _on_toggled(self, is_on: bool) -> None:  # noqa: FBT001 - Qt's signal
        self.setProperty("chosen", is_on)
        repolish(self)
        if is_on:
            self.chosen.emit()
