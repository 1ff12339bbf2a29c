"""Opens what is to be heard, as bytes that the player reads where it wants to."""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from pathlib import Path
from typing import BinaryIO, Protocol

from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.errors import OutsideError
from audiodesk.domain.library.outline import TakeDetails
from audiodesk.local.files.vault import Vault

__all__ = ["Playback", "Reader"]


class _Takes(Protocol):
    def take(self, take_id: str) -> TakeDetails:
        """Return all that is known of a take."""


class _Request:
    """One read that somebody waits for."""

    def __init__(self, offset: int, count: int) -> None:
        self.offset = offset
        self.count = count
        self.data: bytes | None = None
        self.error: OSError | None = None


class Reader:
    """The bytes of one immutable file, for any number of threads.

    ``size`` in bytes and ``seconds`` are what the check proved; ``kind`` what the content is.

    A thread of its own reads the file, because a read of a slow disk cannot be called off: after ``abort`` or
    ``close`` nobody waits for it any more, and that thread closes the file when its read returns.
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
        """Return up to ``count`` bytes from ``offset``; none at the end and after ``abort``.

        Raises OutsideError ("audio-unreadable") where the disk does not answer.
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
        """Have all reads, also those under way, return at once from now on: nobody wants the bytes any more."""
        with self._changed:
            self._is_aborted = True
            self._changed.notify_all()

    def close(self) -> None:
        """Give the file back: now, or where a read is under way as soon as that returns. Waits for nothing. Idempotent.

        Like ``abort``, it ends all reads.
        """
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
        """Return a reader at this take's audio, to be closed by who asked for it.

        Raises UserError("not-found") where there is no such take, OutsideError "audio-elsewhere" where its audio has
        not come to this computer, "audio-missing" where it was and is no more, "audio-unreadable".
        """
        file = self._takes.take(take_id).row.file
        if file is None:
            raise OutsideError("audio-elsewhere")
        path = self._vault.path_of(file.sha256, file.kind)
        return Reader(path, size=file.size, kind=file.kind, seconds=file.seconds)
