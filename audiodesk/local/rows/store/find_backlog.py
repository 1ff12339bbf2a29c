"""Tells whether rows are here that cannot be found yet: a first pull shows rows at once, and their texts follow."""

from __future__ import annotations

import sqlite3

from audiodesk.local.rows.store import fact_repo

__all__ = ["caught_up", "fall_behind", "mark"]

_BEHIND = "find_behind"


def fall_behind(connection: sqlite3.Connection) -> None:
    """Note, inside a write, that rows were added without their texts."""
    fact_repo.remember(connection, _BEHIND, str(int(fact_repo.known(connection, _BEHIND) or 0) + 1))


def mark(connection: sqlite3.Connection) -> str | None:
    """Return a mark that changes with each call of ``fall_behind``; None if every row can be found."""
    return fact_repo.known(connection, _BEHIND)


def caught_up(connection: sqlite3.Connection, since: str) -> bool:
    """Note, inside a write, that all rows have their texts; False if more rows came after the mark ``since``."""
    if mark(connection) != since:
        return False
    fact_repo.forget(connection, _BEHIND)
    return True
