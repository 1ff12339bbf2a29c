"""A person's own storage, and whether what waits on this computer will fit into it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from audiodesk.cloud.storage_account import StorageAccount
from audiodesk.domain.storage_usage import Queued, StorageUsage

__all__ = ["UsageReport", "UsageService"]


@dataclass(frozen=True, slots=True)
class UsageReport:
    """What the server says, and what this computer's library adds to it."""

    usage: StorageUsage
    queued: Queued


class UsageService:
    """Puts the two together; ``queued`` reads the library on this computer."""

    def __init__(self, account: StorageAccount, queued: Callable[[], Queued]) -> None:
        self._account = account
        self._queued = queued

    def report(self) -> UsageReport:
        """Return used, allowed, by project, and the forecast. Raises what both of its sources raise."""
        usage = self._account.own_usage()
        return UsageReport(usage, self._queued())
