"""The repaired copy of a damaged file: what is sound of it, under a header that tells the truth."""

from __future__ import annotations

import errno
import os
import struct
from collections.abc import Iterable
from typing import BinaryIO

from audiodesk.audio.examine import Examined, examine
from audiodesk.audio.mpeg import Walk
from audiodesk.audio.mpeg_header import parse_header
from audiodesk.audio.riff import Wave
from audiodesk.audio.source import Source, SourceError
from audiodesk.audio.tag_extents import id3v2_size
from audiodesk.audio.xing import crc16
from audiodesk.domain.report import CheckReport

__all__ = ["RepairError", "rescue"]

_BLOCK = 1024 * 1024
_KEPT_CHUNKS = (b"bext", b"LIST", b"id3 ", b"ID3 ", b"iXML", b"cart")
_MOST_KEPT = 16 * 1024 * 1024
_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG)


class RepairError(Exception):
    """Nothing was rescued: ``reason`` is "nothing", "changed", "unreadable", "disk_full" or "unwritable"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def rescue(path: str, report: CheckReport, target: str) -> None:
    """Write to ``target`` what ``report.rescue`` says is sound of ``path``; it is on the disk when this returns.

    A WAV keeps its format and the chunks that say what it is, an MP3 its tag, with a new Info or Xing frame that
    counts the frames that are there. Raises ``RepairError``; what was written of ``target`` until then stays.
    """
    try:
        with Source(path) as source:
            found = examine(source)
            if found.rescue is None:
                raise RepairError("nothing")
            if found.rescue != report.rescue or source.size != report.size:
                raise RepairError("changed")
            _write(source, found, target)
            if source.changed():
                raise RepairError("changed")
    except SourceError as error:
        raise RepairError("unreadable") from error


def _write(source: Source, found: Examined, target: str) -> None:
    try:
        with open(target, "wb") as file:  # noqa: PTH123 - the same kind of path as the source's
            if found.wave is not None:
                _write_wave(source, found.wave, found, file)
            elif found.walk is not None:
                _write_mp3(source, found.walk, file)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise RepairError("disk_full" if error.errno in _FULL else "unwritable") from error


def _copy(source: Source, start: int, end: int, file: BinaryIO) -> None:
    while start < end:
        block = source.read(start, min(_BLOCK, end - start))
        if not block:
            raise RepairError("changed")
        file.write(block)
        start += len(block)


# --- WAV ---


def _write_wave(source: Source, wave: Wave, found: Examined, file: BinaryIO) -> None:
    form = wave.body_of(b"fmt ")
    if found.rescue is None or form is None:
        raise RepairError("nothing")
    parts = [(b"fmt ", form.start, min(form.size, 64))]
    kept = 0
    for chunk in wave.chunks:
        whole = chunk.start + chunk.size <= source.size
        if chunk.name in _KEPT_CHUNKS and whole and kept + chunk.size <= _MOST_KEPT:
            kept += chunk.size
            parts.append((chunk.name, chunk.start, chunk.size))
    parts.append((b"data", found.rescue.offset, found.rescue.size))
    total = 4 + sum(8 + size + size % 2 for _, _, size in parts)
    file.write(b"RIFF" + struct.pack("<I", total) + b"WAVE")
    for name, start, size in parts:
        file.write(name + struct.pack("<I", size))
        _copy(source, start, start + size, file)
        file.write(b"\0" * (size % 2))


# --- MP3 ---


def _write_mp3(source: Source, walk: Walk, file: BinaryIO) -> None:
    tag = id3v2_size(source.read(0, 10))
    if tag is not None and tag <= min(walk.start, _MOST_KEPT):
        _copy(source, 0, tag, file)
    file.write(_header_frame(source, walk))
    for start, end in walk.runs:
        _copy(source, start, end, file)


def _header_frame(source: Source, walk: Walk) -> bytes:
    """Return an Info frame (Xing where the bit rate varies) that counts the frames of the walk."""
    first = source.read(walk.audio_start, 4)
    lame = bytearray(walk.header_frame.lame) if walk.header_frame else bytearray()
    header = b""
    length = side = 0
    for rate in _rates_from(first[2] >> 4):
        # Without padding and without a checksum; mono stays mono, for the place of the fields depends on it.
        header = bytes((0xFF, first[1] | 1, rate << 4 | first[2] & 0x0C, first[3]))
        parsed = parse_header(header)
        if parsed is None:
            continue
        length, side = parsed.length, parsed.side_info
        if length >= 4 + side + 120 + len(lame):
            break
    name = b"Info" if len(walk.bit_rates) == 1 else b"Xing"
    size = length + walk.audio_bytes
    body = name + struct.pack(">III", 7, walk.frames, size) + _contents(walk, length, size)
    if lame:
        lame[21:24] = ((walk.header_frame.delay if walk.header_frame else 0) << 12).to_bytes(3, "big")
        lame[28:32] = struct.pack(">I", size & 0xFFFFFFFF)
    frame = bytearray((header + bytes(side) + body + bytes(lame)).ljust(length, b"\0")[:length])
    if lame:
        end = 4 + side + len(body) + len(lame)
        frame[end - 2 : end] = crc16(bytes(frame[: end - 2])).to_bytes(2, "big")
    return bytes(frame)


def _rates_from(index: int) -> Iterable[int]:
    """Return bit rate indexes to try: the audio's own, so that a constant rate stays constant, then higher ones."""
    return (index, *range(index + 1, 15))


def _contents(walk: Walk, length: int, size: int) -> bytes:
    """Return the table of 100 points: which 256th of the file stands at which hundredth of the time."""
    marks = walk.marks
    table = bytearray(100)
    for percent in range(100):
        at = percent * walk.frames / 100 / max(1, walk.frames) * len(marks)
        low = min(int(at), len(marks) - 1)
        begin = marks[low] - walk.audio_start
        after = (marks[low + 1] if low + 1 < len(marks) else walk.end) - walk.audio_start
        table[percent] = min(255, int((length + begin + (after - begin) * (at - low)) * 256 / size))
    return bytes(table)
