"""Works out what follows from an edit: which lists changed, and what the history of takes remembers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from audiodesk.domain.events import Event, TakesChanged, TreeChanged
from audiodesk.domain.library.edit import FieldChange
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.local.rows.library import history_repo, tree_repo
from audiodesk.local.rows.store.edited_rows import EditedRows

__all__ = ["Touched", "remember", "touched_by"]

_TREE = frozenset({Entity.PROJECT, Entity.CHAPTER, Entity.SECTION})


@dataclass(slots=True)
class Touched:
    """The parents whose children changed (None: the top), and the sections whose takes did."""

    parents: set[str | None] = field(default_factory=set)
    sections: set[str] = field(default_factory=set)

    def events(self) -> list[Event]:
        """Return what to tell on the bus."""
        events: list[Event] = []
        if self.parents:
            events.append(TreeChanged(frozenset(self.parents)))
        if self.sections:
            events.append(TakesChanged(frozenset(self.sections)))
        return events


def touched_by(rows: EditedRows, changes: Iterable[FieldChange]) -> Touched:
    """Return what ``changes``, already done, touched."""
    touched = Touched()
    for change in changes:
        _touch(rows, change, touched)
    return touched


def remember(rows: EditedRows, changes: Iterable[FieldChange]) -> None:
    """Write ``changes``, already done, to the history of takes and of the sections' choice among them."""
    for change in changes:
        ref = Ref(change.entity, change.row_id)
        if change.entity is Entity.SECTION and change.field == "current_take_id" and change.after is not None:
            label = tree_repo.take_label(rows.connection, change.after)
            history_repo.add(rows.connection, rows.now, ref, "chosen", number=label)
        elif change.entity is Entity.TAKE:
            _remember_take(rows, ref, change)


def _remember_take(rows: EditedRows, ref: Ref, change: FieldChange) -> None:
    if change.field == "deleted_at":
        history_repo.add(rows.connection, rows.now, ref, "restored" if change.after is None else "trashed")
    elif change.field == "title":
        history_repo.add(rows.connection, rows.now, ref, "renamed", title=change.after)
    elif change.field == "notes":
        history_repo.add(rows.connection, rows.now, ref, "noted")
    elif change.field == "number":
        history_repo.add(rows.connection, rows.now, ref, "numbered", number=change.after, former=change.before)
    elif change.field == "section_id":
        former = rows.get(Ref(Entity.SECTION, change.before))
        history_repo.add(rows.connection, rows.now, ref, "moved", section="" if former is None else former.title)


def _touch(rows: EditedRows, change: FieldChange, touched: Touched) -> None:
    entity, row_id = change.entity, change.row_id
    if entity in _TREE:
        if entity is Entity.SECTION and change.field == "current_take_id":
            touched.sections.add(row_id)
            return
        column = entity.parent_column
        row = rows.get(Ref(entity, row_id))
        touched.parents.add(None if column is None else getattr(row, column))
        if change.field == column:
            touched.parents.add(change.before)
    elif entity is Entity.COVER:
        touched.parents.add(None)
    else:
        take_id = row_id if entity is Entity.TAKE else rows.get(Ref(entity, row_id)).take_id
        take = rows.get(Ref(Entity.TAKE, take_id))
        touched.sections.add(take.section_id)
        if change.field == "section_id":
            touched.sections.add(change.before)
