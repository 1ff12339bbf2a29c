"""A note at a moment or a range of a take."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Note", "NoteTag"]


class NoteTag(StrEnum):
    """The subject of a note."""

    NONE = ""
    MISREAD = "misread"
    NOISE = "noise"
    PACING = "pacing"
    PICKUP = "pickup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A person's note about one place in a take. Times are milliseconds since 1970-01-01 UTC."""

    id: str
    order_key: str
    version: int = 0
    created_at: int = 0
    deleted_at: int | None = None
    changed_by: str | None = None
    take_id: str
    at_seconds: float = 0.0
    """The moment, in seconds from the start of the take."""
    text: str = ""
    until_seconds: float | None = None
    """The end of the range, in seconds from the start of the take; None for a moment."""
    tag: NoteTag = NoteTag.NONE
    page: str = ""
    """The page of the script."""
    said: str = ""
    should_be: str = ""
    done_at: int | None = None
    answered_by_take_id: str | None = None
    """The pickup that was recorded because of the note."""
