"""Finds the end of a WAV file's audio if its size is not stated, or larger than the file."""

from __future__ import annotations

import re

from audiodesk.audio.bytes.extent import Extent
from audiodesk.audio.bytes.source import Source
from audiodesk.audio.bytes.tag_extents import find_tags
from audiodesk.audio.wave.riff import KNOWN_CHUNKS, Chunk, Wave, chunks_to, is_wave
from audiodesk.audio.wave.wave_format import WaveFormat

__all__ = ["next_wave", "to_the_end", "trailing_chunks"]

_TAIL = 256 * 1024
"""Bytes at the end of the file in which chunks are searched."""
_PIECE = 4 * 1024 * 1024
_NAME = re.compile(b"|".join(re.escape(name) for name in sorted(KNOWN_CHUNKS - {b"data"})))


def to_the_end(source: Source, wave: Wave, form: WaveFormat) -> Extent:
    """Measure audio that reaches to the end of the file, or to the chunks and tags at its end."""
    start = wave.data_start or 0
    tagged = find_tags(source, start=start)
    wave.tags += [tag for tag in tagged.tags if tag.start > start]
    end = min((tag.start for tag in tagged.tags if tag.start > start), default=source.size)
    found = Extent(next_file=next_wave(source, start, end))
    if found.next_file is not None:
        end = found.next_file
    chunks = trailing_chunks(source, start, end)
    is_clean = end == source.size and not chunks
    end = chunks[0].start - 8 if chunks else end
    wave.chunks += chunks
    found.there = end - start
    left = found.there % form.block
    if left == 1 and found.there % 2 == 0 and source.read(end - 1, 1) == b"\0":
        left, found.there = 0, found.there - 1  # the padding byte after an odd size
    found.is_whole = is_clean and left == 0
    return found


def next_wave(source: Source, start: int, end: int) -> int | None:
    """Return where, from ``start`` to ``end``, the header of another WAV file begins."""
    at = start
    while (at := source.data_from(at)) < end:
        piece = source.read(at, min(_PIECE, end - at) + 16)
        found = piece.find(b"WAVE", 8)
        while found >= 0:
            if is_wave(piece[found - 8 : found + 4]) and piece[found + 4 : found + 8] in KNOWN_CHUNKS:
                return at + found - 8
            found = piece.find(b"WAVE", found + 1)
        at += _PIECE
    return None


def trailing_chunks(source: Source, start: int, end: int) -> list[Chunk]:
    """Return the chunks that end with the file, after audio whose header states no sizes.

    Only the last part of the file is searched, from ``start`` on.
    """
    first = max(start, end - _TAIL)
    piece = source.read(first, end - first)
    for match in _NAME.finditer(piece):
        if found := chunks_to(source, first + match.start(), end):
            return found
    return []
