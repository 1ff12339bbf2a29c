"""The account as a window shows it: who is signed in, which accounts are known, and where the sign-in is kept."""

from __future__ import annotations

from dataclasses import dataclass

from audiodesk.domain.server.connection import Connection

__all__ = ["AccountFacts", "ComputerLine", "KnownAccount"]


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """An account that was signed in on this computer before."""

    email: str
    host: str
    """Its server, as a person recognizes it: "audio.saltroad.example"."""
    user_id: str
    name: str = ""
    """The person's name; empty if the account has none."""


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What the account page says about the account that the open library belongs to."""

    email: str
    host: str
    connection: Connection
    name: str = ""
    """The person's name; empty if the account has none."""
    plan: str = ""
    """"free", "paid", or empty if it is not known."""
    used: int | None = None
    """Bytes in the cloud; None if not known."""
    allowed: int | None = None
    """Bytes of the quota; None if not known."""
    keyring: str = ""
    """The name of the keyring that holds the sign-in; empty: it lasts until the program closes."""
    kept_since: int | None = None
    """When the sign-in was made, in milliseconds since 1970 UTC."""

    @property
    def title(self) -> str:
        """What people call it: the name, else the e-mail."""
        return self.name or self.email

    @property
    def is_signed_in(self) -> bool:
        """Whether there is a sign-in, with or without a network."""
        return self.connection not in (Connection.LOCAL, Connection.SIGNED_OUT)


@dataclass(frozen=True, slots=True)
class ComputerLine:
    """One of the account's computers."""

    id: str
    title: str
    platform: str
    """"linux", "macos", "windows", or another word."""
    seen_at: int | None
    """Its last sync, in milliseconds since 1970 UTC; None: never."""
    is_this: bool = False
