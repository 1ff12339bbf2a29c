"""Shortens the text of a cell without losing its number: whole parts are dropped from the end."""

from __future__ import annotations

import re
from collections.abc import Callable

__all__ = ["essential", "fitting"]

_JOINT = re.compile(r" · | – |, ")


def essential(text: str) -> str:
    """Return the beginning of ``text`` that must stay: up to the end of the part with the first number.

    "Retry in 20 s – server busy" gives "Retry in 20 s"; a text without a number keeps its first part.
    """
    starts = _starts(text)
    return next((start for start in starts if any(sign.isdecimal() for sign in start)), starts[0])


def fitting(text: str, fits: Callable[[str], bool]) -> str:
    """Return the longest beginning of ``text`` in whole parts that fits; if none does, ``essential(text)``."""
    least = essential(text)
    for start in reversed(_starts(text)):
        if len(start) <= len(least):
            break
        if fits(start):
            return start
    return least


def _starts(text: str) -> list[str]:
    """Return all beginnings of ``text`` that end with a part, shortest first; the last is ``text`` itself."""
    return [text[: joint.start()] for joint in _JOINT.finditer(text)] + [text]
