"""Walks over all frames of an MP3: how many there are, where, in which form, and what lies between them.

Nothing is decoded. The file is read block by block, so memory does not grow with its length. Frames of another form
(sample rate, channels, version or layer) are audio too: joined files and radio recordings have them, and players
play on.
"""

from __future__ import annotations

from audiodesk.audio.bytes.source import Source
from audiodesk.audio.bytes.tag_extents import BLANK, MOST_BLANK, tag_at
from audiodesk.audio.mpeg.mpeg_header import FrameHeader, bit_rate_of, frame_lengths, parse_header
from audiodesk.audio.mpeg.mpeg_layout import Stretch, Walk, seek_table
from audiodesk.audio.mpeg.mpeg_search import Budget, find_frames, goes_on
from audiodesk.audio.mpeg.xing import read_header_frame

__all__ = ["Walk", "seek_table", "walk"]

_BLOCK = 512 * 1024
_MOST_RUNS = 20_000
_MOST_STRETCHES = 1_000
"""A day of radio has some hundreds; in the full decode each stretch needs its own decoder."""
_MOST_MARKS = 1020
_MARK_SECONDS = 10
_RESYNC_FRAMES = 3


class _Walker:
    """One walk over the frames up to ``end``."""

    def __init__(self, source: Source, walk: Walk, end: int) -> None:
        self._source = source
        self._end = end
        self._walk = walk
        self._runs = 0
        self._budget = Budget()
        self._step = _MARK_SECONDS

    def go(self) -> None:
        """Walk to the end and record what is found."""
        position: int | None = self._walk.audio_start
        while position is not None:
            stop = self._run(position)
            if stop >= self._end or self._walk.cut:
                break
            position = self._next(stop)

    def _run(self, position: int) -> int:
        """Step over frames of the form at ``position``; return the end of the last whole one."""
        first = self._source.read(position, 4)
        header = parse_header(first)
        if header is None or not header.length:  # happens only behind a header frame without audio after it
            return position
        stretch = self._stretch(header)
        frames, counts = stretch.frames, [0] * 256
        stop = self._step_over(position, first, stretch, counts)
        if stretch.frames > frames:
            self._walk.end = stop
            self._runs += 1
            stretch.runs.append((position, stop))
            stretch.bit_rates |= {bit_rate_of(first[1] | 1, third) for third, count in enumerate(counts) if count}
        elif not frames:
            self._walk.stretches.pop()
        return stop

    def _stretch(self, header: FrameHeader) -> Stretch:
        """Return the stretch that this frame belongs to: the last one or a new one."""
        stretches = self._walk.stretches
        if stretches and header.form == stretches[-1].header.form:
            return stretches[-1]
        at = stretches[-1].at + stretches[-1].seconds if stretches else 0.0
        stretches.append(Stretch(header, at))
        return stretches[-1]

    def _step_over(self, position: int, first: bytes, stretch: Stretch, counts: list[int]) -> int:
        end, frames = self._end, stretch.frames
        second, lengths, is_mono = first[1] | 1, frame_lengths(first[1] | 1, first[2] >> 2 & 3), first[3] >= 0xC0
        mark = self._next_mark(stretch)
        while position + 4 <= end:
            block = self._source.read(position, min(_BLOCK, end - position))
            limit, at = len(block) - 3, 0
            last = position
            while at < limit:
                if (
                    block[at] != 0xFF
                    or block[at + 1] | 1 != second
                    or not (step := lengths[block[at + 2]])
                    or (block[at + 3] >= 0xC0) != is_mono
                ):
                    stretch.frames = frames
                    return position + at
                if frames == mark:
                    self._mark(position + at)
                    mark = self._next_mark(stretch)
                counts[block[at + 2]] += 1
                frames += 1
                last = at
                at += step
            if not limit > 0:
                break
            if position + at > end:  # the last frame is cut
                counts[block[last + 2]] -= 1
                stretch.frames = frames - 1
                self._walk.cut = end - (position + last)
                return position + last
            position += at
        stretch.frames = frames
        return position

    def _next_mark(self, stretch: Stretch) -> int:
        """Return the number of the frame in this stretch at which the next mark is due."""
        seconds = len(self._walk.marks) * self._step
        header = stretch.header
        passed = (seconds * header.sample_rate - round(stretch.at * header.sample_rate)) // header.samples
        return max(passed, stretch.frames)

    def _mark(self, offset: int) -> None:
        marks = self._walk.marks
        marks.append(offset)
        if len(marks) > _MOST_MARKS:
            del marks[1::2]
            self._step *= 2

    def _next(self, stop: int) -> int | None:
        """Return where frames continue after ``stop``, and count the bytes before them as a tag or as junk."""
        walk = self._walk
        position = stop
        while (tag := tag_at(self._source, position, self._end)) is not None:
            position += tag
        if position >= self._end:
            return None
        if self._runs < _MOST_RUNS and len(walk.stretches) < _MOST_STRETCHES:
            if goes_on(self._source, position, self._end, _RESYNC_FRAMES):
                return position
            found = find_frames(self._source, position, self._end, need=_RESYNC_FRAMES, budget=self._budget)
            if found is not None:
                walk.inside += found - position
                return found
        self._judge_rest(stop, position)
        return None

    def _judge_rest(self, stop: int, position: int) -> None:
        """Record what lies between ``position`` and the end, where no more frames follow."""
        walk = self._walk
        rest = self._end - position
        head = self._source.read(position, min(4, rest))
        header = parse_header(head)
        begun = position == stop and rest < 4 and self._source.read(walk.audio_start, 2).startswith(head[:2])
        if begun or (header is not None and header.length > rest):
            walk.cut = rest
        elif rest > MOST_BLANK or self._source.read(position, rest).strip(BLANK):
            walk.after = rest


def walk(source: Source, start: int, end: int) -> Walk:
    """Walk over the frames from ``start``, where the first one begins, to ``end``.

    Raises ``SourceError`` if the file cannot be read.
    """
    first = source.read(start, 1536)
    header = parse_header(first)
    if header is None or not header.length:
        raise ValueError(start)
    claim = read_header_frame(first[: header.length], header)
    audio_start = min(start + header.length, end) if claim else start
    result = Walk(header, start, audio_start, claim, end=audio_start)
    _Walker(source, result, end).go()
    if result.stretches:
        result.header = result.stretches[0].header
    return result
