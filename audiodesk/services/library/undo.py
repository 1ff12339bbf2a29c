"""Undo and redo: remembers edits, and reverses one only if no later change depends on it."""

from __future__ import annotations

from collections import deque

from audiodesk.domain.errors import UserError
from audiodesk.domain.library.edit import Edit, FieldChange
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.local.rows.library import trash_repo, tree_repo
from audiodesk.local.rows.store.edited_rows import EditedRows

__all__ = ["UndoStack", "apply"]

_DEPTH = 200
"""Edits that are remembered; they are gone when the program ends."""


class UndoStack:
    """What can be undone and redone, newest last. It has no lock of its own: the library holds one."""

    def __init__(self, depth: int = _DEPTH) -> None:
        self._done: deque[Edit] = deque(maxlen=depth)
        self._undone: list[Edit] = []

    @property
    def undo_edit(self) -> Edit | None:
        """What ``undo`` would take back."""
        return self._done[-1] if self._done else None

    @property
    def redo_edit(self) -> Edit | None:
        """What ``redo`` would do again."""
        return self._undone[-1] if self._undone else None

    def push(self, edit: Edit) -> None:
        """Remember a new edit; what was undone before it can no longer be redone."""
        self._done.append(edit)
        self._undone.clear()

    def undone(self) -> None:
        """Note that the last edit was undone."""
        self._undone.append(self._done.pop())

    def redone(self) -> None:
        """Note that the last undone edit was done again."""
        self._done.append(self._undone.pop())

    def drop_undo(self) -> None:
        """Forget the last edit: it can no longer be undone, and would block the edits before it."""
        self._done.pop()

    def drop_redo(self) -> None:
        """Forget the last undone edit, and those undone before it, which build on it."""
        self._undone.clear()


def apply(rows: EditedRows, edit: Edit) -> list[FieldChange]:
    """Do the changes of ``edit`` inside one write.

    Raises UserError("undo-stale") if a field no longer has the value that the edit begins with, if a row would go to a
    place that is gone, or if the row that the edit made holds later work, which would go into the trash too.
    """
    changes: list[FieldChange] = []
    for change in edit.changes:
        ref = Ref(change.entity, change.row_id)
        row = rows.get(ref)
        if row is None or trash_repo.is_emptied(rows.connection, ref):
            raise UserError("undo-stale")
        if not change.reversed().still_stands(getattr(row, change.field)):
            raise UserError("undo-stale")
        _refuse_hidden_parent(rows, change)
        if edit.code == f"add-{change.entity.value}":
            _refuse_what_came_since(rows, change)
        changes += rows.update(ref, **{change.field: change.after})
    last = {change.row_id: change for change in changes if change.field == "current_take_id"}
    for change in last.values():
        _refuse_wrong_choice(rows, change)
    return changes


def _refuse_hidden_parent(rows: EditedRows, change: FieldChange) -> None:
    """Refuse to put a row into a branch that is in the trash.

    This is tested before each change. An edit that took a row out of a branch in the trash restored that branch first.
    Undoing it puts the row back while the branch is live, and then trashes the branch.
    """
    parent = change.entity.parent
    if parent is None or change.field != change.entity.parent_column:
        return
    if not tree_repo.is_live(rows.connection, Ref(parent, change.after)):
        raise UserError("undo-stale")


def _refuse_what_came_since(rows: EditedRows, change: FieldChange) -> None:
    """Refuse to trash a row that was made empty and now holds something.

    What this process put there later has been undone before, so the content comes from another process.
    """
    if change.field != "deleted_at" or change.after is None:
        return
    if any(row.deleted_at is None for row in rows.children(Ref(change.entity, change.row_id))):
        raise UserError("undo-stale")


def _refuse_wrong_choice(rows: EditedRows, change: FieldChange) -> None:
    """Refuse a current take that, after all changes, is no live take of its section."""
    if change.after is None:
        return
    take = rows.get(Ref(Entity.TAKE, change.after))
    if take is None or take.deleted_at is not None or take.section_id != change.row_id:
        raise UserError("undo-stale")
