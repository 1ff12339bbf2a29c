"""The fine waveforms of the vault's files: derived, so they may be lost and are made again."""

from __future__ import annotations

import contextlib
import struct
from pathlib import Path

from audiodesk.domain.errors import OutsideError
from audiodesk.system.files import write_atomically

__all__ = ["Peaks"]

_HEADER = struct.Struct("<4sI")
_MAGIC = b"ADPK"


class Peaks:
    """The folder ``peaks`` of a library: one file for each file of the vault, under the same hash."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path_of(self, sha256: str) -> Path:
        """Return where the peaks of these bytes are, or would be."""
        return self.folder / sha256[:2] / f"{sha256}.peaks"

    def save(self, sha256: str, peaks: bytes, version: int) -> None:
        """Keep ``peaks`` (minimum and maximum as two int8 for each 10 ms), made by that version of the analysis."""
        write_atomically(self.path_of(sha256), _HEADER.pack(_MAGIC, version) + peaks)

    def load(self, sha256: str) -> bytes | None:
        """Return the peaks; None where there are none or the file is not one of ours."""
        with contextlib.suppress(OSError):
            data = self.path_of(sha256).read_bytes()
            if len(data) >= _HEADER.size and data[:4] == _MAGIC and len(data) % 2 == 0:
                return data[_HEADER.size :]
        return None

    def remove(self, sha256: str) -> None:
        """Forget the peaks of a file that left the vault."""
        with contextlib.suppress(OSError, OutsideError):
            self.path_of(sha256).unlink(missing_ok=True)
