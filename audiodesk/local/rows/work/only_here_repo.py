"""Finds the takes of a library whose audio is nowhere else, and how much audio is on this computer."""

from __future__ import annotations

import sqlite3

__all__ = ["bytes_here", "count", "takes"]

_TAKES = """
    from take_file f join take t on t.id = f.take_id
    join vault_file v on v.sha256 = f.sha256 and v.kind = f.kind and v.fault is not 'missing'
    where t.purged_at is null and f.role in ('original', 'repaired') and f.part = 0 and f.verified_at is null
"""
"""Takes whose audio is here and was not verified in the cloud; that of others is on another computer."""


def takes(connection: sqlite3.Connection, limit: int = -1) -> list[tuple[str, str, str]]:
    """Return titles of project and section, and the file's name, of each such take; at most ``limit``."""
    query = f"""
        select coalesce(p.title, ''), coalesce(s.title, ''), t.file_name
        from (select distinct f.take_id as id {_TAKES} limit ?) only_here
        join take t on t.id = only_here.id
        left join section s on s.id = t.section_id
        left join chapter c on c.id = s.chapter_id
        left join project p on p.id = c.project_id
        order by 1, 2, 3
    """  # noqa: S608 - the query has no text from elsewhere
    return [(row[0], row[1], row[2]) for row in connection.execute(query, (limit,))]


def count(connection: sqlite3.Connection) -> int:
    """Return the number of such takes, the trashed ones included."""
    query = f"select count(distinct f.take_id) {_TAKES}"
    return int(connection.execute(query).fetchone()[0])


def bytes_here(connection: sqlite3.Connection) -> int:
    """Return the bytes of audio on this computer."""
    query = "select coalesce(sum(size), 0) from vault_file where fault is not 'missing'"
    return int(connection.execute(query).fetchone()[0])
