"""Opens the audio of a take as bytes that the player reads at any place."""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from pathlib import Path
from typing import BinaryIO, Protocol

from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.errors import OutsideError
from audiodesk.domain.library.listings import TakeDetails
from audiodesk.local.files.vault import Vault

__all__ = ["Playback", "Reader"]


class _Takes(Protocol):
    def take(self, take_id: str) -> TakeDetails:
        """Return all that is known of a take."""


class _Request:
    """One read that a thread waits for."""

    def __init__(self, offset: int, count: int) -> None:
        self.offset = offset
        self.count = count
        self.data: bytes | None = None
        self.error: OSError | None = None


class Reader:
    """The bytes of one immutable file, for any number of threads.

    ``size`` (in bytes), ``seconds`` and ``kind`` are what the check found.

    A thread of its own reads the file, because a read from a slow disk cannot be cancelled. After ``abort`` or
    ``close`` no caller waits for that read. After ``close`` the thread closes the file when the read returns.
    """

    def __init__(self, path: Path, *, size: int, kind: Kind, seconds: float) -> None:
        self.size = size
        self.kind = kind
        self.seconds = seconds
        self._changed = threading.Condition()
        self._requests: deque[_Request] = deque()
        self._is_aborted = self._is_closed = False
        self._thread: threading.Thread | None = None
        try:
            self._file: BinaryIO = path.open("rb", buffering=0)
        except FileNotFoundError as error:
            raise OutsideError("audio-missing", details=str(error)) from error
        except OSError as error:
            raise OutsideError("audio-unreadable", details=str(error)) from error

    def read_at(self, offset: int, count: int) -> bytes:
        """Return up to ``count`` bytes from ``offset``; no bytes at the end and after ``abort``.

        Raises OutsideError ("audio-unreadable") if the disk does not answer.
        """
        if count <= 0 or not 0 <= offset < self.size:
            return b""
        request = _Request(offset, min(count, self.size - offset))
        with self._changed:
            if self._is_aborted:
                return b""
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="reader", daemon=True)
                self._thread.start()
            self._requests.append(request)
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._is_aborted or request.data is not None or request.error is not None)
        if request.error is not None:
            raise OutsideError("audio-unreadable", details=str(request.error)) from request.error
        return request.data or b""  # none where it was aborted meanwhile

    def abort(self) -> None:
        """End all reads at once, also those under way and those to come: they return no bytes."""
        with self._changed:
            self._is_aborted = True
            self._changed.notify_all()

    def close(self) -> None:
        """End all reads as ``abort`` does; the file is closed once no read uses it. Does not wait. Idempotent."""
        with self._changed:
            is_first, self._is_closed = not self._is_closed, True
            self._is_aborted = True
            self._changed.notify_all()
            thread = self._thread
        if is_first and thread is None:
            self._file.close()

    def _work(self) -> None:
        """Read what is asked for until the reader is closed, then close the file."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._is_closed or bool(self._requests))
                if self._is_closed:
                    break
                request = self._requests.popleft()
                if self._is_aborted:
                    continue
            data, failure = b"", None
            try:
                self._file.seek(request.offset)
                data = self._file.read(request.count)
            except OSError as error:
                failure = error
            with self._changed:
                request.data, request.error = (data, None) if failure is None else (None, failure)
                self._changed.notify_all()
        with contextlib.suppress(OSError):
            self._file.close()


class Playback:
    """Finds the file of a take that plays: the repaired one where there is one, else the original."""

    def __init__(self, takes: _Takes, vault: Vault) -> None:
        self._takes = takes
        self._vault = vault

    def open(self, take_id: str) -> Reader:
        """Return a reader on this take's audio; the caller closes it.

        Raises UserError("not-found") if there is no such take, OutsideError "audio-elsewhere" if its audio has not come
        to this computer, "audio-missing" if it is gone from here, "audio-unreadable".
        """
        row = self._takes.take(take_id).row
        file = row.file
        if file is None:
            raise OutsideError("audio-elsewhere")
        path = self._vault.path_of(file.sha256, file.kind)
        if row.facts.cloud and not row.facts.here and not row.facts.damage and not path.exists():
            raise OutsideError("audio-elsewhere")
        return Reader(path, size=file.size, kind=file.kind, seconds=file.seconds)
