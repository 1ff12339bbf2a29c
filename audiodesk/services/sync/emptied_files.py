"""Removes from this computer the files of what was emptied out of the trash on another one, after listing it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.sync.activity import Happened
from audiodesk.local.database.database import Database
from audiodesk.local.database.short_writes import in_short_writes
from audiodesk.local.rows.library import trash_repo, tree_repo
from audiodesk.local.rows.store.edited_rows import EditedRows
from audiodesk.local.rows.sync import activity_repo, emptied_elsewhere_repo
from audiodesk.local.rows.work import leaving_repo, vault_file_repo
from audiodesk.services.library.leaving import FileRemover, drain
from audiodesk.services.sync.arrivals import titles

__all__ = ["release_emptied"]


def release_emptied(database: Database, vault: FileRemover | None, stop: threading.Event) -> int:
    """List what was emptied elsewhere in Activity, and remove its files; return how many rows were listed.

    To be called when all rows are here. A row with an unanswered edit of its branch stays until the edit is answered,
    because that may bring it back. The promise to remove a file and its entry are one transaction.
    """
    with database.read() as connection:
        noted = emptied_elsewhere_repo.refs(connection)
    if not noted:
        return 0
    listed = [0]

    def release(connection: sqlite3.Connection, refs: Sequence[Ref]) -> None:
        for ref in refs:
            listed[0] += _release(connection, ref, database.clock())

    in_short_writes(database, noted, release, at_once=1, go_on=lambda: not stop.is_set())
    if vault is not None:
        drain(database, vault, stop)
    return listed[0]


def _release(connection: sqlite3.Connection, ref: Ref, now: int) -> bool:
    if not trash_repo.is_emptied(connection, ref):  # it came back
        emptied_elsewhere_repo.remove(connection, ref)
        return False
    if not emptied_elsewhere_repo.is_answered(connection, ref):
        return False
    emptied_elsewhere_repo.remove(connection, ref)
    if tree_repo.is_live(connection, ref):
        # It came back with what is above it. No file of what is shown ever leaves; the other computers are told.
        EditedRows(connection, now).update(ref, purged_at=None)
        return False
    files = emptied_elsewhere_repo.files_of_take(connection, ref.id) if ref.entity is Entity.TAKE else []
    unused = [file for file in files if not vault_file_repo.is_used(connection, file[0])]
    leaving_repo.add(connection, unused, now)
    top = emptied_elsewhere_repo.top(connection, ref)
    path = titles(connection, top)
    by = emptied_elsewhere_repo.emptied_by(connection, top)
    title = path[-1] if path else ""
    activity_repo.add(connection, now, Happened.EMPTIED, top, device_id=by, title=title, files=len(unused))
    return True
