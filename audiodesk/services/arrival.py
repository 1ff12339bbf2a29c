"""One file on its way through an import, handed from thread to thread."""

from __future__ import annotations

from dataclasses import dataclass, field

from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.findings import Finding
from audiodesk.domain.plan import PlannedFile
from audiodesk.domain.report import CheckReport
from audiodesk.local.file_copy import CopiedFile
from audiodesk.local.take_writer import NewFile

__all__ = ["Arrival"]


@dataclass(slots=True)
class Arrival:
    """The file at ``index`` of the plan: only one thread at a time has it."""

    index: int
    planned: PlannedFile
    temporary_name: str | None = None
    copied: CopiedFile | None = None
    report: CheckReport | None = None
    repaired: NewFile | None = None
    damaged: set[str] = field(default_factory=set)
    """Hashes of its bytes under whose names the vault has files with other bytes: these give way."""
    only_heals: bool = False
    """Whether ``repaired`` was made only because the vault lost it, and not because the person wants it kept."""
    error: AudioDeskError | None = None
    """Why it failed, where that is not the file's fault."""
    cancelled: bool = False

    @property
    def original(self) -> NewFile | None:
        """The copy with its proven facts, where it is sound or was repaired."""
        if self.temporary_name is None or self.copied is None or self.report is None or self.report.kind is None:
            return None
        return NewFile(self.temporary_name, self.copied, self.report)

    @property
    def temporary_names(self) -> list[str]:
        """The temporary files that it has in the vault."""
        names = [self.temporary_name] if self.temporary_name is not None else []
        return names if self.repaired is None else [*names, self.repaired.temporary_name]

    def refuse(self, finding: Finding) -> None:
        """Let ``finding`` be the verdict on a file that could not be read."""
        self.report = CheckReport(size=self.planned.size, kind=None, findings=(finding,))
