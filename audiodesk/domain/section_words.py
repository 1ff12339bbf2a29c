"""The words for what a person knows of a section."""

from __future__ import annotations

from audiodesk.domain.section_status import SectionStatus
from audiodesk.domain.words import tr

__all__ = ["status_word"]


def status_word(status: SectionStatus) -> str:
    """Return one or two words: "Retake"."""
    if status is SectionStatus.TO_RECORD:
        return tr("To record")
    if status is SectionStatus.RECORDED:
        return tr("Recorded")
    if status is SectionStatus.RETAKE:
        return tr("Retake")
    return tr("Approved")
