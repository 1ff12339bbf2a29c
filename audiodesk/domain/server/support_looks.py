"""The looks that support took at a person's storage, and which of them were one visit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

__all__ = ["SupportLook", "SupportLooks", "Visit", "visits"]

_TOGETHER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SupportLook:
    """One look as the server recorded it."""

    id: str
    """With it the operator finds out who it was."""
    at: str
    """RFC 3339, with its offset."""
    what: str
    """"usage", "problems" or "files"."""
    continued: bool
    """Whether it read on in the list of the look before it."""

    @property
    def moment(self) -> datetime:
        """When it was; ValueError where ``at`` is no time."""
        return datetime.fromisoformat(self.at)


@dataclass(frozen=True, slots=True)
class SupportLooks:
    """The newest looks, newest first."""

    looks: tuple[SupportLook, ...] = ()
    more: bool = False
    """Whether there are earlier ones than these."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Looks that came together, in the order in which they came."""

    looks: tuple[SupportLook, ...]

    @property
    def moment(self) -> datetime:
        """When the first of them was."""
        return self.looks[0].moment

    @property
    def whats(self) -> tuple[str, ...]:
        """What was looked at, each once."""
        return tuple(dict.fromkeys(look.what for look in self.looks))

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids to ask the operator about, one for each thing that was looked at."""
        return tuple({look.what: look.id for look in reversed(self.looks)}[what] for what in self.whats)


def visits(looks: Sequence[SupportLook]) -> list[Visit]:
    """Put looks together, given and returned newest first.

    Those of one visit follow each other within a minute, and none of them is at the same thing again: that would be
    another visit, perhaps by somebody else. Only a list may be read on in.
    """
    found: list[list[SupportLook]] = []
    for look in reversed(looks):
        if found and _belongs(look, found[-1]):
            found[-1].append(look)
        else:
            found.append([look])
    return [Visit(tuple(together)) for together in reversed(found)]


def _belongs(look: SupportLook, together: Sequence[SupportLook]) -> bool:
    is_again = any(earlier.what == look.what for earlier in together)
    return look.moment - together[-1].moment < _TOGETHER and (look.continued or not is_again)
