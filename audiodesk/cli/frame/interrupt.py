"""Turns Ctrl-C into an event that the running work looks at between two steps."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["INTERRUPTED", "stoppable"]

INTERRUPTED = 130
"""The exit code of a command that a person stopped: 128 plus the signal's number, as in shells."""


@contextmanager
def stoppable() -> Iterator[threading.Event]:
    """Yield an event that Ctrl-C (or SIGTERM) sets; a second signal raises KeyboardInterrupt."""
    cancel = threading.Event()

    def wish(number: int, frame: FrameType | None) -> None:
        del number, frame
        if cancel.is_set():
            raise KeyboardInterrupt
        cancel.set()

    wished = [signal.SIGINT, signal.SIGTERM]
    before = [signal.signal(number, wish) for number in wished]
    try:
        yield cancel
    finally:
        for number, handler in zip(wished, before, strict=True):
            signal.signal(number, handler)
