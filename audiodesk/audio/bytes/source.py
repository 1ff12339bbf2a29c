"""Reads the bytes of one file on this disk piece by piece. Opening never hangs, not even on a pipe."""

from __future__ import annotations

import bisect
import io
import itertools
import os
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from audiodesk.system.plain_files import NotReadableError, open_plain_file
from audiodesk.system.platforms import next_data, read_at

__all__ = ["Source", "SourceError", "window"]

_WINDOW_BUFFER = 256 * 1024  # decoders ask for a few bytes at a time


class SourceError(Exception):
    """The file cannot be read. ``reason`` is the one of the finding ``unreadable``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Source:
    """A regular file opened for reading. Offsets and sizes are bytes.

    Raises ``SourceError`` from the constructor and from every read.
    """

    def __init__(self, path: str) -> None:
        try:
            self.fd, found = open_plain_file(path)
        except NotReadableError as error:
            raise SourceError(error.reason) from error
        self.size = found.st_size
        self._identity = self._fingerprint()

    def _fingerprint(self) -> tuple[int, int, int, int]:
        found = os.fstat(self.fd)
        return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns

    def changed(self) -> bool:
        """Return whether the file was written to since it was opened."""
        return self._fingerprint() != self._identity

    def read(self, offset: int, count: int) -> bytes:
        """Return up to ``count`` bytes from ``offset``; fewer only at the end of the file."""
        try:
            data = read_at(self.fd, offset, count)
            if len(data) == count or not data:
                return data
            parts = [data]
            have = len(data)
            while have < count and (data := read_at(self.fd, offset + have, count - have)):
                parts.append(data)
                have += len(data)
        except OSError as error:
            raise SourceError("io") from error
        return b"".join(parts)

    def data_from(self, offset: int) -> int:
        """Return where the next written bytes begin: the holes of a sparse file need not be read."""
        return next_data(self.fd, offset, self.size)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        os.close(self.fd)


class _RawWindow(io.RawIOBase):
    """``prefix`` and then parts of a source, as one file. A part that cannot be read ends the file."""

    def __init__(self, source: Source, parts: Sequence[tuple[int, int]], prefix: bytes) -> None:
        self._source = source
        self._parts = parts
        self._prefix = prefix
        lengths = (end - start for start, end in parts)
        self._ends = list(itertools.accumulate(lengths, initial=len(prefix)))
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._piece(len(buffer))
        except SourceError:  # an exception cannot pass through the decoder's C code, but C understands a short file
            return 0
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def _piece(self, count: int) -> bytes:
        """Return up to ``count`` bytes from the current place, all from the part that holds it."""
        if self._at < len(self._prefix):
            return self._prefix[self._at : self._at + count]
        index = bisect.bisect_right(self._ends, self._at)
        if index >= len(self._ends):
            return b""
        start = self._parts[index - 1][1] - (self._ends[index] - self._at)
        return self._source.read(start, min(count, self._ends[index] - self._at))

    def seek(self, offset: int, whence: int = 0) -> int:
        base = (0, self._at, self._ends[-1])[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        return self._at


def window(source: Source, parts: Sequence[tuple[int, int]], prefix: bytes = b"") -> io.BufferedReader:
    """Return one file for decoders: ``prefix``, then the bytes of each (start, end)."""
    return io.BufferedReader(_RawWindow(source, parts, prefix), _WINDOW_BUFFER)
