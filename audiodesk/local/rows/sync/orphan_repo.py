"""Rows whose parent has not arrived from the server yet: they are hidden until it does."""

from __future__ import annotations

import sqlite3

from audiodesk.domain.library.read_model import Ref

__all__ = ["note", "parent_came"]


def note(connection: sqlite3.Connection, ref: Ref, parent_id: str) -> None:
    """Note, inside a write, whether the row ``ref``, which has this parent now, waits for it."""
    parent = ref.entity.parent
    assert parent is not None  # noqa: S101 - only rows with a parent column are noted
    query = f"select 1 from {parent.value} where id = ?"  # noqa: S608 - our own nouns
    if connection.execute(query, (parent_id,)).fetchone() is None:
        connection.execute(
            "insert or replace into orphan (entity, row_id, parent_id) values (?, ?, ?)",
            (ref.entity, ref.id, parent_id),
        )
    else:
        connection.execute("delete from orphan where entity = ? and row_id = ?", (ref.entity, ref.id))


def parent_came(connection: sqlite3.Connection, ref: Ref) -> None:
    """Note, inside a write, that the row ``ref`` is here: rows that waited for it are no longer hidden."""
    connection.execute("delete from orphan where parent_id = ?", (ref.id,))
