"""How far this computer is in agreement with the server, and when: the highest head, the pull's place, a recovery."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import astuple, dataclass, field, replace
from typing import Any

from audiodesk.domain.sync.exchange import Head, Place
from audiodesk.local.rows.store import fact_repo

__all__ = [
    "Recovery",
    "begin_recovery",
    "end_first_pull",
    "end_recovery",
    "has_pulled",
    "head",
    "is_partly_here",
    "keep_head",
    "keep_place",
    "keep_recovery",
    "note_synced",
    "place",
    "recovery",
    "synced_at",
]

_HEAD, _PLACE, _RECOVERY, _RECOVERIES = "sync_head", "sync_place", "sync_recovery", "sync_recoveries"
_PULLED = "sync_pulled"
"""A pull once came to its end, so that what comes now is news."""
_SYNCED = "sync_synced_at"


@dataclass(frozen=True, slots=True)
class Recovery:
    """The progress of a recovery, after a server was restored from a backup.

    ``number`` counts the recoveries of this library from 1. First all rows are pulled (``place``); when they are here,
    the kept rows are compared with them in the order of ``(entity, row_id)``; ``compared`` is the last one done.
    """

    number: int
    place: Place = field(default_factory=Place)
    is_pulled: bool = False
    compared: tuple[str, str] = ("", "")


def has_pulled(connection: sqlite3.Connection) -> bool:
    """Tell whether a pull once came to its end."""
    return fact_repo.known(connection, _PULLED) is not None


def is_partly_here(connection: sqlite3.Connection) -> bool:
    """Tell whether the first pull has begun and not come to its end: rows of the account are missing."""
    return not has_pulled(connection) and fact_repo.known(connection, _PLACE) is not None


def end_first_pull(connection: sqlite3.Connection) -> None:
    """Note, inside a write, that a pull came to its end."""
    fact_repo.remember(connection, _PULLED, "1")


def synced_at(connection: sqlite3.Connection) -> int | None:
    """Return when the last sync came to its end, in milliseconds since 1970 UTC; None if that was never noted."""
    text = fact_repo.known(connection, _SYNCED)
    return None if text is None else int(text)


def note_synced(connection: sqlite3.Connection, now: int) -> None:
    """Note, inside a write, that a sync came to its end."""
    fact_repo.remember(connection, _SYNCED, str(now))


def head(connection: sqlite3.Connection) -> Head:
    """Return the highest place seen in any answer."""
    return Head(*_known(connection, _HEAD, [0, None]))


def keep_head(connection: sqlite3.Connection, new: Head) -> None:
    """Store the highest place seen, inside a write."""
    _store(connection, _HEAD, astuple(new))


def place(connection: sqlite3.Connection) -> Place:
    """Return the place in the pull."""
    return Place(*_known(connection, _PLACE, [0, None, None]))


def keep_place(connection: sqlite3.Connection, new: Place) -> None:
    """Store the place in the pull, inside a write."""
    _store(connection, _PLACE, astuple(new))


def recovery(connection: sqlite3.Connection) -> Recovery | None:
    """Return the progress of an unfinished recovery; None if there is none."""
    found = _known(connection, _RECOVERY, None)
    if found is None:
        return None
    number, at, is_pulled, compared = found
    return Recovery(number, Place(*at), is_pulled, (compared[0], compared[1]))


def begin_recovery(connection: sqlite3.Connection, new_head: Head) -> None:
    """Begin a recovery at the restored server's head, inside a write; an unfinished pull for another is dropped.

    A recovery that already compares has all its rows, and must be finished first.
    """
    number = int(_known(connection, _RECOVERIES, 0)) + 1
    _store(connection, _RECOVERIES, number)
    connection.execute("delete from recovered_row")
    keep_head(connection, new_head)
    keep_recovery(connection, Recovery(number))


def keep_recovery(connection: sqlite3.Connection, new: Recovery) -> None:
    """Store the progress of the recovery, inside a write."""
    _store(connection, _RECOVERY, astuple(new))


def end_recovery(connection: sqlite3.Connection, done: Recovery) -> None:
    """Note that the recovery is finished, inside a write; the next pull follows what it pulled."""
    keep_place(connection, replace(done.place, row_id=None, upto=None))
    fact_repo.forget(connection, _RECOVERY)


def _known(connection: sqlite3.Connection, name: str, without: Any) -> Any:
    text = fact_repo.known(connection, name)
    return without if text is None else json.loads(text)


def _store(connection: sqlite3.Connection, name: str, value: object) -> None:
    fact_repo.remember(connection, name, json.dumps(value))
