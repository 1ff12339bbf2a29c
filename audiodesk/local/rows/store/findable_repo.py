"""Keeps the folded text of each findable row in step with the row."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.folding import fold_text
from audiodesk.local.rows.store.many_rows import add_many

__all__ = ["add_missing", "add_new", "missing", "present", "refresh", "texts_of"]

_BAND = 1 << 40
_BANDS = {Entity.PROJECT: 0, Entity.CHAPTER: 1, Entity.SECTION: 2, Entity.TAKE: 3}
"""Each noun has its own band of document numbers: sorted by number, projects come before chapters and so on, without
sorting the whole result."""

_TEXTS = {
    Entity.PROJECT: ("title", "author", "narrator", "notes"),
    Entity.CHAPTER: ("title",),
    Entity.SECTION: ("title",),
    Entity.TAKE: ("title", "file_name", "notes"),
}
_SEARCHED_TAGS = ("title", "artist", "album", "comment", "genre")
_TAGS = """
    select f.take_id, f.tags from json_each(?) j cross join take_file f on f.take_id = j.value where f.tags <> '{}'
"""
_NOTES = """
    select n.take_id, n.text from json_each(?) j cross join note n on n.take_id = j.value where n.deleted_at is null
"""


def refresh(connection: sqlite3.Connection, entity: Entity, row_id: str, *, is_new: bool = False) -> None:
    """Write the folded text of a project, chapter, section or take again; other nouns belong to their take's text.

    ``is_new`` is only a hint: the row probably has no text yet.
    """
    folded = "\n".join(fold_text(text) for text in texts_of(connection, entity, row_id))
    for step in (_add, _change) if is_new else (_change, _add):
        if step(connection, entity, row_id, folded):
            return


def missing(connection: sqlite3.Connection, entity: Entity, after: str, limit: int) -> list[str]:
    """Return the ids of at most ``limit`` rows of one noun above the id ``after``, in order, that have no text yet."""
    query = (
        f"select t.id from {entity.value} t where t.id > ?"  # noqa: S608 - our own nouns
        " and not exists (select 1 from findable f where f.row_id = t.id) order by t.id limit ?"
    )
    return [row[0] for row in connection.execute(query, (after, limit))]


def present(connection: sqlite3.Connection, ids: Sequence[str]) -> list[str]:
    """Return those of ``ids`` that have a text."""
    query = "select f.row_id from json_each(?) j cross join findable f on f.row_id = j.value"
    return [row[0] for row in connection.execute(query, (json.dumps(list(ids)),))]


def add_missing(connection: sqlite3.Connection, entity: Entity, ids: Sequence[str]) -> None:
    """Add the texts of these rows of one noun, inside a write; a row that has a text by now keeps it."""
    _insert(connection, entity, _texts(connection, entity, ids).items())


def add_new(connection: sqlite3.Connection, entity: Entity, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add the texts of new rows, given with all their fields; a take without files and notes. None has a text yet."""
    _insert(connection, entity, ((row["id"], [row[name] for name in _TEXTS[entity] if row[name]]) for row in rows))


def _insert(connection: sqlite3.Connection, entity: Entity, texts: Iterable[tuple[str, Sequence[str]]]) -> None:
    low = _BANDS[entity] * _BAND
    query = "select coalesce(max(docid), ?) from findable where docid >= ? and docid < ?"
    (last,) = connection.execute(query, (low, low, low + _BAND)).fetchone()
    rows = [
        (number, entity, row_id, "\n".join(map(fold_text, found)))
        for number, (row_id, found) in enumerate(texts, last + 1)
    ]
    add_many(connection, "insert or ignore into findable (docid, entity, row_id, folded)", rows)


def _change(connection: sqlite3.Connection, _entity: Entity, row_id: str, folded: str) -> bool:
    query = "update findable set folded = ? where row_id = ? and folded <> ?"
    return connection.execute(query, (folded, row_id, folded)).rowcount > 0


def _add(connection: sqlite3.Connection, entity: Entity, row_id: str, folded: str) -> bool:
    low = _BANDS[entity] * _BAND
    added = connection.execute(
        "insert into findable (docid, entity, row_id, folded)"
        " select coalesce((select max(docid) from findable where docid >= :low and docid < :high), :low) + 1,"
        " :entity, :row_id, :folded where not exists (select 1 from findable where row_id = :row_id)",
        {"low": low, "high": low + _BAND, "entity": entity, "row_id": row_id, "folded": folded},
    )
    return added.rowcount > 0


def texts_of(connection: sqlite3.Connection, entity: Entity, row_id: str) -> list[str]:
    """Return the texts by which a row can be found, without empty ones; its title (a take's name or title) first."""
    return _texts(connection, entity, [row_id]).get(row_id, [])


def _texts(connection: sqlite3.Connection, entity: Entity, ids: Sequence[str]) -> dict[str, list[str]]:
    listed = json.dumps(list(ids))
    query = (
        f"select t.id, {', '.join(_TEXTS[entity])} from json_each(?) j"  # noqa: S608 - our own nouns and columns
        f" cross join {entity.value} t on t.id = j.value"
    )
    texts = {row[0]: [text for text in row[1:] if text] for row in connection.execute(query, (listed,))}
    if entity is Entity.TAKE:
        for take_id, more in _texts_of_parts(connection, listed).items():
            if take_id in texts:
                texts[take_id] += dict.fromkeys(more)
    return texts


def _texts_of_parts(connection: sqlite3.Connection, listed: str) -> dict[str, list[str]]:
    """Return the texts in tags and notes, by the take's id; ``listed`` is a JSON list of takes."""
    texts: dict[str, list[str]] = {}
    for row in connection.execute(_TAGS, (listed,)):
        tags = json.loads(row["tags"])
        texts.setdefault(row["take_id"], []).extend(tags[name] for name in _SEARCHED_TAGS if tags.get(name))
    for row in connection.execute(_NOTES, (listed,)):
        texts.setdefault(row["take_id"], []).append(row["text"])
    return texts
