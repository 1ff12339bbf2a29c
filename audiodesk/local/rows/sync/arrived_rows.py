"""Takes the rows of a first pull, many at once: shows them, and keeps what the server said to be filed by key later.

Rows come in no order of their keys. Filed at once, each would change a page of ``server_row`` of its own, and a page is
written to the disk twice. Kept in the order of arrival, and filed by key at the end, seven rows share one.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

from audiodesk.domain.library.entity import TREE, Entity
from audiodesk.domain.library.titles import without_surrogates
from audiodesk.local.rows.store import fact_repo, find_backlog, findable_repo
from audiodesk.local.rows.store.row_codec import CLASSES, column_names, from_field, to_column
from audiodesk.local.rows.sync.new_rows import known_ids, note_parents, refresh_takes, whole_row

__all__ = ["Added", "Arrived", "add", "arrived", "clear", "file", "has_any", "insert_of", "to_file"]

_FILED = "arrived_filed"
"""The fact that holds entity and id of the last row that was filed."""
_NOUNS = {entity.value: entity for entity in CLASSES}
_CONVERTED = frozenset({"tags", "findings", "levels", "level_limits", "data"})
"""Fields whose JSON is not SQLite's value."""
_KEEP = "insert into arrived_row (entity, row_id, version, seq, fields, stamps) values (?, ?, ?, ?, ?, ?)"
_FILE = """
    insert into server_row (entity, row_id, version, seq, fields, stamps)
    select a.entity, a.row_id, a.version, a.seq, a.fields, a.stamps
    from json_each(?) j cross join arrived_row a on a.position = j.value where true
    on conflict (entity, row_id) do update set version = excluded.version, seq = excluded.seq,
        fields = excluded.fields, stamps = excluded.stamps where excluded.version >= server_row.version
"""


@dataclass(slots=True, eq=False)
class Arrived:
    """A row of the server, made ready to be written: its values for its own table and for ``arrived_row``."""

    row: Mapping[str, Any]
    entity: Entity
    id: str
    parent_id: str
    columns: Sequence[Any]
    kept: Sequence[Any]


class Added(NamedTuple):
    """What was added: the ids of the parents of new rows by noun, and the rows that were here already."""

    parents: Mapping[Entity, set[str]]
    known: Sequence[Mapping[str, Any]]


def arrived(row: Mapping[str, Any]) -> Arrived | None:
    """Make a row of a pull ready; None for an unknown noun. Needs no database, so that any thread may do it."""
    entity = _NOUNS.get(row["entity"])
    if entity is None:
        return None
    text = json.dumps(row["fields"], ensure_ascii=False, separators=(",", ":"))
    if not text.isascii() and (clean := without_surrogates(text)) != text:
        row, text = {**row, "fields": json.loads(clean)}, clean
    row_id = row["id"]
    parent = entity.parent_column
    return Arrived(
        row,
        entity,
        row_id,
        "" if parent is None else row["fields"].get(parent, ""),
        _table(entity).columns(row),
        (entity.value, row_id, row["version"], row["seq"], text, _stamps(row.get("stamps"))),
    )


def add(connection: sqlite3.Connection, rows: Sequence[Arrived]) -> Added:
    """Show those of ``rows`` that this library does not have yet, and keep what the server said, inside a write.

    Their texts are not findable yet (see ``find_backlog``). A row that is here may have edits that wait for the server:
    it is returned, to be laid under them.
    """
    by_noun: dict[Entity, dict[str, Arrived]] = {}
    known = [row.row for row in rows if by_noun.setdefault(row.entity, {}).setdefault(row.id, row) is not row]
    parents: dict[Entity, set[str]] = {}
    for entity, found in by_noun.items():
        here = known_ids(connection, entity, list(found))
        known += [found.pop(row_id).row for row_id in here]
        if found:
            _add(connection, entity, list(found.values()))
            parents[entity] = {row.parent_id for row in found.values()}
    return Added(parents, known)


