"""A person's own storage, and what of this computer's library is not in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from audiodesk.cloud.calls.storage_account import StorageAccount
from audiodesk.domain.errors import OutsideError
from audiodesk.domain.server.storage_usage import Queued, StorageUsage
from audiodesk.domain.server.support_looks import SupportLooks

__all__ = ["UsageReport", "UsageService"]

_LOOKS = 100
"""The most of support's looks to ask for."""


@dataclass(frozen=True, slots=True)
class UsageReport:
    """What the server says, and what this computer's library adds to it."""

    usage: StorageUsage
    queued: Queued
    looks: SupportLooks


class UsageService:
    """Combines the server's numbers with this computer's; ``queued`` reads the library here."""

    def __init__(self, account: StorageAccount, queued: Callable[[], Queued]) -> None:
        self._account = account
        self._queued = queued

    def report(self) -> UsageReport:
        """Return used, allowed, by project, the forecast, and support's looks. Raises what its sources raise."""
        usage = self._account.own_usage()
        return UsageReport(usage, self._queued(), self.looks())

    def looks(self) -> SupportLooks:
        """Return support's newest looks at the person's own storage. Raises AudioDeskError."""
        try:
            return self._account.looks_at_own(_LOOKS)
        except OutsideError as error:
            # One migration made the log and all ways to look, so without the log there were no looks.
            if error.code != "server-needs-update":
                raise
            return SupportLooks()
