"""Counts the audio of a library that is wanted in the cloud and not there yet."""

from __future__ import annotations

import sqlite3

from audiodesk.domain.server.storage_usage import CLOUD_FILE_LIMIT, Queued
from audiodesk.local.rows.store.hidden_rows import WITH_HIDDEN

__all__ = ["queued"]

# Of a take with a repaired file, only the repaired file goes to the cloud.
_QUEUED = f"""{WITH_HIDDEN}
    , left_out (id) as (select id from hidden_take union select id from take where upload_wanted = 0)
    select count(*) filter (where size <= :limit) as takes,
        coalesce(sum(size) filter (where size <= :limit), 0) as size,
        count(*) filter (where size > :limit) as too_large,
        coalesce(sum(size) filter (where size > :limit), 0) as too_large_size
    from take_file f
    where f.part = 0 and f.deleted_at is null and f.verified_at is null and f.role in ('original', 'repaired')
        and f.take_id not in (select id from left_out)
        and (f.role = 'repaired' or not exists (
            select 1 from take_file r
            where r.take_id = f.take_id and r.role = 'repaired' and r.part = 0 and r.deleted_at is null
        ))
"""  # noqa: S608 - our own words


def queued(connection: sqlite3.Connection) -> Queued:
    """Return the number and bytes of live takes whose upload is wanted and not yet verified."""
    row = connection.execute(_QUEUED, {"limit": CLOUD_FILE_LIMIT}).fetchone()
    return Queued(row["takes"], row["size"], row["too_large"], row["too_large_size"])
