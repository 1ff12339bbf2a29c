"""Decodes in the background what was imported, for its levels, its findings and its waveform."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Protocol

from audiodesk.domain.entities import TakeFile
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.events import AnalysisDone, ImportFinished, LibraryChangedElsewhere
from audiodesk.domain.report import Analysis
from audiodesk.local import analysis_repo
from audiodesk.local.analysis_repo import Pending
from audiodesk.local.database import Database
from audiodesk.local.peaks import Peaks
from audiodesk.local.vault import Vault
from audiodesk.services.bus import Bus

__all__ = ["Analyser", "Decoder"]

_log = logging.getLogger(__name__)


class Decoder(Protocol):
    """What the analyser needs of the checker."""

    def analyse(self, path: Path, *, cancel: threading.Event | None = None) -> Analysis:
        """Decode the file in full; raises AudioDeskError where that does not work."""


class Analyser:
    """One thread that takes one pending file after the other.

    What is pending is in the database, so it goes on after a kill where it was; an attempt is counted before it is
    made, so that a file which ends the program is not tried for ever. Safe to use from any thread.
    """

    def __init__(self, database: Database, vault: Vault, peaks: Peaks, decoder: Decoder, bus: Bus) -> None:
        self._database = database
        self._vault = vault
        self._peaks = peaks
        self._decoder = decoder
        self._bus = bus
        self._stop = threading.Event()
        self._changed = threading.Condition()
        self._wanted = False
        self._is_idle = True
        self._first: list[str] = []
        self._passed_over: set[str] = set()
        self._thread: threading.Thread | None = None
        self._unsubscribe = [
            bus.subscribe(ImportFinished, lambda _event: self.wake()),
            bus.subscribe(LibraryChangedElsewhere, lambda _event: self.wake()),
        ]

    def start(self) -> None:
        """Begin with what is pending; returns at once. Later imports are noticed by themselves."""
        with self._changed:
            if self._thread is None and not self._stop.is_set():
                self._thread = threading.Thread(target=self._run, name="analyser", daemon=True)
                self._thread.start()
        self.wake()

    def wake(self) -> None:
        """Look at once whether something is pending."""
        with self._changed:
            self._wanted = True
            self._is_idle = self._thread is None
            self._changed.notify_all()

    def hurry(self, take_file_id: str) -> None:
        """Take this file next: a person looks at it."""
        with self._changed:
            self._first.append(take_file_id)
        self.wake()

    def wait_until_idle(self, cancel: threading.Event | None = None) -> bool:
        """Wait until nothing is pending that can be done; False where ``cancel`` was set before.

        Starts the thread where it does not run yet. What is left stays pending for the next start.
        """
        self.start()
        with self._changed:
            while not self._is_idle and not self._stop.is_set():
                if cancel is not None and cancel.is_set():
                    return False
                self._changed.wait(0.1)
        return not self._stop.is_set()

    def unfinished(self) -> int:
        """Count the files that wait to be decoded."""
        with self._database.read() as connection:
            return analysis_repo.unfinished(connection, self._passed_over)

    def peaks(self, file: TakeFile) -> bytes | None:
        """Return the fine waveform of ``file`` (see ``Analysis.peaks``); where it got lost, None, and it is made again.

        Where the full decode is still to come, or the library cannot be written, None as well.
        """
        found = self._peaks.load(file.sha256)
        if found is None and file.analysis_version > 0 and self._database.trouble is None:
            self._database.write(
                lambda connection: analysis_repo.ask(connection, self._database.clock(), file.id, file.sha256)
            )
            self.wake()
        return found

    def close(self) -> None:
        """Stop in the middle of a decode, which the next start does again, and wait for the thread. Idempotent."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._stop.set()
        with self._changed:
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                worked = self._do_next()
            except AudioDeskError as error:
                # The library is busy or the disk is full: what is pending stays so, and is tried at the next occasion.
                _log.warning("the analysis of what was imported waits: %s", error)
                worked = False
            except Exception:  # noqa: BLE001 - no worker ends in silence, nor because of one file
                _log.exception("the analysis of what was imported failed")
                worked = False
            if not worked:
                self._wait()

    def _wait(self) -> None:
        with self._changed:
            if not self._wanted:
                self._is_idle = True
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._wanted or self._stop.is_set())
            self._wanted = False

    def _do_next(self) -> bool:
        pending = self._next()
        if pending is None:
            return False
        if not self._database.write(lambda connection: analysis_repo.begin(connection, pending.take_file_id)):
            return True
        self._passed_over.add(pending.take_file_id)
        try:
            analysis = self._decoder.analyse(self._vault.path_of(pending.sha256, pending.kind), cancel=self._stop)
        except AudioDeskError as error:
            self._on_failed(pending, error)
            return True
        try:
            self._store(pending, analysis)
        except AudioDeskError:
            self._give_back(pending)
            raise
        return True

    def _next(self) -> Pending | None:
        with self._database.read() as connection:
            with self._changed:
                first, self._first = self._first, []
            for wanted in reversed(first):
                found = analysis_repo.pending_of(connection, wanted)
                if found is not None and wanted not in self._passed_over:
                    return found
            return analysis_repo.next_pending(connection, self._passed_over)

    def _on_failed(self, pending: Pending, error: AudioDeskError) -> None:
        if self._stop.is_set():
            self._give_back(pending)
            return
        # Passed over until the next start: a file that is missing now may be back then.
        _log.warning("the full decode of file %s failed: %s", pending.take_file_id, error)

    def _give_back(self, pending: Pending) -> None:
        self._database.write(lambda connection: analysis_repo.give_back(connection, pending.take_file_id))

    def _store(self, pending: Pending, analysis: Analysis) -> None:
        self._peaks.save(pending.sha256, analysis.peaks, analysis.version)
        now = self._database.clock()
        self._database.write(lambda connection: analysis_repo.finish(connection, now, pending.take_file_id, analysis))
        self._passed_over.discard(pending.take_file_id)
        self._bus.publish(AnalysisDone(pending.take_id, pending.section_id))
