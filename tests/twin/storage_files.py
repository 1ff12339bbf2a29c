"""The bytes of objects on disk: one file for each version, independent of the object's name."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final
from uuid import UUID

__all__ = ["StoredFile", "StoredFiles"]

_BLOCK: Final = 256 * 1024


@dataclass(frozen=True)
class StoredFile:
    """Size and digest of a file that was written."""

    size: int
    md5: str


class StoredFiles:
    """A folder of files named by version, a random uuid. What is written is in the kernel's hands at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, version: str) -> Path:
        """The path of a version's file. Raises ValueError if it is no uuid."""
        name = str(UUID(version))
        return self._folder / name[:2] / name

    def begin(self, version: str) -> None:
        """Make an empty file, to be appended to."""
        path = self.path(version)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()

    def receive(self, version: str, blocks: Iterable[bytes]) -> StoredFile:
        """Write all blocks; remove the file if that breaks off."""
        self.begin(version)
        digest = hashlib.md5(usedforsecurity=False)
        size = 0
        try:
            with self.path(version).open("wb", buffering=0) as file:
                for block in blocks:
                    digest.update(block)
                    file.write(block)
                    size += len(block)
        except BaseException:
            self.delete(version)
            raise
        return StoredFile(size, digest.hexdigest())

    def appender(self, version: str) -> BinaryIO:
        """Open a file to append to it; the caller closes it. Raises FileNotFoundError."""
        return os.fdopen(os.open(self.path(version), os.O_WRONLY | os.O_APPEND), "wb", buffering=0)

    def look(self, version: str) -> StoredFile:
        """Return a file's size and digest. Raises FileNotFoundError."""
        digest = hashlib.md5(usedforsecurity=False)
        size = 0
        for block in self.blocks(version):
            digest.update(block)
            size += len(block)
        return StoredFile(size, digest.hexdigest())

    def size(self, version: str | None) -> int | None:
        """Return a file's size in bytes; None if there is no file."""
        try:
            return self.path(version or "").stat().st_size
        except (ValueError, FileNotFoundError):
            return None

    def blocks(self, version: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Yield a file's bytes; it is opened when the first block is asked for."""
        with self.path(version).open("rb", buffering=0) as file:
            file.seek(start)
            left = length
            while left is None or left > 0:
                block = file.read(_BLOCK if left is None else min(_BLOCK, left))
                if not block:
                    return
                if left is not None:
                    left -= len(block)
                yield block

    def copy(self, version: str, new: str) -> None:
        """Copy a file. Raises FileNotFoundError."""
        target = self.path(new)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(self.path(version), target)

    def delete(self, version: str | None) -> None:
        """Remove a file, if there is one."""
        try:
            self.path(version or "").unlink(missing_ok=True)
        except ValueError:  # a row whose bytes were never here
            return
