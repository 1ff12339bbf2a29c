"""The id of this computer in one library: takes carry it, so that two computers' takes can be told apart."""

from __future__ import annotations

import sqlite3

from audiodesk.domain.ids import new_id

__all__ = ["device_id"]


def device_id(connection: sqlite3.Connection) -> str:
    """Return the id, made when it is first asked for inside a write."""
    row = connection.execute("select value from fact where name = 'device_id'").fetchone()
    if row is not None:
        return str(row[0])
    made = new_id()
    connection.execute("insert into fact (name, value) values ('device_id', ?)", (made,))
    return made
