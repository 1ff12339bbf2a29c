"""Writes the repaired copy of a damaged file: its sound part under a header with true sizes."""

from __future__ import annotations

import contextlib
import errno
import struct
from collections.abc import Iterator
from typing import BinaryIO

from audiodesk.audio.bytes.source import Source, SourceError
from audiodesk.audio.bytes.tag_extents import id3v2_size
from audiodesk.audio.examine import Examined, examine
from audiodesk.audio.mpeg.mpeg import Walk
from audiodesk.audio.mpeg.xing_frame import true_header_frame
from audiodesk.audio.wave.riff import Chunk, Wave
from audiodesk.audio.wave.wave_header import data_header, fits_riff, format_body, header_before
from audiodesk.domain.audio.report import CheckReport
from audiodesk.system.platforms import flush

__all__ = ["RepairError", "extract", "rescue"]

_BLOCK = 1024 * 1024
_KEPT_CHUNKS = frozenset(b"CSET|DISP|ID3 |LIST|acid|axml|bext|cart|chna|cue |iXML|id3 |inst|plst|smpl|umid".split(b"|"))
_MOST_KEPT = 16 * 1024 * 1024
_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG)


class RepairError(Exception):
    """Nothing was rescued: ``reason`` is "nothing", "changed", "unreadable", "disk_full" or "unwritable"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def rescue(path: str, report: CheckReport, target: str) -> None:
    """Write the sound part of ``path``, as ``report.rescue`` gives it, to ``target``; it is on the disk on return.

    A WAV keeps its format and descriptive chunks, and becomes RF64 above 4 GB. An MP3 keeps its tag and gets a new Info
    or Xing frame that counts its frames. Raises ``RepairError``; the part of ``target`` written until then stays.
    """
    with _unchanged(path, report) as (source, found):
        if found.rescue is None:
            raise RepairError("nothing")
        if found.rescue != report.rescue:
            raise RepairError("changed")
        with _written(target) as file:
            if found.wave is not None:
                _write_wave(source, found.wave, found, file)
            elif found.walk is not None:
                _write_mp3(source, found.walk, file)


def extract(path: str, report: CheckReport, index: int, target: str) -> None:
    """Write the recording ``report.more[index]`` of ``path`` to ``target`` as a WAV file of its own.

    A recording with a header is copied unchanged, to be checked like any other file. Raises ``RepairError``.
    """
    with _unchanged(path, report) as (source, found):
        if found.more != report.more or found.wave is None or found.wave.form is None:
            raise RepairError("changed")
        more = found.more[index]
        with _written(target) as file:
            if not more.has_header:
                file.write(data_header(found.wave.form.plain_body(), more.size))
            _copy(source, more.offset, more.offset + more.size, file)
            file.write(b"" if more.has_header else b"\0" * (more.size % 2))


@contextlib.contextmanager
def _unchanged(path: str, report: CheckReport) -> Iterator[tuple[Source, Examined]]:
    """Open a file that must be unchanged since ``report`` was made, and must stay unchanged meanwhile."""
    try:
        with Source(path) as source:
            found = examine(source)
            if source.size != report.size:
                raise RepairError("changed")
            yield source, found
            if source.changed():
                raise RepairError("changed")
    except SourceError as error:
        raise RepairError("unreadable") from error


@contextlib.contextmanager
def _written(target: str) -> Iterator[BinaryIO]:
    """Open a file for writing; it is on the disk when the block ends."""
    try:
        with open(target, "wb") as file:  # noqa: PTH123 - the same kind of path as the source's
            yield file
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
    said = wave.body_of(b"fmt ")
    if found.rescue is None or said is None or wave.form is None:
        raise RepairError("nothing")
    body = format_body(wave.form, source.read(said.start, min(said.size, 64)))
    parts: list[tuple[bytes, int, int]] = []
    kept = 0
    loose = [Chunk(b"id3 ", tag.start, tag.size) for tag in wave.tags if tag.kind == "id3v2"]
    for chunk in (*wave.chunks, *loose):
        whole = chunk.start + chunk.size <= source.size
        if chunk.name in _KEPT_CHUNKS and whole and kept + chunk.size <= _MOST_KEPT:
            kept += chunk.size
            parts.append((chunk.name, chunk.start, chunk.size))
    offset, size = found.rescue.offset, found.rescue.size
    sizes = [len(body), *(chunk_size for _, _, chunk_size in parts), size]
    file.write(header_before(sizes, size))
    file.write(b"fmt " + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2))
    for name, start, chunk_size in parts:
        file.write(name + struct.pack("<I", chunk_size))
        _copy(source, start, start + chunk_size, file)
        file.write(b"\0" * (chunk_size % 2))
    file.write(b"data" + struct.pack("<I", size if fits_riff(sizes) else 0xFFFFFFFF))
    _copy(source, offset, offset + size, file)
    file.write(b"\0" * (size % 2))


# --- MP3 ---


def _write_mp3(source: Source, walk: Walk, file: BinaryIO) -> None:
    tag = id3v2_size(source.read(0, 10))
    if tag is not None and tag <= min(walk.start, _MOST_KEPT):
        _copy(source, 0, tag, file)
    file.write(true_header_frame(source, walk))
    for start, end in walk.runs:
        _copy(source, start, end, file)
