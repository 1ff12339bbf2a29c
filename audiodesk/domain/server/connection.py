"""How this computer stands to its server, in one word for the status bar."""

from __future__ import annotations

from enum import StrEnum

from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.server.sign_in import is_ended

__all__ = ["Connection", "connection_after"]


class Connection(StrEnum):
    """Each has other words, because other people must act."""

    LOCAL = "local"
    """No account, or the back end is ``local``: nothing is sent."""
    SIGNED_OUT = "signed_out"
    OFFLINE = "offline"
    """This computer has no network."""
    UNREACHABLE = "unreachable"
    """There is a network, but the server's address is unknown, or nothing answers there."""
    NEEDS_OPERATOR = "needs_operator"
    """Whoever runs the server must act: it is paused, restricted or needs an update."""
    ONLINE = "online"
    SYNCING = "syncing"


_AFTER: dict[str, Connection] = {
    "signed-out": Connection.SIGNED_OUT,
    "no-network": Connection.OFFLINE,
    "proxy-sign-in": Connection.OFFLINE,
    "proxy-unusable": Connection.OFFLINE,
    "server-page": Connection.OFFLINE,
    "connection-lost": Connection.UNREACHABLE,
    "server-answer-odd": Connection.UNREACHABLE,
    "server-busy": Connection.UNREACHABLE,
    "server-certificate": Connection.UNREACHABLE,
    "server-name-unknown": Connection.UNREACHABLE,
    "server-not-encrypted": Connection.UNREACHABLE,
    "server-redirects": Connection.UNREACHABLE,
    "server-silent": Connection.UNREACHABLE,
    "server-unreachable": Connection.UNREACHABLE,
    "database-full": Connection.NEEDS_OPERATOR,
    "server-failed": Connection.NEEDS_OPERATOR,
    "server-key-refused": Connection.NEEDS_OPERATOR,
    "server-needs-update": Connection.NEEDS_OPERATOR,
    "server-paused": Connection.NEEDS_OPERATOR,
    "server-schema-missing": Connection.NEEDS_OPERATOR,
    "token-refused": Connection.NEEDS_OPERATOR,
}


def connection_after(error: AudioDeskError) -> Connection | None:
    """Return how this computer stands to its server after ``error``; None if the error says nothing about that."""
    return Connection.SIGNED_OUT if is_ended(error) else _AFTER.get(error.code)
