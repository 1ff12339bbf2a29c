"""Turns SQLite's errors into AudioDesk's own errors."""

from __future__ import annotations

import contextlib
import errno
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from audiodesk.domain.errors import AudioDeskError, BugError, OutsideError
from audiodesk.system.disk_trouble import denied, reading_trouble, writing_trouble

__all__ = ["require_rights", "sqlite_errors", "translated"]

_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_OF_THE_DISK = {
    sqlite3.SQLITE_FULL: "disk-full",
    sqlite3.SQLITE_IOERR: "disk-failed",
    sqlite3.SQLITE_CANTOPEN: "library-unreachable",
    sqlite3.SQLITE_READONLY: "library-read-only",
    sqlite3.SQLITE_PERM: "library-read-only",
    sqlite3.SQLITE_AUTH: "library-read-only",
}
"""The errors to report if a test of the disk finds no reason."""
_READING: dict[int, str] = {
    errno.ENOENT: "library-gone",
    errno.ENOTDIR: "not-a-folder",
    errno.EACCES: "library-no-right",
    errno.EPERM: "library-no-right",
    errno.EISDIR: "library-not-one",
}
_WRITING: dict[int, str] = {
    errno.ENOENT: "library-gone",
    errno.EACCES: "library-read-only",
    errno.EPERM: "library-read-only",
    errno.EROFS: "disk-read-only",
    errno.ENOSPC: "disk-full",
    errno.EDQUOT: "disk-quota",
}
_RETRY_AFTER = 2.0


def translated(error: sqlite3.Error, path: Path) -> AudioDeskError:
    """Return the AudioDesk error for ``error`` in the library whose database is at ``path``.

    SQLite often answers "disk I/O error" or "unable to open" for any reason. So the disk is tried once more, and the
    system's own answer decides.
    """
    code = getattr(error, "sqlite_errorcode", None)
    primary = None if code is None else code & 0xFF  # the higher bits are SQLite's extended codes
    place = str(path.parent)
    if primary in _BUSY:
        return OutsideError("library-busy", retry_after=_RETRY_AFTER, details=str(error))
    if primary == sqlite3.SQLITE_CORRUPT or (primary == sqlite3.SQLITE_NOTADB and _begins_like_a_database(path)):
        return OutsideError("library-damaged", path=place, details=str(error))
    if primary == sqlite3.SQLITE_NOTADB:
        return OutsideError("library-not-one", path=place, file=str(path), details=str(error))
    if primary in _OF_THE_DISK:
        reason, found = _tried(path)
        details = "; ".join(part for part in (str(error), found) if part)
        return OutsideError(reason or _OF_THE_DISK[primary], path=place, file=str(path), details=details)
    return BugError("database", details=f"{type(error).__name__}: {error}")


def require_rights(path: Path) -> None:
    """Raise the reason if the database at ``path`` must not be written; SQLite would silently open it read-only."""
    trouble = denied(path)
    if trouble is not None:
        code = _WRITING.get(trouble.errno or 0, "disk-failed")
        raise OutsideError(code, path=str(path.parent), file=str(path), details=str(trouble))


@contextlib.contextmanager
def sqlite_errors(path: Path) -> Iterator[None]:
    """Turn an SQLite error of the block into an AudioDesk error."""
    try:
        yield
    except sqlite3.Error as error:
        raise translated(error, path) from error


def _tried(path: Path) -> tuple[str, str]:
    trouble = reading_trouble(path)
    if trouble is not None:
        return _READING.get(trouble.errno or 0, "disk-failed"), str(trouble)
    trouble = writing_trouble(path)
    if trouble is not None:
        return _WRITING.get(trouble.errno or 0, "disk-failed"), str(trouble)
    return "", ""


def _begins_like_a_database(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(16) == b"SQLite format 3\0"
    except OSError:
        return True
