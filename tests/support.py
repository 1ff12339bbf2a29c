"""Helpers that several tests share."""

from __future__ import annotations

import itertools
import sqlite3
import time
from collections.abc import Callable
from typing import Any

from audiodesk.domain.errors import AudioDeskError

__all__ = ["Clock", "FailingCalls", "Ids", "code_of", "wait_until"]


def code_of(act: Callable[..., object], *arguments: Any) -> str:
    """Do ``act(*arguments)`` and return the code of the error it ended with; empty where it did not."""
    try:
        act(*arguments)
    except AudioDeskError as error:
        return error.code
    return ""


def wait_until(found: Callable[[], bool], seconds: float = 30.0) -> None:
    """Look again and again until it is so; for what happens on another thread or in another process."""
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


class Clock:
    """A clock in milliseconds that goes on by one each time it is asked; ``now`` can be set."""

    def __init__(self, now: int = 1_700_000_000_000) -> None:
        self.now = now

    def __call__(self) -> int:
        self.now += 1
        return self.now


class Ids:
    """Makes ids in order: the first ends in …001, or in ``first``."""

    def __init__(self, first: int = 1) -> None:
        self._numbers = itertools.count(first)

    def __call__(self) -> str:
        return f"00000000-0000-4000-8000-{next(self._numbers):012x}"


class FailingCalls:
    """A ``connect`` for Database whose n-th call from now on fails, once or from then on.

    Set ``fail_at`` to n (1 is the next call); ``count`` tells how many calls there were since. ``error`` is the SQLite
    result code that the call ends with.
    """

    def __init__(self, error: int = sqlite3.SQLITE_FULL) -> None:
        self.fail_at: int | None = None
        self.count = 0
        self.for_good = False
        self._error = error

    def arm(self, fail_at: int | None, *, for_good: bool = False) -> None:
        """Count from zero again and fail at ``fail_at``; None: never."""
        self.fail_at, self.for_good, self.count = fail_at, for_good, 0

    def __call__(self, *arguments: Any, **options: Any) -> sqlite3.Connection:
        failing = self

        class Connection(sqlite3.Connection):
            def execute(self, *given: Any) -> sqlite3.Cursor:
                failing.step()
                return super().execute(*given)

            def executemany(self, *given: Any) -> sqlite3.Cursor:
                failing.step()
                return super().executemany(*given)

        made: Callable[..., sqlite3.Connection] = sqlite3.connect
        return made(*arguments, factory=Connection, **options)

    def step(self) -> None:
        """Count one call, and fail if its turn has come."""
        self.count += 1
        if self.fail_at is None:
            return
        if self.count == self.fail_at or (self.for_good and self.count > self.fail_at):
            error = sqlite3.OperationalError(f"made to fail at call {self.count}")
            error.sqlite_errorcode = self._error
            error.sqlite_errorname = "SQLITE_MADE_TO_FAIL"
            raise error
