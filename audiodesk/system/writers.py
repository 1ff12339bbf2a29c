"""Whether a file is still being written: asked of the system where it can tell, else of the file's time."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import stat
import threading
import time
from collections.abc import Callable
from typing import Any

from audiodesk.system.platforms import READ_FLAGS

__all__ = ["RestWatch", "held_by_sharing", "is_held_by_lease", "is_on_network", "open_for_writing"]

_OLD_ENOUGH = 2.0
"""Seconds without a change after which a file counts as finished where the system cannot tell."""
_HOLDS = 1.0
_NETWORK = ("nfs", "cifs", "smb", "fuse", "9p", "afs", "ceph", "gluster", "lustre", "virtiofs", "vboxsf", "prl_fs")
"""Beginnings of the names of file systems on which others write whom this computer does not know of."""
_SHARING_VIOLATION = 32
_GENERIC_READ, _SHARE_READ, _SHARE_DELETE, _OPEN_EXISTING = 0x80000000, 1, 4, 3

_Mark = tuple[int, int]


class RestWatch:
    """Tells of files whether they are finished. Safe to use from any thread.

    ``is_held`` answers whether somebody has a file open for writing, None where it cannot tell; ``scan`` gives the
    identities of all files that known processes have open for writing, asked at most once a second.
    """

    def __init__(
        self,
        *,
        is_held: Callable[[str], bool | None] | None = None,
        scan: Callable[[], frozenset[tuple[int, int]]] | None = None,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._is_held = is_held or _Holders()
        self._scan = scan or open_for_writing
        self._clock = clock
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._scanned: tuple[float, frozenset[tuple[int, int]]] | None = None
        self._seen: dict[str, tuple[_Mark, float]] = {}

    def is_resting(self, path: str) -> bool:
        """Tell whether nobody writes to ``path`` any more; what is no file, or is not there, rests."""
        try:
            status = os.stat(path)  # noqa: PTH116 - a path that no Path can hold
        except (OSError, ValueError):
            return True
        if not stat.S_ISREG(status.st_mode):
            return True
        held = self._is_held(path)
        if held is not None:
            return not held
        return (status.st_dev, status.st_ino) not in self._open_files() and self._is_old(path, status)

    def _open_files(self) -> frozenset[tuple[int, int]]:
        with self._lock:
            now = self._monotonic()
            if self._scanned is None or not 0 <= now - self._scanned[0] < _HOLDS:
                self._scanned = now, self._scan()
            return self._scanned[1]

    def _is_old(self, path: str, status: os.stat_result) -> bool:
        age = self._clock() - status.st_mtime
        if age >= 0:
            return age >= _OLD_ENOUGH
        # A time in the future, of a clock that is wrong: the file is finished when two looks agree.
        mark, now = (status.st_size, status.st_mtime_ns), self._monotonic()
        with self._lock:
            before = self._seen.get(path)
            if before is None or before[0] != mark:
                self._seen[path] = mark, now
                return False
            if now - before[1] < _OLD_ENOUGH:
                return False
            del self._seen[path]
        return True


def is_held_by_lease(path: str, *, fcntl: Any) -> bool | None:
    """Ask Linux for a lease on the file, which it refuses while anybody has it open for writing; None: cannot tell.

    Only the file's owner is given one. Where somebody begins to write in between, the kernel sends a signal: one that
    nobody minds, instead of SIGIO, which would end the process.
    """
    try:
        handle = os.open(path, READ_FLAGS)
    except OSError:
        return None
    try:
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        return True if error.errno == errno.EAGAIN else None
    finally:
        os.close(handle)
    return False


def held_by_sharing(path: str, *, kernel32: Any) -> bool | None:
    """Ask Windows for the file without letting others write, which it refuses while anybody does; None: cannot tell."""
    handle = kernel32.CreateFileW(path, _GENERIC_READ, _SHARE_READ | _SHARE_DELETE, None, _OPEN_EXISTING, 0, None)
    if handle in (-1, 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF, None):
        return True if kernel32.GetLastError() == _SHARING_VIOLATION else None
    kernel32.CloseHandle(handle)
    return False


def is_on_network(device: int, *, mounts: str = "/proc/self/mountinfo") -> bool:
    """Tell whether other computers may write to the disk, of whom no lease and no process list of this one knows.

    ``device`` is the number that ``stat`` gives for its files.
    """
    try:
        with open(mounts, encoding="utf-8", errors="replace") as lines:  # noqa: PTH123 - the system's own list
            wanted = f"{os.major(device)}:{os.minor(device)}"
            for line in lines:
                fields = line.split()
                if len(fields) > 4 and fields[2] == wanted and "-" in fields:
                    return fields[fields.index("-") + 1].startswith(_NETWORK)
    except OSError:
        return False
    return False


def open_for_writing(processes: str = "/proc") -> frozenset[tuple[int, int]]:
    """Return device and inode of all files that processes which we may look at have open for writing (Linux)."""
    found: set[tuple[int, int]] = set()
    with contextlib.suppress(OSError):
        for entry in os.scandir(processes):
            if entry.name.isdecimal():
                _add_open_files(entry.path, found)
    return frozenset(found)


def _add_open_files(process: str, found: set[tuple[int, int]]) -> None:
    with contextlib.suppress(OSError):
        for entry in os.scandir(f"{process}/fd"):
            with contextlib.suppress(OSError, ValueError, IndexError):
                status = os.stat(entry.path)  # noqa: PTH116 - see above
                if stat.S_ISREG(status.st_mode) and _is_for_writing(f"{process}/fdinfo/{entry.name}"):
                    found.add((status.st_dev, status.st_ino))


def _is_for_writing(fdinfo: str) -> bool:
    with open(fdinfo, encoding="ascii") as lines:  # noqa: PTH123 - see above
        flags = next(int(line.split()[1], 8) for line in lines if line.startswith("flags:"))
    return flags & os.O_ACCMODE in (os.O_WRONLY, os.O_RDWR)


class _Holders:
    """Asks in the way that this system has. What it learns of a disk holds for a second."""

    def __init__(self) -> None:
        self._networks: dict[int, tuple[float, bool]] = {}

    def __call__(self, path: str) -> bool | None:
        """Tell whether somebody has the file open for writing; None: cannot tell."""
        if os.name == "nt":
            import ctypes

            library: Any = ctypes
            kernel32 = library.WinDLL("kernel32")
            kernel32.CreateFileW.restype = library.c_void_p
            return held_by_sharing(path, kernel32=kernel32)
        import fcntl

        if not hasattr(fcntl, "F_SETLEASE"):
            return None
        held = is_held_by_lease(path, fcntl=fcntl)
        return None if held is not None and self._is_on_network(path) else held

    def _is_on_network(self, path: str) -> bool:
        try:
            device = os.stat(path).st_dev  # noqa: PTH116 - see above
        except OSError:
            return False
        now = time.monotonic()
        known = self._networks.get(device)
        if known is None or now - known[0] >= _HOLDS:
            known = self._networks[device] = now, is_on_network(device)
        return known[1]
