"""Small facts about one library: the id of this computer in it, and the account that it belongs to."""

from __future__ import annotations

import sqlite3

__all__ = ["ACCOUNT", "MADE_BESIDE_VAULT", "UPLOADS_PAUSED", "UPLOADS_WAIT", "forget", "known", "remember"]

ACCOUNT = "account"
"""The user id of the account; missing in a library without one."""
MADE_BESIDE_VAULT = "made_beside_vault"
"""Says that files may lie in the vault although the list never held a row."""

UPLOADS_WAIT = "uploads_wait"
"""Why all uploads wait: a reason of ``paused``. Missing while they go on."""
UPLOADS_PAUSED = "uploads_paused"
"""Stands while the person has paused all uploads."""


def known(connection: sqlite3.Connection, name: str) -> str | None:
    """Return the fact ``name``; None if it was never stored."""
    row = connection.execute("select value from fact where name = ?", (name,)).fetchone()
    return None if row is None else str(row[0])


def remember(connection: sqlite3.Connection, name: str, value: str) -> None:
    """Store a fact, inside a write; replaces the former value."""
    connection.execute(
        "insert into fact (name, value) values (?, ?) on conflict (name) do update set value = excluded.value",
        (name, value),
    )


def forget(connection: sqlite3.Connection, name: str) -> None:
    """Remove a fact, inside a write."""
    connection.execute("delete from fact where name = ?", (name,))
