"""The status of a section: whether it still has to be recorded, and whether it is good."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["SectionStatus"]


class SectionStatus(StrEnum):
    """The first take changes ``to_record`` to ``recorded``; only the person sets the other values."""

    TO_RECORD = "to_record"
    RECORDED = "recorded"
    RETAKE = "retake"
    APPROVED = "approved"
