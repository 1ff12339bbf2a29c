"""Names the takes of a library that are nowhere else."""

from __future__ import annotations

import sqlite3

__all__ = ["takes"]

_TAKES = """
    from take_file f join take t on t.id = f.take_id
    where t.purged_at is null and f.role in ('original', 'repaired') and f.part = 0 and f.verified_at is null
"""


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
