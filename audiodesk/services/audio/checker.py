"""Runs checks, full decodes and repairs in processes of their own, so that no file can harm this one."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from audiodesk.audio import worker
from audiodesk.domain.audio.findings import Code, Finding
from audiodesk.domain.audio.report import Analysis, CheckReport
from audiodesk.domain.errors import AudioDeskError, BugError, OutsideError, UserError
from audiodesk.domain.library.cover import CoverPicture
from audiodesk.system.platforms import cores, interrupts_held

__all__ = ["CheckCancelled", "Checker"]

_log = logging.getLogger(__name__)
_T = TypeVar("_T")

_MEMORY = 512 * 1024 * 1024
"""Bytes beyond what the process starts with; a check needs about 5 MB, a full decode of an hour 20 MB."""
_POLL = 0.05
"""Seconds between two tests whether a call was cancelled or its pool is broken."""
_BATCH = 50
"""Files in one round trip. A trip costs 0.4 ms; after a crash, all files of the trip are checked again."""
_MOST_WORKERS = 8
"""Processes at once: each needs about 60 MB, and a disk feeds no more."""
_BASE_SECONDS = 30.0
_CHECKED_PER_SECOND = 1024 * 1024
"""Bytes: the speed of a memory card behind a slow hub. Anything slower counts as hung."""
_DECODED_PER_SECOND = 128 * 1024
"""Bytes: five times real time at 192 kbit/s, where 1 300 times is usual."""

_COVER_LOST = {"timeout": "cover-timeout", "memory": "cover-memory", "crashed": "cover-crashed"}


class CheckCancelled(AudioDeskError):  # noqa: N818 - nothing went wrong
    """The person stopped it, or the program is closing."""

    def __init__(self) -> None:
        super().__init__("cancelled")


class _Lost(Exception):  # noqa: N818 - caught here, and no error where a file is guilty
    """The process did not survive, or was stopped: ``reason`` is what ``check-failed`` says."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Checker:
    """Calls the decoders' processes. Each call blocks until it has its answer; any thread may call.

    The first call (or ``warm``) starts the processes. A process that crashed is replaced. All end with ``close``, or
    when this program ends in any way. ``workers`` is the number of processes, by default one for each processor (2 to
    8). ``seconds`` is the time that a call gets on top of what its size allows. ``has_server`` tells whether a server
    is set up; without one, findings that only concern a server are left out.
    """

    def __init__(
        self,
        *,
        workers: int | None = None,
        memory: int = _MEMORY,
        seconds: float = _BASE_SECONDS,
        has_server: Callable[[], bool] = lambda: False,
    ) -> None:
        self.workers = workers or max(2, min(_MOST_WORKERS, cores()))
        self._memory = memory
        self._seconds = seconds
        self._has_server = has_server
        self._lock = threading.Lock()
        self._pool: _Pool | None = None
        self._closed = False

    def warm(self) -> None:
        """Start the processes and wait until one has loaded what it needs."""
        self._call(worker.ready, (), self._seconds, None)

    def check(
        self,
        path: Path,
        *,
        name: str | None = None,
        full: bool = False,
        ends: bool = True,
        cancel: threading.Event | None = None,
    ) -> CheckReport:
        """Return the report on one file: its structure and half a second at both ends; ``full`` decodes all of it.

        ``name`` is the name that the person knows. Raises ``CheckCancelled``. A file that crashes the process is
        reported as ``check-failed``.
        """
        files = [(str(path), name)]
        try:
            return self._check(files, full=full, ends=ends, cancel=cancel)[0]
        except _Lost as lost:
            return _failed(path, lost.reason)

    def check_many(
        self,
        files: Sequence[tuple[Path, str | None]],
        *,
        ends: bool = True,
        cancel: threading.Event | None = None,
    ) -> list[CheckReport]:
        """Return the report on each (path, name), in order, without a full decode, in few round trips.

        If a batch crashes the process, each of its files is tried alone, so that only the guilty one is reported as
        ``check-failed``. Raises ``CheckCancelled``.
        """
        reports: list[CheckReport] = []
        for first in range(0, len(files), _BATCH):
            batch = [(str(path), name) for path, name in files[first : first + _BATCH]]
            try:
                reports += self._check(batch, full=False, ends=ends, cancel=cancel)
            except _Lost:
                reports += [self.check(Path(path), name=name, ends=ends, cancel=cancel) for path, name in batch]
        return reports

    def analyse(self, path: Path, *, cancel: threading.Event | None = None) -> Analysis:
        """Decode a sound file in full and return its analysis.

        Raises ``CheckCancelled``; ``UserError`` "not-sound" if the file is refused or has changed; ``OutsideError``
        "check-failed" if it crashes the process.
        """
        result = self.analyse_many([path], cancel=cancel)[0]
        if isinstance(result, Analysis):
            return result
        raise result

    def analyse_many(
        self, paths: Sequence[Path], *, cancel: threading.Event | None = None
    ) -> list[Analysis | UserError | OutsideError]:
        """Decode some short files in one round trip; return for each, in order, what ``analyse`` returns or raises.

        If they crash the process, each is tried alone. Raises ``CheckCancelled``.
        """
        files = [str(path) for path in paths]
        try:
            results = self._call(worker.analyse_files, (files,), self._allowed(files, full=True), cancel)
        except _Lost as lost:
            if len(files) == 1:
                return [OutsideError("check-failed", reason=lost.reason)]
            return [result for path in paths for result in self.analyse_many([path], cancel=cancel)]
        return [result if isinstance(result, Analysis) else _not_sound(result) for result in results]

    def rescue(self, path: Path, report: CheckReport, target: Path, *, cancel: threading.Event | None = None) -> None:
        """Write the sound part of ``path``, which ``report.rescue`` describes, to ``target`` as a complete file.

        ``target`` is written anew and is durable when this returns. Raises ``CheckCancelled``; ``UserError``
        "not-rescued" if nothing can be kept; ``OutsideError`` "disk-full", "folder-read-only" or "check-failed". After
        an error the caller removes ``target``, which may be half written.
        """
        self._write(worker.rescue_file, path, (report, str(target)), target, cancel)

    def extract(
        self, path: Path, report: CheckReport, index: int, target: Path, *, cancel: threading.Event | None = None
    ) -> None:
        """Write the recording ``report.more[index]`` of ``path`` to ``target`` as a file of its own.

        Raises what ``rescue`` raises.
        """
        self._write(worker.extract_file, path, (report, index, str(target)), target, cancel)

    def cover(self, path: Path, *, cancel: threading.Event | None = None) -> CoverPicture:
        """Return a cover made of the picture in ``path``.

        Raises ``CheckCancelled``; ``UserError`` if there is no such picture (see ``audio.picture.cover_of``);
        ``OutsideError`` "cover-timeout", "cover-memory" or "cover-crashed" if the process did not survive it.
        """
        try:
            allowed = self._allowed([str(path)], full=False)
            result = self._call(worker.cover_of_file, (str(path),), allowed, cancel)
        except _Lost as lost:
            raise OutsideError(_COVER_LOST[lost.reason]) from None
        if isinstance(result, UserError):
            raise result
        return result

    def _write(
        self,
        function: Callable[..., str | None],
        path: Path,
        arguments: tuple[Any, ...],
        target: Path,
        cancel: threading.Event | None,
    ) -> None:
        try:
            allowed = self._allowed([str(path)], full=False) * 3
            reason = self._call(function, (str(path), *arguments), allowed, cancel)
        except _Lost as lost:
            raise OutsideError("check-failed", reason=lost.reason) from None
        if reason == "disk_full":
            raise OutsideError("disk-full")
        if reason == "unwritable":
            raise OutsideError("folder-read-only", path=str(target.parent))
        if reason is not None:
            raise UserError("not-rescued", reason=reason)

    def close(self) -> None:
        """End the processes, whatever they are doing. Calls that wait raise ``CheckCancelled``. Idempotent."""
        with self._lock:
            self._closed = True
            pool, self._pool = self._pool, None
        if pool is not None:
            _end(pool)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def _check(
        self, files: list[tuple[str, str | None]], *, full: bool, ends: bool, cancel: threading.Event | None
    ) -> list[CheckReport]:
        allowed = self._allowed([path for path, _ in files], full=full)
        reports = self._call(worker.check_files, (files, full, ends), allowed, cancel)
        if len(reports) != len(files):
            raise BugError("wrong_count")
        return reports if self._has_server() else [_without_cloud(report) for report in reports]

    def _allowed(self, paths: Sequence[str], *, full: bool) -> float:
        """Return how many seconds a call on these files may take."""
        rate = _DECODED_PER_SECOND if full else _CHECKED_PER_SECOND
        return self._seconds + sum(map(_size, paths)) / rate

    def _call(
        self, function: Callable[..., _T], arguments: tuple[Any, ...], allowed: float, cancel: threading.Event | None
    ) -> _T:
        """Run ``function`` in a process; if the pool breaks before it takes the call, replace the pool, once."""
        for attempt in range(2):
            pool = self._running_pool()
            try:
                future = pool.schedule(function, args=arguments, timeout=allowed)
                return self._await(pool, future, cancel)
            except (BrokenProcessPool, RuntimeError) as error:
                if self._closed:
                    raise CheckCancelled from error
                _log.warning("the decoders' process is replaced: %s", error)
                self._drop(pool)
                if attempt:
                    raise _Lost("crashed") from error
        raise BugError("unreachable")

    def _await(self, pool: _Pool, future: Future[_T], cancel: threading.Event | None) -> _T:
        while not wait([future], timeout=_POLL).done:
            if cancel is not None and cancel.is_set():
                future.cancel()
                raise CheckCancelled
            if self._closed:
                raise CheckCancelled
            if self._pool is not pool:  # another call found it broken
                raise BrokenProcessPool
        try:
            return future.result()
        except CancelledError as error:
            raise CheckCancelled from error
        except TimeoutError as error:
            _log.warning("a file took the decoders' process too long: %s", error)
            raise _Lost("timeout") from error
        except ProcessExpired as error:
            if self._closed:
                raise CheckCancelled from error
            _log.warning("the decoders' process did not survive a file: %s", error)
            raise _Lost("crashed") from error
        except MemoryError as error:
            raise _Lost("memory") from error

    def _running_pool(self) -> _Pool:
        with self._lock:
            if self._closed:
                raise CheckCancelled
            if self._pool is None:
                self._pool = _Pool(
                    max_workers=self.workers,
                    initializer=worker.prepare,
                    initargs=(self._memory,),
                    context=multiprocessing.get_context("spawn"),
                )
                with interrupts_held():
                    self._pool.schedule(worker.ready)  # starts it
            return self._pool

    def _drop(self, pool: _Pool) -> None:
        with self._lock:
            if self._pool is pool:
                self._pool = None
        _end(pool)


