"""Finds where MPEG frames begin: several in a row must match, and a budget keeps hostile files from taking long."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from audiodesk.audio.bytes.source import Source
from audiodesk.audio.mpeg.mpeg_header import frame_lengths, parse_header

__all__ = ["Budget", "chain_length", "find_frames", "goes_on", "is_free_format"]

_BLOCK = 256 * 1024
_LONGEST = 2881  # bytes of the longest frame of layers II and III: 160 kbit/s at 8 kHz; 320 kbit/s needs 1 441


@dataclass
class Budget:
    """How many false beginnings may still be examined. A gigabyte of noise has about 20 000."""

    remaining: int = 20_000


@lru_cache(maxsize=64)
def _pattern(seconds: tuple[int, ...], rate_index: int | None) -> re.Pattern[bytes]:
    rates = range(3) if rate_index is None else (rate_index,)
    thirds = [third for third in range(256) if 0 < third >> 4 < 15 and third >> 2 & 3 in rates]
    return re.compile(b"\xff" + _any_of(seconds) + _any_of(thirds))


def _any_of(values: Iterable[int]) -> bytes:
    return b"[" + b"".join(re.escape(bytes((value,))) for value in values) + b"]"


def _seconds(layer: int) -> tuple[int, ...]:
    bits = 4 - layer
    return tuple(0xE0 | version << 3 | bits << 1 | unprotected for version in (0, 2, 3) for unprotected in (0, 1))


def chain_length(source: Source, at: int, end: int, most: int) -> tuple[int, bool]:
    """Return how many whole frames follow each other from ``at``, up to ``most``, and whether they reach ``end``.

    All have the same version, layer and sample rate. A last frame cut by ``end`` reaches it, but is not counted.
    """
    data = source.read(at, min(end - at, (most + 1) * _LONGEST))
    header = parse_header(data)
    if header is None or not header.length:
        return 0, False
    second = data[1] | 1
    lengths = frame_lengths(second, data[2] >> 2 & 3)
    position = count = 0
    while count < most and position + 4 <= len(data):
        if data[position] != 0xFF or data[position + 1] | 1 != second or not (step := lengths[data[position + 2]]):
            return count, False
        position += step
        if at + position > end:
            return count, True
        count += 1
    return count, at + position + 4 > end


def goes_on(source: Source, at: int, end: int, need: int) -> bool:
    """Return whether ``need`` whole frames follow each other exactly from ``at``, or fewer that end exactly at ``end``.

    Each may have another form: a header exactly at the end of the frame before is enough proof.
    """
    for count in range(need):
        header = parse_header(source.read(at, min(4, end - at)))
        if header is None or not header.length:
            return count > 0 and end - at < 4
        if at + header.length > end:
            return count > 0
        at += header.length
    return True


def find_frames(
    source: Source,
    start: int,
    end: int,
    *,
    need: int,
    budget: Budget,
    layer: int = 3,
    like: bytes = b"",
) -> int | None:
    """Return where, from ``start``, ``need`` whole frames follow each other, or fewer that end exactly at ``end``.

    The frames must have the version and sample rate of the header ``like``. None where there are none, or where the
    budget for false beginnings is used up.
    """
    seconds = (like[1] & 0xFE, like[1] | 1) if like else _seconds(layer)
    pattern = _pattern(seconds, like[2] >> 2 & 3 if like else None)
    position = start
    while position < end:
        block = source.read(position, min(_BLOCK, end - position))
        if not block:
            return None
        for match in pattern.finditer(block):
            if budget.remaining <= 0:
                return None
            budget.remaining -= 1
            at = position + match.start()
            count, reaches = chain_length(source, at, end, need)
            if count >= need or (count and reaches):
                return at
        position += max(len(block) - 2, 1)
        if len(block) < 3:
            return None
    return None


def is_free_format(source: Source, at: int, end: int) -> bool:
    """Return whether layer III frames without a bit rate follow each other from ``at``, all equally long."""
    data = source.read(at, min(end - at, 5 * 8192))
    header = parse_header(data)
    if header is None or header.bit_rate or header.layer != 3:
        return False
    again = re.compile(re.escape(data[:2]) + _any_of(third for third in range(256) if third & 0xFC == data[2] & 0xFC))
    for match in again.finditer(data, 32, 8192):
        step = match.start()
        if all(any(again.match(data, step * times + more) for more in range(-times, times + 1)) for times in (2, 3)):
            return True
    return False