def has_any(connection: sqlite3.Connection) -> bool:
    """Tell whether rows wait to be filed."""
    return connection.execute("select 1 from arrived_row limit 1").fetchone() is not None


def to_file(connection: sqlite3.Connection) -> list[int]:
    """Return the positions of the rows that are not filed yet, in the order in which they are to be filed."""
    after = json.loads(fact_repo.known(connection, _FILED) or '["", ""]')
    query = "select position from arrived_row where (entity, row_id) > (?, ?) order by entity, row_id"
    return [row[0] for row in connection.execute(query, after)]


def file(connection: sqlite3.Connection, positions: Sequence[int]) -> None:
    """File these rows, the next ones of ``to_file``, inside a write."""
    connection.execute(_FILE, (json.dumps(positions),))
    last = connection.execute("select entity, row_id from arrived_row where position = ?", (positions[-1],)).fetchone()
    fact_repo.remember(connection, _FILED, json.dumps(list(last)))


def clear(connection: sqlite3.Connection, most: int) -> bool:
    """Remove at most ``most`` filed rows, inside a write, once all are filed; return whether any is left."""
    first = connection.execute("select min(position) from arrived_row").fetchone()[0]
    if first is not None:
        connection.execute("delete from arrived_row where position < ?", (first + most,))
        if has_any(connection):
            return True
    fact_repo.forget(connection, _FILED)
    return False


def _add(connection: sqlite3.Connection, entity: Entity, rows: Sequence[Arrived]) -> None:
    connection.executemany(_table(entity).insert, [row.columns for row in rows])
    connection.executemany(_KEEP, [row.kept for row in rows])
    note_parents(connection, entity, {row.id: row.parent_id for row in rows})
    if connection.execute("select 1 from orphan limit 1").fetchone() is not None:
        listed = json.dumps([row.id for row in rows])
        connection.execute("delete from orphan where parent_id in (select value from json_each(?))", (listed,))
    if entity in TREE:
        find_backlog.fall_behind(connection)
    elif entity is Entity.NOTE or entity is Entity.TAKE_FILE:
        takes = {row.parent_id for row in rows if entity is Entity.NOTE or row.row["fields"].get("tags")}
        refresh_takes(connection, findable_repo.present(connection, list(takes)))


def insert_of(entity: Entity) -> str:
    """Return the statement that adds a row of this noun, with ``Arrived.columns``."""
    return _table(entity).insert


class _Table(NamedTuple):
    insert: str
    columns: Callable[[Mapping[str, Any]], Sequence[Any]]


@cache
def _table(entity: Entity) -> _Table:
    """Return the statement that adds a row, and the function that gives its values for a row of the server."""
    names = [name for name in column_names(entity) if name not in ("id", "version")]
    marks = ", ".join("?" * (len(names) + 2))
    insert = f"insert into {entity.value} (id, version, {', '.join(names)}) values ({marks})"  # noqa: S608 - our own
    get = itemgetter(*names)
    converted = [(number, name) for number, name in enumerate(names, 2) if name in _CONVERTED]

    def columns(row: Mapping[str, Any]) -> Sequence[Any]:
        try:
            values = [row["id"], row["version"], *get(row["fields"])]
        except KeyError:  # a server of another version may leave some out
            whole = whole_row(entity, row)
            return [to_column(name, whole[name]) for name in ("id", "version", *names)]
        for number, name in converted:
            value = values[number]
            if value is not None:
                plain = "{}" if value == {} else "[]" if value == [] else None
                values[number] = plain or to_column(name, from_field(name, value))
        return values

    return _Table(insert, columns)


def _stamps(stamps: Mapping[str, int] | None) -> str:
    if not stamps:
        return '{"*":0}'
    if len(stamps) == 1 and "*" in stamps:
        return f'{{"*":{stamps["*"]}}}'
    return json.dumps(stamps, separators=(",", ":"))
