"""Checks one file: what it is, whether it is whole, and what is wrong with it.

The verdict follows from the structure: the type by content, the header's sizes compared with the file, all MP3 frames.
A short decode of both ends and, on request, a full decode add to it. The result is always a report.
"""

from __future__ import annotations

import os
from pathlib import PurePath

from audiodesk.audio.bytes.source import Source, SourceError
from audiodesk.audio.ends import undecodable_at
from audiodesk.audio.examine import Examined, examine
from audiodesk.audio.measure.analysis import analyse_part
from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.audio.findings import Code, Finding, Verdict, verdict_of
from audiodesk.domain.audio.report import Analysis, CheckReport
from audiodesk.domain.server.storage_usage import CLOUD_FILE_LIMIT

__all__ = ["analyse", "check", "failed_report", "inspect"]

_ENDINGS = {
    Kind.WAV: frozenset({"wav", "wave", "bwf"}),
    Kind.MP3: frozenset({"mp3", "mpga", "mpeg3"}),
}


def check(path: str, *, name: str | None = None, full: bool = False, ends: bool = True) -> CheckReport:
    """Return the report on the file at ``path``. A bad file never makes it raise.

    ``name`` is the file's name for the person, where the path is a temporary one. ``ends`` decodes half a second at
    both ends, ``full`` decodes everything.
    """
    try:
        return inspect(path, name=name, full=full, ends=ends)
    except MemoryError:
        return failed_report(path, "memory")
    except Exception:  # noqa: BLE001 - any error that a file causes becomes its report
        return failed_report(path, "crashed")


def inspect(path: str, *, name: str | None = None, full: bool = False, ends: bool = True) -> CheckReport:
    """Do what ``check`` does, but raise errors of this program, for the tests."""
    try:
        with Source(path) as source:
            report = _inspect(source, PurePath(path).name if name is None else name, full=full, ends=ends)
            return _changed(source) if source.changed() else report
    except SourceError as error:
        return CheckReport(size=0, kind=None, findings=(Finding(Code.UNREADABLE, {"reason": error.reason}),))


def failed_report(path: str, reason: str) -> CheckReport:
    """Return the report on a file that could not be checked: ``reason`` is "crashed", "timeout" or "memory"."""
    try:
        size = os.stat(path).st_size  # noqa: PTH116 - ``Path`` cannot hold every path, and each file needs a report
    except (OSError, ValueError):
        size = 0
    return CheckReport(size=size, kind=None, findings=(Finding(Code.CHECK_FAILED, {"reason": reason}),))


def analyse(path: str) -> Analysis | CheckReport:
    """Return the result of a full decode; the report instead where the file is not sound or changed meanwhile."""
    report = check(path, full=True, ends=False)
    return report if report.analysis is None else report.analysis


def _changed(source: Source) -> CheckReport:
    return CheckReport(size=source.size, kind=None, findings=(Finding(Code.CHANGED_WHILE_READ),))


def _inspect(source: Source, name: str, *, full: bool, ends: bool) -> CheckReport:
    found = examine(source)
    findings = [*found.findings, *_about_name(found, name)]
    sound = verdict_of(findings) is not Verdict.REFUSED
    if sound and source.size > CLOUD_FILE_LIMIT:
        findings.append(Finding(Code.TOO_LARGE_FOR_CLOUD, {"over": source.size - CLOUD_FILE_LIMIT}))
    analysis = None
    if sound and full:
        analysis = analyse_part(source, found)
    elif sound and ends:
        findings.extend(_about_ends(source, found))
    return CheckReport(
        size=source.size,
        kind=found.kind,
        seconds=found.seconds,
        frames=found.frames,
        sample_rate=found.sample_rate,
        channels=found.channels,
        bit_depth=found.bit_depth,
        bit_rate=found.bit_rate,
        cbr=found.cbr,
        encoding=found.encoding,
        tags=found.tags,
        findings=tuple(findings),
        rescue=found.rescue,
        more=found.more,
        seek_table=found.seek_table,
        analysis=analysis,
    )


def _about_name(found: Examined, name: str) -> list[Finding]:
    ending = PurePath(name).suffix[1:].lower()
    if found.kind is None or not ending or ending in _ENDINGS[found.kind]:
        return []
    return [Finding(Code.MISNAMED, {"kind": found.kind.value, "ending": ending})]


def _about_ends(source: Source, found: Examined) -> list[Finding]:
    at = undecodable_at(source, found)
    return [] if at is None else [Finding(Code.DECODE_ERROR, {"seconds": round(at, 3)})]
