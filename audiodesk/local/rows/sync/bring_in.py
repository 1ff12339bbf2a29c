"""Copies the rows of a library without an account into the library of an account; the ids stay."""

from __future__ import annotations

import sqlite3
from typing import Any

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.local.rows.store import change_repo, fact_repo
from audiodesk.local.rows.store.edited_rows import EditedRows
from audiodesk.local.rows.store.row_codec import column_names, from_column, to_field, travels
from audiodesk.local.rows.sync.adoption import IN_ORDER, living_rows
from audiodesk.local.rows.sync.device import this_device

__all__ = ["bring_in", "missing_rows"]

_OF_DEVICE = frozenset({"device_id", "changed_by"})
_BESIDE = {
    "source": "take_id in (select id from take)",
    "take_file_shape": "take_file_id in (select id from take_file)",
    "pending_analysis": "take_file_id in (select id from take_file)",
    "vault_file": "true",
    "refusal": "true",
}
"""Tables of this computer that belong to rows which were copied, and which of their rows do."""


def bring_in(connection: sqlite3.Connection, source: sqlite3.Connection, now: int) -> int:
    """Copy every living row of ``source``, inside a write; return how many rows were new.

    Each becomes one ``create``, as in ``adopt``. A row that is here already is left as it is, so that a copy that was
    cut short can be made again. What was added on this computer is said to come from the account's device for it.
    """
    rows = EditedRows(connection, now)
    theirs, ours = fact_repo.known(source, "device_id"), this_device(rows)
    trashed: list[Ref] = []
    count = 0
    for entity in IN_ORDER:
        if entity is Entity.DEVICE:
            continue
        for row in source.execute(living_rows(entity)):
            ref = Ref(entity, row["id"])
            if rows.columns(ref) is not None:
                continue
            values: dict[str, Any] = {name: from_column(name, row[name]) for name in column_names(entity)}
            values |= {name: ours for name in _OF_DEVICE & values.keys() if theirs and values[name] == theirs}
            values["version"] = 0
            rows.insert(entity, values)
            if values["deleted_at"] is not None:
                trashed.append(ref)
                values["deleted_at"] = None
            fields = {name: to_field(name, value) for name, value in values.items() if travels(name)}
            change_repo.add(connection, now, entity, ref.id, fields, is_create=True)
            count += 1
    for ref in trashed:
        change_repo.add(connection, now, ref.entity, ref.id, {"deleted_at": True})
    for table, condition in _BESIDE.items():
        _copy_beside(connection, source, table, condition)
    return count


def missing_rows(connection: sqlite3.Connection, source: sqlite3.Connection) -> int:
    """Return how many living rows of ``source`` are not in this library."""
    rows = EditedRows(connection, 0)
    return sum(
        rows.columns(Ref(entity, row["id"])) is None
        for entity in IN_ORDER
        if entity is not Entity.DEVICE
        for row in source.execute(living_rows(entity))
    )


def _copy_beside(connection: sqlite3.Connection, source: sqlite3.Connection, table: str, condition: str) -> None:
    rows = source.execute(f"select * from {table} where {condition}").fetchall()  # noqa: S608 - our own tables
    if rows:
        marks = ", ".join("?" * len(rows[0].keys()))
        columns = ", ".join(rows[0].keys())
        connection.executemany(
            f"insert or ignore into {table} ({columns}) values ({marks})",  # noqa: S608 - likewise
            [tuple(row) for row in rows],
        )
