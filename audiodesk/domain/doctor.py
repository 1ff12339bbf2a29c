"""The result of ``doctor`` for one part of the set-up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["PartReport"]


@dataclass(frozen=True, slots=True)
class PartReport:
    """The finding about one part; ``doctor_words`` makes its sentence.

    ``finding`` is a code such as "fine" or "not-writable". A part can be ``ok`` and still have a message: a computer
    without a sound device is not broken.
    """

    part: str
    finding: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    ok: bool = True
    more: tuple[PartReport, ...] = ()
    """Further faults of the same part."""
