"""A file that was not added, kept until it is dismissed."""

from __future__ import annotations

from dataclasses import dataclass

from audiodesk.domain.audio.findings import RETRY_CODES, RETRY_REASONS, WAITING_CODES, Code
from audiodesk.domain.audio.report import CheckReport
from audiodesk.domain.library.plan import Place

__all__ = ["Refusal"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Which file, where it was to go, and why it did not; ``report.rescue`` tells whether a part can be kept."""

    id: str
    at: int
    """Milliseconds since 1970 UTC."""
    path: str
    """Where the person's file is; bytes that are no UTF-8 as surrogates, as ``os.fsdecode`` makes them."""
    name: str
    place: Place
    report: CheckReport

    @property
    def waits(self) -> bool:
        """Whether it is going to be added by itself when it is finished, as long as a window is open."""
        return any(finding.code in WAITING_CODES and finding.params.get("waits") for finding in self.report.findings)

    @property
    def can_retry(self) -> bool:
        """Whether the same file may be added when it is tried again: the fault may lie outside of it."""
        return not self.waits and any(
            finding.code in RETRY_CODES
            or (finding.code is Code.UNREADABLE and finding.params.get("reason") in RETRY_REASONS)
            for finding in self.report.findings
        )
