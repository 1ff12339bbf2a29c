"""The report of one file's check: facts, findings, and the parts that could be rescued."""

from __future__ import annotations

from dataclasses import dataclass, field

from audiodesk.domain.audio.contents import Kind, Levels, Tags
from audiodesk.domain.audio.findings import Finding, Verdict, verdict_of

__all__ = ["Analysis", "CheckReport", "MoreAudio", "Rescue", "seek_step"]

_SEEK_SECONDS = 10


def seek_step(seconds: float, entries: int) -> int:
    """Return the seconds between two entries of a seek table: 10, or 20, 40, ... in very long files.

    ``seconds`` is the length of the file, ``entries`` the number of entries in the table.
    """
    step = _SEEK_SECONDS
    while entries and (entries + 0.5) * step < seconds:
        step *= 2
    return step


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescue:
    """Where the sound part of a damaged file lies, for a repaired copy."""

    offset: int
    """Offset of the first byte of audio to keep."""
    size: int
    """Bytes of audio from there, whole frames only."""
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MoreAudio:
    """Where a further recording lies in the same file; it can become a take of its own."""

    offset: int
    """Offset of a WAV file's header, or of audio without one."""
    size: int
    """In bytes."""
    seconds: float
    has_header: bool
    """Whether it is a complete WAV file; else it holds samples in the form of the first recording."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """The results of a full decode."""

    version: int
    """``audio.ANALYSIS_VERSION`` of the code that made the analysis."""
    levels: Levels
    findings: tuple[Finding, ...] = ()
    overview: bytes = field(default=b"", repr=False)
    """The waveform in at most 1 KB: a peak from 0 to 255 for each of at most 1 000 equal pieces."""
    peaks: bytes = field(default=b"", repr=False)
    """Minimum and maximum as two int8 for each 10 ms, all channels together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """The structural check of one file and, on request, its analysis. It is passed between processes."""

    size: int
    """In bytes."""
    kind: Kind | None
    """None if the content is neither MP3 nor WAV."""
    seconds: float = 0.0
    frames: int = 0
    """Samples per channel (soundfile calls them frames)."""
    sample_rate: int = 0
    channels: int = 0
    bit_depth: int | None = None
    bit_rate: int | None = None
    cbr: bool | None = None
    encoding: str = ""
    """Named in words that need no translation: "PCM", "float", "MPEG-1 layer III"."""
    tags: Tags = field(default_factory=Tags)
    findings: tuple[Finding, ...] = ()
    rescue: Rescue | None = None
    """The part of a refused file that can be kept; or a file whose copy with a true header plays instead."""
    more: tuple[MoreAudio, ...] = ()
    """The recordings of the finding ``more-audio``, in the order of the file."""
    seek_table: bytes = field(default=b"", repr=False)
    """MP3 only: little-endian uint32 byte offsets, one for each ``seek_step``."""
    analysis: Analysis | None = None

    @property
    def verdict(self) -> Verdict:
        """The verdict on the structure and, if there is one, the full decode."""
        return verdict_of(self.all_findings)

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """The findings of the structure, then those of the full decode."""
        return self.findings + (self.analysis.findings if self.analysis else ())
