"""The rows of the tree as values, with their numbers. All else that is shown of a library is in ``listings``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.section_status import SectionStatus
from audiodesk.domain.library.states import NO_TAKES, ParentState, add_states

__all__ = [
    "UNCOUNTED",
    "Crumb",
    "NodeCounts",
    "Ref",
    "TreeNode",
    "add_counts",
]


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
