"""A label of a few words for each finding, short enough for a column; its number stands near the beginning."""

from __future__ import annotations

from audiodesk.domain import words
from audiodesk.domain.audio.findings import Code, Finding
from audiodesk.domain.words import formats

__all__ = ["finding_label"]


def finding_label(finding: Finding) -> str:
    """Return a short label such as "Silence at 6:31"; ``finding_sentence`` gives the full sentence."""
    params = finding.params
    is_whole = bool(params.get("whole"))
    label = _whole_labels().get(finding.code, "") if is_whole else ""
    label = label or _channel_label(finding) or _labels()[finding.code]
    return label.format(
        at=formats.length(_number(finding, "at")),
        length=_length(_number(finding, "seconds")),
        size=formats.size(int(_number(finding, "over" if finding.code is Code.TOO_LARGE_FOR_CLOUD else "bytes"))),
        thousandths=formats.number(max(0.1, _number(finding, "seconds") * 1000), 1),
        percent=formats.number(_number(finding, "percent"), 1),
        kind=str(params.get("kind", "")).upper(),
        ending=params.get("ending", ""),
        channel=params.get("channel", "?"),
        count=formats.number(max(1.0, _number(finding, "count"))),
    )


def _whole_labels() -> dict[Code, str]:
    return {
        Code.UNFINISHED_HEADER: words.tr("Header without length"),
        Code.SILENCE: words.tr("Silent"),
        Code.CLIPPING: words.tr("Too loud"),
    }


def _channel_label(finding: Finding) -> str:
    if finding.code is Code.MORE_AUDIO and _number(finding, "count") > 1:
        return words.tr("{count} more recordings")
    if finding.code is not Code.DEAD_CHANNEL:
        return ""
    sides = {"left": words.tr("Left is silent"), "right": words.tr("Right is silent")}
    return sides.get(str(finding.params.get("channel", "")), "")


def _labels() -> dict[Code, str]:
    return {
        Code.TRUNCATED: words.tr("Ends at {length}"),
        Code.UNFINISHED_HEADER: words.tr("Unfinished, {length}"),
        Code.NO_AUDIO: words.tr("No audio"),
        Code.DAMAGED_HEADER: words.tr("Damaged header"),
        Code.UNSUPPORTED_ENCODING: words.tr("Unknown encoding"),
        Code.NOT_MP3_OR_WAV: words.tr("Not MP3 or WAV"),
        Code.CHANGED_WHILE_READ: words.tr("Changed while read"),
        Code.STILL_BEING_WRITTEN: words.tr("Still being written"),
        Code.NOT_FINISHED: words.tr("Not finished"),
        Code.UNREADABLE: words.tr("Not readable"),
        Code.NOT_COPIED: words.tr("Not copied"),
        Code.CHECK_FAILED: words.tr("Check failed"),
        Code.MISNAMED: words.tr("{kind} named .{ending}"),
        Code.LAST_FRAME_CUT: words.tr("Last {size} cut"),
        Code.FORMAT_CHANGES: words.tr("Changes at {at}"),
        Code.HEADER_SHORT: words.tr("Header ends at {at}"),
        Code.JUNK: words.tr("{size} of junk"),
        Code.MORE_AUDIO: words.tr("{length} more"),
        Code.TAG_OVERRUN: words.tr("Tag {size} too long"),
        Code.TOO_LARGE_FOR_CLOUD: words.tr("{size} over 50 MB"),
        Code.DECODE_ERROR: words.tr("Stops at {length}"),
        Code.LENGTH_UNPROVEN: words.tr("Length unproven"),
        Code.END_MISSING: words.tr("{thousandths} ms missing"),
        Code.HEADER_LAYOUT: words.tr("Unusual header"),
        Code.SUBFORMAT: words.tr("Unusual format mark"),
        Code.SILENCE: words.tr("Silence at {at}"),
        Code.CLIPPING: words.tr("Too loud at {at}"),
        Code.DC_OFFSET: words.tr("Shifted by {percent} %"),
        Code.DEAD_CHANNEL: words.tr("Channel {channel} is silent"),
    }


def _number(finding: Finding, name: str) -> float:
    value = finding.params.get(name, 0.0)
    return max(0.0, float(value)) if isinstance(value, int | float) else 0.0


def _length(seconds: float) -> str:
    """Return "6:31", or "7.2 s" for a short length."""
    return formats.length(seconds) if seconds >= 10 else words.tr("{count} s").format(count=formats.number(seconds, 1))
