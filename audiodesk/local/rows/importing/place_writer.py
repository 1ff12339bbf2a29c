"""Finds the section for a planned file, and makes the missing rows above it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field

from audiodesk.domain.errors import UserError
from audiodesk.domain.ids import new_id
from audiodesk.domain.library.edit import FieldChange
from audiodesk.domain.library.entities import Chapter, Project, Section
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.order import Sibling, place
from audiodesk.domain.library.plan import Place
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.titles import same_title
from audiodesk.local.rows.store.edited_rows import EditedRows

__all__ = ["MadePlaces", "PlaceWriter", "append_key"]

_Key = tuple[str, ...]

_ALIVE = {
    Entity.PROJECT: "select 1 from project where id = ? and deleted_at is null",
    Entity.CHAPTER: "select 1 from chapter c join project p on p.id = c.project_id"
    " where c.id = ? and c.deleted_at is null and p.deleted_at is null",
    Entity.SECTION: "select 1 from section s join chapter c on c.id = s.chapter_id join project p"
    " on p.id = c.project_id where s.id = ? and s.deleted_at is null and c.deleted_at is null and p.deleted_at is null",
}


@dataclass(slots=True)
class MadePlaces:
    """The rows that one import found or made so far; ``order`` is the plan's order, which places new rows."""

    order: dict[_Key, int]
    ids: dict[_Key, str] = field(default_factory=dict)
    new_ids: set[str] = field(default_factory=set)
    furthest: dict[_Key, int] = field(default_factory=dict)
    """The highest place in the plan's order among the new rows of each parent."""
    changes: list[FieldChange] = field(default_factory=list)
    """Changes for undo: only the uppermost new rows; the rows below go and return with them."""
    parents: set[str | None] = field(default_factory=set)
    """Parents with new children; None is the top."""
    titles: dict[str | None, dict[str, str]] = field(default_factory=dict)
    """Ids of living rows by title, for each parent; valid until another process writes (see ``stamp``)."""
    stamp: tuple[int, ...] = ()

    @classmethod
    def of_plan(cls, places: Sequence[Place]) -> MadePlaces:
        """Record the order in which the plan names its places."""
        order: dict[_Key, int] = {}
        for planned in places:
            for key in _keys(planned):
                order.setdefault(key, len(order))
        return cls(order)

    def copy(self) -> MadePlaces:
        """Return a copy for one transaction; keep it if the transaction is committed."""
        return MadePlaces(
            self.order,
            dict(self.ids),
            set(self.new_ids),
            dict(self.furthest),
            list(self.changes),
            set(self.parents),
            self.titles,  # after a failure the stamp is invalid, and the titles are forgotten
            self.stamp,
        )


