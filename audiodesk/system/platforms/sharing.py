"""How systems differ with files that several programs use: waiting for them, locks, who writes."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from audiodesk.system.platforms import modules
from audiodesk.system.platforms.disk import READ_FLAGS, can_write_in

__all__ = [
    "held_by_sharing",
    "is_held",
    "is_held_by_lease",
    "is_on_network",
    "lock_file",
    "open_for_writing",
    "patiently",
    "unlink_held",
]

_T = TypeVar("_T")

_PATIENCE = 2.0
"""Seconds for which a rename or a removal is tried: virus scanners and search indexes close a file within this time."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.01, 0.2
_REFUSED = frozenset({errno.EACCES, errno.EPERM, errno.EBUSY, errno.ETXTBSY})
"""How a system says that another program holds a file. Windows' sharing violations come as EACCES."""

_NETWORK = ("nfs", "cifs", "smb", "fuse", "9p", "afs", "ceph", "gluster", "lustre", "virtiofs", "vboxsf", "prl_fs")
"""Beginnings of the names of file systems to which other computers may write."""
_SHARING_VIOLATION = 32
_GENERIC_READ, _SHARE_READ, _SHARE_DELETE, _OPEN_EXISTING = 0x80000000, 1, 4, 3


def patiently(
    step: Callable[[], _T],
    *folders: Path,
    seconds: float = _PATIENCE,
    pause: Callable[[float], object] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> _T:
    """Run ``step``, a rename or a removal in ``folders``; retry while another program holds the file.

    Returns what ``step`` returns. Raises what ``step`` raises: at once if one of the folders cannot be written to, else
    after ``seconds``.
    """
    until = clock() + seconds
    length = _FIRST_PAUSE
    while True:
        try:
            return step()
        except OSError as error:
            if error.errno not in _REFUSED or clock() >= until or not all(map(can_write_in, folders)):
                raise
        pause(length)
        length = min(2 * length, _LONGEST_PAUSE)


def lock_file(path: Path, *, fcntl: Any = modules.FCNTL) -> int | None:
    """Open ``path`` and lock it for as long as the returned handle is open; None if another process holds it.

    Raises OSError; NotImplementedError if the system has no such locks (Windows).
    """
    if fcntl is None:
        raise NotImplementedError
    handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    except BaseException:
        os.close(handle)
        raise
    return handle


def unlink_held(path: Path, let_go: Callable[[], object], *, is_windows: bool = os.name == "nt") -> None:
    """Remove the locked file ``path`` and release its lock, in the order that the system allows. Raises nothing.

    POSIX can remove an open file, so no process finds it unlocked. Windows cannot: the lock is released first, and the
    file stays if another process locks it before the removal.
    """
    if is_windows:
        let_go()
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
    if not is_windows:
        let_go()


def is_held(
    path: str, *, is_windows: bool = os.name == "nt", fcntl: Any = modules.FCNTL, kernel32: Any = None
) -> bool | None:
    """Tell whether a process has the file open for writing, in the way that this system has; None: cannot tell."""
    if is_windows:
        return held_by_sharing(path, kernel32=kernel32 or _file_functions())
    return is_held_by_lease(path, fcntl=fcntl) if hasattr(fcntl, "F_SETLEASE") else None


def _file_functions() -> Any:
    import ctypes

    kernel32 = modules.kernel32()
    kernel32.CreateFileW.restype = ctypes.c_void_p
    return kernel32


def is_held_by_lease(path: str, *, fcntl: Any) -> bool | None:
    """Ask Linux for a lease, which it refuses while a process has the file open for writing; None: cannot tell.

    Only the file's owner gets a lease. If another process opens the file for writing meanwhile, the kernel sends a
    signal: SIGURG, which is ignored by default, instead of SIGIO, which would end this process.
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
    """Ask Windows for the file without write sharing, which it refuses while a process writes; None: cannot tell."""
    handle = kernel32.CreateFileW(path, _GENERIC_READ, _SHARE_READ | _SHARE_DELETE, None, _OPEN_EXISTING, 0, None)
    if handle in (-1, 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF, None):
        return True if kernel32.GetLastError() == _SHARING_VIOLATION else None
    kernel32.CloseHandle(handle)
    return False


def is_on_network(device: int, *, mounts: str = "/proc/self/mountinfo") -> bool:
    """Tell whether other computers may write to the disk: no lease and no process list here shows their writing.

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
    """Return device and inode of each file that a process, as far as we may look, has open for writing (Linux)."""
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
                status = entry.stat()
                if stat.S_ISREG(status.st_mode) and _is_for_writing(f"{process}/fdinfo/{entry.name}"):
                    found.add((status.st_dev, status.st_ino))


def _is_for_writing(fdinfo: str) -> bool:
    lines = Path(fdinfo).read_text(encoding="ascii").splitlines()
    flags = next(int(line.split()[1], 8) for line in lines if line.startswith("flags:"))
    return flags & os.O_ACCMODE in (os.O_WRONLY, os.O_RDWR)
