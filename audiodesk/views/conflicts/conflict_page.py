"""What takes the place of the takes' table while a section has several new takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QBoxLayout, QCheckBox, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from audiodesk.domain import words
from audiodesk.domain.library.conflict import Conflict
from audiodesk.domain.words.library.conflict_words import conflict_explained, not_here
from audiodesk.views.conflicts.conflict_card import ConflictCard, key_cap
from audiodesk.views.conflicts.conflict_list import ConflictList
from audiodesk.views.parts.labels import muted
from audiodesk.views.parts.theme import scaled

__all__ = ["ConflictPage"]

_KEYS = 9
_CARD = 270
"""Pixels at 100 % that a card needs beside another one."""


class ConflictPage(QFrame):
    """A card for each new take, and the list of all such sections below.

    X hears the next take at the same place, a digit keeps that card's take.

    Signals:
        hear_requested: play this take at the place where the other one is (str take id).
        seek_requested: play this take from here (str take id, float seconds).
        keep_requested: keep this take of this section (Ref, str take id).
        loudness_matched: hear the takes at the same loudness, or as they are (bool).
        apply_requested: keep these takes, in one step (list of (Ref section, str take id)).
        section_requested: show the cards of this section (Ref).
        not_here: none of the other takes can be heard, because their audio is elsewhere (ConflictTake, one of them).
    """

    hear_requested = Signal(str)
    seek_requested = Signal(str, float)
    keep_requested = Signal(object, str)
    loudness_matched = Signal(bool)
    apply_requested = Signal(object)
    section_requested = Signal(object)
    not_here = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "surface")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # for the keys
        self._conflict: Conflict | None = None
        self._heard = ""
        self.cards: list[ConflictCard] = []
        self._cards_line = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._cards_line.setSpacing(scaled(16))
        self.same_loudness = QCheckBox(words.tr("At the same loudness"))
        self.same_loudness.setChecked(True)
        self.same_loudness.toggled.connect(self.loudness_matched)
        key = self._key_line = QHBoxLayout()
        key.setSpacing(scaled(8))
        self._key_parts = (key_cap("X"), muted(words.tr("hear the other at the same place")))
        for part in self._key_parts:
            key.addWidget(part)
        key.addStretch(1)
        self._not_here = muted(wrapped=True)
        hints = self._hints = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        hints.setSpacing(scaled(12))
        hints.addLayout(key)
        hints.addWidget(self.same_loudness, 1)
        self.list = ConflictList()
        self.list.apply_requested.connect(self.apply_requested)
        self.list.section_requested.connect(self.section_requested)
        upper = QVBoxLayout()
        upper.setContentsMargins(scaled(24), 0, scaled(24), scaled(12))
        upper.setSpacing(scaled(12))
        upper.addWidget(muted(conflict_explained(), wrapped=True))
        upper.addLayout(self._cards_line)
        upper.addWidget(self._not_here)
        upper.addLayout(hints)
        between = QFrame()
        between.setProperty("kind", "line")
        between.setFixedHeight(1)
        inside = QFrame()
        inside.setProperty("kind", "surface")
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(upper)
        layout.addWidget(between)
        layout.addWidget(self.list, 1)
        layout.addStretch(0)
        # The cards scroll where the window is low or Transfers is open: cut, they would hide the button that keeps one.
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(area)
        self._key("X", self.hear_next)
        for number in range(1, _KEYS + 1):
            self._key(str(number), partial(self._keep, number - 1))

    def show_conflict(self, conflict: Conflict) -> None:
        """Show the cards of a section; what one hears stays marked if it is still there."""
        if conflict == self._conflict:
            return
        self._conflict = conflict
        for card in self.cards:
            self._cards_line.removeWidget(card)
            card.setParent(None)
            card.deleteLater()
        takes = conflict.takes
        self.cards = [
            ConflictCard(take, takes[1 if at == 0 else 0], at + 1) for at, take in enumerate(takes) if len(takes) > 1
        ]
        for card in self.cards:
            self._cards_line.addWidget(card, 1)
            take_id = card.take.take_id
            card.hear_requested.connect(lambda take_id=take_id: self.hear_requested.emit(take_id))
            card.seek_requested.connect(lambda at, take_id=take_id: self.seek_requested.emit(take_id, at))
            card.keep_requested.connect(lambda take_id=take_id: self.keep_requested.emit(conflict.section, take_id))
        self._show_hints()
        self._arrange()
        self.show_heard(self._heard)

    def _show_hints(self) -> None:
        """Offer to hear another take only where two can be heard; else say which one cannot."""
        silent = [card.take for card in self.cards if not card.take.can_play]
        can_change = len(self.cards) - len(silent) > 1
        for part in (*self._key_parts, self.same_loudness):
            part.setVisible(can_change)
        self._not_here.setText("" if can_change else "\n".join(not_here(take) for take in silent))
        self._not_here.setVisible(not can_change and bool(silent))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: in a narrow pane the cards stand below each other."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        is_narrow = self.width() < scaled(_CARD) * max(len(self.cards), 2)
        directions = QBoxLayout.Direction
        self._cards_line.setDirection(directions.TopToBottom if is_narrow else directions.LeftToRight)
        needed = self._key_line.sizeHint().width() + self.same_loudness.sizeHint().width() + scaled(24 + 24 + 12)
        self._hints.setDirection(directions.TopToBottom if self.width() < needed else directions.LeftToRight)
        self.list.fit(self.width())

    def show_all(self, conflicts: Sequence[Conflict]) -> None:
        """Show all sections with several new takes; a single one needs no list."""
        self.list.show_all(conflicts, "" if self._conflict is None else self._conflict.section.id)
        self.list.setVisible(len(conflicts) > 1)

    def show_heard(self, take_id: str) -> None:
        """Show which take one hears; empty: none."""
        self._heard = take_id
        for card in self.cards:
            card.show_heard(is_heard=card.take.take_id == take_id)

    def show_position(self, seconds: float) -> None:
        """Show the place where one is, in all takes."""
        for card in self.cards:
            card.wave.show_position(seconds)

    def hear_next(self) -> None:
        """Ask to hear the next take that can be played; if none but the one that is heard can, say so."""
        ids = [card.take.take_id for card in self.cards if card.take.can_play]
        if not ids or ids == [self._heard]:
            for card in self.cards:
                if not card.take.can_play:
                    self.not_here.emit(card.take)
                    break
            return
        at = ids.index(self._heard) + 1 if self._heard in ids else 0
        self.hear_requested.emit(ids[at % len(ids)])

    def _keep(self, at: int) -> None:
        if self._conflict is not None and at < len(self.cards):
            self.keep_requested.emit(self._conflict.section, self.cards[at].take.take_id)

    def _key(self, key: str, do: Callable[[], None]) -> None:
        shortcut = QShortcut(QKeySequence(key), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(do)
