"""The walk over all frames of an MP3: how many there are, where, at which bit rates, and what lies between them.

Nothing is decoded. The file is read block by block; memory stays the same for any length.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from audiodesk.audio.mpeg_header import FrameHeader, bit_rate_of, frame_lengths, parse_header
from audiodesk.audio.mpeg_search import Budget, find_frames
from audiodesk.audio.source import Source
from audiodesk.audio.tag_extents import tag_at
from audiodesk.audio.xing import HeaderFrame, read_header_frame

__all__ = ["Walk", "seek_table", "walk"]

_BLOCK = 512 * 1024
_MOST_RUNS = 20_000
_MOST_MARKS = 1020
_MARK_SECONDS = 10
_RESYNC_FRAMES = 3
_DECODER_DELAY = 529
"""Samples by which every layer III decoder is late (its filter bank); a gapless one leaves them out."""


@dataclass
class Walk:
    """What the walk found. Offsets and sizes are bytes of the file."""

    header: FrameHeader
    """Of the first frame."""
    start: int
    """Of the first frame, the header frame where there is one."""
    audio_start: int
    """Of the first frame of audio."""
    header_frame: HeaderFrame | None
    end: int = 0
    """Behind the last whole frame."""
    frames: int = 0
    """Whole frames of audio; the header frame is none."""
    audio_bytes: int = 0
    """Sum of their lengths."""
    runs: list[tuple[int, int]] = field(default_factory=list)
    """Start and end of each stretch of audio frames without a gap; at most 20 000."""
    inside: int = 0
    """Bytes between frames that belong to nothing."""
    after: int = 0
    """Bytes behind the last frame that belong to nothing."""
    cut: int = 0
    """Bytes of a last frame that is not whole."""
    bit_rates: set[int] = field(default_factory=set)
    """In bit/s, all that were met."""
    marks: list[int] = field(default_factory=list)
    """Offset of the frame at each 10 seconds, or at each 20, 40, ... where there are more than 1 020."""

    @property
    def samples(self) -> int:
        """Samples for each channel in the frames that are there, without what the encoder added in front and behind.

        The same number that libsndfile decodes.
        """
        return self._net(self.frames, self.header_frame)

    @property
    def claimed_samples(self) -> int | None:
        """Samples for each channel that the header frame claims; None where nothing is claimed."""
        if self.header_frame is None or self.header_frame.frames is None:
            return None
        return self._net(self.header_frame.frames, self.header_frame)

    def is_plain(self, size: int) -> bool:
        """Return whether a file of ``size`` bytes is nothing but a header frame that tells the truth and its frames."""
        claim = self.header_frame
        told = claim is not None and claim.frames == self.frames
        return told and self.start == 0 and len(self.runs) == 1 and self.end == size

    def _net(self, frames: int, claim: HeaderFrame | None) -> int:
        total = frames * self.header.samples
        if claim is None or claim.frames is None:
            return total
        if not claim.lame:
            return total
        # What the encoder added behind is only there where the last frame is; a decoder is late by its own delay.
        added = claim.delay + max(claim.padding if frames >= claim.frames else 0, _DECODER_DELAY)
        return total - added if added < total else total


class _Walker:
    """One walk; ``position`` is where the next frame should be."""

    def __init__(self, source: Source, walk: Walk, end: int) -> None:
        self._source = source
        self._end = end
        self._walk = walk
        self._first = source.read(walk.start, 4)
        self._second = self._first[1] | 1
        self._lengths = frame_lengths(self._second, self._first[2] >> 2 & 3)
        self._counts = [0] * 256
        self._budget = Budget()
        self._spacing = _MARK_SECONDS * walk.header.sample_rate / walk.header.samples

    def go(self) -> None:
        """Walk to the end and write down what is there."""
        position = self._walk.audio_start
        while True:
            stop = self._run(position)
            if stop > position:
                self._walk.runs.append((position, stop))
                self._walk.end = stop
            if self._end - stop <= 0 or self._walk.cut:
                break
            found = self._next(stop) if len(self._walk.runs) < _MOST_RUNS else None
            if found is None:
                break
            position = found
        walk = self._walk
        walk.audio_bytes = sum(stop - start for start, stop in walk.runs)
        walk.bit_rates = {bit_rate_of(self._second, third) for third, count in enumerate(self._counts) if count}

    def _run(self, position: int) -> int:
        """Step over frames from ``position``; return where the last whole one ends."""
        end, lengths, counts, second = self._end, self._lengths, self._counts, self._second
        frames = self._walk.frames
        mark = self._next_mark()
        while position + 4 <= end:
            block = self._source.read(position, min(_BLOCK, end - position))
            limit, at = len(block) - 3, 0
            last = position
            while at < limit:
                if block[at] != 0xFF or block[at + 1] | 1 != second or not (step := lengths[block[at + 2]]):
                    self._walk.frames = frames
                    return position + at
                if frames == mark:
                    self._mark(position + at)
                    mark = self._next_mark()
                counts[block[at + 2]] += 1
                frames += 1
                last = at
                at += step
            if not limit > 0:
                break
            if position + at > end:  # the last one is cut
                counts[block[last + 2]] -= 1
                self._walk.frames = frames - 1
                self._walk.cut = end - (position + last)
                return position + last
            position += at
        self._walk.frames = frames
        return position

    def _next_mark(self) -> int:
        return int(len(self._walk.marks) * self._spacing)

    def _mark(self, offset: int) -> None:
        marks = self._walk.marks
        marks.append(offset)
        if len(marks) > _MOST_MARKS:
            del marks[1::2]
            self._spacing *= 2

    def _next(self, stop: int) -> int | None:
        """Return where frames go on behind ``stop``, and count what lies between as a tag or as nothing's."""
        walk = self._walk
        position = stop
        while (tag := tag_at(self._source, position, self._end)) is not None:
            position += tag
        if position >= self._end:
            return None
        found = find_frames(
            self._source, position, self._end, need=_RESYNC_FRAMES, budget=self._budget, like=self._first
        )
        if found is not None:
            walk.inside += found - position
            return found
        rest = self._source.read(position, min(4, self._end - position))
        header = parse_header(rest)
        if position == stop and len(rest) < 4 and self._first.startswith(rest[:2]):
            walk.cut = len(rest)
        elif header is not None and header.length > self._end - position:
            walk.cut = self._end - position
        else:
            walk.after = self._end - position
        return None


def walk(source: Source, start: int, end: int) -> Walk:
    """Walk over the frames of layer III between ``start``, where the first one is, and ``end``.

    Raises ``SourceError`` where the file cannot be read.
    """
    first = source.read(start, 1536)
    header = parse_header(first)
    if header is None or not header.length:
        raise ValueError(start)
    claim = read_header_frame(first[: header.length], header)
    audio_start = min(start + header.length, end) if claim else start
    result = Walk(header, start, audio_start, claim, end=audio_start)
    _Walker(source, result, end).go()
    return result


def seek_table(marks: list[int]) -> bytes:
    """Return the offsets as little-endian uint32; they end before the first one that needs more than 32 bits."""
    return b"".join(offset.to_bytes(4, "little") for offset in marks if offset < 1 << 32)
