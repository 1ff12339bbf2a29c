"""How systems differ with bytes and names on a disk: opening, flushing, reserving room, rights."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from audiodesk.system.platforms.modules import FCNTL

__all__ = [
    "READ_FLAGS",
    "WRITE_FLAGS",
    "allocate",
    "can_write_in",
    "flush",
    "flush_folder",
    "is_disk_read_only",
    "link_new",
    "next_data",
    "read_at",
    "trouble_in",
]

READ_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
"""For opening what may not be a plain file: without these, a pipe without a writer would block for ever."""

WRITE_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
"""For writing a file that must not be there yet."""


def flush(handle: int, *, fcntl: Any = FCNTL, fsync: Callable[[int], object] | None = None) -> None:
    """Write what is in the file ``handle`` through to the medium. Raises OSError.

    On macOS a plain fsync leaves it in the drive's cache. So F_FULLFSYNC comes first, and fsync only if the file system
    does not know that.
    """
    full = getattr(fcntl, "F_FULLFSYNC", None)
    if full is not None:
        try:
            fcntl.fcntl(handle, full)
        except OSError as error:
            if error.errno not in (errno.ENOTSUP, errno.EINVAL, errno.ENOTTY, errno.EOPNOTSUPP):
                raise
        else:
            return
    (fsync or os.fsync)(handle)


def flush_folder(folder: Path, *, is_windows: bool = os.name == "nt") -> None:
    """Make the names in ``folder`` durable; does nothing if folders cannot be opened (Windows). Raises OSError."""
    if is_windows:
        return
    handle = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    try:
        flush(handle)
    finally:
        os.close(handle)


def read_at(handle: int, offset: int, count: int, *, system: Any = os) -> bytes:
    """Return at most ``count`` bytes of the file from ``offset``; none at its end. Raises OSError.

    Where the system cannot read at an offset (Windows), this moves the file's position: use a handle on one thread
    only.
    """
    if hasattr(system, "pread"):
        return bytes(system.pread(handle, count, offset))
    system.lseek(handle, offset, os.SEEK_SET)
    return bytes(system.read(handle, count))


def next_data(handle: int, offset: int, size: int, *, system: Any = os) -> int:
    """Return where the next written bytes are, at or after ``offset``; ``size`` if there are none.

    Returns ``offset`` itself if the system does not tell (Windows, some file systems).
    """
    try:
        return max(offset, int(system.lseek(handle, offset, system.SEEK_DATA)))
    except AttributeError:
        return offset
    except OSError as error:
        return size if error.errno == errno.ENXIO else offset


def allocate(handle: int, size: int, *, system: Any = os) -> None:
    """Reserve ``size`` bytes of the disk for the empty file ``handle``. Raises OSError.

    A hole in a file takes no room, and zeros may be compressed. So if the system cannot reserve room (macOS, Windows,
    some file systems), random bytes are written.
    """
    if hasattr(system, "posix_fallocate"):
        try:
            system.posix_fallocate(handle, 0, size)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP):
                raise
        else:
            return
    left = memoryview(os.urandom(size))
    while left:
        left = left[os.write(handle, left) :]


def is_disk_read_only(path: Path, *, system: Any = os) -> bool:
    """Tell whether the disk of ``path`` is mounted read-only; False where the system cannot tell. Raises OSError."""
    return hasattr(system, "statvfs") and bool(system.statvfs(path).f_flag & system.ST_RDONLY)


def trouble_in(folder: Path, size: int = 0) -> OSError | None:
    """Return the error with which writing a new file of ``size`` bytes in ``folder`` ends; None if it works.

    A file is really written, because no system's rights tell exactly. Nothing is left in the folder.
    """
    name = folder / f".audiodesk-{os.urandom(6).hex()}.tmp"
    try:
        handle = os.open(name, WRITE_FLAGS, 0o600)
    except OSError as error:
        return error
    try:
        left = memoryview(bytes(size))
        while left:
            left = left[os.write(handle, left) :]
        if size:
            os.fsync(handle)  # some network file systems refuse only here
    except OSError as error:
        return error
    finally:
        os.close(handle)
        with contextlib.suppress(OSError):
            name.unlink()
    return None


def can_write_in(folder: Path) -> bool:
    """Tell whether files may be made in ``folder``; a full disk does not forbid it."""
    trouble = trouble_in(folder)
    return trouble is None or trouble.errno in (errno.ENOSPC, errno.EDQUOT)


def link_new(source: Path, target: Path, *, system: Any = os, is_windows: bool = os.name == "nt") -> bool:
    """Give ``source`` the further name ``target``; False if the system or the file system has no such links.

    Raises FileExistsError if the name is taken. Windows needs no link, because renaming there refuses a taken name.
    """
    if is_windows:
        return False
    try:
        system.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        return False
    return True
