"""Which word of the status bar a state of the synchronizer is."""

from __future__ import annotations

from audiodesk.domain.library.sync_state import SyncCode, SyncState
from audiodesk.domain.server.connection import Connection

__all__ = ["connection_of_sync"]

_CODES: dict[SyncCode, Connection] = {
    SyncCode.OFF: Connection.LOCAL,
    SyncCode.OFFLINE: Connection.OFFLINE,
    SyncCode.UNREACHABLE: Connection.UNREACHABLE,
    SyncCode.SIGNED_OUT: Connection.SIGNED_OUT,
    SyncCode.SYNCING: Connection.SYNCING,
    SyncCode.UP_TO_DATE: Connection.ONLINE,
    SyncCode.NEEDS_OPERATOR: Connection.NEEDS_OPERATOR,
    SyncCode.ELSEWHERE: Connection.ONLINE,  # the other process says how it stands
}
_NO_SIGN_IN = frozenset({"server-not-set", "server-half-set", "library-of-another"})
"""Errors after which a person has to sign in, although no server refused a sign-in."""


def connection_of_sync(state: SyncState) -> Connection:
    """Return how this computer stands to its server."""
    if state.error is not None and state.error.code in _NO_SIGN_IN:
        return Connection.SIGNED_OUT
    return _CODES[state.code]
