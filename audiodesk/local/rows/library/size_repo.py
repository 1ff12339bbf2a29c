"""Counts how much a library holds."""

from __future__ import annotations

import sqlite3

from audiodesk.domain.server.adoption import LibrarySize

__all__ = ["size_of"]

_SIZE = """
    select (select count(*) from project where purged_at is null) as projects,
           (select count(*) from take where purged_at is null) as takes,
           (select coalesce(sum(size), 0) from (
               select distinct f.sha256, f.size from take_file f join take t on t.id = f.take_id
               where t.purged_at is null and f.role <> 'cloud_copy')) as size
"""


def size_of(connection: sqlite3.Connection) -> LibrarySize:
    """Return how much a library holds, its trash included."""
    row = connection.execute(_SIZE).fetchone()
    return LibrarySize(row["projects"], row["takes"], row["size"])
