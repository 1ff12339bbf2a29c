"""Sentences for findings about the sound itself: silence, clipping, DC offset, a dead channel."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from audiodesk.domain import words
from audiodesk.domain.audio.findings import Code
from audiodesk.domain.words import formats
from audiodesk.domain.words.audio.finding_params import Params, count_of, seconds

__all__ = ["ACTIONS", "SENTENCES"]


def _silence(params: Params) -> str:
    if params.get("whole"):
        return words.tr("Nothing but silence is in this file.")
    return words.tr("{length} of silence from {at} on.").format(
        length=formats.duration(seconds(params)), at=formats.length(seconds(params, "at"))
    )


def _clipping(params: Params) -> str:
    count = count_of(params, "count")
    if params.get("whole"):
        return words.tr("Too loud from beginning to end: the tops of the waves are cut off everywhere.")
    return words.tr(
        "Too loud at {count} places, first at {at}: the tops of the waves are cut off.",
        "Too loud at {count} place, at {at}: the tops of the waves are cut off.",
        count,
    ).format(count=formats.number(count), at=formats.length(seconds(params, "at")))


def _dc_offset(params: Params) -> str:
    return words.tr("The waveform is shifted off its middle by {percent} % (DC offset).").format(
        percent=formats.number(float(params.get("percent", 0.0)), 1)
    )


def _dead_channel(params: Params) -> str:
    channel = str(params.get("channel", ""))
    if channel == "left":
        return words.tr("The left channel is silent.")
    if channel == "right":
        return words.tr("The right channel is silent.")
    return words.tr("Channel {number} is silent.").format(number=channel or "?")


SENTENCES: Mapping[Code, Callable[[Params], str]] = {
    Code.SILENCE: _silence,
    Code.CLIPPING: _clipping,
    Code.DC_OFFSET: _dc_offset,
    Code.DEAD_CHANNEL: _dead_channel,
}
"""What was found, by the code of the finding."""

ACTIONS: Mapping[Code, Callable[[Params], str]] = {
    Code.SILENCE: lambda params: (
        words.tr("Listen to it: the microphone may have been off.") if params.get("whole") else ""
    ),
    Code.CLIPPING: lambda _: words.tr("Record it again with less gain if you hear it."),
    Code.DC_OFFSET: lambda _: words.tr("Remove the DC offset in an audio editor."),
    Code.DEAD_CHANNEL: lambda _: words.tr("Export it in mono, or check the cable."),
}
"""What to do about it, by the code of the finding; empty if nothing needs to be done."""
