"""Sweeps up after a crash: removes half-written files, and nothing else."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING

from audiodesk.domain.audio.contents import Kind
from audiodesk.local.database.database import Database
from audiodesk.local.rows.work import announcement_repo, vault_file_repo

if TYPE_CHECKING:  # ``status`` asks whether an import was cut short, and needs neither
    from audiodesk.local.files.peaks import Peaks
    from audiodesk.local.files.vault import Vault

__all__ = ["is_cut_short", "recover", "sweep_peaks"]

_log = logging.getLogger(__name__)


def is_cut_short(database: Database, is_alive: Callable[[str], bool]) -> bool:
    """Tell whether a process ended in the middle of an import, and its files are not swept yet. Raises OutsideError."""
    return bool(_dead_owners(database, is_alive))


def recover(database: Database, vault: Vault, is_alive: Callable[[str], bool]) -> int:
    """Remove temporary files that crashed imports left in the vault; return how many. Cheap if there are none.

    ``is_alive`` tells whether the process of an owner is alive; the files that it announced are never touched. All is
    decided under the write lock, which announcing, withdrawing and renaming to the true name take too. A file under its
    true name is never removed: if no row refers to it, ``found_recordings`` offers it. Raises OutsideError.
    """
    dead = _dead_owners(database, is_alive)
    if not dead and not vault.temporary_names():
        return 0
    removed = database.write(lambda connection: _sweep_temporary(connection, vault, dead))
    if removed:
        _log.info("the sweep removed %d half-written files that an import had left behind", removed)
    return removed


def sweep_peaks(database: Database, vault: Vault, peaks: Peaks) -> int:
    """Remove half-written waveforms, and those whose audio is gone; return how many. Raises OutsideError.

    A waveform whose audio is missing stays as long as a take has it: the audio may be added again.
    """
    with database.read() as connection:
        known = vault_file_repo.known(connection)
    gone = [sha256 for sha256 in peaks.hashes() if sha256 not in known]
    gone = [sha256 for sha256 in gone if not any(vault.has(sha256, kind) for kind in Kind)]
    for sha256 in gone:
        peaks.remove(sha256)
    removed = len(gone) + peaks.remove_half_written()
    if removed:
        _log.info("the sweep removed %d waveforms without audio or half-written", removed)
    return removed


def _dead_owners(database: Database, is_alive: Callable[[str], bool]) -> set[str]:
    with database.read() as connection:
        owners = set(announcement_repo.announced(connection).values())
    return {owner for owner in owners if not is_alive(owner)}


def _sweep_temporary(connection: sqlite3.Connection, vault: Vault, dead: set[str]) -> int:
    announced = announcement_repo.announced(connection)
    # Announcing comes before writing. So the name of a file without an announcement was withdrawn, and a power cut
    # brought the file back.
    names = [name for name in vault.temporary_names() if announced.get(name) in (None, *dead)]
    for name in names:
        vault.discard(name)
    announcement_repo.withdraw(connection, [name for name, owner in announced.items() if owner in dead])
    return len(names)
