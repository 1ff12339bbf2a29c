"""Gives a library without an account to an account: its rows become outgoing changes."""

from __future__ import annotations

import sqlite3

from audiodesk.domain.library.entity import TREE, Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.local.rows.store import change_repo, fact_repo
from audiodesk.local.rows.store.edited_rows import EditedRows
from audiodesk.local.rows.store.row_codec import column_names, from_column, to_field, travels
from audiodesk.local.rows.sync.device import this_device

__all__ = ["IN_ORDER", "adopt", "living_rows"]


def adopt(connection: sqlite3.Connection, now: int, user_id: str) -> int:
    """Give the library to the account ``user_id``, inside a write; return how many changes wait to be sent.

    Each row becomes one ``create``, parents before children; tombstones are left out. Trashed rows are trashed by
    separate changes at the end, because creating a child below a trashed parent would restore the parent.
    """
    this_device(EditedRows(connection, now))
    fact_repo.remember(connection, fact_repo.ACCOUNT, user_id)
    connection.execute("delete from change")
    trashed: list[Ref] = []
    count = 0
    for entity in IN_ORDER:
        for row in connection.execute(living_rows(entity)).fetchall():
            values = {name: from_column(name, row[name]) for name in column_names(entity)}
            if values["deleted_at"] is not None:
                trashed.append(Ref(entity, row["id"]))
                values["deleted_at"] = None
            fields = {name: to_field(name, value) for name, value in values.items() if travels(name)}
            change_repo.add(connection, now, entity, row["id"], fields, is_create=True)
            count += 1
    for ref in trashed:
        change_repo.add(connection, now, ref.entity, ref.id, {"deleted_at": True})
    return count + len(trashed)


IN_ORDER = (
    Entity.DEVICE,
    Entity.PROJECT,
    Entity.COVER,
    Entity.CHAPTER,
    Entity.SECTION,
    Entity.TAKE,
    Entity.TAKE_FILE,
    Entity.NOTE,
)
"""Parents before children."""


def living_rows(entity: Entity) -> str:
    """Return the query of all rows that were not emptied out of the trash, directly or with a parent."""
    query = f"select r.* from {entity.value} r"  # noqa: S608 - our own nouns
    if entity in TREE:
        query += " where r.purged_at is null"
    elif entity.parent is not None:
        query += f" left join {entity.parent.value} p on p.id = r.{entity.parent_column} where p.purged_at is null"
    return query + " order by r.order_key, r.id"
