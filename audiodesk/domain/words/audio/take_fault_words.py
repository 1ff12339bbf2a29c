"""What is wrong with a take's recording, in a few words."""

from __future__ import annotations

from audiodesk.domain import words
from audiodesk.domain.audio.findings import Severity
from audiodesk.domain.library.listings import TakeRow
from audiodesk.domain.library.take_check import is_repaired, worst_first
from audiodesk.domain.words.audio.finding_label_words import finding_label

__all__ = ["fault_label"]


def fault_label(row: TakeRow) -> str:
    """Return "Repaired", or a label such as "Silence at 6:31" for the worst finding; empty if there are mere notes."""
    if row.file is None:
        return ""
    if is_repaired(row):
        return words.tr("Repaired")
    findings = worst_first(row.file.findings)
    return finding_label(findings[0]) if findings and findings[0].severity is not Severity.NOTE else ""
