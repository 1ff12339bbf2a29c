"""How much audio of a library is wanted in the cloud and not there yet."""

from __future__ import annotations

import sqlite3

from audiodesk.domain.storage_usage import CLOUD_FILE_LIMIT, Queued

__all__ = ["queued"]

# What is hidden is looked up and left out: the trash is small, and walking down from the projects takes five times as
# long. Of a take with a repaired file only that one goes to the cloud.
_QUEUED = """
    with hidden_chapter (id) as (
        select id from chapter where deleted_at is not null
        union select c.id from project p cross join chapter c on c.project_id = p.id where p.deleted_at is not null
    ), hidden_section (id) as (
        select id from section where deleted_at is not null
        union select s.id from hidden_chapter h cross join section s on s.chapter_id = h.id
    ), hidden_take (id) as (
        select id from take where deleted_at is not null or upload_wanted = 0
        union select t.id from hidden_section h cross join take t on t.section_id = h.id
    )
    select count(*) filter (where size <= :limit) as takes,
        coalesce(sum(size) filter (where size <= :limit), 0) as size,
        count(*) filter (where size > :limit) as too_large,
        coalesce(sum(size) filter (where size > :limit), 0) as too_large_size
    from take_file f
    where f.part = 0 and f.deleted_at is null and f.verified_at is null and f.role in ('original', 'repaired')
        and f.take_id not in (select id from hidden_take)
        and (f.role = 'repaired' or not exists (
            select 1 from take_file r
            where r.take_id = f.take_id and r.role = 'repaired' and r.part = 0 and r.deleted_at is null
        ))
"""


def queued(connection: sqlite3.Connection) -> Queued:
    """Return the live takes whose upload is wanted and not yet verified, and their bytes."""
    row = connection.execute(_QUEUED, {"limit": CLOUD_FILE_LIMIT}).fetchone()
    return Queued(row["takes"], row["size"], row["too_large"], row["too_large_size"])
