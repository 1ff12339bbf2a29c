"""Files the rows of a first pull by key once all are here, in short writes that survive a kill."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from audiodesk.local.rows.sync import arrived_rows
from audiodesk.services.sync.sync_room import SyncRoom
from audiodesk.services.sync.writes import in_short_writes

__all__ = ["file_arrivals"]

_AT_ONCE = 100
_CLEARED = 1000


def file_arrivals(room: SyncRoom) -> bool:
    """Move what the server said to its place; return False where the room's ``stop`` ended it early.

    Costs one short read if nothing waits. Rows must not be pushed or compared before. Raises OutsideError.
    """
    with room.database.read() as connection:
        if not arrived_rows.has_any(connection):
            return True
        positions = arrived_rows.to_file(connection)

    def work(connection: sqlite3.Connection, some: Sequence[int]) -> None:
        arrived_rows.file(connection, some)

    in_short_writes(room.database, positions, work, at_once=_AT_ONCE, go_on=room.goes_on)
    while room.goes_on():
        if not room.database.write(lambda connection: arrived_rows.clear(connection, _CLEARED)):
            return True
    return False
