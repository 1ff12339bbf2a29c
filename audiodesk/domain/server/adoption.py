"""What is asked when somebody signs in on a computer where books were made without an account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["AdoptionChoice", "AdoptionQuestion", "LibrarySize"]

AdoptionChoice = Literal["adopt", "keep-apart"]


@dataclass(frozen=True, slots=True)
class LibrarySize:
    """How much a library holds; ``size`` in bytes."""

    projects: int = 0
    takes: int = 0
    size: int = 0


@dataclass(frozen=True, slots=True)
class AdoptionQuestion:
    """Both libraries, so that a person can choose: the one made here, and the account's."""

    local: LibrarySize
    account: LibrarySize | None
    """None if the server could not be asked."""
    is_here: bool
    """Whether the account's library is on this computer already: then rows and files are copied into it."""
