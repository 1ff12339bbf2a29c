"""What is shown of a library beside the tree, as values: rows of tables, details, the trash, a search, the totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from audiodesk.domain.library.entities import Cover, Project, Take, TakeFile
from audiodesk.domain.library.read_model import Crumb, Ref
from audiodesk.domain.library.states import NO_TAKES, ParentState, StateCode, TakeFacts, TakeState

__all__ = [
    "NO_LOSS",
    "TRASH_DAYS",
    "HistoryEntry",
    "Hit",
    "ProjectDetails",
    "TakeDetails",
    "TakeRow",
    "Totals",
    "TrashItem",
    "TrashLoss",
    "has_previous_take",
]

_NO_FACTS = TakeFacts()
TRASH_DAYS = 30
"""How long a trashed thing can be restored before it is due to be removed."""


@dataclass(frozen=True, slots=True)
class TakeRow:
    """One row of the table of takes, with the file that plays."""

    take: Take
    number: int
    """Given once in its section, from 1."""
    is_current: bool
    file: TakeFile | None
    """The file that plays: the repaired one if there is one, else the original; None until it arrives."""
    original: TakeFile | None
    namesakes: int = 0
    """Number of takes in the section with the same number and a lower id: two computers may give the same number."""
    facts: TakeFacts = _NO_FACTS
    """The facts that determine its state."""


class HistoryEntry(NamedTuple):
    """An event of a row on this computer; ``history_words.history_sentence`` makes its sentence from ``what``."""

    at: int
    what: str
    params: dict[str, str | int | float]


class TakeDetails(NamedTuple):
    """Everything that this computer knows of one take."""

    row: TakeRow
    files: tuple[TakeFile, ...]
    crumbs: tuple[Crumb, ...]
    """Project, chapter, section."""
    source_path: str | None
    source_modified_at: int | None
    """When the dropped file was last written; usually the time of the recording."""
    history: tuple[HistoryEntry, ...]
    """History of this take and of its section's choices of the current take, newest first."""
    overview: bytes
    """See ``report.Analysis.overview``; empty until it is known."""
    state: TakeState = TakeState(StateCode.LOCAL)
    further_takes: int = 0
    """Number of live takes in the section that were made of further recordings in this take's file."""


class ProjectDetails(NamedTuple):
    """A project with its cover."""

    project: Project
    cover: Cover | None


@dataclass(frozen=True, slots=True)
class TrashItem:
    """A row on top of the trash; the rows below it are restored with it."""

    ref: Ref
    title: str
    crumbs: tuple[Crumb, ...]
    """Its former path."""
    deleted_at: int
    until: int
    """30 days after trashing. Without an account nothing is removed then; the trash only offers to be emptied."""
    takes: int
    size: int
    """Bytes of all files below it."""
    file_name: str = ""
    """Of a take, the name under which its recording came."""


class TrashLoss(NamedTuple):
    """What emptying the whole trash removes for good."""

    size: int = 0
    """Bytes of audio that no other take uses, wherever it is."""
    elsewhere: int = 0
    """Number of takes whose only audio is on another computer."""


NO_LOSS = TrashLoss()


@dataclass(frozen=True, slots=True)
class Hit:
    """A row that a search found."""

    ref: Ref
    title: str
    crumbs: tuple[Crumb, ...]
    """The path above it."""
    excerpt: str
    """The text that matched, if it is not the title: a file name, a piece of a note, a tag."""


class Totals(NamedTuple):
    """The numbers of a whole library."""

    projects: int
    sections: int
    recorded: int
    takes: int
    size: int
    """Bytes of all original and repaired files of live takes."""
    trashed: int
    """Number of rows on top of the trash."""
    trash_due: int
    """Number of these that have been there for more than 30 days."""
    last_take: str
    """File name of the newest take; empty if there is none."""
    last_take_at: int
    """When it was added, in milliseconds since 1970 UTC."""
    counted_at: int = 0
    """When these numbers were counted."""
    states: ParentState = NO_TAKES
    """Number of live takes by state."""
    is_coming: bool = False
    """Whether the first sync still brings the library: ``states`` are not counted yet."""


def has_previous_take(rows: Sequence[TakeRow]) -> bool:
    """Return whether a section with these live takes, in their order, has one to return to from the current take."""
    at = next((number for number, row in enumerate(rows) if row.is_current), None)
    if at is None:
        return False
    return at > 0 or any(row.take.id == rows[at].take.replaces_take_id for row in rows)
