"""Recordings that lie in the vault without a row: what is known of one, and where it goes when it is brought back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.audio.findings import Verdict
from audiodesk.domain.audio.report import CheckReport
from audiodesk.domain.library.plan import Place, PlannedFile
from audiodesk.domain.library.titles import MAX_TITLE
from audiodesk.domain.words.found_words import found_project_title, found_section_title

__all__ = ["FoundRecording", "planned_files"]

_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRecording:
    """One file of the vault to which no row refers."""

    sha256: str
    """What its name says; whether its bytes are those is known only when it is brought back."""
    kind: Kind
    path: str
    size: int
    """In bytes."""
    modified_at: int
    """When it was last written, in milliseconds since 1970."""
    day: str
    """The same as a date on this computer: 2026-11-27."""
    report: CheckReport
    """Its structure and its tags."""

    @property
    def can_come_back(self) -> bool:
        """Whether it can be a take: as it is, or by way of what can be kept of it."""
        report = self.report
        return report.kind is not None and (report.verdict is not Verdict.REFUSED or report.rescue is not None)

    @property
    def title(self) -> str:
        """What it is called: by its tags, else by what it is."""
        return _line(self.report.tags.title) or found_section_title(self.report, self.sha256[:8])

    @property
    def has_own_title(self) -> bool:
        """Whether its tags name it."""
        return bool(_line(self.report.tags.title))

    @property
    def book(self) -> str:
        """What it belongs to: the album in its tags, else the day on which it came."""
        return _line(self.report.tags.album) or self.day


def planned_files(recordings: Iterable[FoundRecording]) -> tuple[PlannedFile, ...]:
    """Return what is to be imported to bring ``recordings`` back into the project "Found".

    The chapters are their books and the sections their titles, newest first. Recordings of one section stand in the
    order in which they came, so that the newest becomes its current take.
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
    """Return ``text`` in one line, without control characters, as long as a title may be."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:MAX_TITLE]
