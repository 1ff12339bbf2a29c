"""The database of a library: many readers, one writer thread, and every error in this program's own words."""

from __future__ import annotations

import contextlib
import queue
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Generic, TypeVar

from audiodesk.domain.errors import BugError, OutsideError
from audiodesk.local.migrations import migrate
from audiodesk.local.sqlite_errors import sqlite_errors, translated
from audiodesk.system.clock import now_ms
from audiodesk.system.files import file_errors, make_folder

__all__ = ["BUSY_SECONDS", "Connect", "Database"]

T = TypeVar("T")
Connect = Callable[..., sqlite3.Connection]

BUSY_SECONDS = 10.0
"""How long a read or write waits for another process before it says ``library-busy``."""

_KEPT_READERS = 4
_UNSETTLED = 10.0
"""Seconds for which SQLite is asked again after the write-ahead log moved: a commit is in the log before it counts, and
a slow disk may take its time in between."""


class _Job(Generic[T]):
    """A piece of work for the writer thread, and what became of it."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._done = threading.Event()
        self._result: T | None = None
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            self._result = self._work()
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is raised where the work was asked for
            self._error = error
        self._done.set()

    def result(self) -> T:
        self._done.wait()
        if self._error is not None:
            try:
                raise self._error
            finally:
                self._error = None  # else error and traceback keep each other, and the connection, alive
        return self._result  # type: ignore[return-value]  # it is T once there is no error


class Database:
    """One library's SQLite file, opened for this process.

    ``path`` is the file; its folder is made where it is missing. ``connect`` has the shape of ``sqlite3.connect`` and
    is there for tests. Raises OutsideError ("library-newer", "library-damaged", "library-read-only",
    "library-unreachable", "library-busy", "disk-full") when the library cannot be opened.
    """

    def __init__(self, path: Path, *, clock: Callable[[], int] = now_ms, connect: Connect = sqlite3.connect) -> None:
        self.path = path
        self.clock = clock
        self._connect = connect
        self._readers: list[sqlite3.Connection] = []
        self._readers_lock = threading.Lock()
        self._closed = False
        self._jobs: queue.SimpleQueue[_Job[Any] | None] = queue.SimpleQueue()
        self._writer: sqlite3.Connection | None = None
        self._seen_wal: tuple[int, int] | None = None
        self._moved_wal: tuple[int, int] | None = None
        self._moved_at = 0.0
        make_folder(path.parent, private=True)
        with sqlite_errors(path):
            self._writer = self._open_writer(first=True)
            self._seen_version = self._data_version()
        self._thread = threading.Thread(target=self._run, name="library writer", daemon=True)
        self._thread.start()

    @contextlib.contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection for reading, in one snapshot for the whole block; rows are ``sqlite3.Row``."""
        with sqlite_errors(self.path):
            connection = self._borrow()
            whole = False
            try:
                connection.execute("begin")
                yield connection
                connection.execute("rollback")
                whole = True
            finally:
                self._give_back(connection, whole=whole)

    def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run ``work(connection)`` on the writer thread in one transaction, and return its answer once committed.

        Whatever ``work`` raises undoes all of it and is raised here. Only short work belongs here (at most 20 ms).
        """
        return self._ask(lambda: self._transact(work))

    def changed_elsewhere(self) -> bool:
        """Tell whether another process committed since this was last asked. Costs one ``stat`` when nothing happened.

        Not to be asked by the thread that must not wait: it may wait for a write that is under way.
        """
        wal = self._wal_mark()
        if wal == self._seen_wal:
            return False
        now = time.monotonic()
        if wal != self._moved_wal:
            self._moved_wal, self._moved_at = wal, now
        version = self._ask(self._data_version)
        changed = version != self._seen_version
        self._seen_version = version
        if now - self._moved_at >= _UNSETTLED:
            self._seen_wal = wal
        return changed

    def close(self) -> None:
        """Finish what was asked for, then close every connection. Idempotent."""
        if self._closed:
            return
        self._closed = True
        self._jobs.put(None)
        self._thread.join()
        with self._readers_lock:
            readers, self._readers = self._readers, []
        for connection in (*readers, self._writer):
            if connection is not None:
                with contextlib.suppress(sqlite3.Error):
                    connection.close()

    def _ask(self, work: Callable[[], T]) -> T:
        if threading.current_thread() is self._thread:
            raise BugError("nested-write")
        if self._closed:
            raise BugError("library-closed")
        job = _Job(work)
        self._jobs.put(job)
        return job.result()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            job.run()
            del job  # else the last one's answer lives until the next one comes

    def _transact(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with sqlite_errors(self.path):
            connection = self._writer or self._open_writer()
            self._writer = connection
            try:
                connection.execute("begin immediate")
                result = work(connection)
                connection.execute("commit")
            except BaseException:
                self._roll_back(connection)
                raise
            return result

    def _roll_back(self, connection: sqlite3.Connection) -> None:
        try:
            if connection.in_transaction:
                connection.execute("rollback")
        except sqlite3.Error:
            # What cannot be rolled back is dropped: closing the connection undoes it, and the next write opens anew.
            self._writer = None
            with contextlib.suppress(sqlite3.Error):
                connection.close()

    def _open(self, *, read_only: bool = False) -> sqlite3.Connection:
        target = self.path.absolute().as_uri() + ("?mode=ro" if read_only else "")
        connection = self._connect(
            target, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        connection.row_factory = sqlite3.Row
        return connection

    def _open_writer(self, *, first: bool = False) -> sqlite3.Connection:
        connection = self._open()
        try:
            connection.execute("pragma journal_mode = wal")
            connection.execute("pragma synchronous = full")
            connection.execute("pragma foreign_keys = on")
            # Checkpoints write pages at random places: four times as far apart as by default, imports wait for fewer.
            connection.execute("pragma wal_autocheckpoint = 4000")
            connection.execute("pragma journal_size_limit = 33554432")
            if sys.platform == "darwin":
                connection.execute("pragma fullfsync = on")  # a plain fsync leaves the data in the drive's cache there
            if first:
                migrate(connection, self.path)
        except BaseException:
            connection.close()
            raise
        return connection

    def _borrow(self) -> sqlite3.Connection:
        with self._readers_lock:
            if self._closed:
                raise BugError("library-closed")
            if self._readers:
                return self._readers.pop()
        connection = self._open(read_only=True)
        try:
            connection.execute("pragma query_only = on")
            connection.execute("pragma cache_size = -8192")
        except BaseException:
            connection.close()
            raise
        return connection

    def _give_back(self, connection: sqlite3.Connection, *, whole: bool) -> None:
        try:
            if not whole and connection.in_transaction:
                connection.execute("rollback")
        except sqlite3.Error:
            connection.close()
            return
        with self._readers_lock:
            if not self._closed and len(self._readers) < _KEPT_READERS:
                self._readers.append(connection)
                return
        connection.close()

    def _data_version(self) -> int:
        # Asked of the writer: it changes for commits of other connections only, and all writes of this process are its.
        if self._writer is None:
            raise OutsideError("library-unreachable", path=str(self.path.parent))
        try:
            return int(self._writer.execute("pragma data_version").fetchone()[0])
        except sqlite3.Error as error:
            raise translated(error, self.path) from error

    def _wal_mark(self) -> tuple[int, int] | None:
        wal = self.path.with_name(self.path.name + "-wal")
        try:
            with file_errors(wal):
                status = wal.stat()
        except OutsideError:
            return None
        return status.st_mtime_ns, status.st_size
