"""Writes rows that this library does not have yet, many at once: the first pull of a library brings nothing else."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from audiodesk.domain.library.entity import TREE, Entity
from audiodesk.local.rows.store import findable_repo
from audiodesk.local.rows.store.row_codec import column_names, to_column

__all__ = ["insert_new", "unknown"]


def unknown(connection: sqlite3.Connection, entity: Entity, ids: Sequence[str]) -> set[str]:
    """Return those of ``ids`` that neither the library nor what the server sent has."""
    listed = json.dumps(ids)
    known = connection.execute(
        f"select t.id from json_each(?) j cross join {entity.value} t on t.id = j.value"  # noqa: S608 - our own nouns
        " union all select r.row_id from json_each(?) j"
        " cross join server_row r on r.entity = ? and r.row_id = j.value",
        (listed, listed, entity),
    )
    return set(ids) - {row[0] for row in known}


def insert_new(connection: sqlite3.Connection, entity: Entity, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows of one noun with all their fields, their findable texts, and what is known of missing parents."""
    names = column_names(entity)
    marks = ", ".join("?" * len(names))
    connection.executemany(
        f"insert into {entity.value} ({', '.join(names)}) values ({marks})",  # noqa: S608 - our own nouns
        [[to_column(name, row[name]) for name in names] for row in rows],
    )
    ids = [row["id"] for row in rows]
    _note_parents(connection, entity, rows)
    connection.execute("delete from orphan where parent_id in (select value from json_each(?))", (json.dumps(ids),))
    if entity in TREE:
        _add_texts(connection, entity, rows)
    elif entity is Entity.NOTE:
        _refresh_takes(connection, (row["take_id"] for row in rows))
    elif entity is Entity.TAKE_FILE:
        _refresh_takes(connection, (row["take_id"] for row in rows if to_column("tags", row["tags"]) != "{}"))


def _note_parents(connection: sqlite3.Connection, entity: Entity, rows: Sequence[Mapping[str, Any]]) -> None:
    parent, column = entity.parent, entity.parent_column
    if parent is None or column is None:
        return
    wanted = {row[column] for row in rows}
    found = connection.execute(
        f"select t.id from json_each(?) j cross join {parent.value} t on t.id = j.value",  # noqa: S608 - our own nouns
        (json.dumps(list(wanted)),),
    )
    missing = wanted - {row[0] for row in found}
    connection.executemany(
        "insert or replace into orphan (entity, row_id, parent_id) values (?, ?, ?)",
        [(entity, row["id"], row[column]) for row in rows if row[column] in missing],
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


def _refresh_takes(connection: sqlite3.Connection, take_ids: Iterable[str]) -> None:
    for take_id in dict.fromkeys(take_ids):
        findable_repo.refresh(connection, Entity.TAKE, take_id)
