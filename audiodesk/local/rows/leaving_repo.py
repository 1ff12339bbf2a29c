"""Files that are to be removed from the disk: promised in the transaction that makes them nobody's."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from audiodesk.domain.audio.contents import Kind

__all__ = ["Leaving", "add", "count", "remove", "waiting"]


class Leaving(NamedTuple):
    """One promised file; ``at`` in milliseconds since 1970 is when it was promised."""

    sha256: str
    kind: Kind
    at: int


def add(connection: sqlite3.Connection, files: Iterable[tuple[str, Kind]], now: int) -> None:
    """Promise that these files are removed, unless a row refers to them by then."""
    connection.executemany(
        "insert or replace into leaving (sha256, kind, at) values (?, ?, ?)",
        [(sha256, kind.value, now) for sha256, kind in files],
    )


def waiting(connection: sqlite3.Connection, after: str = "", limit: int = -1) -> list[Leaving]:
    """Return the promised files whose hashes come after ``after``, in order, at most ``limit`` of them."""
    query = "select sha256, kind, at from leaving where sha256 > ? order by sha256, kind limit ?"
    return [Leaving(row["sha256"], Kind(row["kind"]), row["at"]) for row in connection.execute(query, (after, limit))]


def count(connection: sqlite3.Connection) -> int:
    """Return how many files are still to be removed."""
    return int(connection.execute("select count(*) from leaving").fetchone()[0])


def remove(connection: sqlite3.Connection, file: Leaving) -> None:
    """Forget a promise that was kept, or that need not be kept; one that was made again since stays."""
    connection.execute(
        "delete from leaving where sha256 = ? and kind = ? and at = ?", (file.sha256, file.kind.value, file.at)
    )
