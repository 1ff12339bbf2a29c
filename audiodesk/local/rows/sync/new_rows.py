"""Writes rows that this library does not have yet, many at once: the first pull of a library brings nothing else."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, fields
from functools import cache
from typing import Any

from audiodesk.domain.library.entity import TREE, Entity
from audiodesk.local.rows.store import findable_repo
from audiodesk.local.rows.store.row_codec import CLASSES, column_names, from_field, to_column

__all__ = ["defaults", "insert_new", "known_ids", "note_parents", "refresh_takes", "unknown", "whole_row"]


def unknown(connection: sqlite3.Connection, entity: Entity, ids: Sequence[str]) -> set[str]:
    """Return those of ``ids`` that neither the library nor what the server sent has."""
    said = connection.execute(
        "select r.row_id from json_each(?) j cross join server_row r on r.entity = ? and r.row_id = j.value",
        (json.dumps(ids), entity),
    )
    return set(ids) - known_ids(connection, entity, ids) - {row[0] for row in said}


def known_ids(connection: sqlite3.Connection, entity: Entity, ids: Sequence[str]) -> set[str]:
    """Return those of ``ids`` that the library has as rows of this noun, trashed or not."""
    query = f"select t.id from json_each(?) j cross join {entity.value} t on t.id = j.value"  # noqa: S608 - our own nouns
    return {row[0] for row in connection.execute(query, (json.dumps(ids),))}


def insert_new(connection: sqlite3.Connection, entity: Entity, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows of one noun with all their fields, their findable texts, and what is known of missing parents."""
    names = column_names(entity)
    marks = ", ".join("?" * len(names))
    connection.executemany(
        f"insert into {entity.value} ({', '.join(names)}) values ({marks})",  # noqa: S608 - our own nouns
        [[to_column(name, row[name]) for name in names] for row in rows],
    )
    ids = [row["id"] for row in rows]
    if entity.parent_column is not None:
        note_parents(connection, entity, {row["id"]: row[entity.parent_column] for row in rows})
    connection.execute("delete from orphan where parent_id in (select value from json_each(?))", (json.dumps(ids),))
    if entity in TREE:
        _add_texts(connection, entity, rows)
    elif entity is Entity.NOTE:
        refresh_takes(connection, (row["take_id"] for row in rows))
    elif entity is Entity.TAKE_FILE:
        refresh_takes(connection, (row["take_id"] for row in rows if to_column("tags", row["tags"]) != "{}"))


def note_parents(connection: sqlite3.Connection, entity: Entity, parent_of: Mapping[str, str]) -> None:
    """Note which of these new rows, by id with the id of their parent, wait for it."""
    parent = entity.parent
    if parent is None:
        return
    wanted = set(parent_of.values())
    missing = wanted - known_ids(connection, parent, list(wanted))
    connection.executemany(
        "insert or replace into orphan (entity, row_id, parent_id) values (?, ?, ?)",
        [(entity, row_id, parent_id) for row_id, parent_id in parent_of.items() if parent_id in missing],
    )


def _add_texts(connection: sqlite3.Connection, entity: Entity, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add the findable texts; those of takes whose files or notes came earlier are read as a whole."""
    early: set[str] = set()
    if entity is Entity.TAKE:
        listed = json.dumps([row["id"] for row in rows])
        query = (
            "select f.take_id from json_each(?) j cross join take_file f on f.take_id = j.value"
            " union select n.take_id from json_each(?) j cross join note n on n.take_id = j.value"
        )
        early = {row[0] for row in connection.execute(query, (listed, listed))}
    findable_repo.add_new(connection, entity, [row for row in rows if row["id"] not in early])
    for row_id in early:
        findable_repo.refresh(connection, entity, row_id, is_new=True)


def refresh_takes(connection: sqlite3.Connection, take_ids: Iterable[str]) -> None:
    """Write the findable texts of takes again, because their files or notes came."""
    for take_id in dict.fromkeys(take_ids):
        findable_repo.refresh(connection, Entity.TAKE, take_id)


def whole_row(entity: Entity, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return all fields of a new row; a server of another version may leave some out."""
    said = row["fields"]
    values = {name: from_field(name, said[name]) for name in column_names(entity) if name in said}
    return {**defaults(entity), **values, "version": row["version"], "id": row["id"]}


@cache
def defaults(entity: Entity) -> Mapping[str, Any]:
    """Return a default for each field of a new row: a server of another version may leave some out."""
    made: dict[str, Any] = {}
    for field in fields(CLASSES[entity]):
        if field.default is not MISSING:
            made[field.name] = field.default
        elif field.default_factory is not MISSING:
            made[field.name] = field.default_factory()
        else:
            made[field.name] = _BLANK.get(field.type, "")
    return made


_BLANK: dict[Any, Any] = {"int": 0, "float": 0.0, "bytes": b""}
"""By type name, because dataclasses keep names where annotations are not evaluated."""
