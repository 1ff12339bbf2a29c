"""What the findings of a take's files amount to."""

from __future__ import annotations

from collections.abc import Iterable

from audiodesk.domain.audio.findings import Finding, Severity, Verdict, verdict_of
from audiodesk.domain.library.listings import TakeRow

__all__ = ["is_repaired", "worst_first"]

_ORDER = {Severity.REFUSED: 0, Severity.WARNING: 1, Severity.NOTE: 2}


def is_repaired(row: TakeRow) -> bool:
    """Return whether only a part of a refused file plays; a copy that just corrects the header is complete."""
    if row.file is None or row.original is None or row.original.id == row.file.id:
        return False
    findings = row.original.findings
    return not findings or verdict_of(findings) is Verdict.REFUSED


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings, the most severe first."""
    return sorted(findings, key=lambda finding: _ORDER[finding.severity])
