"""A small editor for notes that commits its text when the person leaves it or pauses typing."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from audiodesk.views.parts.theme import scaled

__all__ = ["NotesEditor"]

_REST_MS = 1500


class NotesEditor(QPlainTextEdit):
    """Plain text of any length.

    Signals:
        text_committed: the text differs from what was shown and is to be stored (str).
    """

    text_committed = Signal(str)

    def __init__(self, name: str, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = ""
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        self.setTabChangesFocus(True)
        self.setFixedHeight(scaled(84))
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self.commit)
        self.textChanged.connect(self._rest.start)

    def show_text(self, text: str) -> None:
        """Show another text, unless the person is editing this very text."""
        if text == self._shown:
            return
        if self.hasFocus() and self.toPlainText() != self._shown and self.toPlainText() == text:
            self._shown = text
            return
        self._shown = text
        if self.toPlainText() != text:
            self.setPlainText(text)
        self._rest.stop()

    def commit(self) -> None:
        """Emit the text now if it differs from what was shown."""
        self._rest.stop()
        text = self.toPlainText()
        if text != self._shown:
            self._shown = text
            self.text_committed.emit(text)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Qt: commit the text when the focus leaves."""
        super().focusOutEvent(event)
        self.commit()
