"""Decodes imported files in full, in the background: levels, findings and waveform."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Protocol

from audiodesk.domain.audio.report import Analysis
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.events import AnalysisDone, ImportFinished, LibraryChangedElsewhere, TakesChanged
from audiodesk.domain.job import JobKind, JobProgress
from audiodesk.domain.library.entities import TakeFile
from audiodesk.local.database.database import Database
from audiodesk.local.files.peaks import Peaks
from audiodesk.local.files.vault import Vault
from audiodesk.local.rows.library import take_repo
from audiodesk.local.rows.work import analysis_repo
from audiodesk.local.rows.work.analysis_repo import Pending
from audiodesk.services.bus import Bus
from audiodesk.services.jobs import Job, Jobs

__all__ = ["Analyser", "Decoder"]

_log = logging.getLogger(__name__)
_PAGE = 2000
"""Files read from the list at once, because each reading sorts all files that wait."""
_AT_ONCE = 24
_SECONDS_AT_ONCE = 300.0
"""The most that one claim holds. A power cut loses its results, and a file that a person looks at waits for it."""
_TOGETHER, _SECONDS_TOGETHER = 8, 10.0
"""The most in one round trip to a decoder, which costs as much as decoding one second."""


class Decoder(Protocol):
    """What the analyser needs of the checker."""

    def analyse_many(
        self, paths: Sequence[Path], *, cancel: threading.Event | None = None
    ) -> Sequence[Analysis | AudioDeskError]:
        """Decode the files in full; a file that fails has its error in its place. Raises when cancelled."""


class Analyser:
    """Has pending files decoded by ``lanes`` threads. Safe to use from any thread.

    The list of pending files is in the database, so the work goes on after a kill. An attempt is counted before it is
    made, so that a file which crashes the program is not tried for ever. Short files are claimed and stored many to a
    transaction. A file that was tried before is claimed alone, so that a crash counts against no other file.

    While there is work, it is one of the ``jobs``. Cancelling that job leaves the rest pending until the next import
    ends or until the next start. A file that a person looks at is decoded nevertheless.
    """

    def __init__(
        self,
        database: Database,
        vault: Vault,
        peaks: Peaks,
        decoder: Decoder,
        bus: Bus,
        *,
        lanes: int = 1,
        jobs: Jobs | None = None,
    ) -> None:
        self._database = database
        self._vault = vault
        self._peaks = peaks
        self._decoder = decoder
        self._bus = bus
        self._lanes = lanes
        self._jobs = jobs or Jobs(bus)
        self._job: Job | None = None
        self._claimed = self._decoded = self._waiting = 0
        """Files that this job has claimed, files that it has finished, and files still to be claimed."""
        self._is_put_off = False
        self._stop = threading.Event()
        self._changed = threading.Condition()
        self._asked = 0
        self._resting: set[int] = set()
        self._first: list[str] = []
        self._claiming = threading.Lock()
        self._page: deque[Pending] = deque()
        self._is_list_old = False
        self._passed_over: set[str] = set()
        self._threads: list[threading.Thread] = []
        self._unsubscribe = [
            bus.subscribe(ImportFinished, lambda _event: self._go_on()),
            bus.subscribe(LibraryChangedElsewhere, lambda _event: self.wake()),
        ]

    def start(self) -> None:
        """Start the threads and return at once. They notice later imports by themselves."""
        with self._changed:
            if not self._threads and not self._stop.is_set():
                self._threads = [
                    threading.Thread(target=self._run, args=(lane,), name=f"analyser {lane}", daemon=True)
                    for lane in range(self._lanes)
                ]
                for thread in self._threads:
                    thread.start()
        self.wake()

    def ask_older(self, version: int) -> None:
        """Queue files analysed by a version older than ``version`` again, behind all others, the newest first.

        Raises OutsideError if the library cannot be written.
        """
        if self._database.write(lambda connection: analysis_repo.ask_older(connection, version)):
            with self._claiming:
                self._page.clear()
            self.wake()

    def wake(self) -> None:
        """Look at once whether something is pending."""
        with self._changed:
            self._asked += 1
            self._resting.clear()
            self._changed.notify_all()

    def analyse_next(self, take_file_id: str) -> None:
        """Take this file next: a person looks at it."""
        with self._changed:
            self._first.append(take_file_id)
        self.wake()

    def wait_until_idle(self, cancel: threading.Event | None = None) -> bool:
        """Wait until every file that can be decoded is done; False if ``cancel`` was set first.

        Starts the threads if they do not run yet. Files that failed stay pending for the next start.
        """
        self.start()
        with self._changed:
            while len(self._resting) < self._lanes and not self._stop.is_set():
                if cancel is not None and cancel.is_set():
                    return False
                self._changed.wait(0.1)
        return not self._stop.is_set()

    def unfinished(self) -> int:
        """Count the files that wait to be decoded."""
        with self._changed:
            passed_over = set(self._passed_over)
        with self._database.read() as connection:
            return analysis_repo.unfinished(connection, passed_over)

    def peaks(self, file: TakeFile) -> bytes | None:
        """Return the fine waveform of ``file`` (see ``Analysis.peaks``), or None.

        None if the file is not decoded yet, or if the waveform got lost. A lost one is made again if the library can be
        written.
        """
        found = self._peaks.load(file.sha256)
        if found is None and file.analysis_version > 0 and self._database.trouble is None:
            self._database.write(
                lambda connection: analysis_repo.ask(connection, self._database.clock(), file.id, file.sha256)
            )
            self.wake()
        return found

    def close(self) -> None:
        """Stop, even in the middle of a decode, which the next start repeats, and wait for the threads. Idempotent."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._stop.set()
        with self._changed:
            self._changed.notify_all()
            if self._job is not None:
                self._job.stop()
        for thread in self._threads:
            thread.join()
        self._end_job(self._job)

    def _run(self, lane: int) -> None:
        while not self._stop.is_set():
            with self._changed:
                asked = self._asked
            try:
                worked = self._do_some()
            except AudioDeskError as error:
                # The library is busy or the disk is full: the files stay pending and are tried next time.
                _log.warning("the analysis of what was imported waits: %s", error)
                worked = False
            except Exception:  # noqa: BLE001 - no worker ends in silence, nor because of one file
                _log.exception("the analysis of what was imported failed")
                worked = False
            if not worked:
                self._rest(lane, asked)

    def _rest(self, lane: int, asked: int) -> None:
        """Wait until ``wake`` is called again; ``asked`` is the count of its calls before the last look."""
        with self._changed:
            if self._asked == asked:
                self._resting.add(lane)
                if len(self._resting) == self._lanes:
                    self._end_job(self._job)
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._asked != asked or self._stop.is_set())

    def _do_some(self) -> bool:
        """Claim some files, have them decoded and store the results; False if there was no file to claim."""
        with self._claiming:
            files = self._next()
            claimed = self._database.write(lambda connection: analysis_repo.claim(connection, files)) if files else []
            with self._changed:
                self._passed_over.update(file.take_file_id for file in claimed)
        if not claimed:
            return bool(files)
        job = self._begin_job(len(claimed))
        left, done = deque(claimed), []
        try:
            while left and not job.cancel.is_set():
                files = _together(left)
                decoded = self._decode(files, job.cancel)
                if decoded is None:
                    break
                done += decoded
                for _ in files:
                    left.popleft()
                self._decoded += len(files)
            self._store(done)
        except BaseException:
            left.extend(file for file, _ in done)
            raise
        finally:
            if left:
                self._give_back(left)
            if job.cancel.is_set():
                self._put_off(job)
        return True

    def _begin_job(self, claimed: int) -> Job:
        """Return the running job; after a rest, begin a new one."""
        with self._changed:
            job = self._job
            is_new = job is None
            if job is None:
                job = self._job = Job(JobKind.ANALYSE)
                self._claimed = self._decoded = 0
                job.follow(self._progress)
                if self._stop.is_set():
                    job.stop()
            self._claimed += claimed
        return self._jobs.add(job) if is_new else job

    def _progress(self) -> JobProgress:
        return JobProgress(files=self._claimed + self._waiting, files_done=self._decoded)

    def _put_off(self, job: Job) -> None:
        """Leave the files pending, because a person cancelled the job."""
        with self._changed:
            self._is_put_off = True
        with self._claiming:
            self._page.clear()
        self._end_job(job)

    def _go_on(self) -> None:
        """Read the list anew, because imported files may come first, and resume after a cancel."""
        with self._changed:
            self._is_put_off = False
            self._is_list_old = True
        self.wake()

    def _end_job(self, job: Job | None) -> None:
        with self._changed:
            if job is None or self._job is not job:
                return
            self._job = None
        self._jobs.remove(job)

    def _next(self) -> list[Pending]:
        """Return the files to claim next: one that a person looks at, else the next few of the list."""
        with self._changed:
            first, self._first = self._first, []
        if first:
            with self._database.read() as connection:
                wanted = [analysis_repo.pending_of(connection, take_file_id) for take_file_id in reversed(first)]
            found = [file for file in wanted if file is not None and file.take_file_id not in self._passed_over]
            if found:
                with self._changed:
                    self._first = [file.take_file_id for file in reversed(found[1:])] + self._first
                return found[:1]
        if self._is_put_off:
            return []
        self._read_page()
        files: list[Pending] = []
        seconds = 0.0
        while self._page and len(files) < _AT_ONCE and seconds < _SECONDS_AT_ONCE:
            if files and self._page[0].attempts:
                break
            file = self._page.popleft()
            if file.take_file_id in self._passed_over:  # a person looked at it meanwhile
                continue
            files.append(file)
            self._waiting -= 1
            seconds += file.seconds
            if file.attempts:
                break
        return files

    def _read_page(self) -> None:
        """Read the next part of the list if the last part is used up or old."""
        if self._is_list_old:
            self._is_list_old = False
            self._page.clear()
        if not self._page:
            with self._database.read() as connection:
                self._page.extend(analysis_repo.waiting(connection, _PAGE, self._passed_over))
                self._waiting = len(self._page)
                if len(self._page) == _PAGE:
                    self._waiting = analysis_repo.unfinished(connection, self._passed_over)

    def _decode(self, files: Sequence[Pending], cancel: threading.Event) -> list[tuple[Pending, Analysis]] | None:
        """Return the files that could be decoded, each with its analysis; None if cancelled."""
        paths = [self._vault.path_of(file.sha256, file.kind) for file in files]
        results: Sequence[Analysis | AudioDeskError]
        try:
            results = self._decoder.analyse_many(paths, cancel=cancel)
        except AudioDeskError as error:
            if cancel.is_set():
                return None
            results = [error] * len(files)
        decoded: list[tuple[Pending, Analysis]] = []
        for file, result in zip(files, results, strict=True):
            if isinstance(result, Analysis):
                decoded.append((file, result))
            else:  # skipped until the next start: a file that is missing now may be back then
                _log.warning("the full decode of file %s failed: %s", file.take_file_id, result)
        return decoded

    def _give_back(self, files: Collection[Pending]) -> None:
        def work(connection: sqlite3.Connection) -> None:
            for file in files:
                analysis_repo.give_back(connection, file.take_file_id)

        self._database.write(work)
        with self._changed:
            self._passed_over.difference_update(file.take_file_id for file in files)

    def _store(self, done: Sequence[tuple[Pending, Analysis]]) -> None:
        if not done:
            return
        for file, analysis in done:
            self._peaks.save(file.sha256, analysis.peaks, analysis.version)
        now = self._database.clock()

        def work(connection: sqlite3.Connection) -> dict[str, str]:
            for file, analysis in done:
                analysis_repo.finish(connection, now, file.take_file_id, analysis)
            # A take may have been moved since it was listed.
            return {file.take_id: take_repo.section_of(connection, file.take_id) for file, _ in done}

        sections = self._database.write(work)
        with self._changed:
            self._passed_over.difference_update(file.take_file_id for file, _ in done)
        for file, _ in done:
            self._bus.publish(AnalysisDone(file.take_id, sections[file.take_id]))
        # What a decode finds changes the numbers of the section, and of all above it.
        if found := {sections[file.take_id] for file, analysis in done if analysis.findings}:
            self._bus.publish(TakesChanged(frozenset(found)))


def _together(files: Iterable[Pending]) -> list[Pending]:
    """Return the first of ``files``: as many as go to a decoder in one round trip."""
    chosen: list[Pending] = []
    seconds = 0.0
    for file in files:
        seconds += file.seconds
        if chosen and (len(chosen) == _TOGETHER or seconds > _SECONDS_TOGETHER):
            break
        chosen.append(file)
    return chosen
