"""Looks after one library unasked: finishes what a process left undone, and copies the list daily."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from audiodesk.domain.errors import AudioDeskError
from audiodesk.local.database.database import Database
from audiodesk.local.rows.work import leaving_repo

if TYPE_CHECKING:  # most commands have nothing to finish
    from audiodesk.local.files.peaks import Peaks
    from audiodesk.local.files.vault import Vault

__all__ = ["Upkeep"]

_log = logging.getLogger(__name__)


class Upkeep:
    """Looks after the library in ``folder``; ``vault`` and ``peaks`` return those parts when they are needed.

    Each duty can wait: a failure is logged, and the next start tries again.
    """

    def __init__(
        self, folder: Path, database: Database, vault: Callable[[], Vault], peaks: Callable[[], Peaks]
    ) -> None:
        self._folder = folder
        self._database = database
        self._vault = vault
        self._peaks = peaks
        self.removed = 0
        """Files removed here that an earlier emptying of the trash had promised to remove."""

    def is_import_cut_short(self) -> bool:
        """Tell whether a process ended during an import and its files are not swept yet. Raises OutsideError."""
        from audiodesk.services.importing.recovery import is_cut_short
        from audiodesk.system.locks import is_alive

        return is_cut_short(self._database, lambda owner: is_alive(self._folder, owner))

    def finish_leaving(self) -> None:
        """Remove the files promised for removal; a file that the disk does not release stays promised."""
        try:
            with self._database.read() as connection:
                is_waiting = bool(leaving_repo.waiting(connection, limit=1))
            if is_waiting:
                from audiodesk.services.library.leaving import drain

                self.removed += drain(self._database, self._vault()).removed
        except AudioDeskError as error:
            _log.warning("files are still to be removed: %s", error)

    def clear(self) -> None:
        """Remove what dead processes left: half-written waveforms, those without audio, and the processes' signs."""
        from audiodesk.services.importing.recovery import sweep_peaks
        from audiodesk.system.locks import remove_dead_signs

        try:
            sweep_peaks(self._database, self._vault(), self._peaks())
        except AudioDeskError as error:  # they are made again where they are needed
            _log.warning("waveforms are not swept: %s", error)
        remove_dead_signs(self._folder)

    def copy_list(self) -> None:
        """Copy the list if it changed and has no copy from today."""
        from audiodesk.services.care.list_copier import copy_if_due

        try:
            copy_if_due(self._database)
        except AudioDeskError as error:
            _log.warning("the list could not be copied: %s", error)
