"""Looks up what rows belong to, and what the server has of them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence

from audiodesk.domain.library.entity import TREE, Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.local.rows.store import said_rows

__all__ = [
    "count_said",
    "has_audio_in_cloud",
    "has_come",
    "has_namesake",
    "project_above",
    "section_of_take",
    "sections_of_takes",
    "version_of_creation",
]

_IN_CLOUD = """
    select 1 from take_file where (object_key is not null or verified_at is not null) and purged_at is null
    and take_id in (select value from json_each(?)) limit 1
"""


def section_of_take(connection: sqlite3.Connection, take_id: str) -> str | None:
    """Return the id of a take's section; None if the take is not here."""
    row = connection.execute("select section_id from take where id = ?", (take_id,)).fetchone()
    return None if row is None else str(row[0])


def sections_of_takes(connection: sqlite3.Connection, take_ids: Collection[str]) -> set[str]:
    """Return the ids of the sections of those takes that are here."""
    # All in one value: for each row of an answer Python's thread would wait for its turn.
    query = "select json_group_array(distinct t.section_id) from json_each(?) j cross join take t on t.id = j.value"
    return set(json.loads(connection.execute(query, (json.dumps(list(take_ids)),)).fetchone()[0]))


def project_above(connection: sqlite3.Connection, ref: Ref) -> Ref | None:
    """Return the project that ``ref`` belongs to, or ``ref`` itself; None while a row between them is missing."""
    while ref.entity.parent is not None:
        query = f"select {ref.entity.parent_column} from {ref.entity.value} where id = ?"  # noqa: S608 - our own nouns
        row = connection.execute(query, (ref.id,)).fetchone()
        if row is None:
            return None
        ref = Ref(ref.entity.parent, row[0])
    return ref if ref.entity is Entity.PROJECT else None


def has_audio_in_cloud(connection: sqlite3.Connection, take_ids: Sequence[str]) -> bool:
    """Tell whether any of these takes has, or may have, an object in the cloud."""
    return connection.execute(_IN_CLOUD, (json.dumps(list(take_ids)),)).fetchone() is not None


def count_said(connection: sqlite3.Connection) -> int:
    """Return how many rows the server has sent; reads all rows."""
    query = "select count(*) from {} where version > 0"
    return sum(int(connection.execute(query.format(entity.value)).fetchone()[0]) for entity in Entity)


def has_come(connection: sqlite3.Connection, device: str) -> bool:
    """Tell whether any row of the tree was made or changed last by another computer than ``device``."""
    return any(
        connection.execute(
            f"select 1 from {entity} where changed_by is not null and changed_by <> ? limit 1",  # noqa: S608 - our own
            (device,),
        ).fetchone()
        for entity in TREE
    )


def has_namesake(connection: sqlite3.Connection, ref: Ref) -> bool:
    """Tell whether another live project, chapter or section has the same title in the same place."""
    if ref.entity not in (Entity.PROJECT, Entity.CHAPTER, Entity.SECTION):
        return False
    parent = ref.entity.parent_column
    place = "" if parent is None else f" and o.{parent} = r.{parent}"
    query = f"""
        select 1 from {ref.entity.value} r join {ref.entity.value} o on o.id <> r.id{place}
            and o.deleted_at is null and lower(trim(o.title)) = lower(trim(r.title))
        where r.id = ? and r.deleted_at is null limit 1
    """  # noqa: S608 - our own nouns
    return connection.execute(query, (ref.id,)).fetchone() is not None


def version_of_creation(connection: sqlite3.Connection, ref: Ref) -> int | None:
    """Return the lowest version that set a field of this row on the server; None if the server sent none of it."""
    said = said_rows.said(connection, ref)
    return None if said is None else min((stamp for stamp in said.stamps.values() if stamp > 0), default=None)
