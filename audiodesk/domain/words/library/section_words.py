"""The words for a section's status."""

from __future__ import annotations

from audiodesk.domain import words
from audiodesk.domain.library.section_status import SectionStatus

__all__ = ["status_word"]


def status_word(status: SectionStatus) -> str:
    """Return a status in one or two words: "Retake"."""
    if status is SectionStatus.TO_RECORD:
        return words.tr("To record")
    if status is SectionStatus.RECORDED:
        return words.tr("Recorded")
    if status is SectionStatus.RETAKE:
        return words.tr("Retake")
    return words.tr("Approved")
