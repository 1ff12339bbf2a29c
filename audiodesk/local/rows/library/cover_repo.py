"""Reads the cover of a project. Two computers may each have made one; every computer shows the same of them."""

from __future__ import annotations

import sqlite3

from audiodesk.domain.library.entities import Cover
from audiodesk.domain.library.entity import Entity
from audiodesk.local.rows.store.row_codec import from_columns

__all__ = ["cover", "living"]

_LIVING = "from cover where project_id = ? and deleted_at is null order by created_at desc, id"


def cover(connection: sqlite3.Connection, project_id: str) -> Cover | None:
    """Return the picture that a project shows; None if it has none."""
    row = connection.execute(f"select * {_LIVING} limit 1", (project_id,)).fetchone()
    found: Cover | None = None if row is None else from_columns(Entity.COVER, row)
    return found


def living(connection: sqlite3.Connection, project_id: str) -> list[str]:
    """Return the ids of a project's covers, the one that it shows first; of the others nothing is seen."""
    return [row["id"] for row in connection.execute(f"select id {_LIVING}", (project_id,))]
