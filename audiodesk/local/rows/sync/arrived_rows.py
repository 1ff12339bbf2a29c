"""Rows of the server that this library may not have yet: makes them ready on any thread, and adds many at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.sync.exchange import ServerRow
from audiodesk.local.rows.store import said_rows
from audiodesk.local.rows.store.many_rows import add_many
from audiodesk.local.rows.store.row_codec import CLASSES, STRUCTURES, to_column
from audiodesk.local.rows.store.said_codec import PICTURE, said_names, stamps_column, to_said, to_stored

__all__ = ["Arrived", "arrived", "by_noun", "insert", "insert_of"]

_NOUNS = {entity.value: entity for entity in CLASSES}


@dataclass(slots=True, eq=False)
class Arrived:
    """A row of the server, and its columns; ``is_whole``: they hold all that the server said."""

    row: Mapping[str, Any]
    entity: Entity
    id: str
    parent_id: str
    columns: Sequence[Any]
    is_whole: bool

    def stored(self) -> dict[str, Any]:
        """Return the columns by their names."""
        return dict(zip(_table(self.entity).names, self.columns, strict=True))


def arrived(row: Mapping[str, Any]) -> Arrived | None:
    """Make a row of the server ready; None for an unknown noun. Needs no database, so that any thread may do it."""
    entity = _NOUNS.get(row["entity"])
    if entity is None:
        return None
    table = _table(entity)
    columns, is_whole = table.read(row)
    return Arrived(row, entity, row["id"], row["fields"].get(table.parent, ""), columns, is_whole)


def by_noun(rows: Iterable[Arrived]) -> tuple[dict[Entity, dict[str, Arrived]], list[Mapping[str, Any]]]:
    """Return the rows by noun and id, and apart from them those that came before in ``rows``."""
    found: dict[Entity, dict[str, Arrived]] = {}
    again = [row.row for row in rows if found.setdefault(row.entity, {}).setdefault(row.id, row) is not row]
    return found, again


def insert(connection: sqlite3.Connection, entity: Entity, rows: Sequence[Arrived]) -> bool:
    """Add those rows of one noun that this library does not have, inside a write; return whether all were new.

    Their texts are not findable yet. If any row was here, the caller lays all of them under the edits that wait.
    """
    columns = [row.columns for row in rows]
    if add_many(connection, _table(entity).insert, columns, "on conflict (id) do nothing") < len(rows):
        return False
    for row in rows:
        if not row.is_whole:
            said_rows.keep_apart(connection, ServerRow.from_json(row.row))
    return True


def insert_of(entity: Entity) -> str:
    """Return the statement that adds a row of this noun, with ``Arrived.columns``."""
    table = _table(entity)
    return f"{table.insert} values ({', '.join('?' * len(table.names))})"


class _Table(NamedTuple):
    names: Sequence[str]
    insert: str
    parent: str | None
    read: Callable[[Mapping[str, Any]], tuple[Sequence[Any], bool]]


@cache
def _table(entity: Entity) -> _Table:
    """Return the columns of a noun, the statement that adds a row, and the function that makes them of a server's."""
    said = said_names(entity)
    names = ("id", "version", "stamps", *said)
    insert = f"insert or fail into {entity.value} ({', '.join(names)})"
    get, count = itemgetter(*said), len(said)
    converted = [(number, name) for number, name in enumerate(names) if name in STRUCTURES or name == PICTURE]

    def read(row: Mapping[str, Any]) -> tuple[Sequence[Any], bool]:
        version, sent = row["version"], row["fields"]
        head = (row["id"], version, stamps_column(version, row.get("stamps")))
        try:
            values = [*head, *get(sent)]
        except KeyError:  # a server of another version leaves some out
            given = {name: to_stored(name, sent[name]) for name in said if name in sent}
            whole = {**_defaults(entity), **given}
            return [*head, *(whole[name] for name in said)], False
        is_whole = len(sent) == count
        for number, name in converted:
            value = values[number]
            if value is not None:
                values[number] = stored = "{}" if value == {} else "[]" if value == [] else to_stored(name, value)
                is_whole = is_whole and (not value or to_said(name, stored) == value)
        return values, is_whole

    return _Table(names, insert, entity.parent_column, read)


@cache
def _defaults(entity: Entity) -> Mapping[str, Any]:
    """Return a default for each column of a new row."""
    made: dict[str, Any] = {}
    for field in fields(CLASSES[entity]):
        if field.default is not MISSING:
            made[field.name] = to_column(field.name, field.default)
        elif field.default_factory is not MISSING:
            made[field.name] = to_column(field.name, field.default_factory())
        else:
            made[field.name] = _BLANK.get(field.type, "")
    return made


_BLANK: dict[Any, Any] = {"int": 0, "float": 0.0, "bytes": b""}
"""By type name, because dataclasses keep names where annotations are not evaluated."""
