"""Lets Qt's player read the audio of a take through a reader of ours, wherever the bytes come from."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QIODevice

from audiodesk.domain.errors import AudioDeskError

__all__ = ["ReadableTake", "ReaderDevice"]


class ReadableTake(Protocol):
    """What a reader offers; see ``services.audio.playback.Reader``."""

    @property
    def size(self) -> int:
        """Bytes of the whole."""

    def read_at(self, offset: int, count: int) -> bytes:
        """Return up to ``count`` bytes from ``offset``; may wait for them."""

    def abort(self) -> None:
        """Have all reads return at once."""

    def close(self) -> None:
        """Give the file back."""


class ReaderDevice(QIODevice):
    """A random-access device over a reader, open from the start.

    Qt reads it on threads of its decoder and may wait there. Before the player is stopped or given another source,
    ``abort`` must be called: both wait on the main thread for a read that is under way.
    """

    def __init__(self, reader: ReadableTake) -> None:
        super().__init__()
        self._reader = reader
        self._is_over = False
        self.failure: AudioDeskError | None = None
        """Why a read failed; what the player says of the end is not to be believed then."""
        self.open(QIODevice.OpenModeFlag.ReadOnly | QIODevice.OpenModeFlag.Unbuffered)

    def isSequential(self) -> bool:
        """Return False: any place can be read."""
        return False

    def size(self) -> int:
        """Return the bytes of the whole."""
        return self._reader.size

    def bytesAvailable(self) -> int:
        """Return how many bytes follow."""
        return 0 if self.atEnd() else self._reader.size - self.pos()

    def atEnd(self) -> bool:
        """Tell whether nothing follows, which must be so after ``abort`` too: FFmpeg asks for ever otherwise."""
        return self._is_over or self.pos() >= self._reader.size

    def readData(self, maxlen: int) -> bytes:
        """Return up to ``maxlen`` bytes from where it stands; none at the end, after ``abort`` and after a failure."""
        try:
            return self._reader.read_at(self.pos(), maxlen)
        except AudioDeskError as error:
            self.failure = error
            self._is_over = True
            return b""

    def writeData(self, _data: object, _count: int) -> int:
        """Refuse: audio is never written to."""
        return -1

    def abort(self) -> None:
        """Have all reads return at once from now on."""
        self._is_over = True
        self._reader.abort()

    def close(self) -> None:
        """Give the reader's file back as well."""
        self._reader.close()
        super().close()
