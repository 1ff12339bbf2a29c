"""How much a library holds, and how much of it the server does not have yet."""

from __future__ import annotations

import sqlite3

from audiodesk.domain.server.adoption import LibrarySize

__all__ = ["library_size", "not_sent", "project_titles"]

_SIZE = """
    select (select count(*) from project where purged_at is null) as projects,
           (select count(*) from take where purged_at is null) as takes,
           (select coalesce(sum(size), 0) from (
               select distinct f.sha256, f.size from take_file f join take t on t.id = f.take_id
               where t.purged_at is null and f.role <> 'cloud_copy')) as size,
           (select count(*) from section where purged_at is null) as sections,
           (select max(at) from (
               select max(created_at) as at from project union all select max(created_at) from chapter
               union all select max(created_at) from section union all select max(created_at) from take
               union all select max(deleted_at) from project union all select max(deleted_at) from take
               union all select max(at) from history)) as changed_at
"""


def library_size(connection: sqlite3.Connection) -> LibrarySize:
    """Return projects, takes, sections and bytes of a library, its trash included, and about when it was changed.

    An edit of a title or of the order leaves no time behind.
    """
    row = connection.execute(_SIZE).fetchone()
    return LibrarySize(row["projects"], row["takes"], row["size"], row["sections"], row["changed_at"])


def project_titles(connection: sqlite3.Connection) -> list[str]:
    """Return the titles of the projects, those in the trash included."""
    rows = connection.execute("select title from project where purged_at is null order by order_key, id")
    return [row["title"] for row in rows]


def not_sent(connection: sqlite3.Connection) -> int:
    """Return the number of edits that the server has not answered."""
    return int(connection.execute("select count(*) from change").fetchone()[0])
