"""The account as a window shows it: who is signed in, which accounts are known, and where the sign-in is kept."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["KnownAccount"]


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """An account that was signed in on this computer before."""

    email: str
    host: str
    """Its server, as a person recognizes it: "audio.saltroad.example"."""
    user_id: str
    name: str = ""
    """The person's name; empty if the account has none."""
