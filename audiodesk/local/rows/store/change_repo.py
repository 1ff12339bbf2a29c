"""The outgoing changes of a library, in the order in which they are sent."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from audiodesk.domain.ids import new_id
from audiodesk.domain.library.change import Change, fold
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.titles import without_surrogates

__all__ = ["add", "of_row", "pending"]


def add(
    connection: sqlite3.Connection,
    now: int,
    entity: Entity,
    row_id: str,
    fields: Mapping[str, Any],
    *,
    is_create: bool = False,
    base_version: int = 0,
    make_id: Callable[[], str] = new_id,
) -> None:
    """Queue an edit; it folds into the row's last change if the rule allows that.

    ``fields`` are JSON values. Call it in the transaction that writes the row.
    """
    new = Change(make_id(), entity, row_id, fields, is_create=is_create, base_version=base_version)
    last = None
    if not is_create:
        last = connection.execute(
            "select * from change where entity = ? and row_id = ? order by position desc limit 1", (entity, row_id)
        ).fetchone()
    folded = fold(_change(last) if last is not None else None, new)
    if folded is not None and last is not None:
        connection.execute("update change set fields = ? where position = ?", (_text(folded.fields), last["position"]))
        return
    connection.execute(
        "insert into change (change_id, entity, row_id, is_create, base_version, fields, made_at)"
        " values (?, ?, ?, ?, ?, ?, ?)",
        (new.change_id, entity, row_id, int(is_create), base_version, _text(fields), now),
    )


def pending(connection: sqlite3.Connection, limit: int = 500) -> list[Change]:
    """Return the first ``limit`` changes of the queue, in order."""
    rows = connection.execute("select * from change order by position limit ?", (limit,))
    return [_change(row) for row in rows]


def of_row(connection: sqlite3.Connection, ref: Ref) -> list[Change]:
    """Return the unanswered changes of one row, in order."""
    rows = connection.execute(
        "select * from change where entity = ? and row_id = ? order by position", (ref.entity, ref.id)
    )
    return [_change(row) for row in rows]


def _change(row: sqlite3.Row) -> Change:
    return Change(
        change_id=row["change_id"],
        entity=Entity(row["entity"]),
        row_id=row["row_id"],
        fields=json.loads(row["fields"]),
        is_create=bool(row["is_create"]),
        base_version=row["base_version"],
        sent=row["sent_at"] is not None,
    )


def _text(fields: Mapping[str, Any]) -> str:
    return without_surrogates(json.dumps(dict(fields), ensure_ascii=False, separators=(",", ":")))
