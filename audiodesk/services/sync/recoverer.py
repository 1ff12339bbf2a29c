"""Gives a server that was restored from a backup what it lost: compares all rows, in steps that survive a crash."""

from __future__ import annotations

import sqlite3
import time
from dataclasses import replace

from audiodesk.domain.sync.activity import Happened
from audiodesk.local.database.short_writes import SHORT_SECONDS
from audiodesk.local.rows.sync import activity_repo, recovered_row_repo, sync_place_repo
from audiodesk.local.rows.sync.server_rows import ServerRows
from audiodesk.local.rows.sync.sync_place_repo import Recovery
from audiodesk.services.sync.sync_room import SyncRoom

__all__ = ["Recoverer"]


class Recoverer:
    """Compares once all rows of the restored server are here.

    Each transaction does some rows and stores how far it is. A row that was compared has the server's value in place of
    the kept one, and what the server lost is in the queue, so the rest can be done later with the same result.
    """

    def __init__(self, room: SyncRoom) -> None:
        self._room = room

    def pending(self) -> Recovery | None:
        """Return the recovery under way, pulled or not; None if there is none."""
        with self._room.database.read() as connection:
            return sync_place_repo.recovery(connection)

    def compare(self, recovery: Recovery) -> None:
        """Compare everything, and end the recovery. Ends early where the room's ``stop`` is set."""
        current: Recovery | None = recovery
        while current is not None and self._room.goes_on():
            current = self._room.database.write(self._step)
            self._room.tell(now=current is None)

    def _step(self, connection: sqlite3.Connection) -> Recovery | None:
        recovery = sync_place_repo.recovery(connection)
        if recovery is None:
            return None
        now, began, lost = self._room.database.clock(), time.monotonic(), 0
        rows = ServerRows(connection, now)
        is_done = False
        while not is_done and time.monotonic() - began < SHORT_SECONDS:
            found = recovered_row_repo.compare_next(rows, now, recovery.number, recovery.compared)
            if found is not None:
                recovery = replace(recovery, compared=found[0])
                lost += found[1]
            else:
                is_done = not recovered_row_repo.take_rest(rows)
        self._room.took(rows, is_first=True)
        if lost:
            activity_repo.add(connection, now, Happened.RECOVERED, rows=lost)
        if is_done:
            sync_place_repo.end_recovery(connection, recovery)
            return None
        sync_place_repo.keep_recovery(connection, recovery)
        return recovery
