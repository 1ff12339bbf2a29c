"""How this computer stands to its server, in one word for the status bar."""

from __future__ import annotations

from enum import StrEnum

from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.trouble import Trouble, trouble_of

__all__ = ["Connection", "connection_after"]


class Connection(StrEnum):
    """Each has other words, because other people must act."""

    STARTING = "starting"
    """The window has just opened, and does not know yet."""
    LOCAL = "local"
    """No account, or the back end is ``local``: nothing is sent."""
    SIGNED_OUT = "signed_out"
    OFFLINE = "offline"
    """This computer has no network."""
    UNREACHABLE = "unreachable"
    """There is a network, but the server's address is unknown, or nothing answers there."""
    BLOCKED = "blocked"
    """Something in this network answers in the server's place, or the computer's date makes its certificate invalid."""
    BUSY = "busy"
    """The server answers, and has to be given time."""
    KEYRING = "keyring"
    """The keyring does not give the sign-in out; it is asked again only when it is open, or when a person wants it."""
    HERE = "here"
    """This computer itself is in the way."""
    NEEDS_OPERATOR = "needs_operator"
    """Whoever runs the server must act: it is paused, restricted or needs an update."""
    ONLINE = "online"
    SYNCING = "syncing"


def connection_after(error: AudioDeskError) -> Connection | None:
    """Return how this computer stands to its server after ``error``; None if the error says nothing about that."""
    trouble = trouble_of(error)
    if trouble is Trouble.NOT_SET:  # a person has to sign in, although no server ended a sign-in
        return Connection.SIGNED_OUT
    return None if trouble is None else Connection[trouble.name]
