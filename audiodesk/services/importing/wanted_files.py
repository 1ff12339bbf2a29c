"""Remembers the files that an import could not add, even while the library cannot be written."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Sequence
from functools import partial

from audiodesk.domain.audio.findings import Code, Finding
from audiodesk.domain.audio.report import CheckReport
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.events import LibraryCondition, RefusalsChanged
from audiodesk.domain.ids import new_id
from audiodesk.domain.library.plan import PlannedFile
from audiodesk.domain.library.refusal import Refusal
from audiodesk.local.database.database import Database
from audiodesk.local.rows.importing import refusal_repo
from audiodesk.services.bus import Bus
from audiodesk.system.disk_space import free_bytes

__all__ = ["WantedFiles"]

_log = logging.getLogger(__name__)
_AT_ONCE = 500
_FULL = frozenset({"disk-full", "disk-quota"})


class WantedFiles:
    """The list of files that were not added: rows, and in memory what could not be written yet. Thread-safe."""

    def __init__(self, database: Database, bus: Bus, clock: Callable[[], int]) -> None:
        self._database = database
        self._bus = bus
        self._clock = clock
        self._lock = threading.Lock()
        self._unwritten: list[Refusal] = []
        bus.subscribe(LibraryCondition, lambda event: self.write_rest() if event.error is None else None)

    def remember(self, failed: Sequence[tuple[PlannedFile, AudioDeskError]]) -> None:
        """List these files with the reason for each. Raises nothing: what cannot be written now is written later."""
        if not failed:
            return
        now = self._clock()
        needed = self._needed([file for file, _ in failed])
        made = []
        for file, error in failed:
            params = {**error.params, "error": error.code}
            if error.code in _FULL and needed:
                params["needed"] = needed
            report = CheckReport(size=file.size, kind=None, findings=(Finding(Code.NOT_COPIED, params),))
            made.append(Refusal(new_id(), now, file.path, file.name, file.place, report))
        with self._lock:
            again = {refusal.path for refusal in made}
            self._unwritten = [refusal for refusal in self._unwritten if refusal.path not in again] + made
        self.write()

    def write(self) -> None:
        """Write what could not be written before, if that is possible now."""
        with self._lock:
            waiting, self._unwritten = self._unwritten, []
            while waiting:
                some = waiting[:_AT_ONCE]
                try:
                    self._database.write(partial(_add, refusals=some))
                except AudioDeskError as error:
                    _log.warning("%d files that were not added are listed in memory only: %s", len(waiting), error)
                    break
                waiting = waiting[_AT_ONCE:]
            self._unwritten = waiting
        self._bus.publish(RefusalsChanged())

    def write_rest(self) -> None:
        """Try to write what is only in memory, for the last time before the program ends."""
        with self._lock:
            is_needed = bool(self._unwritten)
        if is_needed:
            self.write()

    def all(self) -> list[Refusal]:
        """Return all files that were not added, the newest last."""
        with self._database.read() as connection:
            written = refusal_repo.all_refusals(connection)
        with self._lock:
            unwritten = list(self._unwritten)
        hidden = {refusal.path for refusal in unwritten}
        return [refusal for refusal in written if refusal.path not in hidden] + unwritten

    def dismiss(self, ids: Sequence[str]) -> None:
        """Take these off the list."""
        with self._lock:
            left = [refusal for refusal in self._unwritten if refusal.id not in ids]
            is_other = len(left) != len(self._unwritten)
            self._unwritten = left
        if self._database.write(lambda connection: refusal_repo.dismiss(connection, ids)) or is_other:
            self._bus.publish(RefusalsChanged())

    def added(self, paths: Sequence[str]) -> None:
        """Forget these files, because they are in the library now; only those in memory are left to forget."""
        with self._lock:
            self._unwritten = [refusal for refusal in self._unwritten if refusal.path not in paths]

    def _needed(self, files: Sequence[PlannedFile]) -> int:
        """Return how many bytes the disk lacks for ``files``; 0 where that is not known, or they would fit now."""
        free = free_bytes(self._database.path.parent)
        return 0 if free is None else max(0, sum(file.size for file in files) - free)


def _add(connection: sqlite3.Connection, refusals: Sequence[Refusal]) -> None:
    for refusal in refusals:
        refusal_repo.add(connection, refusal)
