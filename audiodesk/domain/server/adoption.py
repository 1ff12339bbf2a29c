"""The question at the first sign-in: what becomes of the library that was made here without an account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from audiodesk.domain.server.storage_usage import StorageUsage

__all__ = ["AdoptionChoice", "AdoptionQuestion", "LibrarySize", "question_of"]

AdoptionChoice = Literal["adopt", "keep-apart"]


@dataclass(frozen=True, slots=True)
class LibrarySize:
    """How much a library holds."""

    projects: int = 0
    takes: int = 0
    size: int = 0
    """Bytes of all files."""
    sections: int | None = None
    """None if it is not known."""
    changed_at: int | None = None
    """The last change, in milliseconds since 1970 UTC; None if there was none or it is not known."""
    changed_on: str = ""
    """The computer it was made on; empty if it was this one or is not known."""


@dataclass(frozen=True, slots=True)
class AdoptionQuestion:
    """Both libraries, and what happens if they go together."""

    email: str
    here: LibrarySize
    """The library made on this computer without an account."""
    there: LibrarySize | None
    """The account's library; None if the server could not be asked."""
    is_here: bool = False
    """Whether the account's library is on this computer already: then rows and files are copied into it."""
    equal_titles: tuple[str, ...] = ()
    """Books that are in both; they stay two books."""
    free: int | None = None
    """Bytes that the account's plan still has room for; None if that is not known."""
    plan: str = ""
    """"free" or "paid"; empty if it is not known."""


def question_of(
    email: str, here: LibrarySize, titles: Iterable[str], usage: StorageUsage | None, *, is_here: bool
) -> AdoptionQuestion:
    """Return the question about a library of these book ``titles``; ``usage`` is what the server says, if it does."""
    if usage is None:
        return AdoptionQuestion(email, here, None, is_here=is_here)
    there = LibrarySize(len(usage.projects), sum(one.takes for one in usage.projects), usage.used)
    known = [project.title for project in usage.projects]
    if (held := usage.library) is not None:
        there = LibrarySize(len(held.titles), held.takes, held.size, held.sections, held.changed_at, held.changed_on)
        known = list(held.titles)
    taken = {title.strip().casefold() for title in known}
    equal = dict.fromkeys(title for title in titles if title.strip().casefold() in taken)
    return AdoptionQuestion(
        email, here, there, is_here=is_here, equal_titles=tuple(equal), free=usage.free, plan=usage.plan
    )
