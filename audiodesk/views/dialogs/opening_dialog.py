"""Shown instead of the window when the library cannot be opened: what is wrong, and what can be done."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from audiodesk.views.dialogs.dialog import Dialog
from audiodesk.views.parts.labels import muted
from audiodesk.views.parts.theme import scaled

__all__ = ["OpeningDialog"]


class OpeningDialog(Dialog):
    """One sentence, what can be done, and a button for each way; the first button is the recommended one.

    ``ways`` are (key, verb) pairs. ``chosen`` is the key of the button that was pressed, empty when it was closed.
    """

    def __init__(
        self,
        name: str,
        sentence: str,
        advice: str,
        ways: Sequence[tuple[str, str]],
        closing: str,
        details: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(name, sentence, parent)
        self.chosen = ""
        self.setMinimumWidth(scaled(560))
        self._advice = muted(advice, wrapped=True)
        self.body.addWidget(self._advice)
        if details:
            shown = muted(details, wrapped=True)
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self.body.addWidget(shown)
        self.add_closing(closing)
        for number, (key, verb) in reversed(list(enumerate(ways))):
            button = self.add_button(verb, primary=number == 0)
            button.clicked.connect(lambda _checked=False, key=key: self._choose(key))
            if number == 0:
                button.setFocus()

    def _choose(self, key: str) -> None:
        self.chosen = key
        self.accept()
