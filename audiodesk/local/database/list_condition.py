"""Checks an open list: its schema's version, and damage that SQLite finds in the file."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

__all__ = ["ListCondition", "list_condition"]


@dataclass(frozen=True, slots=True)
class ListCondition:
    """``version`` is the schema's; ``damage`` is SQLite's first complaint, empty if there is none."""

    version: int
    damage: str


def list_condition(connection: sqlite3.Connection) -> ListCondition:
    """Check the whole file, without comparing indexes and tables; takes about a second for each gigabyte."""
    version = int(connection.execute("pragma user_version").fetchone()[0])
    found = str(connection.execute("pragma quick_check(1)").fetchone()[0])
    return ListCondition(version, "" if found == "ok" else found)
