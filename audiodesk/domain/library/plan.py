"""What an import would do, as values: shown before it is done, then carried out as one edit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from audiodesk.domain.audio.findings import Finding
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.library.outline import Ref

__all__ = [
    "ROOM_FOR_THE_LIST",
    "ImportItem",
    "ImportPlan",
    "ImportResult",
    "Place",
    "PlannedFile",
    "Progress",
    "ProgressRow",
]


ROOM_FOR_THE_LIST = 16 * 1024 * 1024
"""Bytes that the library itself needs beside the audio: its list, its log and the waveforms."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file goes: existing rows by id, new ones by title. With a section id the rest is known."""

    project_id: str | None = None
    project_title: str = ""
    chapter_id: str | None = None
    chapter_title: str = ""
    section_id: str | None = None
    section_title: str = ""


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """One file that would be copied; ``size`` in bytes as seen when the plan was made."""

    path: str
    name: str
    size: int
    place: Place
    is_found: bool = False
    """Whether it lies in the vault already: then where it lies is not where it came from."""


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """All files in natural order of their names, and what was passed over and why (path, finding code, reason)."""

    target: Ref | None
    files: tuple[PlannedFile, ...]
    passed_over: tuple[tuple[str, str], ...] = ()
    """Paths that cannot be read, with the ``reason`` of an ``unreadable`` finding."""
    other_files: tuple[str, ...] = ()
    """Files in dropped folders that are neither audio nor called so (pictures, notes): left where they are."""
    unfinished: tuple[PlannedFile, ...] = ()
    """Files that say by their names that they are not finished (".part"), and where they would go when they are."""
    free: int | None = None
    """Bytes that are free on the library's disk; None where that is not known."""

    @property
    def new_projects(self) -> int:
        """How many projects it would make."""
        missing = (f.place for f in self.files if f.place.project_id is None and f.place.chapter_id is None)
        return len({place.project_title for place in missing if place.section_id is None})

    @property
    def new_chapters(self) -> int:
        """How many chapters it would make."""
        made = {
            (f.place.project_id or f.place.project_title, f.place.chapter_title)
            for f in self.files
            if f.place.section_id is None and f.place.chapter_id is None
        }
        return len(made)

    @property
    def new_sections(self) -> int:
        """How many sections it would make."""
        made = {
            (
                f.place.project_id or f.place.project_title,
                f.place.chapter_id or f.place.chapter_title,
                f.place.section_title,
            )
            for f in self.files
            if f.place.section_id is None
        }
        return len(made)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(f.size for f in self.files)

    @property
    def short_by(self) -> int:
        """How many bytes the library's disk lacks for all files; 0 where they fit, or nobody knows."""
        return 0 if self.free is None else max(0, self.size + ROOM_FOR_THE_LIST - self.free)


class ImportResult(StrEnum):
    """What became of one file; the words of the JSON document."""

    ADDED = "added"
    PRESENT = "present"
    PLANNED = "planned"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class ImportItem:
    """What became of one file of an import."""

    path: str
    result: ImportResult
    take_id: str | None = None
    section_id: str | None = None
    findings: tuple[Finding, ...] = ()
    error: AudioDeskError | None = None
    """Where the result is ``failed``."""
    repaired_seconds: float | None = None
    """How much was kept, where a repaired or completed copy was made; else None."""
    more_takes: tuple[str, ...] = ()
    """The takes that were made of further recordings in the file."""


@dataclass(frozen=True, slots=True)
class ProgressRow:
    """One file on its way: ``done`` of ``size`` bytes.

    ``stage`` is "waiting", "copying", "checking" or an ImportResult.
    """

    key: str
    name: str
    where: str
    """"2.3 The Ferry · take 3"."""
    size: int
    done: int
    stage: str


@dataclass(frozen=True, slots=True)
class Progress:
    """The latest value of a running import, read on a timer: a row for each file that moves, and the sums."""

    job_id: str
    files: int
    files_done: int
    size: int
    done: int
    started_at: float
    """Of a monotonic clock, in seconds."""
    active: tuple[ProgressRow, ...] = ()
    cancelling: bool = False
