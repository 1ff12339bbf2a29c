"""What the server last said of each row: the row itself, or its entry in ``server_row`` where the row differs from it.

A row differs while a change of it waits for an answer, and where the server said more than its columns hold.
"""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.titles import without_surrogates
from audiodesk.domain.sync.exchange import ServerRow
from audiodesk.local.rows.store.row_codec import CLASSES
from audiodesk.local.rows.store.said_codec import fields_of, from_stamps

__all__ = ["forget", "keep_apart", "keep_before_edit", "kept_apart", "said", "said_after"]

_KEEP = "insert into server_row (entity, row_id, version, fields, stamps) values (?, ?, ?, ?, ?) on conflict do"
_IN_ORDER = sorted(CLASSES)
"""The nouns in the order of their names."""


def said(connection: sqlite3.Connection, ref: Ref) -> ServerRow | None:
    """Return what the server last said of a row; None if it never sent the row."""
    query = "select * from server_row where entity = ? and row_id = ?"
    found = connection.execute(query, (ref.entity, ref.id)).fetchone()
    if found is not None:
        return kept_apart(found)
    query = f"select * from {ref.entity.value} where id = ? and version > 0"  # noqa: S608 - our own nouns
    columns = connection.execute(query, (ref.id,)).fetchone()
    return None if columns is None else _told(ref, columns)


def said_after(connection: sqlite3.Connection, after: tuple[str, str]) -> ServerRow | None:
    """Return what the server said of the next row behind the noun and id ``after``, in their order; None at the end."""
    noun, last = after
    for entity in _IN_ORDER:
        if entity.value < noun:
            continue
        query = f"select id from {entity.value} where id > ? and version > 0 order by id limit 1"  # noqa: S608 - likewise
        found = connection.execute(query, (last if entity.value == noun else "",)).fetchone()
        if found is not None:
            return said(connection, Ref(entity, found[0]))
    return None


def keep_before_edit(connection: sqlite3.Connection, ref: Ref, before: sqlite3.Row) -> None:
    """Keep what the server said of a row apart, because an edit is about to change it; ``before`` are its columns."""
    if before["version"] > 0:  # else there is nothing to keep; and an entry from an earlier edit stays
        connection.execute(f"{_KEEP} nothing", _values(_told(ref, before)))


def keep_apart(connection: sqlite3.Connection, row: ServerRow) -> None:
    """Keep what the server said of a row apart, in place of what was kept."""
    change = "update set version = excluded.version, fields = excluded.fields, stamps = excluded.stamps"
    connection.execute(f"{_KEEP} {change}", _values(row))


def forget(connection: sqlite3.Connection, ref: Ref) -> None:
    """Keep nothing apart of a row any longer."""
    connection.execute("delete from server_row where entity = ? and row_id = ?", (ref.entity, ref.id))


def kept_apart(found: sqlite3.Row) -> ServerRow:
    """Return the value of a row of ``server_row`` or ``recovered_row``."""
    stamps = json.loads(found["stamps"])
    return ServerRow(Entity(found["entity"]), found["row_id"], found["version"], json.loads(found["fields"]), stamps)


def _told(ref: Ref, columns: sqlite3.Row) -> ServerRow:
    """Return what the server said of a row that tells it itself."""
    version = columns["version"]
    stamps = from_stamps(version, columns["stamps"])
    return ServerRow(ref.entity, ref.id, version, fields_of(ref.entity, columns), stamps)


def _values(row: ServerRow) -> tuple[Any, ...]:
    fields = without_surrogates(json.dumps(row.fields, ensure_ascii=False, separators=(",", ":")))
    return row.entity, row.id, row.version, fields, json.dumps(dict(row.stamps), separators=(",", ":"))
