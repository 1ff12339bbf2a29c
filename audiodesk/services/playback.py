"""Opens what is to be heard, as bytes that the player reads where it wants to."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path
from typing import BinaryIO, Protocol

from audiodesk.domain.entities import Kind
from audiodesk.domain.errors import OutsideError
from audiodesk.domain.outline import TakeDetails
from audiodesk.local.vault import Vault

__all__ = ["Playback", "Reader"]


class _Takes(Protocol):
    def take(self, take_id: str) -> TakeDetails:
        """Return all that is known of a take."""


class Reader:
    """The bytes of one immutable file, for any number of threads.

    ``size`` in bytes and ``seconds`` are what the check proved; ``kind`` what the content is.
    """

    def __init__(self, path: Path, *, size: int, kind: Kind, seconds: float) -> None:
        self.size = size
        self.kind = kind
        self.seconds = seconds
        self._lock = threading.Lock()
        self._aborted = False
        self._file: BinaryIO | None
        try:
            self._file = path.open("rb", buffering=0)
        except FileNotFoundError as error:
            raise OutsideError("audio-missing", details=str(error)) from error
        except OSError as error:
            raise OutsideError("audio-unreadable", details=str(error)) from error

    def read_at(self, offset: int, count: int) -> bytes:
        """Return up to ``count`` bytes from ``offset``; none at the end and after ``abort``.

        Raises OutsideError ("audio-unreadable") where the disk does not answer.
        """
        with self._lock:
            if self._aborted or self._file is None or count <= 0 or not 0 <= offset < self.size:
                return b""
            try:
                self._file.seek(offset)
                return self._file.read(min(count, self.size - offset))
            except OSError as error:
                raise OutsideError("audio-unreadable", details=str(error)) from error

    def abort(self) -> None:
        """Have all reads, also those under way, return at once from now on: nobody wants the bytes any more."""
        self._aborted = True

    def close(self) -> None:
        """Give the file back. Idempotent."""
        self._aborted = True
        with self._lock, contextlib.suppress(OSError):
            if self._file is not None:
                self._file.close()
                self._file = None


class Playback:
    """Finds the file of a take that plays: the repaired one where there is one, else the original."""

    def __init__(self, takes: _Takes, vault: Vault) -> None:
        self._takes = takes
        self._vault = vault

    def open(self, take_id: str) -> Reader:
        """Return a reader at this take's audio, to be closed by who asked for it.

        Raises UserError("not-found") where there is no such take, OutsideError "audio-elsewhere" where its audio has
        not come to this computer, "audio-missing" where it was and is no more, "audio-unreadable".
        """
        file = self._takes.take(take_id).row.file
        if file is None:
            raise OutsideError("audio-elsewhere")
        path = self._vault.path_of(file.sha256, file.kind)
        return Reader(path, size=file.size, kind=file.kind, seconds=file.seconds)
