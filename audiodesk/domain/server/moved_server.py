"""The question at a sign-in under a new address: whether the server moved there, or it is another server."""

from __future__ import annotations

from dataclasses import dataclass

from audiodesk.domain.server.account import KnownAccount
from audiodesk.domain.server.adoption import LibrarySize

__all__ = ["MovedServer"]


@dataclass(frozen=True, slots=True)
class MovedServer:
    """An account whose library lies here under another address of the server, and what speaks for a move.

    The id of the account is the same at both addresses.
    """

    former: KnownAccount
    """The account under the address that was used here until now."""
    host: str
    """The server that was asked now."""
    size: LibrarySize
    """The library on this computer."""
    waiting: int = 0
    """Edits in it that the former address did not answer."""
    knows_library: bool | None = None
    """Whether the server knows the last step of this library's sync: each has a random tag. None: it cannot be asked,
    or the library was never synced."""
    former_answers: bool = False
    """Whether a project still answers at the former address."""
