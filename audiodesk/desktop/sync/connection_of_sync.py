"""Which word of the status bar a state of the synchronizer is."""

from __future__ import annotations

from audiodesk.domain.server.connection import Connection
from audiodesk.domain.sync.state import SyncCode, SyncState

__all__ = ["connection_of_sync"]

_CODES: dict[SyncCode, Connection] = {
    SyncCode.STARTING: Connection.STARTING,
    SyncCode.OFF: Connection.LOCAL,
    SyncCode.OFFLINE: Connection.OFFLINE,
    SyncCode.UNREACHABLE: Connection.UNREACHABLE,
    SyncCode.BLOCKED: Connection.BLOCKED,
    SyncCode.BUSY: Connection.BUSY,
    SyncCode.KEYRING: Connection.KEYRING,
    SyncCode.HERE: Connection.HERE,
    SyncCode.SIGNED_OUT: Connection.SIGNED_OUT,
    SyncCode.SYNCING: Connection.SYNCING,
    SyncCode.UP_TO_DATE: Connection.ONLINE,
    SyncCode.NEEDS_OPERATOR: Connection.NEEDS_OPERATOR,
    SyncCode.ELSEWHERE: Connection.ONLINE,  # the other process says how it stands
}


def connection_of_sync(state: SyncState) -> Connection:
    """Return how this computer stands to its server."""
    return _CODES[state.code]
