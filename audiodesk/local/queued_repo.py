"""How much audio of a library is wanted in the cloud and not there yet."""

from __future__ import annotations

import sqlite3

from audiodesk.domain.storage_usage import CLOUD_FILE_LIMIT, Queued

__all__ = ["queued"]

# Of a take with a repaired file only that one goes to the cloud.
_QUEUED = """
    select count(*) filter (where size <= :limit) as takes,
        coalesce(sum(size) filter (where size <= :limit), 0) as size,
        count(*) filter (where size > :limit) as too_large,
        coalesce(sum(size) filter (where size > :limit), 0) as too_large_size
    from (
        select coalesce(r.size, o.size) as size
        from project p cross join chapter c on c.project_id = p.id cross join section s on s.chapter_id = c.id
        cross join take t on t.section_id = s.id
        left join take_file o on o.take_id = t.id and o.role = 'original' and o.part = 0 and o.deleted_at is null
        left join take_file r on r.take_id = t.id and r.role = 'repaired' and r.part = 0 and r.deleted_at is null
        where p.deleted_at is null and c.deleted_at is null and s.deleted_at is null and t.deleted_at is null
            and t.upload_wanted = 1 and coalesce(r.id, o.id) is not null
            and case when r.id is not null then r.verified_at else o.verified_at end is null
    )
"""


def queued(connection: sqlite3.Connection) -> Queued:
    """Return the live takes whose upload is wanted and not yet verified, and their bytes."""
    row = connection.execute(_QUEUED, {"limit": CLOUD_FILE_LIMIT}).fetchone()
    return Queued(row["takes"], row["size"], row["too_large"], row["too_large_size"])
