"""Locks between processes: one window for each library, and a sign of life for each process that works on it."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.ids import new_id
from audiodesk.system.files import file_errors, make_folder_in
from audiodesk.system.platforms import lock_file, unlink_held

if TYPE_CHECKING:  # loading takes 15 ms, which the window saves
    from filelock import FileLock

__all__ = [
    "FolderLock",
    "ProcessSign",
    "SyncLock",
    "UploadLock",
    "WindowLock",
    "has_workers",
    "is_alive",
    "remove_dead_signs",
]


class WindowLock:
    """Held by the one window of a library; the system releases it when the process ends in any way."""

    def __init__(self, library: Path) -> None:
        self._path = library / "window.lock"
        self._held: int | FileLock | None = None

    def acquire(self) -> bool:
        """Take the lock; False where another window holds it."""
        if self._held is None:
            self._held = self._take()
        return self._held is not None

    def release(self) -> None:
        """Release the lock. Idempotent."""
        held, self._held = self._held, None
        if isinstance(held, int):
            os.close(held)
        elif held is not None:
            held.release()

    def is_held(self) -> bool:
        """Tell whether another window holds it. Makes no file; in doubt, no."""
        if not self._path.exists():
            return False
        with contextlib.suppress(AudioDeskError):
            if self.acquire():
                self.release()
                return False
            return True
        return False

    def _take(self) -> int | FileLock | None:
        if sys.platform == "win32":
            lock = _lock_on(self._path)
            return lock if _acquire(lock) else None
        # The same lock as filelock's on this system, without loading filelock before the window's first paint.
        with file_errors(self._path):
            return lock_file(self._path)


class FolderLock:
    """Held by the one process that fills a folder; the system releases it when the process ends."""

    def __init__(self, folder: Path) -> None:
        self._lock = _lock_on(folder / ".lock")

    def acquire(self) -> bool:
        """Take the lock; False where another process holds it."""
        return _acquire(self._lock)

    def release(self) -> None:
        """Release the lock. Idempotent."""
        self._lock.release()


class SyncLock:
    """Held by the one process that syncs a library at the moment; the system releases it when the process ends."""

    def __init__(self, library: Path) -> None:
        self._lock = _lock_on(library / "sync.lock")

    def acquire(self) -> bool:
        """Take the lock; False where another process holds it."""
        return _acquire(self._lock)

    def release(self) -> None:
        """Release the lock. Idempotent."""
        self._lock.release()


class UploadLock:
    """Held by the one process that uploads a library's audio; the others only add to its queue."""

    def __init__(self, library: Path) -> None:
        self._lock = _lock_on(library / "upload.lock")

    def acquire(self) -> bool:
        """Take the lock; False where another process holds it."""
        return _acquire(self._lock)

    def release(self) -> None:
        """Release the lock. Idempotent."""
        self._lock.release()


class ProcessSign:
    """A locked file that says that the process called ``owner`` is alive and works on this library.

    Each process has a new name, so an unlocked sign belongs to a dead process. With ``shown`` False, as in a library
    that cannot be written yet, nothing that bears the name may be written before ``show``.
    """

    def __init__(self, library: Path, *, shown: bool = True) -> None:
        self.owner = new_id()
        self._library = library
        self._path = _sign(library, self.owner)
        self._lock = _lock_on(self._path)
        if shown:
            self.show()

    def show(self) -> None:
        """Make the sign and lock it, if that was not done yet. Raises OutsideError if it cannot be made."""
        if self._lock.is_locked:
            return
        make_folder_in(self._library, self._path.parent)
        # A process that removes dead signs may catch this one before it is locked; then it is made anew.
        while not _acquire(self._lock):
            time.sleep(0.01)

    def close(self) -> None:
        """Take the sign away."""
        # If the system allows, unlinked while it is locked, so that an unlocked sign is always a dead process's.
        if self._lock.is_locked:
            unlink_held(self._path, self._lock.release)


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


def has_workers(library: Path) -> bool:
    """Tell whether a living process works on this library: it has shown its sign there, syncs it, or uploads."""
    for lock in (SyncLock(library), UploadLock(library)):
        if not lock.acquire():
            return True
        lock.release()
    return any(is_alive(library, path.stem) for path in (library / "processes").glob("*.lock"))


def remove_dead_signs(library: Path) -> None:
    """Take away the signs of processes that ended without doing so."""
    for path in (library / "processes").glob("*.lock"):
        lock = _lock_on(path)
        with contextlib.suppress(OSError):
            if _acquire(lock):
                unlink_held(path, lock.release)


def _sign(library: Path, owner: str) -> Path:
    return library / "processes" / f"{owner}.lock"


def _lock_on(path: Path) -> FileLock:
    from filelock import FileLock

    return FileLock(path, thread_local=False)  # taken by one thread, released by another


def _acquire(lock: FileLock) -> bool:
    from filelock import Timeout

    with file_errors(Path(lock.lock_file)):
        try:
            lock.acquire(blocking=False)
        except Timeout:
            return False
    return True
