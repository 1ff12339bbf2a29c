"""What a check found in a file: codes with numbers, and the verdict that follows from them."""

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
    """How much a finding weighs."""

    NOTE = "note"
    WARNING = "warning"
    REFUSED = "refused"


class Verdict(StrEnum):
    """What a person may do with the file."""

    OK = "ok"
    WARNING = "warning"
    REFUSED = "refused"


class Code(StrEnum):
    """Every finding there is, with the parameters its sentence needs (seconds, bytes, names)."""

    TRUNCATED = "truncated"
    """``seconds`` that are there of ``claimed_seconds``."""
    UNFINISHED_HEADER = "unfinished-header"
    """``seconds`` that are really there; ``claimed_seconds`` where a size is stated and audio goes on behind it.

    ``whole``: no size is stated and the audio fills the file, so it is taken.
    """
    NO_AUDIO = "no-audio"
    DAMAGED_HEADER = "damaged-header"
    """``field`` of a WAV's header that cannot be true: "format", "channels", "rate", "bits", "block" and others.

    ``whole``: what is true follows from the rest, and all ``seconds`` are there.
    """
    UNSUPPORTED_ENCODING = "unsupported-encoding"
    """``encoding``: its name, such as "RF64" or "A-law"."""
    NOT_MP3_OR_WAV = "not-mp3-or-wav"
    """``what``: a code such as "flac", "html", "video", "empty", "text", "unknown" (``finding_words`` has all)."""
    CHANGED_WHILE_READ = "changed-while-read"
    UNREADABLE = "unreadable"
    """``reason``: "missing", "denied", "pipe", "device", "socket", "loop", "link", "folder", "io"."""
    STILL_BEING_WRITTEN = "still-being-written"
    """``waits``: whether the window goes on looking, and adds it when it is finished."""
    NOT_FINISHED = "not-finished"
    """``ending``: of a name that programs give to what they are still fetching; ``waits`` as above."""
    NOT_COPIED = "not-copied"
    """``error``: code of the error that kept it from being added, with the error's own parameters; ``needed``: bytes
    that the disk lacks for it and for the others of the same import."""
    CHECK_FAILED = "check-failed"
    """``reason``: "crashed", "timeout" or "memory": the decoder's process did not survive the file."""
    MISNAMED = "misnamed"
    """``kind`` that it is, ``ending`` that it has."""
    LAST_FRAME_CUT = "last-frame-cut"
    """``bytes`` of the incomplete last frame."""
    FORMAT_CHANGES = "format-changes"
    """``at``: second from which sample rate, channels or layer are others. ``from`` and ``to``: Hz and channels, as
    "44100/1", and behind them a layer that is not III ("44100/1/2"). ``more``: changes behind it that are not listed.
    """
    HEADER_SHORT = "header-short"
    """``at``: second at which players end that believe an MP3's Xing, Info or VBRI frame; more audio follows."""
    JUNK = "junk"
    """``bytes`` that belong to nothing, and ``where``: "before", "after" or "inside" the audio."""
    TAG_OVERRUN = "tag-overrun"
    """``bytes`` by which a tag says it is longer than the file has room for."""
    TOO_LARGE_FOR_CLOUD = "too-large-for-cloud"
    """``over``: bytes above the limit."""
    MORE_AUDIO = "more-audio"
    """``seconds`` of further recordings behind the first, and ``count`` of these."""
    DECODE_ERROR = "decode-error"
    """``seconds`` at which the decoder met something it could not read."""
    LENGTH_UNPROVEN = "length-unproven"
    """An MP3 without Xing, Info or VBRI: nothing says how long it was meant to be."""
    END_MISSING = "end-missing"
    """``seconds`` that a WAV ends before its stated size: less than a video frame."""
    HEADER_LAYOUT = "header-layout"
    """The chunks of a WAV are right, but laid out as players do not expect; a copy of them plays."""
    SUBFORMAT = "subformat"
    """``name`` of a subformat of WAVE_FORMAT_EXTENSIBLE that is not Microsoft's."""
    SILENCE = "silence"
    """``at`` and ``seconds``, one finding for each. ``whole``: nothing else is in the file."""
    CLIPPING = "clipping"
    """``count`` of clipped places and ``at``, the first. ``whole``: most of the file is clipped."""
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
"""How much each weighs, where it does not say ``whole``."""

WARNING_WHEN_WHOLE = frozenset({Code.UNFINISHED_HEADER, Code.DAMAGED_HEADER, Code.SILENCE, Code.CLIPPING})
"""A warning where they say ``whole``: the audio is whole all the same, or all of it is concerned."""


UNFINISHED_ENDINGS = frozenset({".part", ".crdownload", ".tmp"})
"""What programs put behind the name of a file that they are still fetching."""

WAITING_CODES = frozenset({Code.STILL_BEING_WRITTEN, Code.NOT_FINISHED})
"""What passes by itself."""


RETRY_CODES = WAITING_CODES | {Code.NOT_COPIED, Code.CHANGED_WHILE_READ, Code.CHECK_FAILED}
"""What may go well when it is tried again; ``unreadable`` as well, for ``RETRY_REASONS``."""

RETRY_REASONS = frozenset({"missing", "denied", "io"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in a file; ``words.finding_sentence`` says it."""

    code: Code
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        """How much this weighs."""
        is_warning = self.code in WARNING_WHEN_WHOLE and self.params.get("whole")
        return Severity.WARNING if is_warning else SEVERITY_OF[self.code]

    def to_json(self) -> dict[str, Any]:
        """Return what is stored in the database: ``{code, params}``."""
        return {"code": self.code.value, "params": dict(self.params)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Finding:
        """Read what ``to_json`` made."""
        return cls(Code(data["code"]), dict(data.get("params") or {}))


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """Return the verdict: as bad as the worst finding, and ``ok`` where all are mere notes."""
    severities = {finding.severity for finding in findings}
    if Severity.REFUSED in severities:
        return Verdict.REFUSED
    return Verdict.WARNING if Severity.WARNING in severities else Verdict.OK
