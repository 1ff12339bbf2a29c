"""What is shown of a library: the rows of the tree, of the tables, of the trash and of a search, as values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.section_status import SectionStatus
from audiodesk.domain.library.states import NO_TAKES, ParentState, StateCode, TakeFacts, TakeState, add_states

if TYPE_CHECKING:  # the tree shows none of these, and is to be there first
    from audiodesk.domain.library.entities import Cover, Project, Take, TakeFile

__all__ = [
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
]


_NO_FACTS = TakeFacts()


class Ref(NamedTuple):
    """Which row is meant."""

    entity: Entity
    id: str


class Crumb(NamedTuple):
    """One step of the path to a row, from the project down."""

    entity: Entity
    id: str
    title: str


UNCOUNTED = -1
"""Stands in a TreeNode for a number that was not counted: listing must not wait for counting."""


class NodeCounts(NamedTuple):
    """The numbers of one row of the tree; see TreeNode for what they mean."""

    sections: int
    recorded: int
    takes: int
    seconds: float
    warnings: int
    repaired: int = 0
    states: ParentState = NO_TAKES


def add_counts(parts: Iterable[NodeCounts]) -> NodeCounts:
    """Return the numbers of all of ``parts`` together."""
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

    ``sections``, ``recorded``, ``takes``, ``seconds`` and ``warnings`` are UNCOUNTED (-1) until they were asked for.
    """

    ref: Ref
    parent_id: str | None
    title: str
    children: int
    """How many live chapters or sections it has; 0 for a section."""
    sections: int
    """How many live sections are in it (1 for a section)."""
    recorded: int
    """How many of these sections have a current take."""
    takes: int
    """How many live takes are in it."""
    seconds: float
    """The length of all current takes in it."""
    warnings: int = 0
    """How many current takes in it have a finding of severity ``warning``."""
    status: SectionStatus | None = None
    """What the person knows of a section; None for a project or a chapter."""
    repaired: int = 0
    """How many current takes in it are a repaired half: what was kept of a damaged recording."""
    states: ParentState = field(default=NO_TAKES, hash=False)
    """How many live takes in it have which state."""

    @property
    def is_counted(self) -> bool:
        """Whether the numbers are known."""
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
    """One row of the takes' table, with the file that plays."""

    take: Take
    number: int
    """Given once in its section, from 1."""
    is_current: bool
    file: TakeFile | None
    """The file that plays: the repaired one where there is one, else the original; None while it has not arrived."""
    original: TakeFile | None
    namesakes: int = 0
    """How many takes of the section have this number and a lower id: two computers may give the same one."""
    facts: TakeFacts = _NO_FACTS
    """What its state follows from."""


class HistoryEntry(NamedTuple):
    """Something that happened to a row on this computer: ``what`` is a code, said by ``words.history_sentence``."""

    at: int
    what: str
    params: dict[str, str | int | float]


class TakeDetails(NamedTuple):
    """All that is known here of one take."""

    row: TakeRow
    files: tuple[TakeFile, ...]
    crumbs: tuple[Crumb, ...]
    """Project, chapter, section."""
    source_path: str | None
    source_modified_at: int | None
    """When the dropped file was last written, as a rule when it was recorded."""
    history: tuple[HistoryEntry, ...]
    """Of this take and of its section's choice of takes, newest first."""
    overview: bytes
    """See ``report.Analysis.overview``; empty until it is known."""
    state: TakeState = TakeState(StateCode.LOCAL)
    further_takes: int = 0
    """Live takes of the section that were made of the further recordings in this take's file."""


class ProjectDetails(NamedTuple):
    """A project with its cover."""

    project: Project
    cover: Cover | None


@dataclass(frozen=True, slots=True)
class TrashItem:
    """Something on top of the trash: what is below it comes back with it."""

    ref: Ref
    title: str
    crumbs: tuple[Crumb, ...]
    """Where it was."""
    deleted_at: int
    until: int
    """30 days later; without an account nothing is removed then, the trash only offers to empty itself."""
    takes: int
    size: int
    """Bytes of the files below it."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found."""

    ref: Ref
    title: str
    crumbs: tuple[Crumb, ...]
    """The path above it."""
    excerpt: str
    """The text it was found in, where that is not the title: a file name, a piece of a note, a tag."""


class Totals(NamedTuple):
    """A library in numbers."""

    projects: int
    sections: int
    recorded: int
    takes: int
    size: int
    """Bytes of all original and repaired files of live takes."""
    trashed: int
    """How many things lie on top of the trash."""
    trash_due: int
    """How many of these have been there for more than 30 days."""
    last_take: str
    """File name of the newest take; empty where there is none."""
    last_take_at: int
    """When it was added, in milliseconds since 1970 UTC."""
    counted_at: int = 0
    """When this was counted."""
    states: ParentState = NO_TAKES
    """How many live takes have which state."""
