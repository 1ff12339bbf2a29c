"""An edit as a list of field changes, and the rule by which it is undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from audiodesk.domain.library.entity import TREE, Entity

__all__ = ["Edit", "FieldChange"]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of one row, from what to what. ``deleted_at`` is only None or not: its time is the clock's."""

    entity: Entity
    row_id: str
    field: str
    before: Any
    after: Any

    def reversed(self) -> FieldChange:
        """Return the change that takes this one back."""
        return FieldChange(self.entity, self.row_id, self.field, self.after, self.before)

    def still_stands(self, value: Any) -> bool:
        """Tell whether ``value``, which the field has now, is still what this change made of it."""
        if self.field == "deleted_at":
            return (value is None) == (self.after is None)
        return bool(value == self.after)


@dataclass(frozen=True, slots=True)
class Edit:
    """What one action of a person did: undone and redone as one.

    ``code`` and ``params`` name the act ("move-chapter", title) for ``words.act``. Making a row is, for undo, bringing
    it back from the trash: undoing it puts the row there, so that nothing is ever lost.
    """

    code: str
    changes: tuple[FieldChange, ...]
    params: Mapping[str, str | int] = field(default_factory=dict)

    def reversed(self) -> Edit:
        """Return the edit that takes this one back, last change first."""
        return Edit(self.code, tuple(change.reversed() for change in reversed(self.changes)), self.params)

    def shown_rows(self) -> list[tuple[Entity, str]]:
        """Return the rows that this brings back or puts elsewhere, of the uppermost kind among them only."""
        rows = dict.fromkeys(
            (change.entity, change.row_id)
            for change in self.changes
            if (change.field == "deleted_at" and change.after is None)
            or change.field in ("order_key", change.entity.parent_column)
        )
        gone = {change.row_id for change in self.changes if change.field == "deleted_at" and change.after is not None}
        for entity in TREE:
            if found := [row for row in rows if row[0] is entity and row[1] not in gone]:
                return found
        return []
