"""Maps the status of a section to an icon and a word, the same everywhere."""

from __future__ import annotations

from typing import NamedTuple

from audiodesk.domain.library.section_status import SectionStatus
from audiodesk.domain.words.library.section_words import status_word
from audiodesk.views.parts.theme import Role

__all__ = ["STATUS_ICONS", "StatusLook", "status_look"]

STATUS_ICONS = {
    SectionStatus.TO_RECORD: "circle-dashed",
    SectionStatus.RECORDED: "mic",
    SectionStatus.RETAKE: "repeat",
    SectionStatus.APPROVED: "badge-check",
}
_TONES: dict[SectionStatus, Role] = {
    SectionStatus.TO_RECORD: "muted",
    SectionStatus.RECORDED: "muted",
    SectionStatus.RETAKE: "attention",
    SectionStatus.APPROVED: "safe",
}


class StatusLook(NamedTuple):
    """Icon, tone and word for a status."""

    icon: str
    tone: Role
    text: str


def status_look(status: SectionStatus) -> StatusLook:
    """Return how to show this status."""
    return StatusLook(STATUS_ICONS[status], _TONES[status], status_word(status))
