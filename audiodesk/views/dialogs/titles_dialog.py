"""Adds many chapters or sections at once, from a list with one title a line."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from audiodesk.domain import words
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.words import formats
from audiodesk.views.dialogs.dialog import Dialog
from audiodesk.views.parts.theme import scaled

__all__ = ["TitlesDialog"]


class TitlesDialog(Dialog):
    """``titles`` are to be added to ``where``, in this order; the dialog closes when that is done.

    Signals:
        add_requested: the button was pressed (nothing).
    """

    add_requested = Signal()

    def __init__(self, entity: Entity, where: str, parent: QWidget | None = None) -> None:
        self._is_chapters = entity is Entity.CHAPTER
        super().__init__("", parent=parent)
        name = words.tr("Add chapters to “{where}”") if self._is_chapters else words.tr("Add sections to “{where}”")
        self.headline.setText(name.format(where=where))
        self.setWindowTitle(self.headline.text())
        self.say(words.tr("Paste or type the titles, one a line. Blank lines are left out."))
        self.edit = QPlainTextEdit()
        self.edit.setAccessibleName(words.tr("Titles, one a line"))
        self.edit.setPlaceholderText(words.tr("1 · The Well\n2 · The River\n3 · Salt"))
        self.edit.setTabChangesFocus(True)
        self.body.addWidget(self.edit, 1)
        self.add_closing(words.tr("Cancel"))
        self._add = self.add_button("", primary=True)
        self._add.clicked.connect(self.add_requested)
        self.edit.installEventFilter(self)
        self.edit.textChanged.connect(self._on_text)
        self._on_text()
        self.resize(scaled(480), scaled(440))

    def titles(self) -> list[str]:
        """Return the titles in order."""
        return [line.strip() for line in self.edit.toPlainText().splitlines() if line.strip()]

    def begin_adding(self) -> None:
        """Show that they are being added."""
        self.begin_work(words.tr("Adding…"), self._add, self.edit)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt: Ctrl+Enter accepts; Enter alone begins a new line."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            self._add.click()
            return True
        return super().eventFilter(watched, event)

    def _on_text(self) -> None:
        count = len(self.titles())
        if self._is_chapters:
            text = words.tr("Add {count} chapters", "Add {count} chapter", count)
        else:
            text = words.tr("Add {count} sections", "Add {count} section", count)
        self._add.setText(text.format(count=formats.number(count)))
        self._add.setEnabled(count > 0)
