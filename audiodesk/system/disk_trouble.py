"""Finds out why a file cannot be read or written, by trying: databases and toolkits often hide the system's reason.

The file itself is never opened. It may be a database that this process has open, and on POSIX closing a second handle
on it would drop the locks of the first one.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from audiodesk.system.platforms import is_disk_read_only, trouble_in

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
    try:
        if is_disk_read_only(path):
            return _error(errno.EROFS, path)
    except OSError as error:
        return error
    return None if os.access(path, os.W_OK) else _error(errno.EACCES, path)


def writing_trouble(path: Path) -> OSError | None:
    """Return the error with which writing ``path``, or a new file beside it, would end; None where both work."""
    return denied(path) or trouble_in(path.parent, _BYTES)


def _error(number: int, path: Path) -> OSError:
    return OSError(number, os.strerror(number), str(path))
