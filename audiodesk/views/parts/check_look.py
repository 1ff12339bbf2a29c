"""Maps the check of a take's file to a sign, a tone, and the worst finding in a few words."""

from __future__ import annotations

from dataclasses import dataclass

from audiodesk.domain import words
from audiodesk.domain.audio.findings import Finding, Severity
from audiodesk.domain.library.listings import TakeRow
from audiodesk.domain.library.take_check import is_repaired, worst_first
from audiodesk.domain.words.audio.finding_label_words import finding_label
from audiodesk.domain.words.audio.finding_words import finding_sentence
from audiodesk.views.parts.theme import Role

__all__ = ["Look", "check_look", "finding_look"]

_LOOKS: dict[Severity, tuple[str, Role]] = {
    Severity.REFUSED: ("octagon-x", "danger"),
    Severity.WARNING: ("triangle-alert", "attention"),
    Severity.NOTE: ("info", "muted"),
}


@dataclass(frozen=True, slots=True)
class Look:
    """Sign, tone and words for a verdict."""

    icon: str | None
    tone: Role
    text: str
    whole: str
    """All findings, one a line."""


def check_look(row: TakeRow) -> Look:
    """Return how to show the check of this take's files; a repaired file says so first."""
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


def finding_look(finding: Finding) -> tuple[str, Role]:
    """Return the sign and the tone for one finding."""
    return _LOOKS[finding.severity]
