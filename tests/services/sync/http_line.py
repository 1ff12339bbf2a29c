"""The shipped calls of sync over HTTP, as a line for a simulated computer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from audiodesk.cloud.calls.procedures import Procedures
from audiodesk.cloud.calls.sync_calls import SyncCalls
from audiodesk.domain.sync.exchange import Head, Place

__all__ = ["HttpLine"]


class HttpLine:
    """Calls the account's functions with a real sign-in."""

    def __init__(self, procedures: Procedures, user_id: UUID) -> None:
        self.user_id = user_id
        self._procedures = procedures

    def call(self, name: str, arguments: list[Any]) -> dict[str, Any]:
        """Call a function of the server. Raises AudioDeskError."""
        if name == "sync_push":
            seq, tag, changes, device = arguments
            return SyncCalls(self._procedures).push(Head(seq, tag), changes, device)
        seq, tag, after_seq, after_id, upto, page = arguments
        calls = SyncCalls(self._procedures, page=page)
        return calls.pull(Head(seq, tag), Place(after_seq, after_id, upto))

    def settle(self) -> None:
        """What goes wrong is the stand-in's matter."""
