"""The condition of an open list: its schema's version, and what SQLite finds wrong with the file."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

__all__ = ["ListCondition", "list_condition"]


@dataclass(frozen=True, slots=True)
class ListCondition:
    """``version`` is the schema's; ``damage`` is SQLite's first complaint, empty where there is none."""

    version: int
    damage: str


def list_condition(connection: sqlite3.Connection) -> ListCondition:
    """Check the whole file, about a second for each gigabyte, without comparing indexes with their tables."""
    version = int(connection.execute("pragma user_version").fetchone()[0])
    found = str(connection.execute("pragma quick_check(1)").fetchone()[0])
    return ListCondition(version, "" if found == "ok" else found)
