"""One file on its way through an import, handed from thread to thread."""

from __future__ import annotations

from dataclasses import dataclass, field

from audiodesk.domain.audio.findings import Finding
from audiodesk.domain.audio.report import CheckReport
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.library.plan import PlannedFile
from audiodesk.local.file_copy import CopiedFile
from audiodesk.local.rows.importing.take_writer import NewFile

__all__ = ["Arrival", "Further"]


@dataclass(frozen=True, slots=True)
class Further:
    """A further recording in a file, and its completed or repaired copy if it needs one."""

    original: NewFile
    repaired: NewFile | None = None

    @property
    def files(self) -> list[NewFile]:
        """The recording, and its copy if there is one."""
        return [self.original] if self.repaired is None else [self.original, self.repaired]


@dataclass(slots=True)
class Arrival:
    """The file at ``index`` of the plan. Only one thread at a time uses it."""

    index: int
    planned: PlannedFile
    temporary_name: str | None = None
    copied: CopiedFile | None = None
    report: CheckReport | None = None
    repaired: NewFile | None = None
    further: list[Further] = field(default_factory=list)
    damaged: set[str] = field(default_factory=set)
    """Hashes of its files in whose places the vault has other bytes. Those damaged files are to be replaced."""
    only_heals: bool = False
    """Whether ``repaired`` was made only because the vault lost it, and not because the person wants it kept."""
    error: AudioDeskError | None = None
    """Why it failed, if the cause is not the file."""
    cancelled: bool = False

    @property
    def original(self) -> NewFile | None:
        """The copy with its proven facts, if the file is sound or was repaired."""
        if self.temporary_name is None or self.copied is None or self.report is None or self.report.kind is None:
            return None
        return NewFile(self.temporary_name, self.copied, self.report)

    @property
    def files(self) -> list[NewFile]:
        """All files with proven facts: the original and the files made from it."""
        own = [file for file in (self.original, self.repaired) if file is not None]
        return own + [file for one in self.further for file in one.files]

    @property
    def temporary_names(self) -> list[str]:
        """The temporary files that it has in the vault."""
        made = [file.temporary_name for file in self.files if file.temporary_name != self.temporary_name]
        return made if self.temporary_name is None else [self.temporary_name, *made]

    def refuse(self, finding: Finding) -> None:
        """Refuse a file that could not be read, because of ``finding``."""
        self.report = CheckReport(size=self.planned.size, kind=None, findings=(finding,))
