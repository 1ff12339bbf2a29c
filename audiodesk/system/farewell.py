"""How much time is left to tell the server goodbye while the program closes."""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["Farewell"]

_SECONDS = 1.6
"""From the begin of closing to the last sign-out. A window has three seconds; on a busy computer its end takes one."""
_LEAST_SECONDS = 0.3


class Farewell:
    """Closing stops the sync first, and the sign-out gets what that leaves. ``clock`` counts seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: float | None = None

    def begin(self) -> None:
        """Note that closing begins."""
        self._until = self._clock() + _SECONDS

    def left(self) -> float:
        """Return the seconds that a sign-out may take now; as many as ever where nothing is closing."""
        return _SECONDS if self._until is None else max(_LEAST_SECONDS, self._until - self._clock())
