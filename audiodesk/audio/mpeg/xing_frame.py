"""Makes a header frame with true numbers for the frames of a walk: for a repaired copy, and for the decoder.

libsndfile believes the header frame, or guesses from the first frame's rate where there is none. With a wrong or
missing header frame it would decode only a part of the file.
"""

from __future__ import annotations

import struct

from audiodesk.audio.bytes.source import Source
from audiodesk.audio.mpeg.mpeg import Walk
from audiodesk.audio.mpeg.mpeg_header import parse_header
from audiodesk.audio.mpeg.xing import crc16

__all__ = ["true_header_frame"]

_FIELDS = 120
"""Bytes of the name, the flags, two counts and the table."""


def true_header_frame(source: Source, walk: Walk) -> bytes:
    """Return an Info frame (Xing where the bit rate varies) with the number of frames in the walk.

    LAME's part of the file is kept with its delay; its padding is kept only if the last frame is there.
    """
    first = source.read(walk.audio_start, 4)
    lame = _lame(walk)
    header, length, side = _room(first, len(lame))
    size = length + walk.audio_bytes
    name = b"Info" if len(walk.bit_rates) == 1 else b"Xing"
    body = name + struct.pack(">III", 7, walk.frames, min(size, 0xFFFFFFFF)) + _contents(walk, length, size)
    if lame:
        lame[28:32] = struct.pack(">I", min(size, 0xFFFFFFFF))
    frame = bytearray((header + bytes(side) + body + bytes(lame)).ljust(length, b"\0")[:length])
    if lame:
        end = 4 + side + len(body) + len(lame)
        frame[end - 2 : end] = crc16(bytes(frame[: end - 2])).to_bytes(2, "big")
    return bytes(frame)


def _lame(walk: Walk) -> bytearray:
    claim = walk.header_frame
    if claim is None or not claim.lame or len(walk.stretches) > 1:
        return bytearray()
    delay, padding = claim.delay, claim.padding
    if claim.frames is not None and walk.frames < claim.frames:
        padding = 0
    if delay + padding >= walk.frames * walk.header.samples:
        return bytearray()
    lame = bytearray(claim.lame)
    lame[21:24] = (delay << 12 | padding).to_bytes(3, "big")
    return lame


def _room(first: bytes, lame: int) -> tuple[bytes, int, int]:
    """Return a frame header with room for the fields, and the frame's length and side information in bytes.

    The audio's own bit rate is tried first, so that a constant rate stays constant, then higher rates. The frame has no
    padding and no checksum. Mono stays mono, because the place of the fields depends on it.
    """
    found = (b"", 0, 0)
    for rate in range(first[2] >> 4, 15):
        header = bytes((0xFF, first[1] | 1, rate << 4 | first[2] & 0x0C, first[3]))
        parsed = parse_header(header)
        if parsed is None or not parsed.length:
            continue
        found = header, parsed.length, parsed.side_info
        if parsed.length >= 4 + parsed.side_info + _FIELDS + lame:
            break
    return found


def _contents(walk: Walk, length: int, size: int) -> bytes:
    """Return the table of 100 points: for each hundredth of the time its place in 256ths of the file."""
    marks = walk.marks
    table = bytearray(100)
    for percent in range(100):
        at = percent * len(marks) / 100
        low = min(int(at), len(marks) - 1)
        begin = marks[low] - walk.audio_start
        after = (marks[low + 1] if low + 1 < len(marks) else walk.end) - walk.audio_start
        table[percent] = min(255, int((length + begin + (after - begin) * (at - low)) * 256 / size))
    return bytes(table)
