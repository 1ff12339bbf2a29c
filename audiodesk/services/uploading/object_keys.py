"""Gives files that wait for their upload the key that they will have for good."""

from __future__ import annotations

import sqlite3

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.uploads.object_key import object_key
from audiodesk.local.database.database import Database
from audiodesk.local.rows.store.edited_rows import EditedRows
from audiodesk.local.rows.work import upload_repo

__all__ = ["give_keys"]

_AT_ONCE = 25


def give_keys(database: Database, account: str) -> bool:
    """Give every queued file a key, as edits that go to the server with the next sync; return whether any got one."""
    gave = False
    while database.write(lambda connection: _give(connection, account, database.clock())):
        gave = True
    return gave


def _give(connection: sqlite3.Connection, account: str, now: int) -> int:
    uploads = upload_repo.without_key(connection, _AT_ONCE)
    rows = EditedRows(connection, now)
    for upload in uploads:
        place = upload.place
        key = object_key(
            account,
            place.project_id,
            place.chapter_id,
            place.section_id,
            file_name=upload.file_name,
            file_id=upload.file_id,
            kind=upload.kind,
        )
        rows.update(Ref(Entity.TAKE_FILE, upload.file_id), object_key=key)
    return len(uploads)
