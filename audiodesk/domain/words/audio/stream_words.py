"""Sentences for findings between a file's header and its end: junk, cut frames, changes of format, further audio."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from audiodesk.domain import words
from audiodesk.domain.audio.findings import Code
from audiodesk.domain.words import formats
from audiodesk.domain.words.audio.finding_params import Params, count_of, no_action, seconds

__all__ = ["ACTIONS", "SENTENCES"]


def _form(text: str) -> str:
    """Return "22.05 kHz stereo" for "22050/2", with MPEG's layer for a third number; empty for other text."""
    parts = text.split("/")
    if len(parts) < 2 or not all(part.isdecimal() for part in parts):
        return ""
    rate, channels, *layer = (int(part) for part in parts)
    name = words.tr("{rate} mono") if channels == 1 else words.tr("{rate} stereo")
    said = name.format(rate=formats.sample_rate(rate))
    return words.tr("{form}, MPEG layer {layer}").format(form=said, layer="I" * layer[0]) if layer else said


def _format_changes(params: Params) -> str:
    before, after = _form(str(params.get("from", ""))), _form(str(params.get("to", "")))
    at = formats.length(seconds(params, "at"))
    said = words.tr("The format of the audio changes at {at}.").format(at=at)
    if before and after:
        said = words.tr("The audio changes from {before} to {after} at {at}.").format(before=before, after=after, at=at)
    if not (more := count_of(params, "more")):
        return said
    again = words.tr("It changes {count} more times after that.", "It changes {count} more time after that.", more)
    return f"{said} {again.format(count=formats.number(more))}"


def _junk(params: Params) -> str:
    amount = formats.size(count_of(params, "bytes"))
    where = params.get("where")
    if where == "before":
        text = words.tr("{size} in front of the audio belong to nothing.")
    elif where == "inside":
        text = words.tr("{size} in the middle of the audio belong to nothing – a click or a gap may be heard there.")
    else:
        text = words.tr("{size} behind the audio belong to nothing.")
    return text.format(size=amount)


def _decode_error(params: Params) -> str:
    return words.tr("The decoder stopped at {at}: what follows could not be read.").format(
        at=formats.length(seconds(params))
    )


def _more_audio(params: Params) -> str:
    count = count_of(params, "count") or 1
    return words.tr(
        "{count} more recordings of {length} together follow in this file, which players do not play.",
        "Another recording of {length} follows in this file, which players do not play.",
        count,
    ).format(length=formats.duration(seconds(params)), count=formats.number(count))


SENTENCES: Mapping[Code, Callable[[Params], str]] = {
    Code.LAST_FRAME_CUT: lambda params: words.tr(
        "The last {size} are an incomplete frame: a few hundredths of a second are lost."
    ).format(size=formats.size(count_of(params, "bytes"))),
    Code.FORMAT_CHANGES: _format_changes,
    Code.JUNK: _junk,
    Code.MORE_AUDIO: _more_audio,
    Code.TAG_OVERRUN: lambda params: words.tr("A tag says it is {size} longer than the file has room for.").format(
        size=formats.size(count_of(params, "bytes"))
    ),
    Code.DECODE_ERROR: _decode_error,
}
"""What was found, by the code of the finding."""

ACTIONS: Mapping[Code, Callable[[Params], str]] = {
    Code.LAST_FRAME_CUT: lambda _: words.tr("Listen to the end; copy it again if words are missing."),
    Code.FORMAT_CHANGES: lambda _: words.tr(
        "Listen to it there; some players stop or change speed, so export it again."
    ),
    Code.JUNK: lambda params: (
        words.tr("Listen to it, and export it again if something is wrong.") if params.get("where") == "inside" else ""
    ),
    Code.MORE_AUDIO: lambda _: words.tr("Add it as a take of its own."),
    Code.TAG_OVERRUN: no_action,
    Code.DECODE_ERROR: lambda _: words.tr("Listen to it there, and export or copy it again if something is missing."),
}
"""What to do about it, by the code of the finding; empty if nothing needs to be done."""
