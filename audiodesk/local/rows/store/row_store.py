"""Reads and writes the rows of a library as columns, and keeps their findable text in step."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from audiodesk.domain.audio.contents import Tags
from audiodesk.domain.errors import UserError
from audiodesk.domain.library.entity import TREE, Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.local.rows.store import findable_repo
from audiodesk.local.rows.store.row_codec import column_names, from_columns, to_column

__all__ = ["RowStore"]

_FOUND_BY_TAKE = frozenset({Entity.TAKE_FILE, Entity.NOTE})
_FOUND_IN = frozenset({"title", "author", "narrator", "notes", "file_name", "tags", "text", "deleted_at"})


class RowStore:
    """Rows inside one transaction of ``connection``; writing methods need a write."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def get(self, ref: Ref) -> Any:
        """Return the row ``ref`` as the value of its noun, trashed or not; None if there is none."""
        row = self.columns(ref)
        return None if row is None else from_columns(ref.entity, row)

    def need(self, ref: Ref) -> Any:
        """Return the row ``ref``; raises UserError("not-found") if there is none."""
        row = self.get(ref)
        if row is None:
            raise UserError("not-found", text=ref.id)
        return row

    def children(self, parent: Ref | None, entity: Entity | None = None) -> list[Any]:
        """Return the rows below ``parent`` (None: the projects) in order, including the trashed ones.

        ``entity`` chooses among the nouns below a project or a take; by default chapters, sections, takes, files.
        """
        if parent is None:
            return self._list("select * from project order by order_key, id", (), Entity.PROJECT)
        child = entity or parent.entity.child
        column = child.parent_column
        query = f"select * from {child.value} where {column} = ? order by order_key, id"  # noqa: S608 - our own nouns
        return self._list(query, (parent.id,), child)

    def columns(self, ref: Ref) -> sqlite3.Row | None:
        """Return the row ``ref`` as SQLite stores it; None if there is none."""
        query = f"select * from {ref.entity.value} where id = ?"  # noqa: S608 - our own nouns
        row: sqlite3.Row | None = self.connection.execute(query, (ref.id,)).fetchone()
        return row

    def insert(self, entity: Entity, values: Mapping[str, Any]) -> None:
        """Add a row; ``values`` has all its fields."""
        names = column_names(entity)
        marks = ", ".join("?" * len(names))
        self.connection.execute(
            f"insert into {entity.value} ({', '.join(names)}) values ({marks})",  # noqa: S608 - our own nouns
            [to_column(name, values[name]) for name in names],
        )
        if entity is not Entity.TAKE_FILE or values["tags"] != Tags():  # most recordings have no tags
            self._refresh_find(Ref(entity, values["id"]), values)

    def set(self, ref: Ref, stored: Mapping[str, Any]) -> None:
        """Set columns of the row ``ref`` to SQLite's values (see ``to_column``)."""
        marks = ", ".join(f"{name} = ?" for name in stored)
        self.connection.execute(
            f"update {ref.entity.value} set {marks} where id = ?",  # noqa: S608 - our own nouns and columns
            (*stored.values(), ref.id),
        )
        if not _FOUND_IN.isdisjoint(stored):
            self._refresh_find(ref)

    def never_said(self, ref: Ref) -> None:
        """Note that the server does not have the row ``ref``."""
        query = f"update {ref.entity.value} set version = 0, stamps = null where id = ?"  # noqa: S608 - our own nouns
        self.connection.execute(query, (ref.id,))

    def _list(self, query: str, arguments: tuple[str, ...], entity: Entity) -> list[Any]:
        return [from_columns(entity, row) for row in self.connection.execute(query, arguments)]

    def _refresh_find(self, ref: Ref, values: Mapping[str, Any] | None = None) -> None:
        if ref.entity in TREE:
            findable_repo.refresh(self.connection, ref.entity, ref.id, is_new=values is not None)
        elif ref.entity in _FOUND_BY_TAKE:
            row = values or self.columns(ref)
            if row is not None:
                findable_repo.refresh(self.connection, Entity.TAKE, row["take_id"])
