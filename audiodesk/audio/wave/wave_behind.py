"""Finds what follows the stated end of a WAV file's audio: more audio, another file, tags, or junk."""

from __future__ import annotations

from audiodesk.audio.bytes.extent import MISSING_SECONDS, Extent, Size
from audiodesk.audio.bytes.source import Source
from audiodesk.audio.bytes.tag_extents import find_tags
from audiodesk.audio.wave.pcm_likeness import first_not_zero, looks_like_audio
from audiodesk.audio.wave.riff import Wave
from audiodesk.audio.wave.wave_end import next_wave, trailing_chunks
from audiodesk.audio.wave.wave_format import WaveFormat
from audiodesk.domain.audio.report import MoreAudio

__all__ = ["behind_the_stated_end", "is_counted"]

_SIZE_SPACE = 1 << 32
_TAIL = 64 * 1024
_ZEROS = 4 * 1024 * 1024
_LEAST_IN_ROOM = 1.0
"""Seconds. Programs fill reserved room with leftover memory, up to the size of a block of the disk."""


def is_counted(wave: Wave, end: int, size: int) -> bool:
    """Return whether the stated size of the whole says that the file ends here."""
    return wave.outer_end is not None and any(abs(wave.outer_end - place) <= 1 for place in (end, size))


def behind_the_stated_end(source: Source, wave: Wave, form: WaveFormat) -> Extent:
    """Return how much audio there is where the file is as long as stated; adds tags to ``wave.tags``."""
    found = Extent(there=wave.stated)
    for chunk in wave.more_data:
        frames = chunk.size // form.block
        is_audio = frames >= MISSING_SECONDS * form.sample_rate and looks_like_audio(
            source, chunk.start, chunk.start + chunk.size, form
        )
        _add(source, chunk.start, chunk.start + chunk.size, form, found, is_audio=is_audio)
    _look_into_room(source, wave, form, found)
    if wave.overrun:
        return found
    found.next_file = next_wave(source, wave.end, source.size)
    first, end = _between_tags(source, wave, source.size if found.next_file is None else found.next_file)
    if first < end:
        _look_at_rest(source, wave, form, found, first, end)
    return found


def _look_into_room(source: Source, wave: Wave, form: WaveFormat, found: Extent) -> None:
    """Find audio in chunks that claim to hold nothing; ignore anything else in them."""
    for chunk in wave.room_behind:
        end = chunk.start + chunk.size
        is_long = chunk.size >= _LEAST_IN_ROOM * form.sample_rate * form.block
        if is_long and looks_like_audio(source, chunk.start, end, form):
            _add(source, chunk.start, end, form, found, is_audio=True)


def _between_tags(source: Source, wave: Wave, stop: int) -> tuple[int, int]:
    """Return the bytes between the last chunk and ``stop`` that are no tags, nor zeros before a tag."""
    tagged = find_tags(source, stop, wave.end)
    wave.tags += tagged.tags
    first, end = tagged.start, tagged.end
    at = first_not_zero(source, first, end, _ZEROS)
    if at is not None and at > first:
        behind = find_tags(source, end, at)
        if behind.start > at:
            wave.tags += behind.tags
            first = behind.start
    return first, end


def _look_at_rest(source: Source, wave: Wave, form: WaveFormat, found: Extent, first: int, end: int) -> None:
    start = wave.data_start or 0
    stated_end = start + wave.stated
    data_is_last = wave.end - stated_end in (0, 1) and first == wave.end
    if not data_is_last:
        is_long = end - first >= MISSING_SECONDS * form.sample_rate * form.block
        _add(source, first, end, form, found, is_audio=is_long and looks_like_audio(source, first, end, form))
        return
    chunks = trailing_chunks(source, max(start, stated_end - _TAIL), end)
    audio_end = chunks[0].start - 8 if chunks else end
    if _goes_on(source, wave, form, audio_end):
        found.there = audio_end - start
        is_right = is_counted(wave, end, source.size) and found.there % form.block in (0, 1)
        found.size, found.is_whole = (Size.WRONG, True) if is_right else (Size.SHORT, False)
    elif audio_end < stated_end and is_counted(wave, end, source.size):
        found.size, found.there = Size.WRONG, audio_end - start  # the stated size reaches into later chunks
    elif audio_end > first:
        _add(source, first, audio_end, form, found, is_audio=False)
    else:
        _add(source, first, end, form, found, is_audio=False)
        return
    wave.chunks += chunks


def _goes_on(source: Source, wave: Wave, form: WaveFormat, end: int) -> bool:
    """Return whether the audio continues after its stated end."""
    start = (wave.data_start or 0) + wave.stated
    if end - start < MISSING_SECONDS * form.sample_rate * form.block:
        return False
    over = (end - start) % _SIZE_SPACE
    if end - start >= _SIZE_SPACE - 1 and min(over, _SIZE_SPACE - over) <= 1:
        return True  # a very long recording: its size did not fit into 32 bits
    return looks_like_audio(source, start + (-wave.stated % form.block), end, form)


def _add(source: Source, start: int, end: int, form: WaveFormat, found: Extent, *, is_audio: bool) -> None:
    """Count bytes that the header does not mention, as further audio or as junk."""
    if is_audio:
        frames = (end - start) // form.block
        found.more.append(
            MoreAudio(offset=start, size=frames * form.block, seconds=frames / form.sample_rate, has_header=False)
        )
        return
    found.is_zero = (not found.junk or found.is_zero) and first_not_zero(source, start, end, _ZEROS) is None
    found.junk += end - start
