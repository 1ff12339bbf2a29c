"""The id of this computer in one library: takes carry it, so that two computers' takes can be told apart."""

from __future__ import annotations

import sqlite3

from audiodesk.domain.ids import new_id
from audiodesk.local import fact_repo

__all__ = ["device_id"]


def device_id(connection: sqlite3.Connection) -> str:
    """Return the id, made when it is first asked for inside a write."""
    known = fact_repo.known(connection, "device_id")
    if known is None:
        known = new_id()
        fact_repo.remember(connection, "device_id", known)
    return known
