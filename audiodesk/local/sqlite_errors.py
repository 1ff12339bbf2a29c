"""What SQLite's errors mean to a person: where they become errors of this program's own tree."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from audiodesk.domain.errors import AudioDeskError, BugError, OutsideError

__all__ = ["sqlite_errors", "translated"]

_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_CODES = {
    sqlite3.SQLITE_FULL: "disk-full",
    sqlite3.SQLITE_IOERR: "library-unreachable",
    sqlite3.SQLITE_CANTOPEN: "library-unreachable",
    sqlite3.SQLITE_READONLY: "library-read-only",
    sqlite3.SQLITE_PERM: "library-read-only",
    sqlite3.SQLITE_AUTH: "library-read-only",
    sqlite3.SQLITE_CORRUPT: "library-damaged",
    sqlite3.SQLITE_NOTADB: "library-damaged",
}
_RETRY_AFTER = 2.0


def translated(error: sqlite3.Error, path: Path) -> AudioDeskError:
    """Return what ``error`` means for the library whose database is at ``path``."""
    code = getattr(error, "sqlite_errorcode", None)
    primary = None if code is None else code & 0xFF  # the rest are SQLite's extended codes
    if primary in _BUSY:
        return OutsideError("library-busy", retry_after=_RETRY_AFTER, details=str(error))
    if primary in _CODES:
        return OutsideError(_CODES[primary], path=str(path.parent), details=str(error))
    return BugError("database", details=f"{type(error).__name__}: {error}")


@contextlib.contextmanager
def sqlite_errors(path: Path) -> Iterator[None]:
    """Turn an error of SQLite's in the block into one of ours."""
    try:
        yield
    except sqlite3.Error as error:
        raise translated(error, path) from error
