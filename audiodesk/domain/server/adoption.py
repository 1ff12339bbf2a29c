"""The question at the first sign-in: what becomes of the library that was made here without an account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["AdoptionChoice", "AdoptionQuestion", "LibrarySize"]

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
