"""What a person knows of a section: whether it is still to be recorded, and whether it is good."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["SectionStatus"]


class SectionStatus(StrEnum):
    """``to_record`` becomes ``recorded`` with the first take; all else is set by the person alone."""

    TO_RECORD = "to_record"
    RECORDED = "recorded"
    RETAKE = "retake"
    APPROVED = "approved"
