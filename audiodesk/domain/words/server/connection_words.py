"""The words of the status bar for the connection, and what they mean."""

from __future__ import annotations

from audiodesk.domain import words
from audiodesk.domain.server.connection import Connection

__all__ = ["connection_advice", "connection_word"]

_CONNECTIONS: dict[Connection, tuple[str, str]] = {
    Connection.STARTING: (
        words.QT_TR_NOOP("Starting"),
        words.QT_TR_NOOP("AudioDesk is finding out how this computer stands to its server."),
    ),
    Connection.LOCAL: (words.QT_TR_NOOP("On this computer"), words.QT_TR_NOOP("Nothing is sent to a server.")),
    Connection.SIGNED_OUT: (
        words.QT_TR_NOOP("Signed out"),
        words.QT_TR_NOOP("Work goes on here. Sign in, and what was done is sent."),
    ),
    Connection.OFFLINE: (
        words.QT_TR_NOOP("Offline"),
        words.QT_TR_NOOP("Nothing answers over the network, or there is none. Work goes on here, and is sent later."),
    ),
    Connection.UNREACHABLE: (
        words.QT_TR_NOOP("Server not reachable"),
        words.QT_TR_NOOP(
            "The network works, but the server's address is gone or nothing answers there. Ask whoever runs it."
        ),
    ),
    Connection.BLOCKED: (
        words.QT_TR_NOOP("Blocked by the network"),
        words.QT_TR_NOOP("This network does not let AudioDesk through. Work goes on here, and is sent later."),
    ),
    Connection.BUSY: (
        words.QT_TR_NOOP("Server busy"),
        words.QT_TR_NOOP("The server answers, and asks for time. AudioDesk tries again by itself."),
    ),
    Connection.KEYRING: (
        words.QT_TR_NOOP("Keyring locked"),
        words.QT_TR_NOOP(
            "The sign-in lies in a keyring that is locked or silent. Work goes on here. Unlock it, or sync now."
        ),
    ),
    Connection.HERE: (
        words.QT_TR_NOOP("Trouble on this computer"),
        words.QT_TR_NOOP("Something on this computer is in the way of syncing; the server has no part in it."),
    ),
    Connection.NEEDS_OPERATOR: (
        words.QT_TR_NOOP("Server needs its operator"),
        words.QT_TR_NOOP("The server answers, but cannot work now. Whoever runs it must act."),
    ),
    Connection.ONLINE: (words.QT_TR_NOOP("Online"), words.QT_TR_NOOP("Signed in, and in agreement with the server.")),
    Connection.SYNCING: (words.QT_TR_NOOP("Syncing"), words.QT_TR_NOOP("Changes are being sent and fetched.")),
}


def connection_word(connection: Connection) -> str:
    """Return the word of the status bar."""
    return words.tr(_CONNECTIONS[connection][0])


def connection_advice(connection: Connection) -> str:
    """Return what the word means, and who can do something."""
    return words.tr(_CONNECTIONS[connection][1])
