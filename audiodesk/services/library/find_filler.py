"""Makes rows findable that came without their texts: in short writes, from where an earlier run was killed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

from audiodesk.domain.library.entity import TREE, Entity
from audiodesk.local.database.database import Database
from audiodesk.local.rows.store import find_backlog, findable_repo

__all__ = ["fill_find"]

_AT_ONCE = 200


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
    after = ""
    while go_on():
        with database.read() as connection:
            ids: Sequence[str] = findable_repo.missing(connection, entity, after, _AT_ONCE)
        if not ids:
            return

        def add(connection: sqlite3.Connection, ids: Sequence[str] = ids) -> None:
            findable_repo.add_missing(connection, entity, ids)

        database.write(add, lasting=False)
        database.checkpoint()
        after = ids[-1]
