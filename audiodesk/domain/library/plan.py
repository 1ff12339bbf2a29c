"""The plan of an import as values: shown first, then carried out as one edit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from audiodesk.domain.audio.findings import Finding
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.library.read_model import Ref

__all__ = [
    "ROOM_FOR_THE_LIST",
    "ImportItem",
    "ImportPlan",
    "ImportResult",
    "Place",
    "PlannedFile",
    "ProgressRow",
]


ROOM_FOR_THE_LIST = 16 * 1024 * 1024
"""Bytes that the library itself needs beside the audio: its list, its log and the waveforms."""


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a file: existing rows by id, new ones by title. A section id determines the rows above."""

    project_id: str | None = None
    project_title: str = ""
    chapter_id: str | None = None
    chapter_title: str = ""
    section_id: str | None = None
    section_title: str = ""


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """One file to copy; ``size`` in bytes when the plan was made."""

    path: str
    name: str
    size: int
    place: Place
    is_found: bool = False
    """Whether it is in the vault already: then its path does not tell its origin."""


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """All files in natural order of their names, and the files that are left out, with reasons."""

    target: Ref | None
    files: tuple[PlannedFile, ...]
    passed_over: tuple[tuple[str, str], ...] = ()
    """Paths that cannot be read, with the ``reason`` of the finding ``unreadable``."""
    other_files: tuple[str, ...] = ()
    """Files in dropped folders that are not audio, also by their names (pictures, notes); they are not imported."""
    unfinished: tuple[PlannedFile, ...] = ()
    """Files with names of unfinished files (".part"), and their places when they are finished."""
    free: int | None = None
    """Free bytes on the library's disk; None if unknown."""

    @property
    def new_projects(self) -> int:
        """Number of new projects."""
        missing = (f.place for f in self.files if f.place.project_id is None and f.place.chapter_id is None)
        return len({place.project_title for place in missing if place.section_id is None})

    @property
    def new_chapters(self) -> int:
        """Number of new chapters."""
        made = {
            (f.place.project_id or f.place.project_title, f.place.chapter_title)
            for f in self.files
            if f.place.section_id is None and f.place.chapter_id is None
        }
        return len(made)

    @property
    def new_sections(self) -> int:
        """Number of new sections."""
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
        """Bytes missing on the library's disk for all files; 0 if they fit, or if the free space is unknown."""
        return 0 if self.free is None else max(0, self.size + ROOM_FOR_THE_LIST - self.free)


class ImportResult(StrEnum):
    """The result for one file, in the words of the JSON document."""

    ADDED = "added"
    PRESENT = "present"
    PLANNED = "planned"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class ImportItem:
    """One file of an import with its result."""

    path: str
    result: ImportResult
    take_id: str | None = None
    section_id: str | None = None
    findings: tuple[Finding, ...] = ()
    error: AudioDeskError | None = None
    """Set if the result is ``failed``."""
    repaired_seconds: float | None = None
    """Seconds kept in a repaired or completed copy; None without a copy."""
    more_takes: tuple[str, ...] = ()
    """Ids of the takes made of further recordings in the file."""


@dataclass(frozen=True, slots=True)
class ProgressRow:
    """One file in progress: ``bytes_done`` of ``size`` bytes.

    ``stage`` is "waiting", "copying", "checking" or an ImportResult.
    """

    key: str
    name: str
    where: str
    """"2.3 The Ferry · take 3"."""
    size: int
    bytes_done: int
    stage: str
