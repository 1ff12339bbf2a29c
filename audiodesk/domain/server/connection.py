"""How this computer stands to its server, in one word for the status bar."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Connection"]


class Connection(StrEnum):
    """Each has other words, because other people must act."""

    LOCAL = "local"
    """No account, or the back end is ``local``: nothing is sent."""
    SIGNED_OUT = "signed_out"
    OFFLINE = "offline"
    """This computer has no network."""
    UNREACHABLE = "unreachable"
    """There is a network, but the server's address is gone, or nothing answers there."""
    NEEDS_OPERATOR = "needs_operator"
    """Whoever runs the server must act: it is paused, restricted or needs an update."""
    ONLINE = "online"
    SYNCING = "syncing"
