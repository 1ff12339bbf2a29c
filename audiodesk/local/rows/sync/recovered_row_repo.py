"""The rows of a restored server, and the comparison that finds what the server lost; each step inside a write."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from audiodesk.domain.ids import new_id
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.titles import without_surrogates
from audiodesk.domain.sync import exchange
from audiodesk.domain.sync.change import Change
from audiodesk.local.rows.store import change_repo, said_rows
from audiodesk.local.rows.sync.server_rows import ServerRows

__all__ = ["collect", "compare_next", "take_rest"]

_NOUNS = frozenset(entity.value for entity in Entity)


def collect(connection: sqlite3.Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Keep a page of the restored server's rows apart, until all are here. Unknown nouns are left out."""
    connection.executemany(
        "insert or replace into recovered_row (entity, row_id, version, fields, stamps) values (?, ?, ?, ?, ?)",
        [
            (
                row["entity"],
                row["id"],
                row["version"],
                without_surrogates(json.dumps(row["fields"], ensure_ascii=False, separators=(",", ":"))),
                json.dumps(row.get("stamps") or {"*": 0}),
            )
            for row in rows
            if row["entity"] in _NOUNS
        ],
    )


def compare_next(
    rows: ServerRows, now: int, number: int, after: tuple[str, str]
) -> tuple[tuple[str, str], bool] | None:
    """Compare the kept row behind ``after`` with the restored server's, and take the latter in its place.

    What the server lost becomes a change that stands before the queue; ``number`` is that of the recovery. Returns the
    row's entity and id, and whether the server lost any of it; None if all kept rows were compared.
    """
    kept = said_rows.said_after(rows.connection, after)
    if kept is None:
        return None
    fresh = _take(rows.connection, kept.ref)
    lost = exchange.lost_fields(kept, fresh)
    if lost is not None:
        fields, stamps = lost
        change = Change(new_id(), kept.entity, kept.id, fields, is_create=fresh is None, sent=True, stamps=stamps)
        change_repo.add_ahead(rows.connection, now, change, number)
    rows.put(kept.ref, fresh)
    return (kept.entity.value, kept.id), lost is not None


def take_rest(rows: ServerRows) -> bool:
    """Take one row that only the restored server has; return False if there is none left."""
    found = rows.connection.execute("select * from recovered_row limit 1").fetchone()
    if found is None:
        return False
    ref = Ref(Entity(found["entity"]), found["row_id"])
    rows.put(ref, _take(rows.connection, ref))
    return True


def _take(connection: sqlite3.Connection, ref: Ref) -> exchange.ServerRow | None:
    found = connection.execute(
        "select * from recovered_row where entity = ? and row_id = ?", (ref.entity, ref.id)
    ).fetchone()
    if found is None:
        return None
    connection.execute("delete from recovered_row where entity = ? and row_id = ?", (ref.entity, ref.id))
    return said_rows.kept_apart(found)
