"""The computers of an account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Computer", "Computers", "distinct_names"]


@dataclass(frozen=True, slots=True)
class Computer:
    """One computer; times in milliseconds since 1970 UTC by the server's clock."""

    id: str
    title: str
    platform: str
    created_at: int
    seen_at: int | None
    """When it last said that it is in agreement with the server, which it does once an hour; None: never."""


@dataclass(frozen=True, slots=True)
class Computers:
    """The computers of an account, the one that was here last first, and the server's time."""

    now: int
    computers: tuple[Computer, ...]


def distinct_names(computers: Iterable[tuple[str, str, int]]) -> dict[str, str]:
    """Return a name for each computer, by its id, from (id, title, when it was made).

    Of several with the same title the oldest keeps it; the others are "Studio PC (2)", "Studio PC (3)".
    """
    found = sorted(computers, key=lambda one: (one[2], one[0]))
    taken = {title.casefold() for _, title, _ in found}
    names: dict[str, str] = {}
    given: set[str] = set()
    for computer_id, title, _ in found:
        name, number = title, 1
        while name and (name.casefold() in given or (number > 1 and name.casefold() in taken)):
            number += 1
            name = f"{title} ({number})"
        given.add(name.casefold())
        names[computer_id] = name
    return names
