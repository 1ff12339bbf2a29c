"""The only code that writes the rows a library is made of: each with its outgoing change and its text for find."""

from __future__ import annotations

import sqlite3
from typing import Any

from audiodesk.domain.edit import FieldChange
from audiodesk.domain.entities import Tags, TakeFile
from audiodesk.domain.entity import Entity
from audiodesk.domain.errors import BugError, UserError
from audiodesk.domain.outline import Ref
from audiodesk.local import change_repo, findable_repo
from audiodesk.local.row_codec import (
    ENTITY_OF,
    Row,
    column_names,
    from_column,
    from_columns,
    to_column,
    to_field,
    travels,
)

__all__ = ["Rows"]

_FINDABLE = frozenset({Entity.PROJECT, Entity.CHAPTER, Entity.SECTION, Entity.TAKE})
_FOUND_BY_TAKE = frozenset({Entity.TAKE_FILE, Entity.NOTE})
_FOUND_IN = frozenset({"title", "author", "narrator", "notes", "file_name", "tags", "text", "deleted_at"})


class Rows:
    """Reads and writes rows inside one write; ``now`` in milliseconds is the moment of all of it."""

    def __init__(self, connection: sqlite3.Connection, now: int) -> None:
        self.connection = connection
        self.now = now

    def create(self, row: Row) -> list[FieldChange]:
        """Add ``row`` (its ``created_at`` is now, where it is 0) with its outgoing change.

        Returns what undo reverses: a row that was made goes to the trash, a row is never gone.
        """
        entity = ENTITY_OF[type(row)]
        names = column_names(entity)
        values = {name: getattr(row, name) for name in names}
        values["created_at"] = values["created_at"] or self.now
        marks = ", ".join("?" * len(names))
        self.connection.execute(
            f"insert into {entity.value} ({', '.join(names)}) values ({marks})",  # noqa: S608 - our own nouns
            [to_column(name, values[name]) for name in names],
        )
        fields = {name: to_field(name, value) for name, value in values.items() if travels(name)}
        change_repo.add(self.connection, self.now, entity, row.id, fields, is_create=True)
        self._refresh_find(entity, row.id, row)
        return [FieldChange(entity, row.id, "deleted_at", self.now, None)]

    def update(self, ref: Ref, **fields: Any) -> list[FieldChange]:
        """Set ``fields`` of the row ``ref`` and return those that really changed, for undo.

        One outgoing change holds them all. ``deleted_at`` is stamped now whenever it is not None. Raises
        UserError("not-found") where there is no such row.
        """
        before = self._columns(ref)
        if before is None:
            raise UserError("not-found", text=ref.id)
        unknown = fields.keys() - set(column_names(ref.entity))
        if unknown or "id" in fields:
            raise BugError("unknown-field", details=", ".join(sorted(unknown)))
        if fields.get("deleted_at") is not None:
            fields["deleted_at"] = before["deleted_at"] or self.now
        stored = {name: to_column(name, value) for name, value in fields.items()}
        changed = {name: value for name, value in stored.items() if value != before[name]}
        if not changed:
            return []
        self._write(ref, changed, version=before["version"], values=fields)
        return [
            FieldChange(ref.entity, ref.id, name, from_column(name, before[name]), from_column(name, value))
            for name, value in changed.items()
        ]

    def get(self, ref: Ref) -> Any:
        """Return the row ``ref`` as the value of its noun, trashed or not; None where there is none."""
        row = self._columns(ref)
        return None if row is None else from_columns(ref.entity, row)

    def need(self, ref: Ref) -> Any:
        """Return the row ``ref``; raises UserError("not-found") where there is none."""
        row = self.get(ref)
        if row is None:
            raise UserError("not-found", text=ref.id)
        return row

    def children(self, parent: Ref | None, entity: Entity | None = None) -> list[Any]:
        """Return the rows below ``parent`` (None: the projects) in their order, the trashed ones included.

        ``entity`` chooses among the nouns below a project or a take; without it: chapters, sections, takes, files.
        """
        if parent is None:
            return self._list("select * from project order by order_key, id", (), Entity.PROJECT)
        child = entity or _CHILDREN[parent.entity]
        column = child.parent_column
        query = f"select * from {child.value} where {column} = ? order by order_key, id"  # noqa: S608 - our own nouns
        return self._list(query, (parent.id,), child)

    def _list(self, query: str, arguments: tuple[str, ...], entity: Entity) -> list[Any]:
        return [from_columns(entity, row) for row in self.connection.execute(query, arguments)]

    def _columns(self, ref: Ref) -> sqlite3.Row | None:
        query = f"select * from {ref.entity.value} where id = ?"  # noqa: S608 - our own nouns
        row: sqlite3.Row | None = self.connection.execute(query, (ref.id,)).fetchone()
        return row

    def _write(self, ref: Ref, changed: dict[str, Any], *, version: int, values: dict[str, Any]) -> None:
        marks = ", ".join(f"{name} = ?" for name in changed)
        self.connection.execute(
            f"update {ref.entity.value} set {marks} where id = ?",  # noqa: S608 - our own nouns and columns
            (*changed.values(), ref.id),
        )
        fields = {name: to_field(name, values[name]) for name in changed if travels(name)}
        if fields:
            change_repo.add(self.connection, self.now, ref.entity, ref.id, fields, base_version=version)
        if not _FOUND_IN.isdisjoint(changed):
            self._refresh_find(ref.entity, ref.id)

    def _refresh_find(self, entity: Entity, row_id: str, row: Any = None) -> None:
        if entity in _FINDABLE:
            findable_repo.refresh(self.connection, entity, row_id)
        elif isinstance(row, TakeFile) and row.tags == Tags():
            return  # a new file that says nothing of itself: most recordings
        elif entity in _FOUND_BY_TAKE:
            known = row or self.get(Ref(entity, row_id))
            findable_repo.refresh(self.connection, Entity.TAKE, known.take_id)


_CHILDREN = {
    Entity.PROJECT: Entity.CHAPTER,
    Entity.CHAPTER: Entity.SECTION,
    Entity.SECTION: Entity.TAKE,
    Entity.TAKE: Entity.TAKE_FILE,
}
