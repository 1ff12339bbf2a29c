"""What an error means for the connection to the server: one table for the status bar, the sync and its pace."""

from __future__ import annotations

from enum import StrEnum

from audiodesk.domain.errors import AudioDeskError

__all__ = ["Trouble", "trouble_of"]


class Trouble(StrEnum):
    """Each kind is mended by somebody else, or in another way."""

    SIGNED_OUT = "signed-out"
    """The sign-in is over: the person signs in again."""
    NOT_SET = "not-set"
    """The settings name no server, or one that this library does not belong to."""
    OFFLINE = "offline"
    """This computer has no network."""
    BLOCKED = "blocked"
    """This network does not let AudioDesk through: its own sign-in page, a proxy, or a certificate of another date."""
    UNREACHABLE = "unreachable"
    """There is a network, but the server's address is unknown, or nothing answers there."""
    BUSY = "busy"
    """The server answers, and has to be given time."""
    NEEDS_OPERATOR = "needs-operator"
    """Whoever runs the server must act: it is paused, restricted or needs an update."""
    KEYRING = "keyring"
    """The keyring does not give the sign-in out: it is locked, silent or gone."""
    HERE = "here"
    """This computer itself is in the way; the server has no part in it."""


_CODES: dict[Trouble, tuple[str, ...]] = {
    Trouble.SIGNED_OUT: (
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
    ),
    Trouble.NOT_SET: ("library-of-another", "library-of-another-server", "server-half-set", "server-not-set"),
    Trouble.OFFLINE: ("no-network",),
    Trouble.BLOCKED: (
        "proxy-sign-in",
        "proxy-unusable",
        "server-certificate",
        "server-not-encrypted",
        "server-page",
        "server-redirects",
    ),
    Trouble.UNREACHABLE: (
        "connection-lost",
        "server-answer-odd",
        "server-name-unknown",
        "server-silent",
        "server-unreachable",
    ),
    Trouble.BUSY: ("server-busy", "sign-ins-too-many"),
    Trouble.NEEDS_OPERATOR: (
        "bucket-missing",
        "database-full",
        "gateway-blocks",
        "not-allowed",
        "quota-exceeded",
        "server-failed",
        "server-key-refused",
        "server-needs-update",
        "server-paused",
        "server-plan-used-up",
        "server-refused",
        "server-schema-missing",
        "sign-in-not-possible",
        "token-refused",
    ),
    Trouble.KEYRING: ("keyring-locked", "keyring-none", "keyring-silent", "keyring-unreachable"),
    Trouble.HERE: (
        "disk-failed",
        "disk-full",
        "disk-quota",
        "disk-read-only",
        "folder-no-right",
        "folder-read-only",
        "library-busy",
        "library-damaged",
        "library-gone",
        "library-no-right",
        "library-read-only",
        "library-unreachable",
        "sign-in-busy",
        "unexpected",
    ),
}
_BY_CODE = {code: trouble for trouble, codes in _CODES.items() for code in codes}


def trouble_of(error: AudioDeskError) -> Trouble | None:
    """Return what ``error`` means for the connection; None if it says nothing about that."""
    return _BY_CODE.get(error.code)
