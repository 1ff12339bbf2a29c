"""Describes an audio file: in a few words for a table, in more for the details."""

from __future__ import annotations

from audiodesk.domain import words
from audiodesk.domain.audio.contents import Kind, Levels
from audiodesk.domain.library.entities import TakeFile
from audiodesk.domain.words import formats

__all__ = ["channels", "format_text", "levels_text", "loudness_text", "quiet_text", "short_format"]


def short_format(file: TakeFile) -> str:
    """Return "44.1 kHz · 16 bit · mono" or "44.1 kHz · 192 kbps · stereo"."""
    return " · ".join([formats.sample_rate(file.sample_rate), *_detail(file), channels(file)])


def format_text(file: TakeFile) -> str:
    """Return "WAV, 44.1 kHz, 16 bit, mono" or "MP3, 44.1 kHz, 192 kbps constant, stereo"."""
    detail = _detail(file)
    if file.kind is Kind.MP3 and detail and file.cbr is not None:
        detail = [
            words.tr("{rate} constant").format(rate=detail[0])
            if file.cbr
            else words.tr("{rate} on average").format(rate=detail[0])
        ]
    return ", ".join([file.kind.value.upper(), formats.sample_rate(file.sample_rate), *detail, channels(file)])


def levels_text(levels: Levels) -> str:
    """Return "−20.4 dB RMS, peak −4.1 dB"; "Silent" where all samples are zero."""
    parts = []
    if levels.rms_db is not None:
        parts.append(words.tr("{level} dB RMS").format(level=_db(levels.rms_db)))
    if levels.peak_db is not None:
        parts.append(words.tr("peak {level} dB").format(level=_db(levels.peak_db)))
    return ", ".join(parts) or words.tr("Silent")


def loudness_text(levels: Levels) -> str:
    """Return "−23.1 LUFS, true peak −3.9 dB"; empty where neither was measured."""
    parts = []
    if levels.loudness_lufs is not None:
        parts.append(words.tr("{level} LUFS").format(level=_db(levels.loudness_lufs)))
    if levels.true_peak_db is not None:
        parts.append(words.tr("true peak {level} dB").format(level=_db(levels.true_peak_db)))
    return ", ".join(parts)


def quiet_text(levels: Levels) -> str:
    """Return the level of the quietest half second and the silence at both ends; empty where not measured."""
    parts = []
    if levels.noise_floor_db is not None:
        parts.append(words.tr("noise floor {level} dB").format(level=_db(levels.noise_floor_db)))
    if levels.lead_seconds is not None and levels.tail_seconds is not None:
        parts.append(
            words.tr("{lead} s at the start, {tail} s at the end").format(
                lead=formats.number(levels.lead_seconds, 1), tail=formats.number(levels.tail_seconds, 1)
            )
        )
    return ", ".join(parts)


def channels(file: TakeFile) -> str:
    """Return "mono", "stereo" or "6 channels"."""
    if file.channels == 1:
        return words.tr("mono")
    if file.channels == 2:
        return words.tr("stereo")
    return words.tr("{count} channels").format(count=formats.number(file.channels))


def _detail(file: TakeFile) -> list[str]:
    if file.kind is Kind.WAV:
        return [words.tr("{count} bit").format(count=formats.number(file.bit_depth))] if file.bit_depth else []
    return [f"{formats.number(file.bit_rate / 1000)} kbps"] if file.bit_rate else []


def _db(value: float) -> str:
    return formats.number(value, 1).replace("-", "\u2212")
