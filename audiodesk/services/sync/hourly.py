"""What a sync does at most once an hour: say that this computer is here, and empty what is long in the trash."""

from __future__ import annotations

import sqlite3

from audiodesk.domain.library.listings import TRASH_DAYS, TrashItem
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.sync.activity import Happened
from audiodesk.domain.sync.pace import HOURLY_SECONDS
from audiodesk.local.database.database import Database
from audiodesk.local.rows.library import trash_repo
from audiodesk.local.rows.store import fact_repo
from audiodesk.local.rows.sync import above_repo, activity_repo
from audiodesk.local.rows.sync.server_rows import ServerRows
from audiodesk.services.library.library import Library
from audiodesk.services.sync.sync_server import SyncServer

__all__ = ["Hourly"]

_SEEN = "sync_seen_at"
_DAY_MS = 86_400_000


class Hourly:
    """Keeps the time of the last notice in the library, so that commands and windows share it."""

    def __init__(self, database: Database, server: SyncServer, library: Library, device: str) -> None:
        self._database = database
        self._server = server
        self._library = library
        self._device = device

    def is_due(self) -> bool:
        """Tell whether an hour has passed, or the computer's clock was set back."""
        with self._database.read() as connection:
            last = int(fact_repo.known(connection, _SEEN) or 0)
        return not 0 <= self._database.clock() - last < HOURLY_SECONDS * 1000

    def run(self) -> None:
        """Do it, if it is due. Raises AudioDeskError."""
        if not self.is_due():
            return
        server_now = self._server.device_seen(self._device)
        now = self._database.clock()
        self._database.write(lambda connection: fact_repo.remember(connection, _SEEN, str(now)))
        if server_now is not None:
            self.empty_old_trash(server_now)

    def empty_old_trash(self, server_now: int) -> list[Ref]:
        """Empty what lies in the trash for 30 days by the server's clock; return it.

        It is listed in Activity a day before. What has audio in the cloud stays, because the object must go first.
        """
        with self._database.read() as connection:
            old = [item for item in trash_repo.items(connection) if _is_old(connection, item.ref, server_now)]
        return [item.ref for item in old if self._empty(item, server_now)]

    def _empty(self, item: TrashItem, server_now: int) -> bool:
        what = self._database.write(lambda connection: _next_step(connection, item, server_now))
        if what is not Happened.TRASH_EMPTIED:
            return False
        if not self._library.empty_trash([item.ref]).things:  # somebody restored it this moment
            return False
        self._database.write(
            lambda connection: activity_repo.add(
                connection, server_now, Happened.TRASH_EMPTIED, item.ref, title=item.title
            )
        )
        return True


def _is_old(connection: sqlite3.Connection, ref: Ref, server_now: int) -> bool:
    kept = ServerRows(connection, server_now).kept(ref)
    trashed_at = None if kept is None else kept.get("deleted_at")
    return isinstance(trashed_at, int) and trashed_at <= server_now - TRASH_DAYS * _DAY_MS


def _next_step(connection: sqlite3.Connection, item: TrashItem, server_now: int) -> Happened | None:
    """List the item, if that was not done yet; return what comes next, None if it has to wait."""
    takes = [row.id for row in trash_repo.below(connection, item.ref)]
    if above_repo.has_audio_in_cloud(connection, takes):
        if not activity_repo.has(connection, Happened.TRASH_LEFT, item.ref):
            activity_repo.add(connection, server_now, Happened.TRASH_LEFT, item.ref, title=item.title)
        return None
    if activity_repo.has(connection, Happened.TRASH_DUE, item.ref, until=server_now - _DAY_MS):
        return Happened.TRASH_EMPTIED
    if not activity_repo.has(connection, Happened.TRASH_DUE, item.ref):
        activity_repo.add(connection, server_now, Happened.TRASH_DUE, item.ref, title=item.title)
    return None
