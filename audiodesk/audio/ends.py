"""Decodes half a second at both ends of a file: quick proof that a decoder can read it."""

from __future__ import annotations

from audiodesk.audio.bytes.source import Source
from audiodesk.audio.decode import DecodeError, Decoder
from audiodesk.audio.examine import Examined
from audiodesk.audio.mpeg.mpeg_header import FrameHeader
from audiodesk.audio.mpeg.mpeg_search import Budget, find_frames
from audiodesk.domain.audio.contents import Kind

__all__ = ["undecodable_at"]

_SECONDS = 0.5
_MP3_BYTES = 16 * 1024
"""Half a second at 256 kbit/s; enough frames for the bit reservoir at any rate."""


def undecodable_at(source: Source, found: Examined) -> float | None:
    """Return the second at which decoding fails; None where both ends decode."""
    return _wave(source, found) if found.kind is Kind.WAV else _mp3(source, found)


def _wave(source: Source, found: Examined) -> float | None:
    part = min(found.frames, int(found.sample_rate * _SECONDS) + 1)
    try:
        with Decoder(source, found.audio_ranges, "int16", found.prefix) as decoder:
            block = decoder.buffer(part)
            if len(decoder.read_into(block)) < part:
                return 0.0
            decoder.seek(found.frames - part)
            whole = len(decoder.read_into(block)) == part
            return None if whole else min(decoder.frames, found.frames) / found.sample_rate
    except DecodeError:
        return 0.0


def _mp3(source: Source, found: Examined) -> float | None:
    walk = found.walk
    if walk is None:
        return 0.0
    begin, end = walk.stretches[0].runs[0], walk.stretches[-1].runs[-1]
    first = min(begin[0] + _MP3_BYTES, begin[1])
    if not _yields(source, begin[0], first, walk.header):
        return 0.0
    if first == walk.end:
        return None
    like = source.read(end[0], 4)
    start = max(first, end[0], end[1] - _MP3_BYTES)
    last = find_frames(source, start, end[1], need=2, budget=Budget(1000), like=like)
    if last is not None and not _yields(source, last, end[1], walk.stretches[-1].header):
        return max(0.0, found.seconds - _SECONDS)
    return None


def _yields(source: Source, start: int, end: int, header: FrameHeader) -> bool:
    try:
        with Decoder(source, [(start, end)]) as decoder:
            got = decoder.read_into(decoder.buffer(header.sample_rate // 2))
            return len(got) > 0 and decoder.sample_rate == header.sample_rate
    except DecodeError:
        return False
