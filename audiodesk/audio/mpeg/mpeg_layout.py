"""What a walk over an MP3 found: its stretches of one form, where its frames lie, and what lies between them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from audiodesk.audio.mpeg.mpeg_header import FrameHeader
from audiodesk.audio.mpeg.xing import HeaderFrame

__all__ = ["Stretch", "Walk", "seek_table"]

_DECODER_DELAY = 529
"""Samples by which every layer III decoder is late (its filter bank); a gapless one leaves them out."""


@dataclass
class Stretch:
    """Frames of one form, one behind the other: version, layer, sample rate and number of channels do not change."""

    header: FrameHeader
    """Of its first frame."""
    at: float
    """Second at which it begins."""
    frames: int = 0
    runs: list[tuple[int, int]] = field(default_factory=list)
    """Start and end of each part of it without a gap."""
    bit_rates: set[int] = field(default_factory=set)
    """In bit/s, all that were met."""

    @property
    def samples(self) -> int:
        """Samples for each channel in its frames."""
        return self.frames * self.header.samples

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.samples / self.header.sample_rate

    @property
    def size(self) -> int:
        """Bytes of its frames."""
        return sum(end - start for start, end in self.runs)


@dataclass
class Walk:
    """What the walk found. Offsets and sizes are bytes of the file."""

    header: FrameHeader
    """Of the first frame of audio; of the header frame where there is no other."""
    start: int
    """Of the first frame, the header frame where there is one."""
    audio_start: int
    """Of the first frame of audio."""
    header_frame: HeaderFrame | None
    end: int = 0
    """Behind the last whole frame."""
    stretches: list[Stretch] = field(default_factory=list)
    """One where the form never changes."""
    inside: int = 0
    """Bytes between frames that belong to nothing."""
    after: int = 0
    """Bytes behind the last frame that belong to nothing."""
    cut: int = 0
    """Bytes of a last frame that is not whole."""
    marks: list[int] = field(default_factory=list)
    """Offset of the frame at each 10 seconds, or at each 20, 40, ... where there are more than 1 020."""

    @property
    def frames(self) -> int:
        """Whole frames of audio; the header frame is none."""
        return sum(stretch.frames for stretch in self.stretches)

    @property
    def audio_bytes(self) -> int:
        """Sum of their lengths."""
        return sum(stretch.size for stretch in self.stretches)

    @property
    def bit_rates(self) -> set[int]:
        """In bit/s, all that were met."""
        return set().union(*(stretch.bit_rates for stretch in self.stretches))

    @property
    def runs(self) -> list[tuple[int, int]]:
        """Start and end of each part of the audio without a gap."""
        runs: list[tuple[int, int]] = []
        for start, end in itertools.chain.from_iterable(stretch.runs for stretch in self.stretches):
            if runs and runs[-1][1] == start:
                start = runs.pop()[0]
            runs.append((start, end))
        return runs

    @property
    def samples(self) -> int:
        """Samples for each channel in the frames that are there, without what the encoder added in front and behind.

        The same number that libsndfile decodes. Where the rate changes, the whole length in samples of the first one.
        """
        return self._net(self.frames, self.header_frame)

    @property
    def claimed_samples(self) -> int | None:
        """Samples for each channel that the header frame claims, as ``samples``; None where nothing is claimed."""
        if self.header_frame is None or self.header_frame.frames is None:
            return None
        return self._net(self.header_frame.frames, self.header_frame)

    def seconds_of(self, frames: int) -> float:
        """Return how long the first ``frames`` frames of audio are; those that are not there are like the last one."""
        total = 0.0
        for index, stretch in enumerate(self.stretches):
            last = index == len(self.stretches) - 1
            count = frames if last else min(frames, stretch.frames)
            total += count * stretch.header.samples / stretch.header.sample_rate
            frames -= count
        return total

    def is_plain(self, size: int) -> bool:
        """Return whether a file of ``size`` bytes is nothing but a header frame that tells the truth and its frames."""
        claim = self.header_frame
        told = claim is not None and claim.frames == self.frames
        return told and self.start == 0 and self.end == size and len(self.stretches) == 1 and len(self.runs) == 1

    def part(self, stretch: Stretch) -> Walk:
        """Return one of its stretches as a file of its own would be found."""
        start, end = stretch.runs[0][0], stretch.runs[-1][1]
        return Walk(stretch.header, start, start, None, end, [stretch], marks=[start])

    def _net(self, frames: int, claim: HeaderFrame | None) -> int:
        if len(self.stretches) > 1:  # what an encoder added to one of several recordings is heard within them
            return round(self.seconds_of(frames) * self.header.sample_rate)
        total = frames * self.header.samples
        if claim is None or claim.frames is None:
            return total
        if not claim.lame:
            return total
        # What the encoder added behind is only there where the last frame is; a decoder is late by its own delay.
        added = claim.delay + max(claim.padding if frames >= claim.frames else 0, _DECODER_DELAY)
        return total - added if added < total else total


def seek_table(marks: list[int]) -> bytes:
    """Return the offsets as little-endian uint32; they end before the first one that needs more than 32 bits."""
    return b"".join(offset.to_bytes(4, "little") for offset in marks if offset < 1 << 32)
