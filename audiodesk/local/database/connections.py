"""Opens connections to one library's SQLite file, with settings for reading or writing."""

from __future__ import annotations

import contextlib
import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from audiodesk.domain.errors import OutsideError
from audiodesk.domain.ids import new_id
from audiodesk.local.database.library_place import is_ours, refuse_if_emptied, refuse_to_make
from audiodesk.local.database.migrations import STEPS, migrate, statements
from audiodesk.local.database.read_only import ReadOnlySource
from audiodesk.local.database.sqlite_errors import require_rights

__all__ = ["Connect", "Connections"]

Connect = Callable[..., sqlite3.Connection]
_LONGEST_LOG = 128 * 1024 * 1024
"""Bytes. A commit that makes the write-ahead log longer copies it into the list, and an edit waits for that; a log that
begins anew is cut to this size, for which some disks take half a second."""
_CHECKPOINTS = 4
"""Tries to copy the log to its end; each is shorter than the one before."""


class Connections:
    """Makes connections to the list at ``path``. SQLite's errors pass through.

    ``connect`` is called like ``sqlite3.connect``; each connection waits ``busy_seconds`` for another process.
    """

    def __init__(self, path: Path, connect: Connect, *, busy_seconds: float) -> None:
        self.path = path
        self._connect = connect
        self._busy_seconds = busy_seconds

    def writer(self, *, create: bool = False) -> sqlite3.Connection:
        """Open for writing; without ``create`` the file must exist."""
        with self._closed_by_errors(self._open(self._uri("rwc" if create else "rw"))) as connection:
            connection.execute("pragma journal_mode = wal")
            connection.execute("pragma synchronous = full")
            connection.execute("pragma foreign_keys = on")
            connection.execute(f"pragma wal_autocheckpoint = {_LONGEST_LOG // 4096}")
            connection.execute(f"pragma journal_size_limit = {_LONGEST_LOG}")
            connection.execute("pragma cache_size = -16384")  # else long pulls write pages before the commit, and again
            _flush_fully(connection)
            return connection

    def reader(self, source: ReadOnlySource | None = None) -> sqlite3.Connection:
        """Open for reading, in place or from ``source``."""
        with self._closed_by_errors(self._open(self._uri("ro") if source is None else source.uri)) as connection:
            connection.execute("pragma query_only = on")
            connection.execute("pragma cache_size = -8192")
            return connection

    def empty(self) -> sqlite3.Connection:
        """Open an empty library in memory."""
        with self._closed_by_errors(self._open("file::memory:")) as connection:
            for step in STEPS:
                for statement in statements(step):
                    connection.execute(statement)
            connection.execute("pragma query_only = on")
            return connection

    def first_writer(self, known: str | None, *, create: bool) -> tuple[sqlite3.Connection, str]:
        """Check the list, upgrade its schema, and open it for writing; also returns the library's id.

        Raises OutsideError "library-foreign", "library-newer" or "library-missing" before anything is written.
        """
        if not create:
            with contextlib.closing(self._open(self._uri("ro"))) as looking:
                _judge(looking, self.path, known)
            require_rights(self.path)
        connection = self.writer(create=create)
        with self._closed_by_errors(connection):
            migrate(connection, self.path)
            return connection, _library_id(connection)

    def first_reader(self, known: str | None) -> tuple[ReadOnlySource, str]:
        """Check a list that cannot be written; return the source to read it from, and the library's id.

        A list with an older schema is upgraded in a copy. Raises as ``first_writer`` does.
        """
        source = ReadOnlySource(self.path)
        try:
            with contextlib.closing(self._open(source.uri)) as looking:
                _judge(looking, self.path, known)
                is_old = _version(looking) < len(STEPS)
            if is_old and not source.is_copy:
                source = ReadOnlySource(self.path, copied=True)
            if is_old:
                with contextlib.closing(self._open(source.path.absolute().as_uri())) as copy:
                    migrate(copy, source.path)
            return source, self.id_at(source.uri)
        except BaseException:
            source.close()
            raise

    def checkpoint(self, *, once: bool = False) -> bool:
        """Copy the write-ahead log into the list; return whether all was copied: not while a read goes on for long.

        Others can read and write meanwhile. What they write is copied too: only a log that was copied to its end begins
        anew. One that does not grows until a commit has to copy it, and a person's edit waits for that. ``once``: copy
        what is there now, and not what is written meanwhile.
        """
        with contextlib.closing(self._open(self._uri("rw"))) as connection:
            # A log that was copied is written over: what was copied has to be as safe as a commit.
            connection.execute("pragma synchronous = full")
            _flush_fully(connection)
            before, is_whole = -1, False
            for _ in range(1 if once else _CHECKPOINTS):
                _, frames, copied = connection.execute("pragma wal_checkpoint(passive)").fetchone()
                is_whole = frames == copied
                if frames == before:
                    break
                before = frames
            return is_whole

    def copy_to(self, path: Path) -> None:
        """Write the current list to the new file ``path``."""
        with contextlib.closing(self._open(self._uri("ro"))) as connection:
            connection.execute("vacuum into ?", (str(path),))

    def id_at(self, uri: str | None = None) -> str:
        """Return the id in the list that is now at the path (or at ``uri``); empty where it has none."""
        with contextlib.closing(self._open(uri or self._uri("ro"))) as connection:
            row = connection.execute("select value from fact where name = 'library_id'").fetchone()
        return "" if row is None else str(row[0])

    def _uri(self, mode: str) -> str:
        return f"{self.path.absolute().as_uri()}?mode={mode}"

    def _open(self, uri: str) -> sqlite3.Connection:
        connection = self._connect(
            uri, uri=True, timeout=self._busy_seconds, isolation_level=None, check_same_thread=False,
            cached_statements=256,
        )  # fmt: skip
        connection.row_factory = sqlite3.Row
        return connection

    @staticmethod
    @contextlib.contextmanager
    def _closed_by_errors(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
        try:
            yield connection
        except BaseException:
            connection.close()
            raise


def _flush_fully(connection: sqlite3.Connection) -> None:
    if sys.platform == "darwin":
        connection.execute("pragma fullfsync = on")  # on a Mac a plain fsync leaves data in the drive's cache


def _judge(connection: sqlite3.Connection, path: Path, known: str | None) -> None:
    if not is_ours(connection, path):
        refuse_to_make(path, known)
        return
    version = _version(connection)
    if version > len(STEPS):
        raise OutsideError("library-newer", found=version, known=len(STEPS))
    refuse_if_emptied(connection, path, known)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("pragma user_version").fetchone()[0])


def _library_id(connection: sqlite3.Connection) -> str:
    """Return the library's id; it is made with the list and never changes."""
    asked = "select value from fact where name = 'library_id'"
    if connection.execute(asked).fetchone() is None:
        connection.execute("insert or ignore into fact (name, value) values ('library_id', ?)", (new_id(),))
    return str(connection.execute(asked).fetchone()[0])
