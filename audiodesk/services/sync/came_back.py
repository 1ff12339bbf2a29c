"""Makes a take current again that an edit made here brought back from the trash, as a restore by hand does."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from audiodesk.domain.library.edit import FieldChange
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.local.database.database import Database
from audiodesk.local.rows.store import fact_repo
from audiodesk.local.rows.store.edited_rows import EditedRows
from audiodesk.services.library import take_choice
from audiodesk.services.library.edit_effects import Touched, remember, touched_by

__all__ = ["choose_again", "note_came_back"]

_CAME_BACK = "sync_came_back"
"""The ids of such takes, until the next pull is at its end: only then it is known what their sections have."""


def note_came_back(connection: sqlite3.Connection, revived: Sequence[Ref]) -> None:
    """Note, inside the write that takes the answer, which takes the server brought back."""
    ids = [ref.id for ref in revived if ref.entity is Entity.TAKE]
    if ids:
        fact_repo.remember(connection, _CAME_BACK, json.dumps([*_noted(connection), *ids]))


def choose_again(database: Database) -> Touched | None:
    """Choose those takes whose section has no current take; None if no take came back.

    The other computer, which trashed the take, chose none in its place. This one alone does it, because the edit that
    brought the take back was made here: two computers that choose would overwrite each other.
    """
    with database.read() as connection:
        if not _noted(connection):
            return None

    def work(connection: sqlite3.Connection) -> Touched:
        rows = EditedRows(connection, database.clock())
        changes: list[FieldChange] = []
        for take_id in _noted(connection):
            take = rows.get(Ref(Entity.TAKE, take_id))
            is_here = take is not None and rows.get(Ref(Entity.SECTION, take.section_id)) is not None
            if is_here and take.deleted_at is None:
                changes += take_choice.choose_after_loss(rows, take.section_id, came_back=take_id)
        remember(rows, changes)
        fact_repo.forget(connection, _CAME_BACK)
        return touched_by(rows, changes)

    return database.write(work)


def _noted(connection: sqlite3.Connection) -> list[str]:
    text = fact_repo.known(connection, _CAME_BACK)
    return [] if text is None else list(json.loads(text))
