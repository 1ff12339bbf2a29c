"""Stores the fine waveforms of the vault's files. They are derived: a lost one is made again."""

from __future__ import annotations

import contextlib
import re
import struct
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

from audiodesk.domain.errors import OutsideError
from audiodesk.system.files import file_errors, make_folder_in, remove, write_atomically

__all__ = ["Peaks"]

_HEADER = struct.Struct("<4sII")
"""The file's mark, the version of the analysis, and a CRC-32 of the rest."""
_MAGIC = b"ADP2"
_NAME = re.compile(r"[0-9a-f]{64}\.peaks")
_HALF_WRITTEN = re.compile(r"\.[0-9a-f]{64}\.peaks\.[0-9a-f]+\.tmp")
_AT_WORK = 60.0
"""Seconds for which a touched file may be another process's work."""


class Peaks:
    """The folder ``peaks`` of a library: one file for each file of the vault, named by the same hash."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path_of(self, sha256: str) -> Path:
        """Return the path for the peaks of the file with this hash."""
        return self.folder.joinpath(sha256[:2], f"{sha256}.peaks")

    def save(self, sha256: str, peaks: bytes, version: int) -> None:
        """Keep ``peaks`` (minimum and maximum as two int8 for each 10 ms), made by analysis ``version``.

        A power cut may lose them, and ``load`` notices that: waiting for the disk would cost more than a new decode.
        """
        path = self.path_of(sha256)
        data = _HEADER.pack(_MAGIC, version, zlib.crc32(peaks)) + peaks
        if not path.parent.is_dir():
            make_folder_in(self.folder.parent, path.parent)
        write_atomically(path, data, durable=False)

    def load(self, sha256: str) -> bytes | None:
        """Return the peaks; None if there are none or the file is damaged."""
        with contextlib.suppress(OSError):
            data = self.path_of(sha256).read_bytes()
            if len(data) >= _HEADER.size and len(data) % 2 == 0:
                magic, _version, checksum = _HEADER.unpack_from(data)
                peaks = data[_HEADER.size :]
                if magic == _MAGIC and checksum == zlib.crc32(peaks):
                    return peaks
        return None

    def hashes(self) -> list[str]:
        """Return the hashes of all files with stored peaks. Raises OutsideError."""
        return [path.stem for path in self._entries() if _NAME.fullmatch(path.name)]

    def remove_half_written(self) -> int:
        """Remove partly written files of ended processes; return how many. Raises OutsideError.

        Writing takes milliseconds, but a file touched within the last minute may belong to another process.
        """
        removed = 0
        for path in self._entries():
            if _HALF_WRITTEN.fullmatch(path.name):
                with file_errors(path), contextlib.suppress(FileNotFoundError):
                    if abs(time.time() - path.stat().st_mtime) > _AT_WORK:
                        removed += remove(path)
        return removed

    def _entries(self) -> Iterator[Path]:
        with file_errors(self.folder), contextlib.suppress(FileNotFoundError, NotADirectoryError):
            for folder in sorted(self.folder.iterdir()):
                if len(folder.name) == 2 and folder.is_dir():
                    yield from sorted(folder.iterdir())

    def remove(self, sha256: str) -> None:
        """Remove the peaks of a file that left the vault."""
        with contextlib.suppress(OSError, OutsideError):
            self.path_of(sha256).unlink(missing_ok=True)
