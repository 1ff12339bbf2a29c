"""A question that is asked once before something that cannot be taken back, or why it is not possible."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from audiodesk.domain import words
from audiodesk.domain.words import formats
from audiodesk.views.dialogs.dialog import GrowingDialog
from audiodesk.views.parts.labels import ElidedLabel, muted
from audiodesk.views.parts.theme import scaled

__all__ = ["SureDialog"]

_SHOWN = 8


class SureDialog(GrowingDialog):
    """A sentence, what it is about, and the verb; Enter does nothing dangerous: the focus is on Cancel.

    Without a verb it only says why it is not possible.

    Signals:
        confirmed: the verb was pressed (nothing).
    """

    confirmed = Signal()

    def __init__(
        self, name: str, sentence: str, verb: str = "", items: Sequence[str] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(name, sentence, parent)
        self.setMinimumWidth(scaled(460))
        for item in items[:_SHOWN]:
            self.body.addWidget(ElidedLabel(item))
        if len(items) > _SHOWN:
            rest = len(items) - _SHOWN
            self.body.addWidget(
                muted(words.tr("… and {count} more", "… and {count} more", rest).format(count=formats.number(rest)))
            )
        self.body.addStretch(1)
        self.closing_button = self.add_closing(words.tr("Cancel") if verb else words.tr("Close"), primary=not verb)
        self.act_button = None
        if verb:
            self.act_button = self.add_button(verb)
            self.act_button.clicked.connect(self.accept)
            self.accepted.connect(self.confirmed)
            for button in (self.closing_button, self.act_button):  # Enter presses the one that has the focus
                button.setAutoDefault(True)
        self.closing_button.setFocus()
