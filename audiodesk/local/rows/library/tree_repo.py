"""The tree of a library: live projects, chapters and sections, and their numbers."""

from __future__ import annotations

import sqlite3

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import UNCOUNTED, Crumb, Ref, TreeNode
from audiodesk.domain.library.section_status import SectionStatus
from audiodesk.domain.words.library.take_words import number_label, numbered_title

__all__ = ["children", "crumbs", "is_live", "node", "take_label"]

_NODE = {
    Entity.PROJECT: """
        select p.id, null as parent_id, p.title, (
            select count(*) from chapter c where c.project_id = p.id and c.deleted_at is null
        ) as children from project p""",
    Entity.CHAPTER: """
        select c.id, c.project_id as parent_id, c.title, (
            select count(*) from section s where s.chapter_id = c.id and s.deleted_at is null
        ) as children from chapter c""",
    Entity.SECTION: "select s.id, s.chapter_id as parent_id, s.title, 0 as children, s.status from section s",
}
_LIVE_IN_ORDER = "{0}.deleted_at is null order by {0}.order_key, {0}.id"
_BELOW_TOP = _NODE[Entity.PROJECT] + " where " + _LIVE_IN_ORDER.format("p")
_BELOW = {
    Entity.PROJECT: _NODE[Entity.CHAPTER] + " where c.project_id = ? and " + _LIVE_IN_ORDER.format("c"),
    Entity.CHAPTER: _NODE[Entity.SECTION] + " where s.chapter_id = ? and " + _LIVE_IN_ORDER.format("s"),
}


def children(connection: sqlite3.Connection, parent: Ref | None) -> list[TreeNode]:
    """Return the live rows below ``parent`` (None: the projects) in order, not counted. A section has none."""
    if parent is None:
        return [_node(Entity.PROJECT, row) for row in connection.execute(_BELOW_TOP)]
    query = _BELOW.get(parent.entity)
    if query is None:
        return []
    return [_node(parent.entity.child, row) for row in connection.execute(query, (parent.id,))]


def node(connection: sqlite3.Connection, ref: Ref) -> TreeNode | None:
    """Return one row, live or trashed, not counted; None if there is none, or if it is not in the tree."""
    query = _NODE.get(ref.entity)
    if query is None:
        return None
    letter = ref.entity.value[0]
    row = connection.execute(f"{query} where {letter}.id = ?", (ref.id,)).fetchone()
    return None if row is None else _node(ref.entity, row)


def crumbs(connection: sqlite3.Connection, ref: Ref) -> tuple[Crumb, ...]:
    """Return the path from the project down to ``ref`` itself; empty if one of its rows is missing."""
    path: list[Crumb] = []
    entity: Entity | None = ref.entity
    row_id = ref.id
    while entity is not None:
        row = _crumb(connection, entity, row_id)
        if row is None:
            return ()
        path.append(Crumb(entity, row_id, row["title"] if entity is not Entity.TAKE else numbered_title(*row[:3])))
        row_id, entity = row["parent_id"], entity.parent
    return tuple(reversed(path))


def is_live(connection: sqlite3.Connection, ref: Ref) -> bool:
    """Tell whether the row exists and neither it nor a row above it is in the trash."""
    entity: Entity | None = ref.entity
    row_id = ref.id
    while entity is not None:
        row = _crumb(connection, entity, row_id)
        if row is None or row["deleted_at"] is not None:
            return False
        row_id, entity = row["parent_id"], entity.parent
    return True


def take_label(connection: sqlite3.Connection, take_id: str) -> str:
    """Return the take's number in its shown form; empty if there is no such take."""
    row = _crumb(connection, Entity.TAKE, take_id)
    return "" if row is None else number_label(row["number"], row["namesakes"])


_CRUMB = {
    Entity.PROJECT: "select title, null as parent_id, deleted_at from project where id = ?",
    Entity.CHAPTER: "select title, project_id as parent_id, deleted_at from chapter where id = ?",
    Entity.SECTION: "select title, chapter_id as parent_id, deleted_at from section where id = ?",
    Entity.TAKE: """select title, number, (
            select count(*) from take o where o.section_id = t.section_id and o.number = t.number and o.id < t.id
        ) as namesakes, section_id as parent_id, deleted_at from take t where id = ?""",
}


_STATUS = {status.value: status for status in SectionStatus}


def _crumb(connection: sqlite3.Connection, entity: Entity, row_id: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = connection.execute(_CRUMB[entity], (row_id,)).fetchone()
    return row


def _node(entity: Entity, row: sqlite3.Row) -> TreeNode:
    return TreeNode(
        ref=Ref(entity, row["id"]),
        parent_id=row["parent_id"],
        title=row["title"],
        children=row["children"],
        sections=UNCOUNTED,
        recorded=UNCOUNTED,
        takes=UNCOUNTED,
        seconds=float(UNCOUNTED),
        warnings=UNCOUNTED,
        status=_STATUS.get(row["status"], SectionStatus.TO_RECORD) if entity is Entity.SECTION else None,
    )
