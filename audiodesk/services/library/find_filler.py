"""Makes rows findable that came without their texts: in short writes, from where an earlier run was killed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

from audiodesk.domain.library.entity import TREE, Entity
from audiodesk.local.database.database import Database
from audiodesk.local.database.short_writes import in_short_writes
from audiodesk.local.rows.store import find_backlog, findable_repo

__all__ = ["fill_find"]

_AT_ONCE = 200
"""Rows in a step."""
_READ = 2000
"""Rows in a read of what is missing."""
_SECONDS = 0.25
"""As in ``in_short_writes``: each commit makes a segment of the index, and segments are merged later."""


def fill_find(database: Database, go_on: Callable[[], bool] = lambda: True) -> bool:
    """Add the texts of all rows that have none; return False if there was nothing to do, or ``go_on`` ended it early.

    Costs one short read if every row can be found. Raises OutsideError.
    """
    while go_on():
        with database.read() as connection:
            since = find_backlog.mark(connection)
        if since is None:
            return False
        for entity in TREE:
            _fill(database, entity, go_on)
        if go_on() and database.write(lambda connection: find_backlog.caught_up(connection, since)):  # noqa: B023
            return True
    return False


def _fill(database: Database, entity: Entity, go_on: Callable[[], bool]) -> None:
    def add(connection: sqlite3.Connection, ids: Sequence[str]) -> None:
        findable_repo.add_missing(connection, entity, ids)

    after = ""
    while go_on():
        with database.read() as connection:
            missing = findable_repo.missing(connection, entity, after, _READ)
        if not missing:
            return
        in_short_writes(database, missing, add, at_once=_AT_ONCE, seconds=_SECONDS, lasting=False, go_on=go_on)
        after = missing[-1]
