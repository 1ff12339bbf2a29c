"""A line of Activity as a person reads it: when, from which computer, what, and what can be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["ActivityAct", "ActivityKind", "ActivityLine"]


class ActivityKind(StrEnum):
    """What kind of thing happened; it decides the icon."""

    ADDED = "added"
    CHANGED = "changed"
    CONFLICT = "conflict"
    REFUSED = "refused"
    """A change made here was not taken over."""
    BROUGHT_BACK = "brought_back"
    EMPTIED = "emptied"
    LOOKED = "looked"
    """Support looked at the account's storage."""
    SYNCED = "synced"


class ActivityAct(StrEnum):
    """What a line offers."""

    SHOW = "show"
    CHOOSE = "choose"
    RETRY = "retry"
    COPY = "copy"


@dataclass(frozen=True, slots=True)
class ActivityLine:
    """One line; ``id`` is whatever the sender recognizes it by."""

    id: str
    at: int
    """Milliseconds since 1970 UTC."""
    computer: str
    """"Studio PC", or "Support"; empty if it is not known."""
    kind: ActivityKind
    sentence: str
    acts: tuple[ActivityAct, ...] = ()
    is_elsewhere: bool = False
    """Whether it came from another computer."""
