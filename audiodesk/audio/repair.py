"""The repaired copy of a damaged file: what is sound of it, under a header that tells the truth."""

from __future__ import annotations

import errno
import struct
from typing import BinaryIO

from audiodesk.audio.examine import Examined, examine
from audiodesk.audio.mpeg import Walk
from audiodesk.audio.riff import Wave
from audiodesk.audio.source import Source, SourceError
from audiodesk.audio.tag_extents import id3v2_size
from audiodesk.audio.xing_frame import true_header_frame
from audiodesk.domain.report import CheckReport
from audiodesk.system.platforms import flush

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
            flush(file.fileno())
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
    file.write(true_header_frame(source, walk))
    for start, end in walk.runs:
        _copy(source, start, end, file)
