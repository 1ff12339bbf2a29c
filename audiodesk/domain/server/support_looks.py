"""Support's looks at a person's storage, and their grouping into visits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

__all__ = ["SupportLook", "SupportLooks", "Visit", "visits"]

_TOGETHER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SupportLook:
    """One look in the server's record."""

    id: str
    """The operator can find the staff member by this id."""
    at: str
    """RFC 3339, with its offset."""
    what: str
    """"usage", "problems" or "files"."""
    continued: bool
    """Whether it continued the list of the look before."""

    @property
    def moment(self) -> datetime:
        """The time of the look; ValueError if ``at`` is not a time."""
        return datetime.fromisoformat(self.at)


@dataclass(frozen=True, slots=True)
class SupportLooks:
    """The newest looks, newest first."""

    looks: tuple[SupportLook, ...] = ()
    more: bool = False
    """Whether there are earlier looks."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Looks of one visit, in order of time."""

    looks: tuple[SupportLook, ...]

    @property
    def moment(self) -> datetime:
        """The time of the first look."""
        return self.looks[0].moment

    @property
    def whats(self) -> tuple[str, ...]:
        """The kinds of looks, each once."""
        return tuple(dict.fromkeys(look.what for look in self.looks))

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids to ask the operator about, one for each kind of look."""
        return tuple({look.what: look.id for look in reversed(self.looks)}[what] for what in self.whats)


def visits(looks: Sequence[SupportLook]) -> list[Visit]:
    """Group looks into visits; both are ordered newest first.

    The looks of a visit follow each other within a minute, and no kind occurs twice: a second one would be another
    visit, perhaps by another person. Only continuing a list does not count as a second look.
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
