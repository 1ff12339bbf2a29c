"""Counts down whole seconds to a moment."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

__all__ = ["Countdown"]

_TICK_MS = 250


class Countdown(QObject):
    """Counts by the clock of elapsed time, so that a sleeping computer or a late timer does not make it longer.

    Signals:
        ticked: another number of seconds is left (int, more than 0).
        finished: the moment has come; not emitted after ``stop``.
    """

    ticked = Signal(int)
    finished = Signal()

    def __init__(self, parent: QObject | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock`` returns seconds since any moment."""
        super().__init__(parent)
        self._clock = clock
        self._end = 0.0
        self._told = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._look)

    @property
    def left(self) -> int:
        """The seconds that are left, rounded up; 0 while nothing is counted."""
        return max(0, math.ceil(self._end - self._clock())) if self._timer.isActive() else 0

    def start(self, seconds: float) -> None:
        """Count these seconds from now on; ``ticked`` comes at once."""
        self._end = self._clock() + seconds
        self._told = 0
        self._timer.start()
        self._look()

    def stop(self) -> None:
        """Forget the moment."""
        self._timer.stop()

    def _look(self) -> None:
        left = self.left
        if left <= 0:
            self._timer.stop()
            self.finished.emit()
        elif left != self._told:
            self._told = left
            self.ticked.emit(left)
