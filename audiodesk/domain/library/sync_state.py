"""Whether this computer is in agreement with the server, and what one sync did."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from audiodesk.domain.errors import AudioDeskError

__all__ = ["SyncCode", "SyncOutcome", "SyncProgress", "SyncState", "sync_code_of"]


class SyncCode(StrEnum):
    """The state of the synchronizer, in one word of the JSON document."""

    OFF = "off"
    """The settings say that nothing is sent, or the library has no account."""
    OFFLINE = "offline"
    """This computer has no network."""
    UNREACHABLE = "unreachable"
    """There is a network, but the server's address is gone, or the server does not answer: tried again by itself."""
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
    retry_in: float | None = None
    """Seconds until the next try; None if none is planned."""
    progress: SyncProgress = SyncProgress()


_SIGNED_OUT = frozenset(
    {
        "account-deleted",
        "sign-in-banned",
        "sign-in-ended",
        "sign-in-expired",
        "sign-in-one-computer",
        "sign-in-refused",
        "sign-in-time-over",
        "sign-in-unconfirmed",
        "sign-in-used",
        "signed-out",
    }
)
_OPERATOR = frozenset(
    {
        "database-full",
        "not-allowed",
        "server-certificate",
        "server-failed",
        "server-key-refused",
        "server-needs-update",
        "server-not-encrypted",
        "server-paused",
        "server-redirects",
    }
)
_OFFLINE = frozenset({"offline", "no-network"})


def sync_code_of(error: AudioDeskError) -> SyncCode:
    """Return the state that an error of a sync means."""
    if error.code in _SIGNED_OUT:
        return SyncCode.SIGNED_OUT
    if error.code in _OPERATOR:
        return SyncCode.NEEDS_OPERATOR
    return SyncCode.OFFLINE if error.code in _OFFLINE else SyncCode.UNREACHABLE
