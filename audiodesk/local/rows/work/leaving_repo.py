"""Files to be removed from the disk; the transaction that deletes their last row promises the removal."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from audiodesk.domain.audio.contents import Kind

__all__ = ["Leaving", "add", "count", "remove", "waiting"]


class Leaving(NamedTuple):
    """One promised file; ``at`` is the time of the promise, in milliseconds since 1970."""

    sha256: str
    kind: Kind
    at: int


def add(connection: sqlite3.Connection, files: Iterable[tuple[str, Kind]], now: int) -> None:
    """Promise to remove these files, unless a row refers to them by then."""
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
    """Forget a promise that was kept or is no longer needed; a newer promise of the same file stays."""
    connection.execute(
        "delete from leaving where sha256 = ? and kind = ? and at = ?", (file.sha256, file.kind.value, file.at)
    )
