"""What is shown of a library, as values: rows of the tree, of tables, of the trash and of a search."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.section_status import SectionStatus
from audiodesk.domain.library.states import NO_TAKES, ParentState, StateCode, TakeFacts, TakeState, add_states

if TYPE_CHECKING:  # the tree must appear first, and shows none of these
    from audiodesk.domain.library.entities import Cover, Project, Take, TakeFile

__all__ = [
    "TRASH_DAYS",
    "UNCOUNTED",
    "Crumb",
    "HistoryEntry",
    "Hit",
    "NodeCounts",
    "ProjectDetails",
    "Ref",
    "TakeDetails",
    "TakeRow",
    "Totals",
    "TrashItem",
    "TreeNode",
    "add_counts",
    "has_previous_take",
]


_NO_FACTS = TakeFacts()

TRASH_DAYS = 30
"""How long a trashed thing can be restored before it is due to be removed."""


class Ref(NamedTuple):
    """The noun and id of a row."""

    entity: Entity
    id: str


class Crumb(NamedTuple):
    """One step of the path to a row, from the project down."""

    entity: Entity
    id: str
    title: str


UNCOUNTED = -1
"""A number in a TreeNode that was not counted yet: listing must not wait for counting."""


class NodeCounts(NamedTuple):
    """The numbers of one row of the tree; TreeNode explains them."""

    sections: int
    recorded: int
    takes: int
    seconds: float
    warnings: int
    repaired: int = 0
    states: ParentState = NO_TAKES


def add_counts(parts: Iterable[NodeCounts]) -> NodeCounts:
    """Return the sum of all ``parts``."""
    every = list(parts)
    return NodeCounts(
        sections=sum(part.sections for part in every),
        recorded=sum(part.recorded for part in every),
        takes=sum(part.takes for part in every),
        seconds=sum(part.seconds for part in every),
        warnings=sum(part.warnings for part in every),
        repaired=sum(part.repaired for part in every),
        states=add_states(part.states for part in every),
    )


@dataclass(frozen=True, slots=True)
class TreeNode:
    """One row of the tree: a project, a chapter or a section.

    ``sections``, ``recorded``, ``takes``, ``seconds`` and ``warnings`` are UNCOUNTED (-1) until they are counted.
    """

    ref: Ref
    parent_id: str | None
    title: str
    children: int
    """Number of live chapters or sections directly below; 0 for a section."""
    sections: int
    """Number of live sections in it (1 for a section)."""
    recorded: int
    """Number of these sections with a current take."""
    takes: int
    """Number of live takes in it."""
    seconds: float
    """Length of all current takes in it."""
    warnings: int = 0
    """Number of current takes in it with a finding of severity ``warning``."""
    status: SectionStatus | None = None
    """A section's status; None for a project or a chapter."""
    repaired: int = 0
    """Number of current takes in it that are a repaired half: the part kept of a damaged recording."""
    states: ParentState = field(default=NO_TAKES, hash=False)
    """Number of live takes in it by state."""

    @property
    def is_counted(self) -> bool:
        """Whether the numbers are counted."""
        return self.sections != UNCOUNTED

    @property
    def counts(self) -> NodeCounts:
        """Its numbers."""
        return NodeCounts(
            sections=self.sections,
            recorded=self.recorded,
            takes=self.takes,
            seconds=self.seconds,
            warnings=self.warnings,
            repaired=self.repaired,
            states=self.states,
        )

    def counted(self, counts: NodeCounts) -> TreeNode:
        """Return this row with its numbers."""
        return replace(
            self,
            sections=counts.sections,
            recorded=counts.recorded,
            takes=counts.takes,
            seconds=counts.seconds,
            warnings=counts.warnings,
            repaired=counts.repaired,
            states=counts.states,
        )


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


def has_previous_take(rows: Sequence[TakeRow]) -> bool:
    """Return whether a section with these live takes, in their order, has one to return to from the current take."""
    at = next((number for number, row in enumerate(rows) if row.is_current), None)
    if at is None:
        return False
    return at > 0 or any(row.take.id == rows[at].take.replaces_take_id for row in rows)
