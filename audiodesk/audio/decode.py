"""Decodes a part of a file into a stream of samples, through libsndfile."""

from __future__ import annotations

import os
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import soundfile

from audiodesk.audio.bytes.source import Source, window

__all__ = ["DecodeError", "Decoder", "Parts", "Samples"]

Samples = npt.NDArray[Any]
Parts = Sequence[tuple[int, int]]


class DecodeError(Exception):
    """libsndfile could not open its input, or could not continue reading it."""


class Decoder:
    """Decodes the ``parts`` of a source, each (start, end) in bytes, after a header in ``prefix``.

    Without ``parts`` libsndfile reads the whole file itself, which is a tenth faster for MP3.

    ``kind`` is the type of a sample: "int16", "int32" or "float32"; ``full_scale`` is the value that stands for 1.0.
    """

    def __init__(self, source: Source, parts: Parts | None, kind: str = "float32", prefix: bytes = b"") -> None:
        try:
            if parts is None:
                os.lseek(source.fd, 0, os.SEEK_SET)
                self._file = soundfile.SoundFile(source.fd, closefd=False)
            else:
                self._file = soundfile.SoundFile(window(source, parts, prefix))
        except (soundfile.LibsndfileError, RuntimeError, TypeError, ValueError, OSError) as error:
            raise DecodeError(str(error)) from error
        self.kind = kind
        self.channels: int = self._file.channels
        self.sample_rate: int = self._file.samplerate
        self.frames: int = self._file.frames
        """Samples per channel that libsndfile expects."""

    @staticmethod
    def full_scale(kind: str) -> float:
        """Return the value that stands for 1.0 among samples of the type ``kind``."""
        return {"int16": 32768.0, "int32": 2147483648.0, "float32": 1.0}[kind]

    def buffer(self, frames: int) -> Samples:
        """Return an empty block for ``read_into``, of shape (frames, channels)."""
        return np.empty((frames, self.channels), dtype=self.kind)

    def read_into(self, block: Samples) -> Samples:
        """Fill ``block`` and return its filled part, of shape (n, channels); empty at the end of the audio."""
        try:
            count = self._file.buffer_read_into(memoryview(block.data).cast("B"), dtype=self.kind)
        except (soundfile.LibsndfileError, RuntimeError, OSError) as error:
            raise DecodeError(str(error)) from error
        return block[:count]

    def seek(self, frame: int) -> None:
        """Continue at sample ``frame``, counted per channel."""
        try:
            self._file.seek(frame)
        except (soundfile.LibsndfileError, RuntimeError, ValueError, OSError) as error:
            raise DecodeError(str(error)) from error

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the decoder; the source stays open."""
        self._file.close()
