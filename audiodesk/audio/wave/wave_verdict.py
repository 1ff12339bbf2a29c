"""Judges a WAV file by its structure: facts, findings, and the parts of a copy with true sizes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from audiodesk.audio.bytes.extent import MISSING_SECONDS, Extent, Size
from audiodesk.audio.bytes.source import Source
from audiodesk.audio.mpeg.mpeg_header import parse_header
from audiodesk.audio.mpeg.mpeg_search import chain_length
from audiodesk.audio.wave.pcm_likeness import looks_like_audio
from audiodesk.audio.wave.riff import Wave
from audiodesk.audio.wave.wave_extent import measure
from audiodesk.audio.wave.wave_format import FLOAT, WaveFormat
from audiodesk.audio.wave.wave_header import data_header
from audiodesk.domain.audio.findings import Code, Finding
from audiodesk.domain.audio.report import MoreAudio, Rescue

__all__ = ["WaveFacts", "judge_wave"]

_PADDING = 4096
"""Up to this many zero bytes after the last chunk are the rest of a sector, and are not reported."""
_MPEG_FRAMES = 6
_LISTENED = 4 * 1024 * 1024
"""Bytes that are examined to recognise an unknown subformat."""


@dataclass
class WaveFacts:
    """The facts about one WAV file. The fields are named as in ``Examined``."""

    frames: int = 0
    sample_rate: int = 0
    channels: int = 0
    bit_depth: int | None = None
    encoding: str = ""
    findings: list[Finding] = field(default_factory=list)
    rescue: Rescue | None = None
    audio_ranges: list[tuple[int, int]] = field(default_factory=list)
    prefix: bytes = b""
    more: tuple[MoreAudio, ...] = ()


def judge_wave(source: Source, wave: Wave) -> WaveFacts:
    """Return the verdict on a file whose chunks are known.

    Raises ``SourceError`` if it cannot be read.
    """
    facts = WaveFacts()
    form = wave.form
    if wave.data_start is None:
        facts.findings.append(Finding(Code.NO_AUDIO))
        return facts
    if form is None or form.damage is not None:
        is_empty = source.size <= wave.data_start
        damaged = Finding(Code.DAMAGED_HEADER, {"field": "format" if form is None else form.damage})
        facts.findings.append(Finding(Code.NO_AUDIO) if is_empty and form is None else damaged)
        return facts
    facts.sample_rate, facts.channels = form.sample_rate, form.channels
    unsupported = form.unsupported or _unlike_pcm(source, wave, form)
    if unsupported is not None:
        facts.encoding = unsupported
        facts.findings.append(Finding(Code.UNSUPPORTED_ENCODING, {"encoding": unsupported}))
        return facts
    extent = measure(source, wave, form)
    facts.encoding, facts.bit_depth = "float" if form.tag == FLOAT else "PCM", form.bits
    facts.frames = extent.there // form.block
    if facts.frames == 0 and not extent.more:
        facts.findings.append(Finding(Code.NO_AUDIO))
        return facts
    size = facts.frames * form.block
    facts.audio_ranges = [(wave.data_start, wave.data_start + size)]
    facts.prefix = data_header(form.plain_body(), size)
    _say_all(wave, form, extent, facts)
    return facts


def _unlike_pcm(source: Source, wave: Wave, form: WaveFormat) -> str | None:
    """Return what the data are if they are not samples: MPEG frames, or an unknown subformat."""
    start = wave.data_start or 0
    header = parse_header(source.read(start, 4))
    if header is not None and chain_length(source, start, source.size, _MPEG_FRAMES)[0] >= _MPEG_FRAMES:
        return "MP3 inside WAV" if header.layer == 3 else f"{header.name} inside WAV"
    if not form.is_guessed:
        return None
    end = min(source.size, start + _LISTENED)
    return None if looks_like_audio(source, start, end, form) else form.subformat


def _say_all(wave: Wave, form: WaveFormat, extent: Extent, facts: WaveFacts) -> None:
    seconds = facts.frames / form.sample_rate
    length = _about_length(wave, form, extent, seconds)
    wrong = [*form.wrong, *(["size"] if (extent.size is Size.WRONG and extent.is_whole) or wave.is_derailed else [])]
    facts.findings += length
    facts.findings += [
        Finding(Code.DAMAGED_HEADER, {"field": name, "seconds": seconds, "whole": True}) for name in wrong
    ]
    is_odd = wave.is_odd or not form.is_plain
    needs_copy = bool(wrong) or any(finding.code is not Code.END_MISSING for finding in length)
    if is_odd and not needs_copy:
        facts.findings.append(Finding(Code.HEADER_LAYOUT))
    if form.subformat:
        facts.findings.append(Finding(Code.SUBFORMAT, {"name": form.subformat}))
    facts.findings += _about_rest(wave, extent)
    facts.more = tuple(extent.more)
    if needs_copy or is_odd:
        facts.rescue = Rescue(offset=wave.data_start or 0, size=facts.frames * form.block, seconds=seconds)


def _about_length(wave: Wave, form: WaveFormat, extent: Extent, seconds: float) -> list[Finding]:
    """Compare the stated size with the audio in the file; empty where they agree, or where only the size is wrong."""
    claimed = wave.stated // form.block / form.sample_rate
    if extent.size is Size.SHORT:
        return [Finding(Code.UNFINISHED_HEADER, {"seconds": seconds, "claimed_seconds": claimed})]
    if extent.size is Size.LONG:
        missing = (wave.stated - extent.there) / form.block / form.sample_rate
        if missing < MISSING_SECONDS:
            return [Finding(Code.END_MISSING, {"seconds": missing})]
        return [Finding(Code.TRUNCATED, {"seconds": seconds, "claimed_seconds": claimed})]
    if extent.size is Size.UNKNOWN:
        return [Finding(Code.UNFINISHED_HEADER, {"seconds": seconds, **({"whole": True} if extent.is_whole else {})})]
    if extent.size is Size.WRONG and not extent.is_whole:
        return [Finding(Code.UNFINISHED_HEADER, {"seconds": seconds})]
    return []


def _about_rest(wave: Wave, extent: Extent) -> Iterator[Finding]:
    if extent.more:
        seconds = sum(one.seconds for one in extent.more)
        yield Finding(Code.MORE_AUDIO, {"seconds": seconds, "count": len(extent.more)})
    if wave.overrun:
        yield Finding(Code.TAG_OVERRUN, {"bytes": wave.overrun})
    if extent.junk and not (extent.is_zero and extent.junk <= _PADDING):
        yield Finding(Code.JUNK, {"bytes": extent.junk, "where": "after"})
