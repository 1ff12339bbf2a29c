"""The threads that bring an import's files into the vault's temporary folder and have them checked there."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence

from audiodesk.domain.audio.findings import Code, Finding, Verdict
from audiodesk.domain.audio.report import CheckReport
from audiodesk.domain.errors import NOT_WRITABLE, AudioDeskError, BugError, OutsideError, UserError
from audiodesk.domain.library.plan import PlannedFile
from audiodesk.local.file_copy import CopyCancelledError, copy_file
from audiodesk.local.files.vault import Vault
from audiodesk.services.importing.arrival import Arrival
from audiodesk.services.importing.derived_files import DerivedFiles, FileChecker
from audiodesk.services.importing.import_progress import ImportProgress
from audiodesk.services.importing.temporary_names import TemporaryNames
from audiodesk.system.writers import RestWatch

__all__ = ["ImportStages", "still_being_written"]

_log = logging.getLogger(__name__)
_COPIERS = 4
"""Threads that copy. A copy mostly waits for its fsync, so four at once need a third of the time."""
_UNDER_WAY = 64
"""Files copied and not yet committed: enough to keep all threads busy, few enough to lose little in a power cut."""
_CHECKED_AT_ONCE = 24
_GATHER_SECONDS = 0.02
_STOPPING = NOT_WRITABLE | {"library-damaged"}


def still_being_written(*, waits: bool) -> Finding:
    """Return the finding on a file to which another process still writes."""
    return Finding(Code.STILL_BEING_WRITTEN, {"waits": waits})


class ImportStages:
    """Copies the planned files in order on several threads; another thread has the copies checked in batches.

    Iterating yields batches of arrivals that were checked, or failed, in any order, each exactly once. The caller tells
    ``free_places`` how many it has committed. If ``cancel`` is set, the rest arrives as cancelled; after an error that
    concerns the whole disk, the rest arrives with that error. A file that is still being written arrives refused at
    once; ``waits`` says whether it will be looked at again.

    Files with a wrong header get a copy with a correct one. Sound parts of refused files are rescued if ``repair`` is
    set, or if ``lost_repaired`` says of a file's hash that the vault lost its repaired copy. With ``more_audio``,
    further recordings in a file become files of their own.
    """

    def __init__(
        self,
        files: Sequence[PlannedFile],
        *,
        vault: Vault,
        names: TemporaryNames,
        checker: FileChecker,
        progress: ImportProgress,
        cancel: threading.Event,
        repair: bool,
        rest: RestWatch,
        waits: bool,
        lost_repaired: Callable[[str], bool] = lambda _sha256: False,
        more_audio: bool = False,
    ) -> None:
        self._vault = vault
        self._names = names
        self._checker = checker
        self._progress = progress
        self._cancel = cancel
        self._repair = repair
        self._lost_repaired = lost_repaired
        self._more_audio = more_audio
        self._halt = _Halt(cancel)
        self._derived = DerivedFiles(vault, names, checker, self._halt)
        self._rest = rest
        self._waits = waits
        self._count = self._left = len(files)
        self._waiting = iter([Arrival(index, planned) for index, planned in enumerate(files)])
        self._next = threading.Lock()
        self._places = threading.Semaphore(_UNDER_WAY)
        self._copied: queue.SimpleQueue[Arrival | None] = queue.SimpleQueue()
        self._through: queue.SimpleQueue[list[Arrival]] = queue.SimpleQueue()
        self._stopped_by: AudioDeskError | None = None

    def __iter__(self) -> Generator[list[Arrival]]:
        """Start the threads, and yield until every file has arrived.

        Closing the generator earlier stops the copies and checks that are under way, and waits for the threads; files
        that were not yielded stay where they are.
        """
        threads = [
            threading.Thread(target=self._copy_files, name=f"import copy {n}", daemon=True)
            for n in range(min(_COPIERS, self._count))
        ]
        checks = threading.Thread(target=self._check_files, name="import check", daemon=True)
        for thread in (*threads, checks):
            thread.start()
        try:
            while self._left:
                batch = list(self._through.get())
                # Files that arrived during the last commit go into one batch, to share its fsyncs.
                with contextlib.suppress(queue.Empty):
                    while True:
                        batch += self._through.get_nowait()
                self._left -= len(batch)
                yield batch
        finally:
            self._halt.give_up()
            self.free_places(len(threads))  # wakes the threads that wait for room
            for thread in threads:
                thread.join()
            self._copied.put(None)
            checks.join()

    def free_places(self, count: int) -> None:
        """Let ``count`` more files be copied, because as many are committed."""
        for _ in range(count):
            self._places.release()

    def stop(self, error: AudioDeskError) -> None:
        """If ``error`` concerns more than one file, let the files that have not begun arrive with it."""
        if error.code in _STOPPING and self._stopped_by is None:
            _log.warning("the rest of an import is given up: %s", error)
            self._stopped_by = error

    def _copy_files(self) -> None:
        while True:
            self._places.acquire()
            with self._next:
                arrival = None if self._halt.is_given_up else next(self._waiting, None)
            if arrival is None:
                self._places.release()
                return
            self._copy(arrival)
            if arrival.report is None and arrival.error is None and not arrival.cancelled:
                self._copied.put(arrival)
            else:
                self._through.put([arrival])

    def _copy(self, arrival: Arrival) -> None:
        if self._cancel.is_set():
            arrival.cancelled = True
            return
        if self._stopped_by is not None:
            arrival.error = self._stopped_by
            return
        index = arrival.index
        self._progress.copying(index)
        try:
            if not self._rest.is_resting(arrival.planned.path):
                arrival.refuse(still_being_written(waits=self._waits))
                return
            arrival.temporary_name = self._names.take()
            target = self._vault.temporary(arrival.temporary_name)
            arrival.copied = copy_file(
                arrival.planned.path, target, cancel=self._halt, moved=lambda done: self._progress.moved(index, done)
            )
        except CopyCancelledError:
            arrival.cancelled = True
        except UserError as error:
            if error.code == Code.CHANGED_WHILE_READ:
                arrival.refuse(still_being_written(waits=self._waits))
            else:
                arrival.refuse(Finding(Code(error.code), dict(error.params)))
        except OutsideError as error:
            arrival.error = error
            self.stop(error)
        except Exception as error:  # noqa: BLE001 - a bug of ours must cost this file, not the whole import
            _log.exception("a file could not be copied")
            arrival.error = BugError("import", details=repr(error))
        self._progress.checking(index)

    def _check_files(self) -> None:
        while (first := self._copied.get()) is not None:
            batch = [first, *self._gather(_CHECKED_AT_ONCE - 1)]
            if not self._halt.is_given_up:  # else the results have no receiver
                self._check(batch)
                self._through.put(batch)

    def _gather(self, most: int) -> Iterator[Arrival]:
        """Yield what else is copied within a moment: one round trip for many files costs little more than for one."""
        until = time.monotonic() + _GATHER_SECONDS
        for _ in range(min(most, self._left - 1)):
            try:
                another = self._copied.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                return
            if another is None:  # the end mark: put it back for ``_check_files``
                self._copied.put(None)
                return
            yield another

    def _check(self, batch: Sequence[Arrival]) -> None:
        try:
            self._check_all(batch)
        except AudioDeskError as error:
            self._set_aside(batch, error)
        except Exception as error:  # noqa: BLE001 - a bug of ours must cost these files, not the whole import
            _log.exception("files could not be checked")
            self._set_aside(batch, BugError("import", details=repr(error)))

    def _check_all(self, batch: Sequence[Arrival]) -> None:
        files = [(self._vault.temporary(one.temporary_name or ""), one.planned.name) for one in batch]
        reports = self._checker.check_many(files, cancel=self._halt)
        for arrival, report in zip(batch, reports, strict=True):
            arrival.report = report
        for arrival, report in zip(batch, reports, strict=True):
            if self._halt.is_given_up:
                return
            try:
                self._derive(arrival, report)
                self._look_for_damage(arrival)
            except AudioDeskError as error:
                self._set_aside([arrival], error)
            except Exception as error:  # noqa: BLE001 - a bug of ours must cost this file only
                _log.exception("a file could not be derived")
                self._set_aside([arrival], BugError("import", details=repr(error)))

    def _derive(self, arrival: Arrival, report: CheckReport) -> None:
        """Make the repaired copy and the further recordings of a file, if they are wanted."""
        is_refused = report.verdict is Verdict.REFUSED
        if is_refused and not self._repair:
            arrival.only_heals = report.rescue is not None
            if not arrival.only_heals or arrival.copied is None or not self._lost_repaired(arrival.copied.sha256):
                return
        name = arrival.temporary_name or ""
        try:
            if report.rescue is not None:
                arrival.repaired = self._derived.repaired(name, report)
            if self._more_audio and not arrival.only_heals and (not is_refused or arrival.repaired is not None):
                arrival.further = self._derived.further(name, report)
        except CopyCancelledError:
            arrival.cancelled = True
        except OutsideError as error:
            arrival.error = error
            self.stop(error)

    def _look_for_damage(self, arrival: Arrival) -> None:
        """Read the vault's files with the same hashes, so that a damaged one does not count as present."""
        for file in arrival.files:
            if file.report.kind is not None:
                sha256 = file.copied.sha256
                try:
                    if self._vault.is_damaged(sha256, file.report.kind, cancel=self._halt):
                        arrival.damaged.add(sha256)
                except CopyCancelledError:
                    arrival.cancelled = True

    def _set_aside(self, batch: Sequence[Arrival], error: AudioDeskError) -> None:
        for arrival in batch:
            if self._cancel.is_set():
                arrival.cancelled = True
            else:
                arrival.error = error


class _Halt(threading.Event):
    """Is set when the person cancels, and when the import breaks off, so that its results have no receiver."""

    def __init__(self, cancel: threading.Event) -> None:
        super().__init__()
        self._cancel = cancel

    def give_up(self) -> None:
        """Stop everything, because the import breaks off."""
        self.set()

    @property
    def is_given_up(self) -> bool:
        """Whether the import broke off."""
        return super().is_set()

    def is_set(self) -> bool:
        """Whether work is to stop for one of the two reasons."""
        return super().is_set() or self._cancel.is_set()
