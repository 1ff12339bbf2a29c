"""The question at the first sign-in: what becomes of the library that was made here without an account."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Adoption", "LibrarySize"]


@dataclass(frozen=True, slots=True)
class LibrarySize:
    """How much a library holds; what is in the trash does not count."""

    books: int
    sections: int
    takes: int
    size: int
    """Bytes of all current files."""
    changed_at: int | None = None
    """The last change, in milliseconds since 1970 UTC; None if there was none."""
    changed_on: str = ""
    """The computer it was made on; empty if it was this one."""


@dataclass(frozen=True, slots=True)
class Adoption:
    """Both libraries, and what happens if they go together."""

    email: str
    here: LibrarySize
    there: LibrarySize
    equal_titles: tuple[str, ...] = ()
    """Books that are in both; they stay two books."""
    free: int | None = None
    """Bytes that the account's plan still has room for; None if that is not known."""
    plan: str = ""
    """"free" or "paid"."""
