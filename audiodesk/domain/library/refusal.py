"""A file that was not added; it is kept until the person dismisses it."""

from __future__ import annotations

from dataclasses import dataclass

from audiodesk.domain.audio.findings import RETRY_CODES, RETRY_REASONS, WAITING_CODES, Code
from audiodesk.domain.audio.report import CheckReport
from audiodesk.domain.library.plan import Place

__all__ = ["Refusal"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """The file, its intended place, and the reason; ``report.rescue`` is the part that can be kept."""

    id: str
    at: int
    """Milliseconds since 1970 UTC."""
    path: str
    """The path of the person's file; undecodable bytes are surrogates, as from ``os.fsdecode``."""
    name: str
    place: Place
    report: CheckReport

    @property
    def waits(self) -> bool:
        """Whether it is added without help when it is finished, while a window is open."""
        return any(finding.code in WAITING_CODES and finding.params.get("waits") for finding in self.report.findings)

    @property
    def can_retry(self) -> bool:
        """Whether the same file may be added at another try, because the cause may lie outside the file."""
        return not self.waits and any(
            finding.code in RETRY_CODES
            or (finding.code is Code.UNREADABLE and finding.params.get("reason") in RETRY_REASONS)
            for finding in self.report.findings
        )
