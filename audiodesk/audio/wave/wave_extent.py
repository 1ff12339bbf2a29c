"""Measures how much audio a WAV file really has, whatever its header states, and which other files follow it."""

from __future__ import annotations

from audiodesk.audio.bytes.extent import MISSING_SECONDS, Extent, Size
from audiodesk.audio.bytes.source import Source
from audiodesk.audio.wave.riff import Wave, read_wave
from audiodesk.audio.wave.wave_behind import behind_the_stated_end, is_counted
from audiodesk.audio.wave.wave_end import to_the_end
from audiodesk.audio.wave.wave_format import WaveFormat
from audiodesk.domain.audio.report import MoreAudio

__all__ = ["measure"]

_MARKS = (0xFFFFFFFF, 0xFFFFFF00, 0xFFFFF000, 0x80000000, 0x7FFFFFFF, 0x7FFFFFDB, 0x7FFFF000)
"""Sizes that programs write for "not known yet"."""
_MARK_WIDTH = 128
"""Such a number may be lower or higher by this many bytes: the length of the header."""
_LONGEST = 1 << 62
_GIGABYTES = 1_000_000_000
_SMALL = 8
"""A claim of gigabytes means nothing if the file is this many times smaller."""
_SECTOR = 512
_MOST_FILES = 100


def measure(source: Source, wave: Wave, form: WaveFormat) -> Extent:
    """Return how much audio there is, and what follows it; adds the tags after it to ``wave.tags``.

    Raises ``SourceError`` if the file cannot be read.
    """
    extent = _measure_one(source, wave, form)
    at = extent.next_file
    for _ in range(_MOST_FILES):
        if at is None:
            break
        at = _add_file(source, at, extent)
    extent.junk += 0 if at is None else source.size - at
    extent.more.sort(key=lambda one: one.offset)
    return extent


def _add_file(source: Source, start: int, extent: Extent) -> int | None:
    """Add the WAV file at ``start`` to the further recordings; return where the next one begins."""
    other = read_wave(source, start)
    form = other.form
    if other.data_start is None or form is None or form.damage or form.unsupported:
        extent.junk += source.size - start
        return None
    found = _measure_one(source, other, form)
    end = source.size if found.next_file is None else found.next_file
    frames = found.there // form.block
    if frames:
        seconds = frames / form.sample_rate
        extent.more.append(MoreAudio(offset=start, size=end - start, seconds=seconds, has_header=True))
    else:
        extent.junk += end - start
    extent.more += found.more
    return found.next_file


def _measure_one(source: Source, wave: Wave, form: WaveFormat) -> Extent:
    start = wave.data_start or 0
    room = source.size - start
    missing = wave.stated - room
    if wave.stated and missing <= 0:
        found = behind_the_stated_end(source, wave, form)
        if found.size is Size.SHORT and _is_mark(wave.stated) and (found.there % form.block == 0):
            found.size, found.is_whole = Size.UNKNOWN, found.there == room
        return found
    is_close = 0 < missing < MISSING_SECONDS * form.sample_rate * form.block
    is_unknown = wave.stated == 0 or (not is_close and _is_unknown(wave.stated, room, source.size, form))
    found = to_the_end(source, wave, form)
    end = start + found.there
    if is_unknown:
        found.size = Size.UNKNOWN
    elif not is_close and found.next_file is None and is_counted(wave, end, source.size):
        found.size = Size.WRONG
        found.is_whole = found.there % form.block == 0
    else:
        found.size = Size.LONG
    return found


def _is_mark(stated: int) -> bool:
    return stated >= _LONGEST or any(abs(stated - mark) <= _MARK_WIDTH for mark in _MARKS)


def _is_unknown(stated: int, room: int, size: int, form: WaveFormat) -> bool:
    """Return whether ``stated`` is not a real size: a mark for "not known yet", or gigabytes for a small file."""
    if _is_mark(stated):
        return True
    if stated < _GIGABYTES or room * _SMALL > stated or room % form.block:
        return False
    # A partial copy ends at the border of a block of the disk.
    return size % _SECTOR != 0 or stated % 1_000_000 == 0 or stated % (1 << 20) == 0
