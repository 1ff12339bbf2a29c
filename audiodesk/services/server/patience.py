"""Limits the wait for a server, even if a name look-up hangs or an answer trickles in."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from audiodesk.domain.errors import OutsideError

__all__ = ["Patience"]

T = TypeVar("T")
_STEP = 0.25
"""Seconds between two looks at whether there was progress."""


class Patience:
    """Waits at most ``whole`` seconds for all questions, and ``each`` for one; progress restarts both counts."""

    def __init__(
        self, host: str, whole: float, each: float | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._host = host
        self._whole = whole
        self._each = whole if each is None else each
        self._clock = clock
        self._since = clock()

    def moved(self) -> None:
        """Note that there was progress."""
        self._since = self._clock()

    def ask(self, question: Callable[[], T]) -> T:
        """Return what ``question`` returns, or raise what it raises.

        Raises OutsideError("server-silent") when the time is over; the question's thread then ends by itself.
        """
        answers: list[T] = []
        errors: list[BaseException] = []

        def run() -> None:
            try:
                answers.append(question())
            except BaseException as error:  # noqa: BLE001  # raised again by whoever waits
                errors.append(error)

        thread = threading.Thread(target=run, name="question", daemon=True)
        began = self._clock()
        thread.start()
        while thread.is_alive():
            now = self._clock()
            left = min(self._since + self._whole, max(began, self._since) + self._each) - now
            if left <= 0:
                details = f"no answer within {now - max(began, self._since):.0f} s"
                raise OutsideError("server-silent", host=self._host, details=details)
            thread.join(min(left, _STEP))
        if errors:
            raise errors.pop()
        return answers.pop()
