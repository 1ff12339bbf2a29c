"""What an audio file is, what it says of itself, and what was measured of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Kind", "Levels", "Tags"]


class Kind(StrEnum):
    """What a file really is, by its content; also its ending in the vault."""

    MP3 = "mp3"
    WAV = "wav"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """What the file says of itself, as text; empty where it says nothing."""

    title: str = ""
    artist: str = ""
    album: str = ""
    track: str = ""
    date: str = ""
    genre: str = ""
    comment: str = ""
    encoder: str = ""
    cover_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """What a full decode measured; levels in dBFS, None for digital silence or not measured.

    ``lead_seconds`` and ``tail_seconds`` are how long it is quiet before the first and after the last word.
    """

    rms_db: float | None = None
    peak_db: float | None = None
    noise_floor_db: float | None = None
    loudness_lufs: float | None = None
    true_peak_db: float | None = None
    lead_seconds: float | None = None
    """Quiet before the first sound."""
    tail_seconds: float | None = None
    """Quiet after the last sound."""
