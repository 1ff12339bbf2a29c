"""Recordings in the vault without a row: what is known of each, and its place when it is restored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.audio.findings import Verdict
from audiodesk.domain.audio.report import CheckReport
from audiodesk.domain.library.plan import Place, PlannedFile
from audiodesk.domain.library.titles import MAX_TITLE
from audiodesk.domain.words.importing.found_words import found_project_title, found_section_title

__all__ = ["FoundRecording", "planned_files"]

_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRecording:
    """One file of the vault that no row refers to."""

    sha256: str
    """The hash in its name; whether its bytes match is checked only when it is restored."""
    kind: Kind
    path: str
    size: int
    """In bytes."""
    modified_at: int
    """When it was last written, in milliseconds since 1970."""
    day: str
    """The same time as a date on this computer: 2026-11-27."""
    report: CheckReport
    """Its structure and tags."""

    @property
    def can_come_back(self) -> bool:
        """Whether it can become a take, whole or as its rescued part."""
        report = self.report
        return report.kind is not None and (report.verdict is not Verdict.REFUSED or report.rescue is not None)

    @property
    def title(self) -> str:
        """Its title: by its tags, else by what it is."""
        return _line(self.report.tags.title) or found_section_title(self.report, self.sha256[:8])

    @property
    def has_own_title(self) -> bool:
        """Whether its tags give a title."""
        return bool(_line(self.report.tags.title))

    @property
    def book(self) -> str:
        """Its book: the album in its tags, else the day of its file."""
        return _line(self.report.tags.album) or self.day


def planned_files(recordings: Iterable[FoundRecording]) -> tuple[PlannedFile, ...]:
    """Return the files to import so that ``recordings`` return, into the project "Found".

    Chapters are the recordings' books, and sections their titles, newest first. Recordings of one section are in the
    order of their times, so that the newest becomes the current take.
    """
    newest_first = sorted(recordings, key=lambda one: (-one.modified_at, one.sha256))
    sections: dict[tuple[str, str], list[FoundRecording]] = defaultdict(list)
    for one in newest_first:
        sections[one.book, one.title].append(one)
    return tuple(_planned(one) for takes in sections.values() for one in reversed(takes))


def _planned(one: FoundRecording) -> PlannedFile:
    place = Place(project_title=found_project_title(), chapter_title=one.book, section_title=one.title)
    name = _line(one.report.tags.title)[:_LONGEST_NAME].replace("/", "_").replace("\\", "_") or one.sha256[:8]
    return PlannedFile(one.path, f"{name}.{one.kind}", one.size, place, is_found=True)


def _line(text: str) -> str:
    """Return ``text`` as one line, without control characters, at most as long as a title."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:MAX_TITLE]
