"""Sentences for findings about a header: how the audio is stored, and how much of it there should be."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from audiodesk.domain import words
from audiodesk.domain.audio.findings import Code
from audiodesk.domain.words import formats
from audiodesk.domain.words.audio.finding_params import Params, no_action, seconds

__all__ = ["ACTIONS", "SENTENCES"]


def _truncated(params: Params) -> str:
    there, claimed = seconds(params), seconds(params, "claimed_seconds")
    # Both in one shape, and exact enough to tell them apart.
    if claimed < 10 and formats.duration(there) != formats.duration(claimed):
        return _ends_after(formats.duration(there), formats.duration(claimed))
    decimals = 0 if int(there) != int(claimed) else 3
    return _ends_after(formats.length(there, decimals), formats.length(claimed, decimals))


def _ends_after(there: str, claimed: str) -> str:
    return words.tr("Ends after {there} of {claimed} – the recording or copy was interrupted.").format(
        there=there, claimed=claimed
    )


def _unfinished(params: Params) -> str:
    length = formats.duration(seconds(params))
    if params.get("whole"):
        return words.tr(
            "The header of this file does not say how long it is: {length} of audio fill it to its end."
        ).format(length=length)
    if params.get("claimed_seconds"):
        return words.tr(
            "The recorder never finished this file: {length} of audio are there, its header says {claimed}."
        ).format(length=length, claimed=formats.duration(seconds(params, "claimed_seconds")))
    return words.tr(
        "The recorder never finished this file: {length} of audio are there, its header says nothing."
    ).format(length=formats.duration(seconds(params)))


_HEADER_FIELDS: Mapping[str, str] = {
    "format": words.QT_TR_NOOP("The header of this WAV file is damaged: it does not say how the audio is stored."),
    "channels": words.QT_TR_NOOP("The header of this WAV file is damaged: its number of channels cannot be true."),
    "rate": words.QT_TR_NOOP("The header of this WAV file is damaged: its sample rate cannot be true."),
    "bits": words.QT_TR_NOOP("The header of this WAV file is damaged: its bits per sample cannot be true."),
}

_MENDED_FIELDS: Mapping[str, str] = {
    "bits": words.QT_TR_NOOP("bits per sample"),
    "block": words.QT_TR_NOOP("block align"),
    "byte-rate": words.QT_TR_NOOP("bytes per second"),
    "channels": words.QT_TR_NOOP("number of channels"),
    "rate": words.QT_TR_NOOP("sample rate"),
    "size": words.QT_TR_NOOP("size"),
}


def _damaged(params: Params) -> str:
    field = str(params.get("field", ""))
    if params.get("whole") and field in _MENDED_FIELDS:
        return words.tr(
            "A number in the header of this file is wrong ({name}); all {length} of the audio are there."
        ).format(name=words.tr(_MENDED_FIELDS[field]), length=formats.duration(seconds(params)))
    return words.tr(_HEADER_FIELDS.get(field, _HEADER_FIELDS["format"]))


def _header_short(params: Params) -> str:
    return words.tr("The header of this MP3 says that it ends at {at}, but more audio follows.").format(
        at=formats.length(seconds(params, "at"))
    )


def _end_missing(params: Params) -> str:
    return words.tr(
        "The end is {count} ms earlier than the header says: less than a video frame, and nothing was cut."
    ).format(count=formats.number(max(0.1, seconds(params) * 1000), 1))


def _keep(params: Params) -> str:
    return words.tr("Copy it again from the recorder, or keep the {length} as a repaired copy.").format(
        length=formats.duration(seconds(params))
    )


def _completed(_: Params) -> str:
    return words.tr("A copy with a true header is made and plays; the file as it is is kept as well.")


def _export_16_bit(_: Params) -> str:
    return words.tr("Export it as WAV (16 or 24 bit PCM) or as MP3 with a constant bit rate, and add that.")


SENTENCES: Mapping[Code, Callable[[Params], str]] = {
    Code.TRUNCATED: _truncated,
    Code.UNFINISHED_HEADER: _unfinished,
    Code.NO_AUDIO: lambda _: words.tr("There is no audio in this file, only its header."),
    Code.DAMAGED_HEADER: _damaged,
    Code.UNSUPPORTED_ENCODING: lambda params: words.tr(
        "The audio is stored as {encoding}, which AudioDesk does not take."
    ).format(encoding=params.get("encoding", "")),
    Code.HEADER_SHORT: _header_short,
    Code.LENGTH_UNPROVEN: lambda _: words.tr(
        "Nothing in this MP3 says how long it was meant to be, so a missing end would not show."
    ),
    Code.END_MISSING: _end_missing,
    Code.HEADER_LAYOUT: lambda _: words.tr(
        "The header of this file is laid out in a way that players do not expect; nothing of the audio is missing."
    ),
    Code.SUBFORMAT: lambda params: words.tr("The samples are plain PCM, marked as {name}.").format(
        name=params.get("name", "")
    ),
}
"""What was found, by the code of the finding."""

ACTIONS: Mapping[Code, Callable[[Params], str]] = {
    Code.TRUNCATED: _keep,
    Code.UNFINISHED_HEADER: lambda params: (
        _completed(params)
        if params.get("whole")
        else words.tr("Keep the {length} as a repaired copy.").format(length=formats.duration(seconds(params)))
    ),
    Code.NO_AUDIO: lambda _: words.tr("Look on the recorder whether the recording is there, and copy it again."),
    Code.DAMAGED_HEADER: lambda params: (
        _completed(params)
        if params.get("whole")
        else words.tr("Copy it again from the recorder, or open it in an audio editor and export it as WAV.")
    ),
    Code.UNSUPPORTED_ENCODING: _export_16_bit,
    Code.HEADER_SHORT: lambda _: words.tr("Some players stop there; export it again to be heard whole everywhere."),
    Code.LENGTH_UNPROVEN: lambda _: words.tr("Listen to the end once."),
    Code.END_MISSING: no_action,
    Code.HEADER_LAYOUT: no_action,
    Code.SUBFORMAT: no_action,
}
"""What to do about it, by the code of the finding; empty if nothing needs to be done."""
