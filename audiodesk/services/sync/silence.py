"""Notices that a server does not answer, and does not mistake a keyring that asks the person for a silent server."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

__all__ = ["Silence"]

_STEP_SECONDS = 0.25


class Silence:
    """Calls ``tell`` once, on a thread of its own, if it was not cancelled for ``seconds``.

    While ``is_excused()`` it does not count, and begins anew afterwards.
    """

    def __init__(self, seconds: float, *, is_excused: Callable[[], bool], tell: Callable[[], object]) -> None:
        self._seconds = seconds
        self._is_excused = is_excused
        self._tell = tell
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="silence", daemon=True)

    def start(self) -> None:
        """Begin to count. To be called once."""
        self._thread.start()

    def cancel(self) -> None:
        """Count no more: there was an answer, or it is over. Idempotent."""
        self._is_over.set()

    def _run(self) -> None:
        since = time.monotonic()
        while not self._is_over.wait(_STEP_SECONDS):
            if self._is_excused():
                since = time.monotonic()
            elif time.monotonic() - since >= self._seconds:
                self._tell()
                return
