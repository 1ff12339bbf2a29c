"""Lets Qt's player read the audio of a take through one of our readers, wherever the bytes come from."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QIODevice

from audiodesk.domain.errors import AudioDeskError

__all__ = ["ReadableTake", "ReaderDevice"]


class ReadableTake(Protocol):
    """The interface of a reader; see ``services.audio.playback.Reader``."""

    @property
    def size(self) -> int:
        """The size of the audio in bytes."""

    def read_at(self, offset: int, count: int) -> bytes:
        """Return up to ``count`` bytes from ``offset``; may wait for them."""

    def abort(self) -> None:
        """Make all reads return at once."""

    def close(self) -> None:
        """Close the file."""


class ReaderDevice(QIODevice):
    """A random-access device over a reader, open from the start.

    Qt's decoder threads read from it and may wait in a read. Call ``abort`` before the player is stopped or gets
    another source: both make the main thread wait for a read that is under way.
    """

    def __init__(self, reader: ReadableTake) -> None:
        super().__init__()
        self._reader = reader
        self._is_over = False
        self.failure: AudioDeskError | None = None
        """Why a read failed; if set, the player's "end of media" is not true."""
        self.open(QIODevice.OpenModeFlag.ReadOnly | QIODevice.OpenModeFlag.Unbuffered)

    def isSequential(self) -> bool:
        """Return False: reads can start anywhere."""
        return False

    def size(self) -> int:
        """Return the size of the audio in bytes."""
        return self._reader.size

    def bytesAvailable(self) -> int:
        """Return how many bytes follow the position."""
        return 0 if self.atEnd() else self._reader.size - self.pos()

    def atEnd(self) -> bool:
        """Return whether no bytes follow; also True after ``abort``, because otherwise FFmpeg would ask for ever."""
        return self._is_over or self.pos() >= self._reader.size

    def readData(self, maxlen: int) -> bytes:
        """Return up to ``maxlen`` bytes from the position; none at the end, after ``abort`` or after a failure."""
        try:
            return self._reader.read_at(self.pos(), maxlen)
        except AudioDeskError as error:
            self.failure = error
            self._is_over = True
            return b""

    def writeData(self, _data: object, _count: int) -> int:
        """Refuse: audio is read-only."""
        return -1

    def abort(self) -> None:
        """Make all reads return at once from now on."""
        self._is_over = True
        self._reader.abort()

    def close(self) -> None:
        """Close the device and the reader's file."""
        self._reader.close()
        super().close()
