"""How much audio a WAV file has: what is measured, and the limits by which it is judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from audiodesk.domain.audio.report import MoreAudio

__all__ = ["MISSING_SECONDS", "Extent", "Size"]

MISSING_SECONDS = 0.04
"""One video frame: less than this missing is no cut, and less than this behind the end cannot be told to be audio."""


class Size(StrEnum):
    """How the size that the header states compares with what is there."""

    RIGHT = "right"
    UNKNOWN = "unknown"
    """None is stated."""
    WRONG = "wrong"
    """The size of the whole shows that the audio is whole."""
    SHORT = "short"
    """Audio of the same form goes on behind it."""
    LONG = "long"
    """The audio ends before it."""


@dataclass(slots=True)
class Extent:
    """Offsets and sizes are bytes."""

    size: Size = Size.RIGHT
    there: int = 0
    """Bytes of audio that are there."""
    is_whole: bool = True
    """The audio ends with a whole sample, and nothing but tags follows."""
    junk: int = 0
    """Bytes behind the audio that belong to nothing."""
    is_zero: bool = False
    """These are all zeros."""
    more: list[MoreAudio] = field(default_factory=list)
    next_file: int | None = None
    """Where another WAV file begins."""
