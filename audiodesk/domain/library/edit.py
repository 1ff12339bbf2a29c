"""An edit as a list of field changes, and the rule that undoes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from audiodesk.domain.library.entity import TREE, Entity

__all__ = ["Edit", "FieldChange"]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of one row, before and after. ``deleted_at`` is only None or not None; the clock sets its time."""

    entity: Entity
    row_id: str
    field: str
    before: Any
    after: Any

    def reversed(self) -> FieldChange:
        """Return the change that undoes this one."""
        return FieldChange(self.entity, self.row_id, self.field, self.after, self.before)

    def still_stands(self, value: Any) -> bool:
        """Tell whether ``value``, the field's present value, is still the one that this change set."""
        if self.field == "deleted_at":
            return (value is None) == (self.after is None)
        return bool(value == self.after)


@dataclass(frozen=True, slots=True)
class Edit:
    """One action of a person, undone and redone as a whole.

    ``code`` and ``params`` name the act ("move-chapter", title) for ``act_words.act``. For undo, making a row counts as
    restoring it: undo moves the row to the trash, so nothing is ever lost.
    """

    code: str
    changes: tuple[FieldChange, ...]
    params: Mapping[str, str | int] = field(default_factory=dict)

    def reversed(self) -> Edit:
        """Return the edit that undoes this one; the last change comes first."""
        return Edit(self.code, tuple(change.reversed() for change in reversed(self.changes)), self.params)

    def shown_rows(self) -> list[tuple[Entity, str]]:
        """Return the rows that this edit restores or moves, only those of the uppermost noun among them."""
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

    def leaving_rows(self) -> frozenset[str]:
        """Return the ids of the rows that this edit takes away from their place: trashed, or below another parent."""
        return frozenset(
            change.row_id
            for change in self.changes
            if (change.field == "deleted_at" and change.after is not None)
            or change.field == change.entity.parent_column
        )
