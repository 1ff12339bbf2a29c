"""What all dialogs share: margins, a title inside the dialog, one row of buttons named by verbs."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from audiodesk.views.parts.labels import ElidedLabel, muted, title
from audiodesk.views.parts.theme import scaled

__all__ = ["Dialog"]


class Dialog(QDialog):
    """A title, a sentence, a body, and buttons; the primary button is at the right, in the accent colour."""

    def __init__(self, name: str, sentence: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(name)
        self.headline: ElidedLabel = title(name)
        self.sentence = muted(sentence, wrapped=True)
        self.sentence.setVisible(bool(sentence))
        self.body = QVBoxLayout()
        self.body.setSpacing(scaled(12))
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(scaled(8))
        self.buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(24), scaled(20), scaled(24), scaled(20))
        layout.setSpacing(scaled(8))
        layout.addWidget(self.headline)
        layout.addWidget(self.sentence)
        layout.addSpacing(scaled(8))
        layout.addLayout(self.body, 1)
        layout.addSpacing(scaled(12))
        layout.addLayout(self.buttons)

    def say(self, sentence: str) -> None:
        """Replace the sentence below the title."""
        self.sentence.setText(sentence)
        self.sentence.setVisible(bool(sentence))

    def add_button(self, text: str, *, primary: bool = False, left: bool = False) -> QPushButton:
        """Add a button; Enter presses the primary one."""
        button = QPushButton(text)
        button.setAutoDefault(primary)
        button.setDefault(primary)
        if primary:
            button.setProperty("kind", "primary")
        self.buttons.insertWidget(0 if left else self.buttons.count(), button)
        return button

    def add_closing(self, text: str, *, primary: bool = False) -> QPushButton:
        """Add a button that closes the dialog without doing anything."""
        button = self.add_button(text, primary=primary)
        button.clicked.connect(self.reject)
        return button
