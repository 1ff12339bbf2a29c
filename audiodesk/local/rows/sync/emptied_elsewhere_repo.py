"""Branches that were emptied on another computer, and the files of theirs that may leave this one."""

from __future__ import annotations

import sqlite3

from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.local.rows.library import trash_repo
from audiodesk.local.rows.store import change_repo

__all__ = ["add", "emptied_by", "files_of_take", "is_answered", "refs", "remove", "top"]


def add(connection: sqlite3.Connection, ref: Ref) -> None:
    """Note, inside a write, that the row was emptied elsewhere."""
    connection.execute("insert or ignore into emptied_elsewhere (entity, row_id) values (?, ?)", (ref.entity, ref.id))


def refs(connection: sqlite3.Connection) -> list[Ref]:
    """Return the noted rows."""
    rows = connection.execute("select entity, row_id from emptied_elsewhere order by entity, row_id")
    return [Ref(Entity(row["entity"]), row["row_id"]) for row in rows]


def remove(connection: sqlite3.Connection, ref: Ref) -> None:
    """Forget a noted row, inside a write."""
    connection.execute("delete from emptied_elsewhere where entity = ? and row_id = ?", (ref.entity, ref.id))


def top(connection: sqlite3.Connection, ref: Ref) -> Ref:
    """Return the highest row above ``ref``, or itself, of an unbroken line of emptied rows."""
    while (above := _above(connection, ref)) is not None and trash_repo.is_emptied(connection, above):
        ref = above
    return ref


def emptied_by(connection: sqlite3.Connection, ref: Ref) -> str | None:
    """Return the computer that changed the row last, which is the one that emptied it; None if that is not known."""
    query = f"select changed_by from {ref.entity.value} where id = ?"  # noqa: S608 - our own nouns
    row = connection.execute(query, (ref.id,)).fetchone()
    return None if row is None else row["changed_by"]


def is_answered(connection: sqlite3.Connection, ref: Ref) -> bool:
    """Tell whether no edit of the row, of a row above it, or of its files and notes waits for the server."""
    step: Ref | None = ref
    while step is not None:
        if change_repo.is_waiting(connection, step):
            return False
        step = _above(connection, step)
    if ref.entity is not Entity.TAKE:
        return True
    query = (
        "select 1 from change where entity = 'take_file' and row_id in (select id from take_file where take_id = ?)"
        " union all select 1 from change where entity = 'note' and row_id in (select id from note where take_id = ?)"
    )
    return connection.execute(query, (ref.id, ref.id)).fetchone() is None


def files_of_take(connection: sqlite3.Connection, take_id: str) -> list[tuple[str, Kind]]:
    """Return the files of a take that are in the vault, by hash and kind."""
    rows = connection.execute(
        "select distinct f.sha256, f.kind from take_file f"
        " join vault_file v on v.sha256 = f.sha256 and v.kind = f.kind where f.take_id = ?",
        (take_id,),
    )
    return [(row["sha256"], Kind(row["kind"])) for row in rows]


def _above(connection: sqlite3.Connection, ref: Ref) -> Ref | None:
    parent = ref.entity.parent
    if parent is None:
        return None
    query = f"select {ref.entity.parent_column} from {ref.entity.value} where id = ?"  # noqa: S608 - our own nouns
    row = connection.execute(query, (ref.id,)).fetchone()
    return None if row is None else Ref(parent, row[0])
