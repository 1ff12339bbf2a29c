"""One of the new takes: where it comes from, how it sounds, and the button that keeps it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from audiodesk.domain import words
from audiodesk.domain.library.conflict import ConflictTake
from audiodesk.domain.words import formats
from audiodesk.domain.words.library.conflict_words import difference, level_words
from audiodesk.views.details.fact_table import FactTable
from audiodesk.views.parts.labels import ElidedLabel, muted
from audiodesk.views.parts.notice_card import Dot
from audiodesk.views.parts.state_look import state_look
from audiodesk.views.parts.theme import repolish, scaled, set_tone
from audiodesk.views.parts.times import moment
from audiodesk.views.player.waveform import Waveform

__all__ = ["ConflictCard"]


class ConflictCard(QFrame):
    """The accent border is what one hears; a card whose audio is elsewhere cannot be played, only kept.

    Signals:
        hear_requested: play this take (nothing).
        seek_requested: go to this position of it (float, seconds).
        keep_requested: keep this take (nothing).
    """

    hear_requested = Signal()
    seek_requested = Signal(float)
    keep_requested = Signal()

    def __init__(self, take: ConflictTake, other: ConflictTake, key: int, parent: QWidget | None = None) -> None:
        """``other`` is what it is compared with, ``key`` the digit that keeps it."""
        super().__init__(parent)
        self.take = take
        self.setProperty("kind", "card")
        name = QLabel(words.tr("Take {number}").format(number=take.number))
        font = name.font()
        font.setWeight(QFont.Weight.DemiBold)
        name.setFont(font)
        file_name = ElidedLabel(take.file_name)
        set_tone(file_name, "muted")
        self._ear = Dot("volume-2", "accent")
        self._heard = QLabel(words.tr("You hear this one"))
        set_tone(self._heard, "accent")
        top = QHBoxLayout()
        top.setSpacing(scaled(8))
        top.addWidget(name)
        self._current = muted(words.tr("current") if take.is_current else "")
        if not take.is_current:
            self._current.hide()
        top.addWidget(self._current)
        top.addWidget(file_name, 1)
        top.addWidget(self._ear)
        top.addWidget(self._heard)
        self.wave = Waveform()
        self.wave.setAccessibleName(words.tr("Position in take {number}").format(number=take.number))
        self.wave.show_wave(take.seconds if take.can_play else 0.0, take.overview)
        self.wave.seek_requested.connect(self._on_seek)
        self.facts = FactTable()
        self.facts.show_pairs(_pairs(take))
        look = state_look(take.state)
        state = QHBoxLayout()
        state.setSpacing(scaled(6))
        state.addWidget(Dot(look.icon, look.tone), 0, Qt.AlignmentFlag.AlignTop)
        said = muted(look.text, wrapped=True, tone=look.tone)
        state.addWidget(said, 1)
        self.keep = QPushButton(words.tr("Keep this one"))
        self.keep.setAccessibleName(
            words.tr("Keep take {number} from {computer}").format(number=take.number, computer=take.computer)
        )
        self.keep.setToolTip(words.tr("Key {key}").format(key=key))
        self.keep.clicked.connect(self.keep_requested)
        below = QHBoxLayout()
        below.setSpacing(scaled(8))
        below.addWidget(self.keep)
        below.addWidget(key_cap(str(key)))
        differs = muted(_unbroken(difference(take, other)), wrapped=True)
        differs.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        below.addWidget(differs, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(16), scaled(12), scaled(16), scaled(12))
        layout.setSpacing(scaled(10))
        for part in (top, self.wave, self.facts, state, below):
            if isinstance(part, QWidget):
                layout.addWidget(part)
            else:
                layout.addLayout(part)
        if take.can_play:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.show_heard(is_heard=False)

    def show_heard(self, *, is_heard: bool) -> None:
        """Show whether this is the take that one hears."""
        self.setProperty("heard", is_heard)
        repolish(self)
        self._ear.setVisible(is_heard)
        self._heard.setVisible(is_heard)
        self.setAccessibleName(
            ", ".join(
                part
                for part in (
                    words.tr("Take {number}").format(number=self.take.number),
                    self.take.computer,
                    self._current.text(),
                    self._heard.text() if is_heard else "",
                )
                if part
            )
        )

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt: a click on the card plays its take."""
        super().mouseReleaseEvent(event)
        inside = self.rect().contains(event.position().toPoint())
        if self.take.can_play and inside and event.button() == Qt.MouseButton.LeftButton:
            self.hear_requested.emit()

    def _on_seek(self, seconds: float) -> None:
        if self.take.can_play:
            self.seek_requested.emit(seconds)


def key_cap(key: str) -> QLabel:
    """Return a small picture of a key."""
    label = muted(key)
    label.setProperty("kind", "key")
    label.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
    return label


def _unbroken(text: str) -> str:
    """Return ``text`` so that lines end only between its parts, never between a number and its unit."""
    return " · ".join(part.replace(" ", "\N{NO-BREAK SPACE}") for part in text.split(" · "))


def _pairs(take: ConflictTake) -> list[tuple[str, str]]:
    when = moment(take.at)
    pairs = [
        (words.tr("Computer"), take.computer),
        (words.tr("Recorded"), when[:1].upper() + when[1:]),
        (words.tr("Length"), formats.length(take.seconds)),
        (words.tr("Level"), _unbroken(level_words(take))),
    ]
    return [pair for pair in pairs if pair[1]]
