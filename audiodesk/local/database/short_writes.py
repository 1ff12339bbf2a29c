"""Does a long list of small steps in write transactions that stay short, so that a person's edits come in between."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from audiodesk.local.database.database import Database

__all__ = ["SHORT_SECONDS", "in_short_writes"]

T = TypeVar("T")
SHORT_SECONDS = 0.012
"""After this time a transaction begins no further step; with the last step and the commit it stays within 20 ms."""


def in_short_writes(
    database: Database,
    items: Sequence[T],
    step: Callable[[sqlite3.Connection, Sequence[T]], None],
    *,
    at_once: int = 10,
    seconds: float = SHORT_SECONDS,
    lasting: bool = True,
    at_end: Callable[[sqlite3.Connection, T], object] = lambda _connection, _item: None,
    go_on: Callable[[], bool] = lambda: True,
) -> int:
    """Call ``step`` with a few of ``items`` at a time, in order, several times in a transaction; return how many went.

    A transaction begins no further step after ``seconds``, or where another write waits; ``at_end`` is called before it
    is committed, with the last item that went. Ends early where ``go_on`` returns False before a transaction.
    ``lasting`` is as in ``Database.write``.
    """
    done = 0

    def work(connection: sqlite3.Connection) -> int:
        reached, began = done, time.monotonic()
        while reached < len(items) and (reached == done or _may_go_on(database, began + seconds)):
            some = items[reached : reached + at_once]
            step(connection, some)
            reached += len(some)
        at_end(connection, items[reached - 1])
        return reached

    while done < len(items) and go_on():
        done = database.write(work, lasting=lasting)
        database.checkpoint()
    return done


def _may_go_on(database: Database, until: float) -> bool:
    return time.monotonic() < until and not database.is_wanted
