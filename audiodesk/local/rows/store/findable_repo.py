"""Keeps the folded text of each findable row in step with the row."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.folding import fold_text

__all__ = ["add_new", "refresh", "texts_of"]

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


def refresh(connection: sqlite3.Connection, entity: Entity, row_id: str, *, is_new: bool = False) -> None:
    """Write the folded text of a project, chapter, section or take again; other nouns belong to their take's text.

    ``is_new`` is only a hint: the row probably has no text yet.
    """
    folded = "\n".join(fold_text(text) for text in texts_of(connection, entity, row_id))
    for step in (_add, _change) if is_new else (_change, _add):
        if step(connection, entity, row_id, folded):
            return


def add_new(connection: sqlite3.Connection, entity: Entity, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add the texts of new rows, given with all their fields; a take without files and notes. None has a text yet."""
    low = _BANDS[entity] * _BAND
    query = "select coalesce(max(docid), ?) from findable where docid >= ? and docid < ?"
    (last,) = connection.execute(query, (low, low, low + _BAND)).fetchone()
    connection.executemany(
        "insert into findable (docid, entity, row_id, folded) values (?, ?, ?, ?)",
        [
            (number, entity, row["id"], "\n".join(fold_text(row[name]) for name in _TEXTS[entity] if row[name]))
            for number, row in enumerate(rows, last + 1)
        ],
    )


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
    query = f"select {', '.join(_TEXTS[entity])} from {entity.value} where id = ?"  # noqa: S608 - our own nouns
    row = connection.execute(query, (row_id,)).fetchone()
    texts = [] if row is None else [text for text in row if text]
    if entity is Entity.TAKE:
        texts += _texts_of_parts(connection, row_id)
    return texts


def _texts_of_parts(connection: sqlite3.Connection, take_id: str) -> list[str]:
    texts: list[str] = []
    for row in connection.execute("select tags from take_file where take_id = ? and tags <> '{}'", (take_id,)):
        tags = json.loads(row[0])
        texts += [tags[name] for name in _SEARCHED_TAGS if tags.get(name)]
    texts += [
        row[0]
        for row in connection.execute("select text from note where take_id = ? and deleted_at is null", (take_id,))
    ]
    return list(dict.fromkeys(texts))