class _Pool(ProcessPool):
    """A pool that ends its processes before it takes away the locks that they share.

    Pebble 5.2 does it the other way round, and a process that is just starting then complains on standard error.
    """

    def _stop_pool(self) -> None:
        if self._pool_manager_loop is not None:
            self._pool_manager_loop.join()
        self._pool_manager.worker_manager.force_stop_workers()  # type: ignore[no-untyped-call]  # pebble's own
        super()._stop_pool()  # type: ignore[no-untyped-call]  # pebble's own


def _end(pool: _Pool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]  # pebble's own
    with contextlib.suppress(RuntimeError, OSError):
        pool.join()


def _without_cloud(report: CheckReport) -> CheckReport:
    """Leave out the findings that only concern files that go to a server."""
    kept = tuple(finding for finding in report.findings if finding.code is not Code.TOO_LARGE_FOR_CLOUD)
    return report if kept == report.findings else replace(report, findings=kept)


def _not_sound(report: CheckReport) -> UserError:
    return UserError("not-sound", findings=",".join(finding.code.value for finding in report.findings))


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116 - a path that no Path can hold must end as a report too
    except (OSError, ValueError):
        return 0


def _failed(path: Path, reason: str) -> CheckReport:
    return CheckReport(size=_size(str(path)), kind=None, findings=(Finding(Code.CHECK_FAILED, {"reason": reason}),))
