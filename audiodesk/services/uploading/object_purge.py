"""Removes from the cloud what was emptied out of the trash, and says of a file that it is gone only when it is."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.local.rows.store.edited_rows import EditedRows
from audiodesk.local.rows.work import purge_repo
from audiodesk.local.rows.work.purge_repo import Purged
from audiodesk.services.uploading.upload_room import UploadRoom

__all__ = ["PurgeEnd", "purge_objects"]

_AT_ONCE = 25


@dataclass(frozen=True, slots=True)
class PurgeEnd:
    """What one run did: files that are announced now, files that are gone, and files that the server kept."""

    announced: int = 0
    removed: int = 0
    kept: int = 0


def purge_objects(room: UploadRoom) -> PurgeEnd:
    """Announce files of emptied takes, and remove those whose announcement the server has; raises AudioDeskError.

    The announcement (``purge_pending``) goes with the next sync, so that a file which disappears is never a riddle. The
    server may leave a file out of its answer, or the answer may be lost: then it is asked whether the file is there.
    """
    announced = removed = kept = 0
    seen: set[str] = set()
    while not room.stop.is_set():
        with room.database.read() as connection:
            some = [each for each in purge_repo.to_purge(connection, _AT_ONCE + len(seen)) if each.file_id not in seen]
        if not some:
            break
        seen.update(each.file_id for each in some)
        new = [each for each in some if not each.is_announced]
        announced += len(new)
        _note(room, new, purge_pending=True)
        due = [each for each in some if each.is_announced]
        gone = _remove(room, due)
        removed += len(gone)
        kept += len(due) - len(gone)
        _note(room, gone, purged_at=room.database.clock())
    return PurgeEnd(announced, removed, kept)


def _remove(room: UploadRoom, some: list[Purged]) -> list[Purged]:
    if not some:
        return []
    named = room.objects.remove([each.object_key for each in some])
    return [each for each in some if each.object_key in named or room.objects.facts(each.object_key) is None]


def _note(room: UploadRoom, some: list[Purged], **fields: object) -> None:
    if not some:
        return

    def note(connection: sqlite3.Connection) -> None:
        rows = EditedRows(connection, room.database.clock())
        for each in some:
            rows.update(Ref(Entity.TAKE_FILE, each.file_id), **fields)

    room.database.write(note)
