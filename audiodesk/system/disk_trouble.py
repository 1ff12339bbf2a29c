"""Finds out why a file cannot be read or written, by trying: databases and toolkits often hide the system's reason.

The file itself is never opened. It may be a database that this process has open, and closing a second handle on it
would drop the locks that the first one holds (POSIX).
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path

__all__ = ["denied", "reading_trouble", "writing_trouble"]

_BYTES = 65_536
"""More than SQLite needs at once to open a library (the index of its write-ahead log has 32 KB)."""


def reading_trouble(path: Path) -> OSError | None:
    """Return the error with which reading the file ``path`` would end; None where there seems to be none."""
    try:
        status = path.stat()
    except OSError as error:
        return error
    if stat.S_ISDIR(status.st_mode):
        return _error(errno.EISDIR, path)
    return None if os.access(path, os.R_OK) else _error(errno.EACCES, path)


def denied(path: Path) -> OSError | None:
    """Return why the file ``path`` must not be written: its disk is read-only, or the right is missing. Else None."""
    if hasattr(os, "statvfs"):
        try:
            is_read_only = bool(os.statvfs(path).f_flag & os.ST_RDONLY)
        except OSError as error:
            return error
        if is_read_only:
            return _error(errno.EROFS, path)
    return None if os.access(path, os.W_OK) else _error(errno.EACCES, path)


def writing_trouble(path: Path) -> OSError | None:
    """Return the error with which writing ``path``, or a new file beside it, would end; None where both work."""
    trouble = denied(path)
    if trouble is not None:
        return trouble
    try:
        _write_beside(path)
    except OSError as error:
        return error
    return None


def _write_beside(path: Path) -> None:
    beside = path.with_name(f".{os.urandom(8).hex()}.tmp")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", buffering=0) as file:
            file.write(bytes(_BYTES))
            os.fsync(file.fileno())
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()


def _error(number: int, path: Path) -> OSError:
    return OSError(number, os.strerror(number), str(path))
