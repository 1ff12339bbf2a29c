"""Files in the cloud whose takes were emptied out of the trash: what is still to be removed there."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

__all__ = ["Purged", "to_purge"]

# Not while an edit of the file or of its take waits for the server: it may bring the take back.
_TO_PURGE = """
    select f.id, f.object_key, f.purge_pending from take_file f cross join take t on t.id = f.take_id
    where t.purged_at is not null and f.object_key is not null and f.purged_at is null and f.version > 0
    and not exists (
        select 1 from change x where (x.entity = 'take_file' and x.row_id = f.id)
            or (x.entity = 'take' and x.row_id = t.id)
    )
    order by f.id limit ?
"""


class Purged(NamedTuple):
    """A file that is to be removed from the cloud; ``is_announced``: the server knows that it will be."""

    file_id: str
    object_key: str
    is_announced: bool


def to_purge(connection: sqlite3.Connection, limit: int) -> list[Purged]:
    """Return at most so many files of emptied takes that the cloud still has."""
    rows = connection.execute(_TO_PURGE, (limit,)).fetchall()
    return [Purged(row["id"], row["object_key"], bool(row["purge_pending"])) for row in rows]
