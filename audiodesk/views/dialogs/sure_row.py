"""The question inside a dialog before something is removed for good."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from audiodesk.domain import words
from audiodesk.domain.words.library.trash_words import keep_word
from audiodesk.views.parts.labels import muted

__all__ = ["SureRow"]


class SureRow(QWidget):
    """Hidden until ``ask``; then the answer that removes nothing has the focus.

    Signals:
        confirmed: "Remove for good" was pressed (nothing).
    """

    confirmed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = muted(wrapped=True, tone="danger")
        self.yes_button = QPushButton(words.tr("Remove for good"), self)
        self.no_button = QPushButton(keep_word(1), self)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.text, 1)
        for button in (self.yes_button, self.no_button):
            button.setAutoDefault(False)
            line.addWidget(button)
        self.yes_button.clicked.connect(self.confirmed)
        self.no_button.clicked.connect(self.hide)
        self.hide()

    def ask(self, question: str, count: int) -> None:
        """Ask about ``count`` things."""
        self.text.setText(question)
        self.no_button.setText(keep_word(count))
        self.show()
        self.no_button.setFocus()

    def put_between(self, before: QWidget, after: QWidget) -> None:
        """Let Tab reach the two answers between these widgets of the same window."""
        for first, second in ((before, self.yes_button), (self.yes_button, self.no_button), (self.no_button, after)):
            QWidget.setTabOrder(first, second)
