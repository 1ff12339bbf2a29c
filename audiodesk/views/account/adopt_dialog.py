"""The question at the first sign-in: bring in the library of this computer, or keep it apart."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from audiodesk.domain import words
from audiodesk.domain.server.adoption import AdoptionQuestion, LibrarySize
from audiodesk.domain.words import formats
from audiodesk.domain.words.server.adopt_words import bring_in_words, keep_apart_words, takes_in_sections
from audiodesk.views.account.option_card import OptionCard
from audiodesk.views.details.fact_table import FactTable
from audiodesk.views.dialogs.dialog import GrowingDialog
from audiodesk.views.parts.labels import ElidedLabel, heading, muted
from audiodesk.views.parts.notice_card import Dot
from audiodesk.views.parts.theme import scaled, set_tone
from audiodesk.views.parts.times import moment

__all__ = ["AdoptDialog"]


class AdoptDialog(GrowingDialog):
    """Both libraries with their sizes, and two choices; nothing is done before the button.

    The accent button carries the verb of the choice. Esc cancels the sign-in.

    Signals:
        adopt_requested: bring the library in (nothing).
        apart_requested: keep the libraries apart (nothing).
        cancel_requested: the sign-in is cancelled (nothing).
    """

    adopt_requested = Signal()
    apart_requested = Signal()
    cancel_requested = Signal()

    def __init__(self, adoption: AdoptionQuestion, parent: QWidget | None = None, *, signs_in: bool = True) -> None:
        """``signs_in``: the question is part of a sign-in, which Esc cancels."""
        super().__init__(
            words.tr("You have books on this computer and in your account")
            if adoption.there is not None and adoption.there.projects
            else words.tr("You have books on this computer"),
            words.tr(
                "Choose how they go together. Nothing is deleted, and nothing that is in either place is changed."
            ),
            parent,
        )
        self._is_decided = False
        self.body.addWidget(_both(adoption))
        self.bring_in = OptionCard(words.tr("Bring it in"), bring_in_words(adoption))
        self.keep_apart = OptionCard(words.tr("Keep them apart"), keep_apart_words(adoption))
        self._group = QButtonGroup(self)
        for card in (self.bring_in, self.keep_apart):
            self._group.addButton(card.button)
            self.body.addWidget(card)
            card.chosen.connect(self._update)
        self.body.addStretch(1)
        self.closing_button = self.add_button(words.tr("Cancel sign-in") if signs_in else words.tr("Cancel"))
        self.closing_button.clicked.connect(self.reject)
        self.act_button = self.add_button("", primary=True)
        self.act_button.clicked.connect(self._go)
        self.setMinimumWidth(scaled(720))
        self.bring_in.button.setChecked(True)
        self.bring_in.button.setFocus()

    def begin_keeping(self, sentence: str) -> None:
        """Show that the decision is being stored; that takes seconds, and cannot be cancelled."""
        self._is_decided = True
        waiting = (self.act_button, self.closing_button, self.bring_in.button, self.keep_apart.button)
        self.begin_work(sentence, *waiting)

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
        if self.bring_in.button.isChecked():
            self.adopt_requested.emit()
        else:
            self.apart_requested.emit()

    def _update(self) -> None:
        chosen = self.bring_in if self.bring_in.button.isChecked() else self.keep_apart
        self.act_button.setText(chosen.button.text())


def _both(adoption: AdoptionQuestion) -> QFrame:
    frame = QFrame()
    frame.setProperty("kind", "card")
    line = QHBoxLayout(frame)
    line.setContentsMargins(1, 1, 1, 1)
    line.setSpacing(0)
    line.addWidget(
        _one("hard-drive", words.tr("On this computer"), words.tr("Made here without an account"), adoption.here), 1
    )
    between = QFrame()
    between.setProperty("kind", "upright")
    between.setFixedWidth(1)
    line.addWidget(between)
    line.addWidget(_one("cloud", words.tr("In your account"), adoption.email, adoption.there), 1)
    return frame


def _one(icon: str, name: str, about: str, size: LibrarySize | None) -> QWidget:
    inside = QWidget()
    layout = QVBoxLayout(inside)
    layout.setContentsMargins(scaled(20), scaled(16), scaled(20), scaled(16))
    layout.setSpacing(scaled(8))
    top = QHBoxLayout()
    top.setSpacing(scaled(8))
    top.addWidget(Dot(icon, "muted", 20))
    top.addWidget(heading(name), 1)
    layout.addLayout(top)
    whose = ElidedLabel(about, mode=Qt.TextElideMode.ElideMiddle)
    set_tone(whose, "muted")
    layout.addWidget(whose)
    if size is None or not size.projects:
        unknown = words.tr("The server does not say now how much it holds.")
        layout.addWidget(muted(unknown if size is None else words.tr("Nothing yet"), wrapped=True))
        layout.addStretch(1)
        return inside
    facts = FactTable()
    facts.show_pairs(
        [
            (words.tr("Books"), formats.number(size.projects)),
            (words.tr("Takes"), takes_in_sections(size)),
            (words.tr("Size"), formats.size(size.size)),
            *([] if size.changed_at is None else [(words.tr("Last change"), _last(size, size.changed_at))]),
        ]
    )
    layout.addWidget(facts)
    layout.addStretch(1)
    return inside


def _last(size: LibrarySize, changed_at: int) -> str:
    when = moment(changed_at)
    when = when[:1].upper() + when[1:]
    if not size.changed_on:
        return when
    return words.tr("{when}, from {computer}").format(when=when, computer=size.changed_on)
