"""The type of an audio file, its tags, and its measured levels."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Kind", "Levels", "Tags"]


class Kind(StrEnum):
    """The type of a file by its content; also its ending in the vault."""

    MP3 = "mp3"
    WAV = "wav"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """The file's tags as text; empty where the file has none."""

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
    """Levels from a full decode, in dBFS; None for digital silence, or if not measured.

    ``lead_seconds`` and ``tail_seconds`` are the quiet time before the first and after the last word.
    """

    rms_db: float | None = None
    peak_db: float | None = None
    noise_floor_db: float | None = None
    loudness_lufs: float | None = None
    true_peak_db: float | None = None
    lead_seconds: float | None = None
    """Quiet time before the first sound."""
    tail_seconds: float | None = None
    """Quiet time after the last sound."""
