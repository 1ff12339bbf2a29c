"""The findings of a check: codes with parameters, and the verdict that follows from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

__all__ = [
    "RETRY_CODES",
    "RETRY_REASONS",
    "SEVERITY_OF",
    "UNFINISHED_ENDINGS",
    "WAITING_CODES",
    "WARNING_WHEN_WHOLE",
    "Code",
    "Finding",
    "Severity",
    "Verdict",
    "verdict_of",
]


class Severity(StrEnum):
    """How serious a finding is."""

    NOTE = "note"
    WARNING = "warning"
    REFUSED = "refused"


class Verdict(StrEnum):
    """What a person can do with the file."""

    OK = "ok"
    WARNING = "warning"
    REFUSED = "refused"


class Code(StrEnum):
    """Every finding, with the parameters of its sentence (seconds, bytes, names)."""

    TRUNCATED = "truncated"
    """``seconds`` in the file, of ``claimed_seconds``."""
    UNFINISHED_HEADER = "unfinished-header"
    """``seconds`` in the file; ``claimed_seconds`` if a size is stated and audio continues after it.

    ``whole``: no size is stated and the audio fills the file, so the file is accepted.
    """
    NO_AUDIO = "no-audio"
    DAMAGED_HEADER = "damaged-header"
    """``field`` of a WAV's header with an impossible value: "format", "channels", "rate", "bits", "block" and others.

    ``whole``: the true value follows from the other fields, and all ``seconds`` are there.
    """
    UNSUPPORTED_ENCODING = "unsupported-encoding"
    """``encoding``: its name, such as "RF64" or "A-law"."""
    NOT_MP3_OR_WAV = "not-mp3-or-wav"
    """``what``: a code such as "flac", "html", "video", "empty", "text", "unknown" (``other_kind_words`` has all)."""
    CHANGED_WHILE_READ = "changed-while-read"
    UNREADABLE = "unreadable"
    """``reason``: "missing", "denied", "pipe", "device", "socket", "loop", "link", "folder", "io"."""
    STILL_BEING_WRITTEN = "still-being-written"
    """``waits``: whether the window keeps watching the file, and adds it when it is finished."""
    NOT_FINISHED = "not-finished"
    """``ending``: of names that programs give to files that they are still fetching; ``waits`` as above."""
    NOT_COPIED = "not-copied"
    """``error``: code of the error that prevented the copy, with the error's own parameters. ``needed``: bytes that the
    disk lacks for this file and the others of the same import."""
    CHECK_FAILED = "check-failed"
    """``reason``: "crashed", "timeout" or "memory": the decoder's process did not survive the file."""
    MISNAMED = "misnamed"
    """``kind``: the file's true type; ``ending``: that of its name."""
    LAST_FRAME_CUT = "last-frame-cut"
    """``bytes`` of the incomplete last frame."""
    FORMAT_CHANGES = "format-changes"
    """``at``: second of the change of sample rate, channels or layer. ``from`` and ``to``: Hz and channels ("44100/1"),
    with a layer other than III ("44100/1/2"). ``more``: number of later changes that are not listed.
    """
    HEADER_SHORT = "header-short"
    """``at``: second at which a player stops that believes an MP3's Xing, Info or VBRI frame; more audio follows."""
    JUNK = "junk"
    """``bytes`` that are neither audio nor a tag; ``where``: "before", "after" or "inside" the audio."""
    TAG_OVERRUN = "tag-overrun"
    """``bytes`` by which a tag's stated size exceeds the room in the file."""
    TOO_LARGE_FOR_CLOUD = "too-large-for-cloud"
    """``over``: bytes above the limit."""
    MORE_AUDIO = "more-audio"
    """``seconds`` of further recordings after the first, and their ``count``."""
    DECODE_ERROR = "decode-error"
    """``seconds``: where the decoder met something that it could not read."""
    LENGTH_UNPROVEN = "length-unproven"
    """An MP3 without Xing, Info or VBRI: nothing states its intended length."""
    END_MISSING = "end-missing"
    """``seconds`` missing before a WAV's stated end: less than a video frame."""
    HEADER_LAYOUT = "header-layout"
    """The chunks of a WAV are valid, but in a layout that players do not expect; a copy plays."""
    SUBFORMAT = "subformat"
    """``name`` of a subformat of WAVE_FORMAT_EXTENSIBLE that is not Microsoft's."""
    SILENCE = "silence"
    """``at`` and ``seconds``; one finding for each silence. ``whole``: the file holds nothing else."""
    CLIPPING = "clipping"
    """``count`` of clipped places; ``at``: the first. ``whole``: most of the file is clipped."""
    DC_OFFSET = "dc-offset"
    """``percent`` of full scale."""
    DEAD_CHANNEL = "dead-channel"
    """``channel``: "left" or "right" (or its number, from 1)."""


SEVERITY_OF: Mapping[Code, Severity] = {
    **dict.fromkeys(Code, Severity.REFUSED),
    **dict.fromkeys(
        (
            Code.MISNAMED,
            Code.LAST_FRAME_CUT,
            Code.FORMAT_CHANGES,
            Code.HEADER_SHORT,
            Code.JUNK,
            Code.MORE_AUDIO,
            Code.TAG_OVERRUN,
            Code.TOO_LARGE_FOR_CLOUD,
            Code.DECODE_ERROR,
        ),
        Severity.WARNING,
    ),
    **dict.fromkeys(
        (
            Code.CLIPPING,
            Code.DC_OFFSET,
            Code.DEAD_CHANNEL,
            Code.END_MISSING,
            Code.HEADER_LAYOUT,
            Code.LENGTH_UNPROVEN,
            Code.SILENCE,
            Code.SUBFORMAT,
        ),
        Severity.NOTE,
    ),
}
"""Severity of each code without ``whole``."""

WARNING_WHEN_WHOLE = frozenset({Code.UNFINISHED_HEADER, Code.DAMAGED_HEADER, Code.SILENCE, Code.CLIPPING})
"""Codes that are warnings with ``whole``: either the audio is complete nevertheless, or all of it is affected."""


UNFINISHED_ENDINGS = frozenset({".part", ".crdownload", ".tmp"})
"""Endings that programs add to the names of files that they are still fetching."""

WAITING_CODES = frozenset({Code.STILL_BEING_WRITTEN, Code.NOT_FINISHED})
"""Findings that disappear without the person's help."""


RETRY_CODES = WAITING_CODES | {Code.NOT_COPIED, Code.CHANGED_WHILE_READ, Code.CHECK_FAILED}
"""Findings after which a second try may succeed; ``unreadable`` too, for ``RETRY_REASONS``."""

RETRY_REASONS = frozenset({"missing", "denied", "io"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding in a file; ``finding_words.finding_sentence`` makes its sentence."""

    code: Code
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        """The severity of this finding."""
        is_warning = self.code in WARNING_WHEN_WHOLE and self.params.get("whole")
        return Severity.WARNING if is_warning else SEVERITY_OF[self.code]

    def to_json(self) -> dict[str, Any]:
        """Return the form in the database: ``{code, params}``."""
        return {"code": self.code.value, "params": dict(self.params)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Finding:
        """Read what ``to_json`` made."""
        return cls(Code(data["code"]), dict(data.get("params") or {}))


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """Return the verdict: as bad as the worst finding, and ``ok`` if all are mere notes."""
    severities = {finding.severity for finding in findings}
    if Severity.REFUSED in severities:
        return Verdict.REFUSED
    return Verdict.WARNING if Severity.WARNING in severities else Verdict.OK
