"""Typed reading of the procedures' JSON: a value of another type than promised is an odd answer, never a crash."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from audiodesk.cloud.errors import odd_answer

__all__ = ["Fields"]

_LARGEST = 2**63 - 1
"""Of PostgreSQL's bigint."""


class Fields:
    """The members of one JSON object; each method raises OutsideError("server-answer-odd") for what is none."""

    def __init__(self, value: Any, host: str, place: str) -> None:
        if not isinstance(value, dict):
            raise odd_answer(host, f"{place}: no object")
        self._values: Mapping[str, Any] = value
        self._host = host
        self._place = place

    def text(self, name: str) -> str:
        """Return a string; empty where it is null or missing."""
        value = self._values.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self._odd(name)
        return value

    def moment(self, name: str) -> str:
        """Return an RFC 3339 time as it came; its offset is there."""
        text = self.text(name)
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise self._odd(name) from None
        # Near the ends of the calendar no clock here could show it.
        if moment.tzinfo is None or not 1970 <= moment.year <= 9000:
            raise self._odd(name)
        return text

    def number(self, name: str) -> int:
        """Return a whole number that is not negative."""
        value = self._values.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _LARGEST:
            raise self._odd(name)
        return value

    def child(self, name: str) -> Fields:
        """Return an object within."""
        return Fields(self._values.get(name), self._host, f"{self._place}.{name}")

    def children(self, name: str) -> list[Fields]:
        """Return the objects of an array."""
        value = self._values.get(name)
        if not isinstance(value, list):
            raise self._odd(name)
        return [Fields(item, self._host, f"{self._place}.{name}") for item in value]

    def texts(self, name: str) -> list[str]:
        """Return the strings of an array."""
        value = self._values.get(name)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self._odd(name)
        return value

    def plain(self, name: str) -> str | int | float | bool | None:
        """Return a value that is neither object nor array."""
        value = self._values.get(name)
        if not _is_plain(value):
            raise self._odd(name)
        plain: str | int | float | bool | None = value
        return plain

    def plains(self) -> dict[str, str | int | float | bool | None]:
        """Return all members that are neither object nor array; a newer server may send others too."""
        return {name: value for name, value in self._values.items() if _is_plain(value)}

    def flag(self, name: str) -> bool:
        """Return true or false."""
        value = self._values.get(name)
        if not isinstance(value, bool):
            raise self._odd(name)
        return value

    def mapping(self) -> Mapping[str, Any]:
        """Return all of it as it came."""
        return self._values

    def _odd(self, name: str) -> Exception:
        return odd_answer(self._host, f"{self._place}.{name}")


def _is_plain(value: Any) -> bool:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return math.isfinite(value) and -_LARGEST <= value <= _LARGEST
    return value is None or isinstance(value, str | bool)
