"""Gives a library's folder another name, while no window shows it and no command works in it."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

from audiodesk.domain.errors import OutsideError
from audiodesk.system.files import file_errors, fsync_folder, make_folder
from audiodesk.system.library_registry import LibraryRegistry
from audiodesk.system.locks import WindowLock, has_workers

__all__ = ["hidden_from_windows", "rename_library"]


@contextlib.contextmanager
def hidden_from_windows(folder: Path) -> Iterator[None]:
    """Let no window open the library in ``folder``, which must exist, during the block.

    Raises OutsideError "library-in-window" while one shows it, and "library-at-work" while a command works in it. A
    command may still begin during the block: what was copied before the folder lost its name must be compared later.
    """
    lock = WindowLock(folder)
    try:
        if not lock.acquire():
            raise OutsideError("library-in-window", retry_after=2.0)
        if has_workers(folder):
            raise OutsideError("library-at-work", retry_after=2.0)
        if sys.platform == "win32":  # which renames no folder in which a file is held
            lock.release()
        yield
    finally:
        lock.release()


def rename_library(folder: Path, to: Path, registry: LibraryRegistry) -> None:
    """Rename the folder of a library, and note it. Raises what ``hidden_from_windows`` does, and the disk's errors."""
    with hidden_from_windows(folder):
        make_folder(to.parent, private=True)
        with file_errors(to):
            if to.is_dir() and not any(to.iterdir()):
                to.rmdir()
            folder.rename(to)
        # Before the note: it may lie on another disk, and a power cut would leave a library that is noted elsewhere.
        for changed in {folder.parent, to.parent}:
            fsync_folder(changed)
    registry.move(folder, to)
