"""One part of the set-up as ``doctor`` found it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["PartReport"]


@dataclass(frozen=True, slots=True)
class PartReport:
    """What was found of one part; ``doctor_words`` says it.

    ``finding`` is a code such as "fine" or "not-writable". A part can be ``ok`` and yet have something to say: a
    computer without a sound device is no broken one.
    """

    part: str
    finding: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    ok: bool = True
    more: tuple[PartReport, ...] = ()
    """What else is wrong with the same part."""
