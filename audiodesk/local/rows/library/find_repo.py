"""Finds live rows that hold all the words: by trigrams, or by a full scan for words of one or two letters."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.folding import fold_text
from audiodesk.domain.library.listings import Hit
from audiodesk.domain.library.read_model import Ref
from audiodesk.local.rows.library import tree_repo
from audiodesk.local.rows.store import findable_repo

__all__ = ["find"]

_TRIGRAM = 3
_BATCH = 200
_EXCERPT = 100


def find(connection: sqlite3.Connection, words: Sequence[str], limit: int) -> list[Hit]:
    """Return at most ``limit`` hits for folded ``words``: projects first, then chapters, sections and takes."""
    hits: list[Hit] = []
    if not words:
        return hits
    for ref in _candidates(connection, words):
        if not tree_repo.is_live(connection, ref):
            continue
        hits.append(_hit(connection, ref, words))
        if len(hits) >= limit:
            break
    return hits


def _candidates(connection: sqlite3.Connection, words: Sequence[str]) -> Iterator[Ref]:
    long = [word for word in words if len(word) >= _TRIGRAM]
    short = [word for word in words if len(word) < _TRIGRAM]
    conditions = "".join(" and instr(f.folded, ?)" for _ in short)
    if long:
        query = "select f.docid, f.entity, f.row_id from found cross join findable f on f.docid = found.rowid"
        query += f" where found match ? and found.rowid > ?{conditions} order by found.rowid limit ?"
        match = [" AND ".join('"' + word.replace('"', '""') + '"' for word in long)]
    else:
        query = f"select f.docid, f.entity, f.row_id from findable f where f.docid > ?{conditions}"  # noqa: S608 - marks
        query += " order by f.docid limit ?"
        match = []
    last = 0
    while True:
        rows = connection.execute(query, (*match, last, *short, _BATCH)).fetchall()
        yield from (Ref(Entity(row["entity"]), row["row_id"]) for row in rows)
        if len(rows) < _BATCH:
            return
        last = rows[-1]["docid"]


def _hit(connection: sqlite3.Connection, ref: Ref, words: Sequence[str]) -> Hit:
    path = tree_repo.crumbs(connection, ref)
    title = path[-1].title
    return Hit(ref, title, path[:-1], _excerpt(findable_repo.texts_of(connection, ref.entity, ref.id), title, words))


def _excerpt(texts: Sequence[str], title: str, words: Sequence[str]) -> str:
    folded_title = fold_text(title)
    missing = [word for word in words if word not in folded_title]
    if not missing:
        return ""
    text = next((text for text in texts if missing[0] in fold_text(text)), "")
    text = " ".join(text.split())
    if len(text) <= _EXCERPT:
        return text
    at = max(text.casefold().find(missing[0]), 0)
    start = max(0, min(at - _EXCERPT // 3, len(text) - _EXCERPT))
    piece = text[start : start + _EXCERPT].strip()
    return ("…" if start else "") + piece + ("…" if start + _EXCERPT < len(text) else "")
