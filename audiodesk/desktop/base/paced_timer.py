"""Paces work in the background that follows changes: the longer it takes, the longer it rests."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

__all__ = ["PacedTimer"]

_RESTS = 4
"""How often as long as the work took it rests after its end, so that it takes at most a fifth of the time: a large
library changes without end while it syncs for the first time."""
_LONGEST_REST = 12.0
"""Seconds; the clock may jump while the computer sleeps. Only where much changes at once does it come to this: then
``hurry`` says when that is over."""
_FIRST_RETRY, _LAST_RETRY = 2.0, 60.0
"""Seconds until failed work is tried again: twice as long after each failure in a row, up to the last."""


class PacedTimer(QTimer):
    """Calls ``work`` ``delay_ms`` after ``soon``, and at least ``rest_ms`` after the work last ended.

    The work is told to have begun by ``began``, and to have ended by ``ended`` or ``failed``.
    """

    def __init__(
        self, parent: QObject | None, work: Callable[[], object], *, delay_ms: int = 0, rest_ms: int = 0
    ) -> None:
        super().__init__(parent)
        self._delay, self._rest = delay_ms / 1000, rest_ms / 1000
        self._began = self._not_before = 0.0
        self._failures = 0
        self.setSingleShot(True)
        self.timeout.connect(work)

    def soon(self) -> None:
        """Do the work after its delay and its rest; further calls meanwhile change nothing."""
        wait = round(1000 * max(self._delay, self._not_before - time.monotonic()))
        if not self.isActive() or (self._failures and self.remainingTime() > wait):
            self.start(wait)

    def hurry(self) -> None:
        """Rest no longer: what changed without end has come to its end."""
        self._not_before = 0.0
        if self.isActive():
            self.stop()
            self.soon()

    def began(self) -> None:
        """Note that the work begins now."""
        self._began = time.monotonic()

    def ended(self) -> None:
        """Note that the work is done, so that the next one rests."""
        self._failures = 0
        self._rest_from_now()

    def failed(self) -> None:
        """Note that the work failed: it is tried again by itself, and earlier if ``soon`` asks for it."""
        self._failures += 1
        self._rest_from_now()
        self.start(round(1000 * min(_LAST_RETRY, _FIRST_RETRY * 2 ** min(self._failures - 1, 10))))

    def _rest_from_now(self) -> None:
        now = time.monotonic()
        self._not_before = now + max(self._rest, min(_RESTS * (now - self._began), _LONGEST_REST))
