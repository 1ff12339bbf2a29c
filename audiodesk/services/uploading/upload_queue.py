"""Keeps the queue of uploads as the books are: what is wanted in the cloud is in it, and nothing else."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from audiodesk.local.database.database import Database
from audiodesk.local.database.short_writes import in_short_writes
from audiodesk.local.rows.work import upload_repo
from audiodesk.local.rows.work.upload_repo import Wanted

__all__ = ["fill_queue"]


def fill_queue(database: Database) -> bool:
    """Queue what is wanted and not in the cloud yet, drop what is not wanted any more; return whether any was.

    New uploads take their place in the book's order among those that wait.
    """
    with database.read() as connection:
        wanted = upload_repo.wanted(connection)
        gone = upload_repo.unwanted(connection, wanted)
    new = [each for each in wanted if not each.is_queued]

    def add(connection: sqlite3.Connection, some: Sequence[Wanted]) -> None:
        upload_repo.add(connection, some, database.clock())

    def drop(connection: sqlite3.Connection, some: Sequence[str]) -> None:
        for file_id in some:
            upload_repo.drop(connection, file_id)

    in_short_writes(database, new, add)
    in_short_writes(database, gone, drop)
    return bool(new or gone)
