"""The server as the synchronizer needs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from audiodesk.domain.server.computers import Computers
from audiodesk.domain.sync.exchange import Head, Place

__all__ = ["SyncServer"]


class SyncServer(Protocol):
    """The functions of sync; ``cloud.calls.sync_calls.SyncCalls`` calls them. Each raises AudioDeskError."""

    def push(self, known: Head, changes: Sequence[Mapping[str, Any]], device: str) -> dict[str, Any]:
        """Send changes; return {seq, tag, restored, results}."""

    def pull(self, known: Head, place: Place) -> dict[str, Any]:
        """Return a page of rows: {seq, tag, restored, rows, upto}."""

    def device_seen(self, device: str) -> int | None:
        """Note that this computer is here; return the server's time in milliseconds."""

    def devices(self) -> Computers:
        """Return the account's computers."""
