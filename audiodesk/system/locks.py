"""Locks between processes: one window for each library, and a sign of life for each process that works on it."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

from filelock import FileLock, Timeout

from audiodesk.domain.entities import new_id
from audiodesk.system.files import file_errors, make_folder

__all__ = ["ProcessSign", "WindowLock", "is_alive", "remove_dead_signs"]


class WindowLock:
    """Held by the one window of a library; the system lets go of it when the process ends, however it ends."""

    def __init__(self, library: Path) -> None:
        self._lock = _lock_on(library / "window.lock")

    def acquire(self) -> bool:
        """Take the lock; False where another window holds it."""
        return _acquire(self._lock)

    def release(self) -> None:
        """Let go of it."""
        self._lock.release()


class ProcessSign:
    """A locked file that says that the process called ``owner`` is alive and works on this library.

    The name is new for each process, so a sign that is not locked belongs to nobody any more.
    """

    def __init__(self, library: Path) -> None:
        self.owner = new_id()
        self._path = _sign(library, self.owner)
        make_folder(self._path.parent)
        self._lock = _lock_on(self._path)
        # Another process that clears away dead signs may catch this one before it is locked: then it is made anew.
        while not _acquire(self._lock):
            time.sleep(0.01)

    def close(self) -> None:
        """Take the sign away."""
        # Unlinked while it is still held: nobody can find a sign that is unlocked and yet not a dead one's.
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)
        self._lock.release()


def is_alive(library: Path, owner: str) -> bool:
    """Tell whether the process called ``owner`` still holds its sign; in doubt, yes."""
    path = _sign(library, owner)
    if not path.exists():
        return False
    lock = _lock_on(path)
    if not _acquire(lock):
        return True
    lock.release()
    return False


def remove_dead_signs(library: Path) -> None:
    """Take away the signs of processes that ended without doing so."""
    for path in (library / "processes").glob("*.lock"):
        lock = _lock_on(path)
        with contextlib.suppress(OSError):
            if _acquire(lock):
                path.unlink(missing_ok=True)
                lock.release()


def _sign(library: Path, owner: str) -> Path:
    return library / "processes" / f"{owner}.lock"


def _lock_on(path: Path) -> FileLock:
    return FileLock(path, thread_local=False)  # taken by one thread, let go of by another


def _acquire(lock: FileLock) -> bool:
    with file_errors(Path(lock.lock_file)):
        try:
            lock.acquire(blocking=False)
        except Timeout:
            return False
    return True