class PlaceWriter:
    """Works inside one write, so nothing else changes the tree.

    Rows are made when their first sound file arrives, so a cancelled import leaves no empty chapters. Another process
    may have made a row since the plan was made, so a living row with an equal title is used.
    """

    def __init__(self, rows: EditedRows, made: MadePlaces) -> None:
        self._rows = rows
        self._connection: sqlite3.Connection = rows.connection
        self._made = made
        self._titles = made.titles
        if made.stamp != self._stamp():
            self._titles.clear()

    def close(self) -> None:
        """Call this last: the next transaction can then use the titles again, unless another process writes."""
        self._made.stamp = self._stamp()

    def _stamp(self) -> tuple[int, ...]:
        others = self._connection.execute("pragma data_version").fetchone()[0]
        return id(self._connection), others, self._connection.total_changes

    def section(self, planned: Place) -> str:
        """Return the id of the section of ``planned``. Raises UserError("target-trashed") if it was trashed."""
        if planned.section_id is not None:
            return self._living(Entity.SECTION, planned.section_id)
        project_key, chapter_key, section_key = _keys(planned)
        chapter_id = planned.chapter_id
        if chapter_id is not None:
            self._living(Entity.CHAPTER, chapter_id)
        else:
            project_id = planned.project_id
            if project_id is not None:
                self._living(Entity.PROJECT, project_id)
            else:
                project_id = self._find_or_make(project_key, Entity.PROJECT, None, planned.project_title)
            chapter_id = self._find_or_make(chapter_key, Entity.CHAPTER, project_id, planned.chapter_title)
        return self._find_or_make(section_key, Entity.SECTION, chapter_id, planned.section_title)

    def existing_section(self, planned: Place) -> str | None:
        """Return the id of the section of ``planned`` if it exists already; makes nothing."""
        parent_id: str | None = None
        for key, row_id, entity, title in zip(
            _keys(planned),
            (planned.project_id, planned.chapter_id, planned.section_id),
            (Entity.PROJECT, Entity.CHAPTER, Entity.SECTION),
            (planned.project_title, planned.chapter_title, planned.section_title),
            strict=True,
        ):
            if entity is not Entity.PROJECT and row_id is None and parent_id is None:
                return None
            known = row_id or self._made.ids.get(key)
            parent_id = known or self._living_titles(entity, parent_id).get(same_title(title))
        return parent_id

    def _living(self, entity: Entity, row_id: str) -> str:
        if self._connection.execute(_ALIVE[entity], (row_id,)).fetchone() is None:
            raise UserError("target-trashed")
        return row_id

    def _find_or_make(self, key: _Key, entity: Entity, parent_id: str | None, title: str) -> str:
        known = self._made.ids.get(key)
        if known is not None:
            return self._living(entity, known)
        titles = self._living_titles(entity, parent_id)
        found = titles.get(same_title(title))
        row_id = found or self._make(key, entity, parent_id, title)
        titles[same_title(title)] = row_id
        self._made.ids[key] = row_id
        return row_id

    def _living_titles(self, entity: Entity, parent_id: str | None) -> dict[str, str]:
        if parent_id not in self._titles:
            where, arguments = _below(entity, parent_id)
            query = f"select id, title from {entity.value} where {where} and deleted_at is null"  # noqa: S608 - our nouns
            titles: dict[str, str] = {}
            for row_id, title in self._connection.execute(f"{query} order by order_key, id", arguments):
                titles.setdefault(same_title(title), row_id)
            self._titles[parent_id] = titles
        return self._titles[parent_id]

    def _make(self, key: _Key, entity: Entity, parent_id: str | None, title: str) -> str:
        row_id = new_id()
        order_key = self._order_key(key, entity, parent_id)
        made: Project | Chapter | Section
        if parent_id is None:
            made = Project(id=row_id, order_key=order_key, title=title)
        elif entity is Entity.CHAPTER:
            made = Chapter(id=row_id, order_key=order_key, project_id=parent_id, title=title)
        else:
            made = Section(id=row_id, order_key=order_key, chapter_id=parent_id, title=title)
        changes = self._rows.create(made)
        if parent_id not in self._made.new_ids:
            self._made.changes += changes
        self._made.new_ids.add(row_id)
        self._made.parents.add(parent_id)
        return row_id

    def _order_key(self, key: _Key, entity: Entity, parent_id: str | None) -> str:
        """Return a key before the first sibling of this import that comes later in the plan; else at the end."""
        mine = self._made.order[key]
        furthest = self._made.furthest.get(key[:-1], -1)
        self._made.furthest[key[:-1]] = max(mine, furthest)
        if mine > furthest:
            return append_key(self._rows, entity, parent_id)
        later = [
            (self._made.order[other], row_id)
            for other, row_id in self._made.ids.items()
            if other[:-1] == key[:-1] and self._made.order[other] > mine and row_id in self._made.new_ids
        ]
        where, arguments = _below(entity, parent_id)
        query = f"select order_key, id from {entity.value} where {where} order by order_key, id"  # noqa: S608 - our nouns
        siblings = [Sibling(*row) for row in self._connection.execute(query, arguments)]
        placed = place(siblings, min(later)[1] if later else None, 1)
        for sibling_id, order_key in placed.rekeyed.items():
            self._rows.update(Ref(entity, sibling_id), order_key=order_key)
        return placed.keys[0]


def append_key(rows: EditedRows, entity: Entity, parent_id: str | None) -> str:
    """Return an order key after all rows of ``entity`` below ``parent_id``, including the trashed ones."""
    where, arguments = _below(entity, parent_id)
    query = f"select order_key, id from {entity.value} where {where}"  # noqa: S608 - our own nouns
    last = rows.connection.execute(f"{query} order by order_key desc, id desc limit 1", arguments).fetchone()
    return place([Sibling(*last)] if last else [], None, 1).keys[0]


def _below(entity: Entity, parent_id: str | None) -> tuple[str, tuple[str, ...]]:
    return ("1", ()) if parent_id is None else (f"{entity.parent_column} = ?", (parent_id,))


def _keys(planned: Place) -> tuple[_Key, _Key, _Key]:
    """Return the keys of the project, the chapter and the section of ``planned`` within its plan."""
    project = planned.project_id or f"new {same_title(planned.project_title)}"
    chapter = planned.chapter_id or f"new {same_title(planned.chapter_title)}"
    section = planned.section_id or f"new {same_title(planned.section_title)}"
    below = (planned.chapter_id,) if planned.chapter_id is not None else (project, chapter)
    return ("project", project), ("chapter", project, chapter), ("section", *below, section)
