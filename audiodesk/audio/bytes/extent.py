"""How much audio a WAV file has: the measured values, and the limits by which they are judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from audiodesk.domain.audio.report import MoreAudio

__all__ = ["MISSING_SECONDS", "Extent", "Size"]

MISSING_SECONDS = 0.04
"""One video frame. A file that lacks less is not cut off; less behind the end cannot be recognised as audio."""


class Size(StrEnum):
    """How the size that the header states compares with the audio in the file."""

    RIGHT = "right"
    UNKNOWN = "unknown"
    """The header states no size."""
    WRONG = "wrong"
    """The stated size is wrong, but the size of the whole file shows that the audio is complete."""
    SHORT = "short"
    """Audio of the same form continues after the stated size."""
    LONG = "long"
    """The audio ends before the stated size."""


@dataclass(slots=True)
class Extent:
    """The measured audio of a WAV file. Offsets and sizes are bytes."""

    size: Size = Size.RIGHT
    there: int = 0
    """Bytes of audio in the file."""
    is_whole: bool = True
    """The audio ends with a whole sample, and only tags follow."""
    junk: int = 0
    """Bytes behind the audio that are neither audio nor a tag."""
    is_zero: bool = False
    """All bytes of ``junk`` are zeros."""
    more: list[MoreAudio] = field(default_factory=list)
    next_file: int | None = None
    """Offset at which another WAV file begins."""
