"""The numbers of a finding as its sentences need them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["Params", "count_of", "no_action", "seconds"]

Params = Mapping[str, Any]
"""The numbers and codes of one finding, by name."""


def seconds(params: Params, key: str = "seconds") -> float:
    """Return a length or place in seconds; 0 if it is missing or negative."""
    return max(0.0, float(params.get(key, 0.0)))


def count_of(params: Params, key: str) -> int:
    """Return a whole number; 0 if it is missing."""
    return int(params.get(key, 0))


def no_action(_: Params) -> str:
    """Return the empty text: nothing needs to be done."""
    return ""
