"""What POSIX, macOS and Windows do differently with files, locks and processes."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

__all__ = [
    "READ_FLAGS",
    "can_write_in",
    "cores",
    "flush",
    "flush_folder",
    "interrupts_held",
    "limit_memory",
    "lock_file",
    "patiently",
    "send_standard_error_to",
    "unlink_held",
]

_T = TypeVar("_T")

READ_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
"""For reading what may turn out to be no file: a pipe that nobody writes to would block for ever."""

_PATIENCE = 2.0
"""Seconds for which a rename or a removal is tried: virus scanners and search indexes let go of a file within these."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.01, 0.2
_REFUSED = frozenset({errno.EACCES, errno.EPERM, errno.EBUSY, errno.ETXTBSY})
"""How a system says that somebody else holds a file. Windows' sharing violations come as EACCES."""


def _module(name: str) -> ModuleType | None:
    """Return a module of the standard library; None where this system has none of that name."""
    with contextlib.suppress(ImportError):
        return __import__(name)
    return None


_FCNTL = _module("fcntl")
_RESOURCE = _module("resource")


def patiently(
    step: Callable[[], _T],
    *folders: Path,
    seconds: float = _PATIENCE,
    pause: Callable[[float], object] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> _T:
    """Return what ``step`` returns, a rename or a removal in ``folders``; while another program holds the file, wait.

    Raises what ``step`` raises, at once where one of the folders cannot be written to, else after ``seconds``.
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


def can_write_in(folder: Path) -> bool:
    """Tell whether a file can be made and removed in ``folder``; tried, for no system's rights tell it exactly."""
    name = folder / f".audiodesk-{os.urandom(6).hex()}.tmp"
    try:
        os.close(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        return error.errno in (errno.ENOSPC, errno.EDQUOT)  # full, which is not forbidden
    with contextlib.suppress(OSError):
        name.unlink()
    return True


def flush(handle: int, *, fcntl: Any = _FCNTL, fsync: Callable[[int], object] | None = None) -> None:
    """Have what was written to the file ``handle`` on the medium when this returns. Raises OSError.

    macOS leaves it in the drive's cache after a plain fsync; a file system there that knows no better gets that.
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
    """Make the names in ``folder`` durable; nothing to do where folders cannot be opened (Windows). Raises OSError."""
    if is_windows:
        return
    handle = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    try:
        flush(handle)
    finally:
        os.close(handle)


def lock_file(path: Path, *, fcntl: Any = _FCNTL) -> int | None:
    """Open ``path`` and lock it for as long as the returned handle is open; None where another process holds it.

    Raises OSError; NotImplementedError where the system has no such locks (Windows).
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
    """Remove the locked file ``path`` and let go of its lock, in the order that the system allows. Raises nothing.

    POSIX removes what is open: nobody finds the file unlocked then. Windows does not, nor does it let the name be
    removed under whoever locks it in between.
    """
    if is_windows:
        let_go()
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
    if not is_windows:
        let_go()


@contextlib.contextmanager
def interrupts_held(*, signals: Any = signal, kernel32: Any = None) -> Iterator[None]:
    """Let processes that are started in here never hear Ctrl-C from the terminal, whatever they are at.

    They inherit what is held in this thread; threads that are started in here do, too. ``kernel32`` is Windows'.
    """
    if not hasattr(signals, "pthread_sigmask"):
        with _console_interrupts_held(kernel32 if kernel32 is not None else _kernel32()):
            yield
        return
    # The first process of multiprocessing brings this one along, which lets Ctrl-C through again in its thread.
    from multiprocessing.resource_tracker import ensure_running

    ensure_running()
    before = signals.pthread_sigmask(signals.SIG_BLOCK, {signals.SIGINT})
    try:
        yield
    finally:
        signals.pthread_sigmask(signals.SIG_SETMASK, before)


@contextlib.contextmanager
def _console_interrupts_held(kernel32: Any) -> Iterator[None]:
    """Ignore Ctrl-C for a moment, in the whole process: on Windows a process inherits that from the one before it."""
    if kernel32 is None:
        yield
        return
    kernel32.SetConsoleCtrlHandler(None, 1)
    try:
        yield
    finally:
        kernel32.SetConsoleCtrlHandler(None, 0)


def _kernel32() -> Any:
    import ctypes

    return getattr(ctypes, "windll", None) and ctypes.windll.kernel32  # type: ignore[attr-defined]  # Windows alone


def send_standard_error_to(path: str, *, keep_own: bool = False) -> None:
    """Let native code of this process write its complaints to the file ``path``; ``keep_own``: but not Python's.

    To be called by a process on itself: whose other threads write, or start processes, in between is not foreseen.
    """
    try:
        kept = os.dup(2) if keep_own else None
        target = os.open(path, os.O_WRONLY | os.O_APPEND)
        os.dup2(target, 2)
        os.close(target)
        if kept is not None:
            sys.stderr = os.fdopen(kept, "w", buffering=1, encoding="utf-8", errors="backslashreplace")
    except OSError:  # a program without a console has no standard error
        sys.stderr = None


def limit_memory(beyond: int, *, resource: Any = _RESOURCE, statm: str = "/proc/self/statm") -> bool:
    """Let this process reserve at most ``beyond`` bytes more than it has; False where the system cannot (not Linux)."""
    try:
        with open(statm, encoding="ascii") as numbers:  # noqa: PTH123 - nothing more than one number
            reserved = int(numbers.read().split()[0]) * resource.getpagesize()
    except (OSError, AttributeError):
        return False
    limit = reserved + beyond
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or limit < hard:
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    return True


def cores() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
