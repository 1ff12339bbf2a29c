"""Temporary files in the vault, announced before they are written, so that a crash leaves nothing that nobody knows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

__all__ = ["announce", "announced", "withdraw"]


def announce(connection: sqlite3.Connection, names: Iterable[str], owner: str, now: int) -> None:
    """Say that the process called ``owner`` is going to write the temporary files ``names``."""
    connection.executemany(
        "insert into announcement (temporary_name, owner, made_at) values (?, ?, ?)",
        [(name, owner, now) for name in names],
    )


def withdraw(connection: sqlite3.Connection, names: Iterable[str]) -> None:
    """Take the announcements of ``names`` away: their files have their true names, or are gone."""
    connection.executemany("delete from announcement where temporary_name = ?", [(name,) for name in names])


def announced(connection: sqlite3.Connection) -> dict[str, str]:
    """Return all announced names, each with its owner."""
    return {row[0]: row[1] for row in connection.execute("select temporary_name, owner from announcement")}
