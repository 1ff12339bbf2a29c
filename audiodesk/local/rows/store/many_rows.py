"""Adds many rows with few statements."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import chain
from typing import Any

__all__ = ["AT_ONCE", "add_many"]

AT_ONCE = 50
"""Rows in one statement. Before and after each statement Python's thread waits for its turn: with a statement for each
row, storing a page took ten times as long while other threads were at work."""


def add_many(connection: sqlite3.Connection, insert: str, rows: Sequence[Sequence[Any]], tail: str = "") -> int:
    """Run ``insert values (?, …), … tail`` for all rows, inside a write; return how many were added.

    ``insert`` is ``insert or fail into …`` or ``insert or ignore into …`` with the names of the columns. With a plain
    ``insert`` SQLite keeps a journal of each statement, to undo the part of it that was done: five times as much as the
    rows. A write is undone as a whole.
    """
    added = 0
    for first in range(0, len(rows), AT_ONCE):
        some = rows[first : first + AT_ONCE]
        values = f"({', '.join('?' * len(some[0]))})"
        if len(some) == AT_ONCE:
            statement = f"{insert} values {values}{f', {values}' * (AT_ONCE - 1)} {tail}"
            added += connection.execute(statement, list(chain.from_iterable(some))).rowcount
        else:  # one statement for all numbers of rows below: each statement is compiled once
            added += connection.executemany(f"{insert} values {values} {tail}", some).rowcount
    return added
