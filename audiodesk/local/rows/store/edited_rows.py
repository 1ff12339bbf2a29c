"""Edits rows for a person: each edit with its outgoing change, if the library belongs to an account."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from audiodesk.domain.errors import BugError, UserError
from audiodesk.domain.library.edit import FieldChange
from audiodesk.domain.library.read_model import Ref
from audiodesk.local.rows.store import change_repo, fact_repo, said_rows
from audiodesk.local.rows.store.row_codec import ENTITY_OF, Row, column_names, from_column, to_column, to_field, travels
from audiodesk.local.rows.store.row_store import RowStore

__all__ = ["EditedRows"]


class EditedRows(RowStore):
    """Reads and edits rows inside one write; all edits have the time ``now`` (milliseconds)."""

    def __init__(self, connection: sqlite3.Connection, now: int) -> None:
        super().__init__(connection)
        self.now = now

    def create(self, row: Row) -> list[FieldChange]:
        """Add ``row``; a ``created_at`` of 0 becomes now.

        Returns the changes for undo: undoing puts the new row into the trash, and never deletes it.
        """
        entity = ENTITY_OF[type(row)]
        values = {name: getattr(row, name) for name in column_names(entity)}
        values["created_at"] = values["created_at"] or self.now
        self.insert(entity, values)
        self._record(Ref(entity, row.id), values, is_create=True)
        return [FieldChange(entity, row.id, "deleted_at", self.now, None)]

    def update(self, ref: Ref, **fields: Any) -> list[FieldChange]:
        """Set ``fields`` of the row ``ref`` and return the changes that really happened, for undo.

        One outgoing change holds them all. A ``deleted_at`` other than None becomes now. Raises UserError("not-found")
        if there is no such row.
        """
        before = self.columns(ref)
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
        self.set(ref, changed)
        if self._has_account:
            said_rows.keep_before_edit(self.connection, ref, before)
        self._record(ref, {name: fields[name] for name in changed}, base_version=before["version"])
        return [
            FieldChange(ref.entity, ref.id, name, from_column(name, before[name]), from_column(name, value))
            for name, value in changed.items()
        ]

    @cached_property
    def _has_account(self) -> bool:
        return fact_repo.known(self.connection, fact_repo.ACCOUNT) is not None

    def _record(self, ref: Ref, values: Mapping[str, Any], *, is_create: bool = False, base_version: int = 0) -> None:
        """Queue the edit for the server, if the library has an account."""
        if not self._has_account:
            return
        fields = {name: to_field(name, value) for name, value in values.items() if travels(name)}
        if fields:
            change_repo.add(
                self.connection, self.now, ref.entity, ref.id, fields, is_create=is_create, base_version=base_version
            )
