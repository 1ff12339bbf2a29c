"""Reserves 4 MB in the library, and frees them on a full disk so that the trash can be emptied."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from audiodesk.domain.errors import OutsideError
from audiodesk.system.files import fsync_folder, remove, rename
from audiodesk.system.platforms import allocate

__all__ = ["RESERVE_BYTES", "Reserve"]

RESERVE_BYTES = 4 * 1024 * 1024
_TO_SPARE = 1024 * 1024
"""Bytes that must stay free beside the reserve: the reserve itself must not fill the disk."""


class Reserve:
    """The file ``reserve`` in the folder of a library."""

    def __init__(self, library: Path) -> None:
        self._path = library / "reserve"

    @property
    def is_there(self) -> bool:
        """Whether the whole reserve exists."""
        try:
            return self._path.stat().st_size == RESERVE_BYTES
        except OSError:
            return False

    def make(self) -> bool:
        """Make the reserve if the disk has room for it; return whether it exists afterwards."""
        if self.is_there:
            return True
        try:
            if shutil.disk_usage(self._path.parent).free < RESERVE_BYTES + _TO_SPARE:
                return False
            self._write()
        except (OSError, OutsideError):
            self.give_up()
            return False
        return True

    def give_up(self) -> bool:
        """Remove the reserve; return whether there was one. The library may then use its room."""
        try:
            was_there = remove(self._path)
            fsync_folder(self._path.parent)
        except OutsideError:
            return False
        return was_there

    def _write(self) -> None:
        """Write the file in full, so that its room on the disk is taken."""
        temporary = self._path.with_name(f".{self._path.name}.tmp")
        try:
            with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                allocate(file.fileno(), RESERVE_BYTES)
            rename(temporary, self._path)
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
