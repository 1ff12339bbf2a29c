"""A question with two answers at a sign-in: each is a card with its consequence, and one button does the chosen one."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QWidget

from audiodesk.domain import words
from audiodesk.views.account.option_card import OptionCard
from audiodesk.views.dialogs.dialog import GrowingDialog
from audiodesk.views.parts.theme import scaled

__all__ = ["TwoWaysDialog"]


class TwoWaysDialog(GrowingDialog):
    """Nothing is done before the button, which carries the verb of the choice. Esc cancels the sign-in.

    Signals:
        first_chosen: the first card's answer was given (nothing).
        second_chosen: the second card's answer was given (nothing).
        cancel_requested: the sign-in is cancelled (nothing).
    """

    first_chosen = Signal()
    second_chosen = Signal()
    cancel_requested = Signal()

    def __init__(
        self,
        name: str,
        sentence: str,
        facts: QWidget,
        ways: tuple[OptionCard, OptionCard],
        parent: QWidget | None = None,
        *,
        signs_in: bool = True,
        prefers_second: bool = False,
    ) -> None:
        """``facts`` stand above the cards; ``signs_in``: the question is part of a sign-in, which Esc cancels."""
        super().__init__(name, sentence, parent)
        self._is_decided = False
        self.first, self.second = ways
        self.body.addWidget(facts)
        self._group = QButtonGroup(self)
        for card in ways:
            self._group.addButton(card.button)
            self.body.addWidget(card)
            card.chosen.connect(self._update)
        self.body.addStretch(1)
        self.closing_button = self.add_button(words.tr("Cancel sign-in") if signs_in else words.tr("Cancel"))
        self.closing_button.clicked.connect(self.reject)
        self.act_button = self.add_button("", primary=True)
        self.act_button.clicked.connect(self._go)
        self.setMinimumWidth(scaled(720))
        preferred = self.second if prefers_second else self.first
        preferred.button.setChecked(True)
        preferred.button.setFocus()

    def begin_keeping(self, sentence: str) -> None:
        """Show that the decision is being stored; that takes seconds, and cannot be cancelled."""
        self._is_decided = True
        self.begin_work(sentence, self.act_button, self.closing_button, self.first.button, self.second.button)

    def show_error(self, sentence: str, details: str = "") -> None:
        """Show that the decision could not be stored; it can be made again."""
        self._is_decided = False
        super().show_error(sentence, details)

    def reject(self) -> None:
        """Qt: Esc or the button: cancel the sign-in; nothing while a decision is being stored."""
        if not self._is_decided:
            self.cancel_requested.emit()
            super().reject()

    def _go(self) -> None:
        if self.first.button.isChecked():
            self.first_chosen.emit()
        else:
            self.second_chosen.emit()

    def _update(self) -> None:
        chosen = self.first if self.first.button.isChecked() else self.second
        self.act_button.setText(chosen.button.text())
