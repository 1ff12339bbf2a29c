"""The entries of Activity: what came from which computer, what was emptied elsewhere, what came back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.sync.activity import Activity, Happened
from audiodesk.local.rows.store.device_repo import device_names

__all__ = ["KEPT", "add", "count_unread", "has", "mark_read", "newest"]

KEPT = 1000
"""Entries; older ones are removed."""
_GATHERED_MS = 3_600_000
"""Unread entries of one kind, computer, row and field within this time are added up."""
_FIRST = "former"
"""The value that stays the first one: what was here before the first of several changes."""
_NOW = {Happened.RENAMED: "title", Happened.CHOSEN: "number"}
"""The value that an entry leaves behind. A later change of another value is an entry of its own: an edit made here lay
between, and what it made is to be told too."""


def add(
    connection: sqlite3.Connection,
    now: int,
    what: Happened,
    ref: Ref | None = None,
    *,
    device_id: str | None = None,
    **params: str | int,
) -> None:
    """Add an entry, inside a write. If the last unread one is of the same kind, its numbers are added up instead.

    What was ``former``-ly here stays the first of several that follow each other.
    """
    entity, row_id = (None, None) if ref is None else (ref.entity.value, ref.id)
    last = connection.execute(
        "select position, params from activity where read = 0 and what = ? and device_id is ? and row_id is ?"
        " and json_extract(params, '$.field') is ? and at > ? order by position desc limit 1",
        (what, device_id, row_id, params.get("field"), now - _GATHERED_MS),
    ).fetchone()
    before = None if last is None else json.loads(last["params"])
    if before is not None and _follows(what, before, params):
        connection.execute(
            "update activity set at = ?, params = ? where position = ?",
            (now, _text(_summed(before, params)), last["position"]),
        )
        return
    connection.execute(
        "insert into activity (at, entity, row_id, what, device_id, params) values (?, ?, ?, ?, ?, ?)",
        (now, entity, row_id, what, device_id, _text(params)),
    )
    connection.execute("delete from activity where position <= (select max(position) from activity) - ?", (KEPT,))


def newest(connection: sqlite3.Connection, limit: int = KEPT) -> list[Activity]:
    """Return at most ``limit`` entries, newest first; those of a newer version's kinds are left out."""
    names = device_names(connection)
    rows = connection.execute("select * from activity order by position desc limit ?", (limit,))
    return [_entry(row, names) for row in rows if row["what"] in _KINDS]


def has(connection: sqlite3.Connection, what: Happened, ref: Ref, *, until: int | None = None) -> bool:
    """Tell whether there is an entry of this kind for the row, made at the moment ``until`` or before it."""
    query = "select 1 from activity where what = ? and entity = ? and row_id = ? and (? is null or at <= ?) limit 1"
    return connection.execute(query, (what, ref.entity, ref.id, until, until)).fetchone() is not None


def count_unread(connection: sqlite3.Connection) -> int:
    """Return the number of unread entries."""
    return int(connection.execute("select count(*) from activity where read = 0").fetchone()[0])


def mark_read(connection: sqlite3.Connection, until: int) -> None:
    """Note that the entries up to the position ``until`` were read, inside a write."""
    connection.execute("update activity set read = 1 where read = 0 and position <= ?", (until,))


_KINDS = frozenset(kind.value for kind in Happened)


def _follows(what: Happened, before: Mapping[str, str | int], params: Mapping[str, str | int]) -> bool:
    name = _NOW.get(what)
    return name is None or before.get(name) == params.get(_FIRST)


def _summed(former: dict[str, str | int], new: Mapping[str, str | int]) -> dict[str, str | int]:
    for name, value in new.items():
        before = former.get(name)
        if name == _FIRST and before is not None:
            continue
        former[name] = before + value if isinstance(before, int) and isinstance(value, int) else value
    return former


def _text(params: Mapping[str, str | int]) -> str:
    return json.dumps(dict(params), ensure_ascii=False)


def _entry(row: sqlite3.Row, names: Mapping[str, str]) -> Activity:
    return Activity(
        position=row["position"],
        at=row["at"],
        what=Happened(row["what"]),
        ref=None if row["entity"] is None else Ref(Entity(row["entity"]), row["row_id"]),
        device_id=row["device_id"],
        device_title=names.get(row["device_id"], ""),
        params=json.loads(row["params"]),
        is_read=bool(row["read"]),
    )
