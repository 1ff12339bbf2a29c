"""The actions of the Playback menu; their keys work only in the player and the tables, not where text is typed."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QWidget

from audiodesk.domain import words
from audiodesk.domain.words import formats
from audiodesk.views.parts import icons

__all__ = ["RATES", "PlayerActions", "rate_text"]

RATES = (0.5, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0)
"""The speeds in the menu, as factors."""


class PlayerActions(QObject):
    """Their keys work in the widgets given to ``act_in`` and inside these, never in the whole window.

    A menu may hold these actions too: it shows their keys without making them work.

    Signals:
        play_pause_requested, previous_requested, next_requested: see ``PlayerBar``.
        step_requested: float, seconds.
        rate_requested: float.
    """

    play_pause_requested = Signal()
    previous_requested = Signal()
    next_requested = Signal()
    step_requested = Signal(float)
    rate_requested = Signal(float)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.play_pause = self._action(words.tr("Play"), "Space", "K")
        self.play_pause.setIcon(icons.icon("play"))
        self.play_pause.triggered.connect(self.play_pause_requested)
        self.previous = self._action(words.tr("Previous section"), "Ctrl+Shift+Left")
        self.previous.triggered.connect(self.previous_requested)
        self.next = self._action(words.tr("Next section"), "Ctrl+Shift+Right")
        self.next.triggered.connect(self.next_requested)
        self.steps = [
            self._step(words.tr("Back 5 seconds"), -5, "Left"),
            self._step(words.tr("On 5 seconds"), 5, "Right"),
            self._step(words.tr("Back 1 second"), -1, "Shift+Left"),
            self._step(words.tr("On 1 second"), 1, "Shift+Right"),
            self._step(words.tr("Back 10 seconds"), -10, "J"),
            self._step(words.tr("On 10 seconds"), 10, "L"),
            self._step(words.tr("Back 30 seconds"), -30, "Ctrl+Left"),
            self._step(words.tr("On 30 seconds"), 30, "Ctrl+Right"),
        ]
        self._group = QActionGroup(self)
        self.rates = [self._rate(rate) for rate in RATES]

    def act_in(self, widget: QWidget) -> None:
        """Make the keys work in ``widget`` and inside it."""
        widget.addActions([self.play_pause, self.previous, self.next, *self.steps])

    def in_menu(self) -> list[list[QAction]]:
        """Return the actions of the Playback menu in groups; ``rates`` form a submenu of their own."""
        return [[self.play_pause, self.previous, self.next], self.steps]

    def enable(self, *, can_play: bool, can_go_back: bool, can_go_on: bool) -> None:
        """Enable only what can be done now."""
        self.play_pause.setEnabled(can_play)
        self.previous.setEnabled(can_go_back)
        self.next.setEnabled(can_go_on)
        for step in self.steps:
            step.setEnabled(can_play)

    def show_rate(self, rate: float) -> None:
        """Mark the current speed."""
        for action in self.rates:
            action.setChecked(abs(float(action.data()) - rate) < 1e-6)

    def _action(self, text: str, *keys: str) -> QAction:
        action = QAction(text, self)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        return action

    def _step(self, text: str, seconds: float, key: str) -> QAction:
        action = self._action(text, key)
        action.triggered.connect(lambda: self.step_requested.emit(seconds))
        return action

    def _rate(self, rate: float) -> QAction:
        action = QAction(rate_text(rate), self)
        action.setData(rate)
        action.setCheckable(True)
        action.triggered.connect(lambda: self.rate_requested.emit(rate))
        self._group.addAction(action)
        return action


def rate_text(rate: float) -> str:
    """Return a speed as "1.25×"."""
    decimals = next(count for count in (0, 1, 2) if round(rate, count) == round(rate, 2))
    return f"{formats.number(rate, decimals)}×"
