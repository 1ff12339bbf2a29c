"""Changes that the server refused: what the person typed is kept until it is tried again or dismissed."""

from __future__ import annotations

import json
import sqlite3

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.titles import without_surrogates
from audiodesk.domain.sync.activity import RefusedChange
from audiodesk.domain.sync.exchange import Refused

__all__ = ["add", "all_of", "one", "remove"]


def add(connection: sqlite3.Connection, refused: Refused, now: int) -> None:
    """Keep a refused change, inside a write."""
    change = refused.change
    fields = without_surrogates(json.dumps(dict(change.fields), ensure_ascii=False))
    connection.execute(
        "insert or replace into refused_change (change_id, entity, row_id, is_create, fields, code, message, at)"
        " values (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            change.change_id,
            change.entity,
            change.row_id,
            int(change.is_create),
            fields,
            refused.code,
            refused.message,
            now,
        ),
    )


def all_of(connection: sqlite3.Connection) -> list[RefusedChange]:
    """Return the refused changes, newest first."""
    return [_refused(row) for row in connection.execute("select * from refused_change order by at desc, change_id")]


def one(connection: sqlite3.Connection, change_id: str) -> RefusedChange | None:
    """Return one refused change; None if it was tried again or dismissed."""
    row = connection.execute("select * from refused_change where change_id = ?", (change_id,)).fetchone()
    return None if row is None else _refused(row)


def remove(connection: sqlite3.Connection, change_id: str) -> bool:
    """Forget a refused change, inside a write; return whether it was there."""
    return connection.execute("delete from refused_change where change_id = ?", (change_id,)).rowcount > 0


def _refused(row: sqlite3.Row) -> RefusedChange:
    return RefusedChange(
        change_id=row["change_id"],
        ref=Ref(Entity(row["entity"]), row["row_id"]),
        is_create=bool(row["is_create"]),
        fields=json.loads(row["fields"]),
        code=row["code"],
        message=row["message"],
        at=row["at"],
    )
