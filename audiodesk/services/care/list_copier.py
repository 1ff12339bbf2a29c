"""Makes the daily copy of a library's list, from which a lost list is restored."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path

from audiodesk.local.database.database import Database
from audiodesk.local.database.list_copies import ListCopies, holds_anything, is_due, vault_size

__all__ = ["copy_if_due"]

_log = logging.getLogger(__name__)


def copy_if_due(database: Database) -> Path | None:
    """Copy the list if it changed and has no copy from today; return the copy, or None.

    Cheap if no copy is due. A library that cannot be written is not copied. Raises OutsideError.
    """
    if not database.is_made or database.trouble is not None:
        return None
    copies = ListCopies(database.path)
    day = datetime.fromtimestamp(database.clock() / 1000, UTC).astimezone().date().isoformat()
    if not is_due(database.path, copies.daily(), day):
        return None
    with database.read() as connection:
        if not holds_anything(connection):
            return None
        size = vault_size(connection)
    made = copies.make(day, database.copy_to, size)
    if made is not None:
        _log.info("the list was copied to %s", made.name)
    return made
