"""The question at the first sign-in: bring in the library of this computer, or keep it apart."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from audiodesk.domain import words
from audiodesk.domain.server.adoption import AdoptionQuestion, LibrarySize
from audiodesk.domain.words import formats
from audiodesk.domain.words.server.adopt_words import bring_in_words, keep_apart_words, takes_in_sections
from audiodesk.views.account.option_card import OptionCard
from audiodesk.views.account.two_ways_dialog import TwoWaysDialog
from audiodesk.views.details.fact_table import FactTable
from audiodesk.views.parts.labels import ElidedLabel, heading, muted
from audiodesk.views.parts.notice_card import Dot
from audiodesk.views.parts.theme import scaled, set_tone
from audiodesk.views.parts.times import moment

__all__ = ["AdoptDialog"]


class AdoptDialog(TwoWaysDialog):
    """Both libraries with their sizes; ``first`` brings the one of this computer in, ``second`` keeps them apart."""

    def __init__(self, adoption: AdoptionQuestion, parent: QWidget | None = None, *, signs_in: bool = True) -> None:
        """``signs_in``: the question is part of a sign-in, which Esc cancels."""
        super().__init__(
            words.tr("You have books on this computer and in your account")
            if adoption.there is not None and adoption.there.projects
            else words.tr("You have books on this computer"),
            words.tr(
                "Choose how they go together. Nothing is deleted, and nothing that is in either place is changed."
            ),
            _both(adoption),
            (
                OptionCard(words.tr("Bring it in"), bring_in_words(adoption)),
                OptionCard(words.tr("Keep them apart"), keep_apart_words(adoption)),
            ),
            parent,
            signs_in=signs_in,
        )


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
