"""The layout of an MP3 that a walk found: stretches of one form, the places of frames, and bytes between them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from audiodesk.audio.mpeg.mpeg_header import FrameHeader
from audiodesk.audio.mpeg.xing import HeaderFrame

__all__ = ["Stretch", "Walk", "seek_table"]

_DECODER_DELAY = 529
"""Samples by which every layer III decoder is late (its filter bank); a gapless decoder leaves them out."""


@dataclass
class Stretch:
    """Consecutive frames with the same version, layer, sample rate and number of channels."""

    header: FrameHeader
    """Header of its first frame."""
    at: float
    """Second at which the stretch begins."""
    frames: int = 0
    runs: list[tuple[int, int]] = field(default_factory=list)
    """Start and end of each part without a gap."""
    bit_rates: set[int] = field(default_factory=set)
    """All bit rates that occur, in bit/s."""

    @property
    def samples(self) -> int:
        """Samples per channel in its frames."""
        return self.frames * self.header.samples

    @property
    def seconds(self) -> float:
        """Length of the stretch."""
        return self.samples / self.header.sample_rate

    @property
    def size(self) -> int:
        """Bytes of its frames."""
        return sum(end - start for start, end in self.runs)


@dataclass
class Walk:
    """What the walk found. Offsets and sizes are bytes of the file."""

    header: FrameHeader
    """Header of the first frame of audio; of the header frame where there is no audio."""
    start: int
    """Start of the first frame, which may be the header frame."""
    audio_start: int
    """Start of the first frame of audio."""
    header_frame: HeaderFrame | None
    end: int = 0
    """End of the last whole frame."""
    stretches: list[Stretch] = field(default_factory=list)
    """Only one where the form never changes."""
    inside: int = 0
    """Bytes between frames that are neither audio nor a tag."""
    after: int = 0
    """Bytes after the last frame that are neither audio nor a tag."""
    cut: int = 0
    """Bytes of an incomplete last frame."""
    marks: list[int] = field(default_factory=list)
    """Offset of the frame at every 10 seconds; at every 20, 40, ... where there would be more than 1 020 marks."""

    @property
    def frames(self) -> int:
        """Whole frames of audio, without the header frame."""
        return sum(stretch.frames for stretch in self.stretches)

    @property
    def audio_bytes(self) -> int:
        """Bytes of all frames of audio."""
        return sum(stretch.size for stretch in self.stretches)

    @property
    def bit_rates(self) -> set[int]:
        """All bit rates that occur, in bit/s."""
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
        """Samples per channel in the frames of the file, without the samples that the encoder added at both ends.

        libsndfile decodes the same number. Where the rate changes, it is the whole length in samples of the first rate.
        """
        return self._net(self.frames, self.header_frame)

    @property
    def claimed_samples(self) -> int | None:
        """Samples per channel that the header frame claims, counted as in ``samples``; None without a claim."""
        if self.header_frame is None or self.header_frame.frames is None:
            return None
        return self._net(self.header_frame.frames, self.header_frame)

    def seconds_of(self, frames: int) -> float:
        """Return the length of the first ``frames`` frames of audio; missing frames count like the last one."""
        total = 0.0
        for index, stretch in enumerate(self.stretches):
            last = index == len(self.stretches) - 1
            count = frames if last else min(frames, stretch.frames)
            total += count * stretch.header.samples / stretch.header.sample_rate
            frames -= count
        return total

    def is_plain(self, size: int) -> bool:
        """Return whether a file of ``size`` bytes holds only its frames after a header frame with true numbers."""
        claim = self.header_frame
        told = claim is not None and claim.frames == self.frames
        return told and self.start == 0 and self.end == size and len(self.stretches) == 1 and len(self.runs) == 1

    def part(self, stretch: Stretch) -> Walk:
        """Return the walk that would describe ``stretch`` as a file of its own."""
        start, end = stretch.runs[0][0], stretch.runs[-1][1]
        return Walk(stretch.header, start, start, None, end, [stretch], marks=[start])

    def _net(self, frames: int, claim: HeaderFrame | None) -> int:
        if len(self.stretches) > 1:  # in joined recordings the added samples are heard in the middle
            return round(self.seconds_of(frames) * self.header.sample_rate)
        total = frames * self.header.samples
        if claim is None or claim.frames is None:
            return total
        if not claim.lame:
            return total
        # The samples added at the end are only there if the last frame is; the decoder's own delay is left out too.
        added = claim.delay + max(claim.padding if frames >= claim.frames else 0, _DECODER_DELAY)
        return total - added if added < total else total


def seek_table(marks: list[int]) -> bytes:
    """Return the offsets as little-endian uint32, up to the first one that needs more than 32 bits."""
    return b"".join(offset.to_bytes(4, "little") for offset in marks if offset < 1 << 32)
