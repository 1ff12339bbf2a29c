"""Finds the rows that a person means by an id, the beginning of an id, or a path of titles."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence

from audiodesk.domain.library.entity import TREE, Entity
from audiodesk.domain.library.folding import fold_text
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.titles import same_title
from audiodesk.domain.words.library.take_words import numbered_title

__all__ = ["by_beginning", "by_path"]

_BEGINNING = re.compile(r"[0-9a-f][0-9a-f-]{3,35}")
"""At least four hex digits: shorter text is more likely a title."""
_COLUMNS = "id, title, deleted_at"
_NAMESAKES = """(
    select count(*) from take o where o.section_id = r.section_id and o.number = r.number and o.id < r.id
) as namesakes"""


def by_beginning(connection: sqlite3.Connection, text: str, entities: Sequence[Entity]) -> list[Ref]:
    """Return at most eleven rows whose id begins with ``text`` (at least four characters), also trashed ones.

    Rows that were emptied out of the trash are left out.
    """
    beginning = text.casefold()
    if not _BEGINNING.fullmatch(beginning):
        return []
    found: list[Ref] = []
    for entity in entities:
        rows = connection.execute(
            f"select id from {entity.value} where id >= ? and id < ?"  # noqa: S608 - our own nouns
            " and purged_at is null limit 11",
            (beginning, beginning + "g"),
        )
        found += [Ref(entity, row["id"]) for row in rows]
    return found[:11]


def by_path(connection: sqlite3.Connection, text: str, entities: Sequence[Entity], *, trashed: bool) -> list[Ref]:
    """Return the rows at the path of titles ``text``, from the project down; ``trashed``: also those in the trash.

    Titles are compared exactly; without a match, ignoring case; without a match again, folded. A title may itself
    contain a slash.
    """
    found: list[Ref] = []
    _walk(connection, None, text.strip().split("/"), entities, found, trashed=trashed)
    return found


def _walk(
    connection: sqlite3.Connection,
    parent: Ref | None,
    parts: list[str],
    entities: Sequence[Entity],
    found: list[Ref],
    *,
    trashed: bool,
) -> None:
    depth = 0 if parent is None else TREE.index(parent.entity) + 1
    if depth == len(TREE):
        return
    below = _named(connection, parent, TREE[depth], trashed=trashed)
    for taken in range(1, len(parts) + 1):
        wanted = "/".join(parts[:taken]).strip()
        rest = parts[taken:]
        for ref in _matching(below, wanted):
            if rest:
                _walk(connection, ref, rest, entities, found, trashed=trashed)
            elif ref.entity in entities:
                found.append(ref)


def _matching(below: Sequence[tuple[Ref, list[str]]], wanted: str) -> list[Ref]:
    """Return the rows with that name, by the strictest comparison that finds any."""
    found: list[Ref] = []
    for form in (str, same_title, fold_text):
        found = [ref for ref, names in below if form(wanted) in map(form, names)]
        if found:
            break
    return found


def _named(
    connection: sqlite3.Connection, parent: Ref | None, entity: Entity, *, trashed: bool
) -> list[tuple[Ref, list[str]]]:
    where = "1" if parent is None else f"{entity.parent_column} = ?"
    columns = f"id, title, deleted_at, file_name, number, {_NAMESAKES}" if entity is Entity.TAKE else _COLUMNS
    rows = connection.execute(
        f"select {columns} from {entity.value} r"  # noqa: S608 - our own nouns
        f" where {where} and purged_at is null order by order_key, id",
        () if parent is None else (parent.id,),
    )
    named = []
    for row in rows:
        if row["deleted_at"] is None or trashed:
            names = [row["title"]]
            if entity is Entity.TAKE:
                numbered = numbered_title("", row["number"], row["namesakes"])
                names = [name for name in (row["title"], row["file_name"], numbered) if name]
            named.append((Ref(entity, row["id"]), names))
    return named
