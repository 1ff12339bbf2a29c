"""Whether this computer is in agreement with the server, and what one sync did."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.trouble import Trouble, trouble_of

__all__ = ["SyncCode", "SyncOutcome", "SyncProgress", "SyncState", "sync_code_of"]


class SyncCode(StrEnum):
    """The state of the synchronizer, in one word of the JSON document."""

    STARTING = "starting"
    """It has not looked yet whether there is anything to sync."""
    OFF = "off"
    """The settings say that nothing is sent, or the library has no account."""
    OFFLINE = "offline"
    """This computer has no network."""
    UNREACHABLE = "unreachable"
    """There is a network, but the server's address is gone, or the server does not answer: tried again by itself."""
    BLOCKED = "blocked"
    """Something in this network answers in the server's place, or the computer's date makes its certificate invalid."""
    BUSY = "busy"
    """The server answers, and has to be given time."""
    KEYRING = "keyring"
    """The keyring does not give the sign-in out; it is asked again only when it is open, or when a person wants it."""
    HERE = "here"
    """This computer itself is in the way, such as by a full disk."""
    SIGNED_OUT = "signed-out"
    SYNCING = "syncing"
    UP_TO_DATE = "up-to-date"
    NEEDS_OPERATOR = "needs-operator"
    """Whoever runs the server must act: it is paused, restricted, or needs an update."""
    ELSEWHERE = "elsewhere"
    """Another process of this computer syncs this library."""


@dataclass(frozen=True, slots=True)
class SyncProgress:
    """How far a running sync is, in changes sent, changes that wait, and rows that came."""

    pushed: int = 0
    waiting: int = 0
    pulled: int = 0


@dataclass(frozen=True, slots=True)
class SyncOutcome:
    """What one sync did: changes sent and refused, rows that came, recoveries of a restored server."""

    pushed: int = 0
    pulled: int = 0
    refused: int = 0
    recoveries: int = 0
    held: int = 0
    """Changes that wait until the server is updated."""

    def plus(self, *, pushed: int = 0, pulled: int = 0, refused: int = 0, recoveries: int = 0) -> SyncOutcome:
        """Return the sums."""
        return SyncOutcome(
            self.pushed + pushed,
            self.pulled + pulled,
            self.refused + refused,
            self.recoveries + recoveries,
            self.held,
        )

    def with_held(self, held: int) -> SyncOutcome:
        """Return the same with another number of changes that wait."""
        return replace(self, held=held)


@dataclass(frozen=True, slots=True)
class SyncState:
    """The synchronizer's state; ``sync_words`` makes the text."""

    code: SyncCode
    error: AudioDeskError | None = None
    """Why it does not sync now; None where it does, or needs not."""
    waiting: int = 0
    """Changes made here that the server has not answered."""
    refused: int = 0
    """Refused changes that the person has neither tried again nor dismissed."""
    held: int = 0
    synced_at: int | None = None
    """When it was last in agreement, in milliseconds since 1970 UTC by this computer's clock; None: not yet."""
    is_partly_here: bool = False
    """The first sync has begun and not come to its end: a part of the account's library is missing here."""
    retry_in: float | None = None
    """Seconds until the next try; None if none is planned."""
    progress: SyncProgress = SyncProgress()

    @property
    def is_coming(self) -> bool:
        """Whether the rest of a library that is partly here comes just now."""
        return self.is_partly_here and self.code in (SyncCode.SYNCING, SyncCode.ELSEWHERE)


def sync_code_of(error: AudioDeskError) -> SyncCode:
    """Return the state that an error of a sync means; one of no known trouble is trouble of this computer."""
    trouble = trouble_of(error) or Trouble.HERE
    return SyncCode.SIGNED_OUT if trouble is Trouble.NOT_SET else SyncCode[trouble.name]
