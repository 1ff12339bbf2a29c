"""Asks for another name of this computer."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from audiodesk.domain import words
from audiodesk.views.dialogs.dialog import Dialog
from audiodesk.views.parts.theme import scaled

__all__ = ["RenameDialog"]

_LONGEST = 200


class RenameDialog(Dialog):
    """Stays open until the name is stored.

    Signals:
        name_entered: the button was pressed (str).
    """

    name_entered = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(
            words.tr("Rename this computer"),
            words.tr("Your other computers show this name in Activity, and where two of them recorded one section."),
            parent,
        )
        self.line = QLineEdit(name)
        self.line.setAccessibleName(words.tr("Name of this computer"))
        self.line.setMaxLength(_LONGEST)
        self.line.selectAll()
        self.body.addWidget(self.line)
        self.body.addStretch(1)
        self.add_closing(words.tr("Cancel"))
        self.button = self.add_button(words.tr("Rename"), primary=True)
        self.button.clicked.connect(lambda: self.name_entered.emit(self.line.text()))
        self.line.textChanged.connect(lambda text: self.button.setEnabled(bool(text.strip())))
        self.setMinimumWidth(scaled(420))
        self.line.setFocus()
