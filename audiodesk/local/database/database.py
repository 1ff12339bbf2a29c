"""The database of a library: many readers, one writer thread, and SQLite's errors as AudioDesk's own."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from audiodesk.domain.errors import DISK_FULL, BugError, OutsideError
from audiodesk.local.database.connections import Connect, Connections
from audiodesk.local.database.library_place import has_list, refuse_to_make
from audiodesk.local.database.log_copier import LogCopier
from audiodesk.local.database.log_flusher import LogFlusher
from audiodesk.local.database.read_only import ReadOnlySource
from audiodesk.local.database.sqlite_errors import sqlite_errors, translated
from audiodesk.local.database.writer_thread import WriterThread
from audiodesk.system.clock import now_ms
from audiodesk.system.disk_trouble import writing_trouble
from audiodesk.system.files import file_errors, make_folder

__all__ = ["BUSY_SECONDS", "Connect", "Database"]

T = TypeVar("T")

BUSY_SECONDS = 10.0
"""How long a read or write waits for another process before it raises ``library-busy``."""

_KEPT_READERS = 4
_UNSETTLED = 10.0
"""Seconds for which SQLite is asked again after the write-ahead log changed: a commit is in the log before it counts,
and a slow disk takes time in between."""
_READ_ALL_THE_SAME = DISK_FULL | {"disk-read-only", "library-read-only", "folder-read-only"}
"""Errors after which the library is opened read-only."""
_HURRIED = 2.0
"""Seconds since the last write that need not last; as long a work of such writes is taken to go on."""
_TRY_AGAIN = 5.0
"""Seconds between two checks whether a read-only library can be written again."""


class Database:
    """One library's SQLite file, opened for this process.

    The folder is made if it is missing. With ``make`` False only the first write makes it; until then reads see an
    empty library. ``known`` is the id of the library that was once made at ``path``: if that library is gone, no new
    one is made. ``on_opened`` gets the library's id each time it is opened. ``connect`` is called like
    ``sqlite3.connect``, and is there for tests.

    A library that cannot be written (``trouble`` says why) can still be read. If its file is no longer at ``path``,
    each write raises OutsideError("library-gone") until the file is back; reads continue as long as the system allows
    them.

    Raises OutsideError ("library-missing", "library-gone", "library-foreign", "library-not-one", "library-newer",
    "library-damaged", "library-no-right", "library-unreachable", "library-busy") if it cannot be opened at all.
    """

    def __init__(
        self,
        path: Path,
        *,
        clock: Callable[[], int] = now_ms,
        connect: Connect = sqlite3.connect,
        make: bool = True,
        known: str | None = None,
        on_opened: Callable[[str], None] = lambda _id: None,
    ) -> None:
        self.path = path
        self._log = path.with_name(path.name + "-wal")
        self.clock = clock
        self._on_opened = on_opened
        self.has_written = False
        self._known = known
        self._connections = Connections(path, connect, busy_seconds=BUSY_SECONDS)
        self._readers: list[sqlite3.Connection] = []
        self._readers_lock = threading.Lock()
        self._age = 0
        self._closed = False
        self._writer: sqlite3.Connection | None = None
        self._source: ReadOnlySource | None = None
        self._trouble: OutsideError | None = None
        self._file: tuple[int, int] | None = None
        self._library_id = ""
        self._tried_at = 0.0
        self._seen_wal: tuple[int, int] | None = None
        self._moved_wal: tuple[int, int] | None = None
        self._moved_at = 0.0
        self._seen_version = 0
        self._is_lasting = True
        self._hurried_at = float("-inf")
        self._flusher = LogFlusher(self._log)
        self._copier = LogCopier(self._log, self._connections)
        if make or not self._is_absent():
            self._open(create=True)
        self._thread = WriterThread("library writer")

    @property
    def trouble(self) -> OutsideError | None:
        """Why the library cannot be written now: the error that ``write`` raises, or None."""
        return None if self._trouble is None else _copied(self._trouble)

    @property
    def is_made(self) -> bool:
        """Whether the library exists on the disk; else the first write makes it."""
        return self._file is not None

    @property
    def library_id(self) -> str:
        """The id of this library, which never changes; empty until the library is made."""
        return self._library_id

    def make(self) -> None:
        """Make the library now if it does not exist yet."""
        self._thread.ask(self._make)

    @contextlib.contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection for reading, with one snapshot for the whole block; rows are ``sqlite3.Row``."""
        with sqlite_errors(self.path):
            connection, age = self._borrow()
            whole = False
            try:
                connection.execute("begin")
                yield connection
                connection.execute("rollback")
                whole = True
            finally:
                self._give_back(connection, age, whole=whole)

    def write(self, work: Callable[[sqlite3.Connection], T], *, lasting: bool = True) -> T:
        """Run ``work(connection)`` on the writer thread in one transaction; return its result after the commit.

        If ``work`` raises, everything is rolled back, and the error is raised here. Only short work belongs here (at
        most 20 ms). OutsideError is also raised if the file disappeared ("library-gone") or the disk failed after the
        commit: then it is uncertain whether the write was kept.

        Not ``lasting``: after a power cut this write, with those like it since the last lasting one, may be undone. A
        kill of the process undoes nothing. It is meant for what can be fetched again from the place that was stored.
        """
        # Beside a long work of writes that need not last, a lasting one waits for the disk on its own thread: the long
        # work goes on meanwhile.
        waits_itself = lasting and self._is_hurried
        result = self._thread.ask(lambda: self._transact(work, lasting=lasting and not waits_itself))
        if waits_itself:
            self._flusher.flush_now()
            if not self._is_here():  # its log may be gone with it
                raise OutsideError("library-gone", path=str(self.path.parent))
        elif not lasting:
            self._hurried_at = time.monotonic()
            self._flusher.flush()
        return result

    def make_lasting(self) -> None:
        """Bring all that reads see to the disk, before something is done for it that cannot be undone.

        Beside a long work, a lasting write of another thread is seen a moment before it is on the disk. Raises
        OutsideError if the disk fails.
        """
        if self._is_hurried:
            self._flusher.flush_now()

    @property
    def _is_hurried(self) -> bool:
        """Whether a long work of writes that need not last goes on, and a thread may bring the log to the disk."""
        return self._flusher.can_flush and time.monotonic() - self._hurried_at < _HURRIED

    def copy_to(self, path: Path) -> None:
        """Write the current list to the new file ``path``; others can write meanwhile."""
        with sqlite_errors(self.path):
            self._connections.copy_to(path)

    @property
    def is_wanted(self) -> bool:
        """Whether another write waits: work in several steps should commit, and let it in."""
        return self._thread.is_wanted

    def checkpoint(self) -> None:
        """Copy a long write-ahead log into the list, while others can write.

        Work that writes much calls it between its writes, on its own thread: else some commit would have to do it.
        """
        writer = self._writer
        if writer is not None and self.is_made and self._trouble is None:
            with sqlite_errors(self.path):
                self._copier.look(writer.total_changes)

    def look(self) -> bool:
        """Check whether the library is still there and can be written; True if that changed.

        Takes one ``stat`` while all is well. Opens the library again if it is back, or can be written again.
        """
        if self._closed or not self.is_made or (self._trouble is None and self._is_here()):
            return False
        return self._thread.ask(self._look_again)

    def try_writing(self) -> None:
        """Check at once whether a read-only library can be written again. Raises the reason if not."""
        self._thread.ask(lambda: self._require_writable(now=True))

    def changed_elsewhere(self) -> bool:
        """Tell whether another process committed since the last call. Takes one ``stat`` if nothing happened.

        Do not call this on the main thread: it may wait for a running write.
        """
        if self._writer is None:
            return False
        wal = self._wal_mark()
        if wal == self._seen_wal:
            return False
        now = time.monotonic()
        if wal != self._moved_wal:
            self._moved_wal, self._moved_at = wal, now
        version = self._thread.ask(self._data_version)
        changed = version != self._seen_version
        self._seen_version = version
        if now - self._moved_at >= _UNSETTLED:
            self._seen_wal = wal
        return changed

    def close(self) -> None:
        """Finish the pending work, then close every connection. Idempotent."""
        if self._closed:
            return
        self._closed = True
        self._thread.close()
        self._copier.close()
        self._let_go()

    # -- on the writer thread ----------------------------------------------------------------------------------------

    def _transact(self, work: Callable[[sqlite3.Connection], T], *, lasting: bool) -> T:
        self._require_writable()
        with sqlite_errors(self.path):
            connection = self._writer or self._connections.writer()
            if connection is not self._writer or lasting != self._is_lasting:
                connection.execute(f"pragma synchronous = {'full' if lasting else 'normal'}")
                self._writer, self._is_lasting = connection, lasting
            try:
                connection.execute("begin immediate")
                result = work(connection)
                connection.execute("commit")
            except BaseException:
                self._roll_back(connection)
                raise
        self._require_here()
        self.has_written = True
        return result

    def _roll_back(self, connection: sqlite3.Connection) -> None:
        try:
            if connection.in_transaction:
                connection.execute("rollback")
        except sqlite3.Error:
            # Drop a connection that cannot roll back: closing it undoes the transaction; the next write opens one.
            self._writer = None
            with contextlib.suppress(sqlite3.Error):
                connection.close()

    def _make(self) -> None:
        if not self.is_made:
            self._is_absent()  # raises if no library may be made here
            self._let_go()
            self._open(create=True)

    def _is_absent(self) -> bool:
        """Tell whether there is no list; raises if none may be made in its place."""
        if has_list(self.path):
            return False
        refuse_to_make(self.path, self._known)
        return True

    def _open(self, *, create: bool = False) -> None:
        """Open for writing, or else for reading only; ``trouble`` then says why."""
        create = create and self._is_absent()
        if create:
            make_folder(self.path.parent, private=True)
        try:
            with sqlite_errors(self.path):
                self._writer, self._library_id = self._connections.first_writer(self._known, create=create)
            self._trouble = None
            self._seen_version = self._data_version()
        except OutsideError as error:
            if create or error.code not in _READ_ALL_THE_SAME:
                raise
            with sqlite_errors(self.path):
                self._source, self._library_id = self._connections.first_reader(self._known)
            self._trouble = _copied(error)
        self._tried_at = time.monotonic()
        self._file = _file_at(self.path)
        self._known = self._library_id or self._known
        self._on_opened(self._library_id)

    def _let_go(self) -> None:
        """Close every connection; a lent one is closed when it comes back."""
        with self._readers_lock:
            self._age += 1
            readers, self._readers = self._readers, []
        writer, self._writer = self._writer, None
        for connection in (*readers, writer):
            if connection is not None:
                with contextlib.suppress(sqlite3.Error):
                    connection.close()
        if self._source is not None:
            self._source.close()
            self._source = None

    def _require_writable(self, *, now: bool = False) -> None:
        """Raise the reason if the library cannot be written; if it is back, open it again first."""
        self._make()
        if not self._is_here() or self._is_gone():
            self._come_back()
        elif self._trouble is not None and (now or time.monotonic() - self._tried_at >= _TRY_AGAIN):
            self._reopen_if_writable()
        if self._trouble is not None:
            raise _copied(self._trouble)

    def _look_again(self) -> bool:
        before = None if self._trouble is None else self._trouble.code
        try:
            self._require_writable()
        except OutsideError as error:
            is_stale = self._source is not None and not self._is_gone() and self._source.is_stale()
            if is_stale:
                self._reopen()
            return error.code != before or is_stale
        return True

    def _is_here(self) -> bool:
        return self._file is not None and _file_at(self.path) == self._file

    def _is_gone(self) -> bool:
        return self._trouble is not None and self._trouble.code == "library-gone"

    def _require_here(self) -> None:
        if not self._is_here():
            self._trouble = OutsideError("library-gone", path=str(self.path.parent))
            raise _copied(self._trouble)

    def _come_back(self) -> None:
        """Open the library again if its file, or another file of the same library, is at its path again."""
        found = _file_at(self.path)
        is_ours = found is not None and found == self._file
        if not is_ours and found is not None and self._library_id:
            with contextlib.suppress(sqlite3.Error):
                is_ours = self._connections.id_at() == self._library_id
        if not is_ours:
            self._trouble = OutsideError("library-gone", path=str(self.path.parent))
            return
        # Open new connections even to the same file: its disk may have been away in between.
        self._reopen()

    def _reopen(self) -> None:
        self._let_go()
        try:
            self._open()
        except OutsideError as error:
            self._trouble = _copied(error)
            raise

    def _reopen_if_writable(self) -> None:
        self._tried_at = time.monotonic()
        if writing_trouble(self.path) is None:
            self._reopen()

    def _data_version(self) -> int:
        # Ask the writer's connection: its data_version changes only for commits of other processes.
        if self._writer is None:
            return self._seen_version
        try:
            return int(self._writer.execute("pragma data_version").fetchone()[0])
        except sqlite3.Error as error:
            raise translated(error, self.path) from error

    # -- readers -----------------------------------------------------------------------------------------------------

    def _borrow(self) -> tuple[sqlite3.Connection, int]:
        with self._readers_lock:
            if self._closed:
                raise BugError("library-closed")
            age, source = self._age, self._source
            if self._readers:
                return self._readers.pop(), age
        if not self.is_made:
            return self._connections.empty(), age
        if source is None and not self._is_here():  # another library may be at the path now
            raise OutsideError("library-gone", path=str(self.path.parent))
        return self._connections.reader(source), age

    def _give_back(self, connection: sqlite3.Connection, age: int, *, whole: bool) -> None:
        try:
            if not whole and connection.in_transaction:
                connection.execute("rollback")
        except sqlite3.Error:
            connection.close()
            return
        with self._readers_lock:
            if not self._closed and age == self._age and len(self._readers) < _KEPT_READERS:
                self._readers.append(connection)
                return
        connection.close()

    def _wal_mark(self) -> tuple[int, int] | None:
        try:
            with file_errors(self._log):
                status = self._log.stat()
        except OutsideError:
            return None
        return status.st_mtime_ns, status.st_size


def _file_at(path: Path) -> tuple[int, int] | None:
    """Return device and inode of the file at ``path``; None if there is no file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _copied(error: OutsideError) -> OutsideError:
    """Return a copy of the error: raising the same error twice would make its traceback grow."""
    return OutsideError(error.code, details=error.details, retry_after=error.retry_after, **error.params)
