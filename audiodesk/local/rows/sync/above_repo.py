"""Looks up what rows belong to, and what the server has of them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref

__all__ = ["count_kept", "has_audio_in_cloud", "project_above", "section_of_take", "sections_of_takes"]

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
    query = "select distinct t.section_id from json_each(?) j cross join take t on t.id = j.value"
    return {row[0] for row in connection.execute(query, (json.dumps(list(take_ids)),))}


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


def count_kept(connection: sqlite3.Connection) -> int:
    """Return how many rows the server has sent."""
    return int(connection.execute("select count(*) from server_row").fetchone()[0])
