"""The trash of a library: what can be restored and until when, and emptying it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.library.entity import TREE, Entity
from audiodesk.domain.library.listings import TRASH_DAYS, TrashItem, TrashLoss
from audiodesk.domain.library.read_model import Ref
from audiodesk.local.rows.library import state_repo, tree_repo
from audiodesk.local.rows.store.edited_rows import EditedRows

__all__ = ["Emptied", "below", "empty", "is_emptied", "is_trashed", "items", "loss"]

_DAY = 86_400_000
_LOST = """
    with gone as materialized (
        select t.id from take t
        join section s on s.id = t.section_id join chapter c on c.id = s.chapter_id
        join project p on p.id = c.project_id
        where t.purged_at is null and (
            t.deleted_at is not null or (s.deleted_at is not null and s.purged_at is null)
            or (c.deleted_at is not null and c.purged_at is null) or (p.deleted_at is not null and p.purged_at is null)
        )
    ),
    lost as materialized (
        select f.sha256, max(f.size) as size from take_file f join gone on gone.id = f.take_id
        where not exists (
            select 1 from take_file other join take t on t.id = other.take_id
            where other.sha256 = f.sha256 and t.purged_at is null and t.id not in (select id from gone)
        ) group by f.sha256
    )
"""
"""``lost``: the audio of trashed takes that no other take uses."""
_FREES = f"{_LOST} select coalesce(sum(size), 0) from lost"  # noqa: S608 - our own words
# A file that is missing here has a row in vault_file: that this computer once had it says nothing of the others.
_ELSEWHERE = f"""{_LOST}
    select count(*) from gone
    where exists (select 1 from take_file f where f.take_id = gone.id)
        and not exists (
            select 1 from take_file f
            where f.take_id = gone.id and (
                f.verified_at is not null or f.sha256 not in (select sha256 from lost)
                or exists (select 1 from vault_file v where v.sha256 = f.sha256)
            )
        )
"""  # noqa: S608 - our own words


class Emptied(NamedTuple):
    """The files of emptied takes, which may no longer belong to any take."""

    rows: int
    files: list[tuple[str, Kind]]


def items(connection: sqlite3.Connection) -> list[TrashItem]:
    """Return everything that was trashed and not emptied, newest first; rows below are restored with it.

    Rows whose parent has not arrived yet are left out.
    """
    found = [item for entity in TREE for item in _items_of(connection, entity) if item.title]
    found.sort(key=lambda item: (-item.deleted_at, item.ref))
    return found


def loss(connection: sqlite3.Connection) -> TrashLoss:
    """Return what emptying the whole trash removes; bytes of files that no other take uses, each once.

    Without an account there is no other computer.
    """
    elsewhere = connection.execute(_ELSEWHERE).fetchone()[0] if state_repo.has_account(connection) else 0
    return TrashLoss(connection.execute(_FREES).fetchone()[0], elsewhere)


def below(connection: sqlite3.Connection, ref: Ref) -> list[Ref]:
    """Return ``ref`` and the tree's rows and takes below it, trashed or not."""
    found = [ref]
    level = [ref.id]
    entity = ref.entity
    while entity is not Entity.TAKE:
        entity = TREE[TREE.index(entity) + 1]
        query = f"select id from {entity.value} where {entity.parent_column} = ?"  # noqa: S608 - our own nouns
        level = [row["id"] for parent in level for row in connection.execute(query, (parent,))]
        found += [Ref(entity, row_id) for row_id in level]
    return found


def is_emptied(connection: sqlite3.Connection, ref: Ref) -> bool:
    """Tell whether the row was emptied out of the trash for good."""
    if ref.entity not in TREE:
        return False
    query = f"select 1 from {ref.entity.value} where id = ? and purged_at is not null"  # noqa: S608 - our own nouns
    return connection.execute(query, (ref.id,)).fetchone() is not None


def is_trashed(connection: sqlite3.Connection, ref: Ref) -> bool:
    """Tell whether the row itself is in the trash and was not emptied out of it."""
    query = f"select deleted_at, purged_at from {ref.entity.value} where id = ?"  # noqa: S608 - our own nouns
    row = connection.execute(query, (ref.id,)).fetchone()
    return row is not None and row["deleted_at"] is not None and row["purged_at"] is None


def empty(rows: EditedRows, refs: Sequence[Ref]) -> Emptied:
    """Mark these rows and all rows below as emptied: they stay as tombstones, and are never shown again.

    Other computers of the account receive this change too.
    """
    connection = rows.connection
    count = 0
    files: dict[tuple[str, Kind], None] = {}
    for ref in refs:
        for gone in below(connection, ref):
            if is_emptied(connection, gone):
                continue
            rows.update(gone, purged_at=rows.now)
            count += 1
            if gone.entity is Entity.TAKE:
                query = "select sha256, kind from take_file where take_id = ?"
                files.update(
                    dict.fromkeys((row["sha256"], Kind(row["kind"])) for row in connection.execute(query, (gone.id,)))
                )
                connection.execute(
                    "delete from pending_analysis where take_file_id in (select id from take_file where take_id = ?)",
                    (gone.id,),
                )
    return Emptied(count, list(files))


def _items_of(connection: sqlite3.Connection, entity: Entity) -> list[TrashItem]:
    rows = connection.execute(
        f"select id, deleted_at from {entity.value}"  # noqa: S608 - our own nouns
        " where deleted_at is not null and purged_at is null"
    ).fetchall()
    return [_item(connection, Ref(entity, row["id"]), row["deleted_at"]) for row in rows]


_TAKES_BELOW = {
    Entity.PROJECT: "take t join section s on s.id = t.section_id join chapter c on c.id = s.chapter_id"
    " where c.project_id = ? and c.deleted_at is null and s.deleted_at is null and t.deleted_at is null",
    Entity.CHAPTER: "take t join section s on s.id = t.section_id"
    " where s.chapter_id = ? and s.deleted_at is null and t.deleted_at is null",
    Entity.SECTION: "take t where t.section_id = ? and t.deleted_at is null",
    Entity.TAKE: "take t where t.id = ?",
}


def _item(connection: sqlite3.Connection, ref: Ref, deleted_at: int) -> TrashItem:
    path = tree_repo.crumbs(connection, ref)
    query = f"""
        select count(*) as takes,
            coalesce(sum((select sum(f.size) from take_file f where f.take_id = t.id)), 0) as size,
            max(t.file_name) as file_name
        from {_TAKES_BELOW[ref.entity]}
    """  # noqa: S608 - our own tables
    numbers = connection.execute(query, (ref.id,)).fetchone()
    return TrashItem(
        ref=ref,
        title=path[-1].title if path else "",
        crumbs=path[:-1],
        deleted_at=deleted_at,
        until=deleted_at + TRASH_DAYS * _DAY,
        takes=numbers["takes"],
        size=numbers["size"],
        file_name=numbers["file_name"] or "" if ref.entity is Entity.TAKE else "",
    )
