"""The question at a sign-in under a new address: go on with the former address's library, or keep them apart."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from audiodesk.domain import words
from audiodesk.domain.server.moved_server import MovedServer
from audiodesk.domain.words import formats
from audiodesk.domain.words.server.adopt_words import takes_in_sections
from audiodesk.domain.words.server.moved_words import (
    another_server_words,
    known_words,
    moved_words,
    proof_words,
    waiting_words,
)
from audiodesk.views.account.option_card import OptionCard
from audiodesk.views.account.two_ways_dialog import TwoWaysDialog
from audiodesk.views.details.fact_table import FactTable
from audiodesk.views.parts.labels import muted
from audiodesk.views.parts.theme import scaled

__all__ = ["MovedDialog"]


class MovedDialog(TwoWaysDialog):
    """``first`` goes on with the library; it is preferred only if the server knows that library's last sync."""

    def __init__(self, moved: MovedServer, parent: QWidget | None = None) -> None:
        super().__init__(
            words.tr("Has this server moved?"),
            known_words(moved),
            _facts(moved),
            (
                OptionCard(words.tr("It moved: go on"), moved_words(moved)),
                OptionCard(words.tr("Another server: keep apart"), another_server_words(moved)),
            ),
            parent,
            prefers_second=not moved.knows_library,
        )


def _facts(moved: MovedServer) -> QWidget:
    frame = QFrame()
    frame.setProperty("kind", "card")
    layout = QVBoxLayout(frame)
    layout.setContentsMargins(scaled(20), scaled(16), scaled(20), scaled(16))
    layout.setSpacing(scaled(8))
    facts = FactTable()
    facts.show_pairs(
        [
            (words.tr("Until now"), moved.former.host),
            (words.tr("Now"), moved.host),
            (words.tr("Books"), formats.number(moved.size.projects)),
            (words.tr("Takes"), takes_in_sections(moved.size)),
            (words.tr("Not sent yet"), waiting_words(moved)),
        ]
    )
    layout.addWidget(facts)
    layout.addWidget(muted(proof_words(moved), wrapped=True, tone="text" if moved.knows_library else "attention"))
    return frame
