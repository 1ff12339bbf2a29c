"""Announces temporary files in the vault before they are written, so that they can be removed after a crash."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

__all__ = ["announce", "announced", "withdraw"]


def announce(connection: sqlite3.Connection, names: Iterable[str], owner: str, now: int) -> None:
    """Announce that the process called ``owner`` will write the temporary files ``names``."""
    connection.executemany(
        "insert into announcement (temporary_name, owner, made_at) values (?, ?, ?)",
        [(name, owner, now) for name in names],
    )


def withdraw(connection: sqlite3.Connection, names: Iterable[str]) -> None:
    """Remove the announcements of ``names``: their files have their true names, or are gone."""
    connection.executemany("delete from announcement where temporary_name = ?", [(name,) for name in names])


def announced(connection: sqlite3.Connection) -> dict[str, str]:
    """Return all announced names, each with its owner."""
    return {row[0]: row[1] for row in connection.execute("select temporary_name, owner from announcement")}
