"""The account as a window shows it: who is signed in, which accounts are known, and where the sign-in is kept."""

from __future__ import annotations

from dataclasses import dataclass

from audiodesk.domain.server.connection import Connection

__all__ = ["AccountFacts", "ComputerLine", "KnownAccount"]


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """Somebody who signed in on this computer once."""

    host: str
    """The server, as a person recognizes it: "audio.saltroad.example"."""
    address: str
    key: str
    """The project's public key."""
    user_id: str
    email: str
    keyring: str = ""
    """The keyring that holds the sign-in; empty if none does."""
    signed_in: bool = False
    """Whether the person is signed in: stays true while a keyring cannot be reached."""
    trouble: str = ""
    """The code of the error by which the server ended the last sign-in; empty since the next one."""
    leaves: tuple[str, ...] = ()
    """The keyrings that may hold a secret that has to go: of a sign-in that ended, or that never came to its end."""
    since: int = 0
    """When the sign-in was made, in milliseconds since 1970 UTC; 0 if it is not known."""
    is_retired: bool = False
    """Whether the account is off the list, and only secrets in the keyrings ``leaves`` are left of it."""

    @property
    def name(self) -> str:
        """What tells it from all others: the name of its secret, ``{host}/{user_id}``."""
        return f"{self.host}/{self.user_id}"


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
    sends_nothing: bool = False
    """Whether the settings keep the library on this computer only, although somebody is signed in."""

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
    """Its last sync, in milliseconds since 1970 by this computer's clock; None: never, or not known.

    Other computers tell of theirs once an hour, so it may have been up to an hour later.
    """
    is_this: bool = False
