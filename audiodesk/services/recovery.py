"""The sweep after a crash: takes away temporary files that are nobody's, and vault files that never got their rows."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from functools import partial

from audiodesk.local import announcement_repo
from audiodesk.local.database import Database
from audiodesk.local.vault import Vault

__all__ = ["is_cut_short", "recover"]

_log = logging.getLogger(__name__)
_AT_ONCE = 50
"""Files looked at in one transaction: it must stay short."""


def is_cut_short(database: Database, is_alive: Callable[[str], bool]) -> bool:
    """Tell whether a process ended in the middle of an import, and nobody has swept since. Raises OutsideError."""
    return bool(_dead_owners(database, is_alive))


def recover(database: Database, vault: Vault, is_alive: Callable[[str], bool]) -> int:
    """Sweep, and return how many files were removed; cheap where nothing was left behind.

    ``is_alive`` tells whether the process of an owner lives: what such a one announced is never touched. Everything
    is decided under the write lock, under which names are announced, withdrawn and made true. A crash in the middle of
    it leaves the announcements, so that the next start sweeps again. Raises OutsideError.
    """
    dead = _dead_owners(database, is_alive)
    if not dead and not vault.temporary_names():
        return 0
    removed = database.write(lambda connection: _sweep_temporary(connection, vault, dead))
    if dead:
        removed += _sweep_orphans(database, vault)
        database.write(lambda connection: _withdraw(connection, dead))
    if removed:
        _log.info("the sweep removed %d files that an import had left behind", removed)
    return removed


def _dead_owners(database: Database, is_alive: Callable[[str], bool]) -> set[str]:
    with database.read() as connection:
        owners = set(announcement_repo.announced(connection).values())
    return {owner for owner in owners if not is_alive(owner)}


def _sweep_temporary(connection: sqlite3.Connection, vault: Vault, dead: set[str]) -> int:
    announced = announcement_repo.announced(connection)
    # What nobody announced was withdrawn before a power cut brought it back: announcing comes before writing.
    names = [name for name in vault.temporary_names() if announced.get(name) in (None, *dead)]
    for name in names:
        vault.discard(name)
    return len(names)


def _sweep_orphans(database: Database, vault: Vault) -> int:
    """Remove files that got their true names in a transaction that was never committed.

    Nobody was told that they are there, and the person's own file still is.
    """
    with database.read() as connection:
        orphans = [file.sha256 for file in vault.unreferenced(connection)]
    removed = 0
    for first in range(0, len(orphans), _AT_ONCE):
        piece = orphans[first : first + _AT_ONCE]
        removed += database.write(partial(vault.remove_unreferenced, shas=piece))
    return removed


def _withdraw(connection: sqlite3.Connection, dead: set[str]) -> None:
    announced = announcement_repo.announced(connection)
    announcement_repo.withdraw(connection, [name for name, owner in announced.items() if owner in dead])
