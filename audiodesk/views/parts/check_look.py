"""How the verdict over a take's file is shown: sign, tone, and the worst finding in a few words."""

from __future__ import annotations

from dataclasses import dataclass

from audiodesk.domain import words
from audiodesk.domain.audio.findings import Finding, Severity, Verdict, verdict_of
from audiodesk.domain.library.outline import TakeRow
from audiodesk.domain.words.check_words import finding_label
from audiodesk.domain.words.finding_words import finding_sentence
from audiodesk.views.parts.theme import Role

__all__ = ["Look", "check_look", "finding_look", "is_repaired"]

_ORDER = {Severity.REFUSED: 0, Severity.WARNING: 1, Severity.NOTE: 2}
_LOOKS: dict[Severity, tuple[str, Role]] = {
    Severity.REFUSED: ("octagon-x", "danger"),
    Severity.WARNING: ("triangle-alert", "attention"),
    Severity.NOTE: ("info", "muted"),
}


@dataclass(frozen=True, slots=True)
class Look:
    """Sign, tone and words of a verdict."""

    icon: str | None
    tone: Role
    text: str
    whole: str
    """All findings, one a line."""


def check_look(row: TakeRow) -> Look:
    """Return how the check of this take's files is shown: a repaired one first says so."""
    if row.file is None:
        return Look(None, "muted", "–", "")
    findings = worst_first(row.file.findings)
    if is_repaired(row):
        text = words.tr("Repaired")
        lines = [words.tr("Repaired from a damaged file"), *map(finding_sentence, findings)]
        return Look("triangle-alert", "attention", text, "\n".join(lines))
    if not findings:
        return Look("check", "muted", words.tr("Checked"), words.tr("Checked: no faults found"))
    icon, tone = _LOOKS[findings[0].severity]
    return Look(icon, tone, finding_label(findings[0]), "\n".join(map(finding_sentence, findings)))


def is_repaired(row: TakeRow) -> bool:
    """Return whether a part of a refused file plays; a copy that only completes the header is as whole as its file."""
    if row.file is None or row.original is None or row.original.id == row.file.id:
        return False
    findings = row.original.findings
    return not findings or verdict_of(findings) is Verdict.REFUSED


def finding_look(finding: Finding) -> tuple[str, Role]:
    """Return the sign and the tone of one finding."""
    return _LOOKS[finding.severity]


def worst_first(findings: tuple[Finding, ...]) -> list[Finding]:
    """Return the findings, those that weigh most in front."""
    return sorted(findings, key=lambda finding: _ORDER[finding.severity])
