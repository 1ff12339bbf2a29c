"""Works out what rows from the server changed: which lists show something else, and what Activity says of it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from audiodesk.domain.library.entity import TREE, Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.sync.activity import Happened
from audiodesk.local.rows.library import tree_repo
from audiodesk.local.rows.sync import above_repo, activity_repo, emptied_elsewhere_repo
from audiodesk.local.rows.sync.server_rows import Shown
from audiodesk.services.library.edit_effects import Touched
from audiodesk.services.sync.replaced import note_replaced

__all__ = ["note_arrivals", "titles", "touch", "touch_new"]

_UNSEEN = frozenset({"version", "changed_by"})
_CHOICE = _UNSEEN | {"current_take_id"}


def touch(connection: sqlite3.Connection, shown: Iterable[Shown], touched: Touched) -> None:
    """Add the lists that these rows change to ``touched``."""
    for row in shown:
        if row.before is None or not _UNSEEN.issuperset(row.changed):
            _touch(connection, row, touched)


def touch_new(connection: sqlite3.Connection, parents: Mapping[Entity, Collection[str]], touched: Touched) -> None:
    """Add the lists that new rows change to ``touched``; they are given by noun with the ids of their parents."""
    for entity, ids in parents.items():
        if entity in (Entity.PROJECT, Entity.COVER):
            touched.parents.add(None)
        elif entity in (Entity.CHAPTER, Entity.SECTION):
            touched.parents.update(ids)
        elif entity is Entity.TAKE:
            touched.sections.update(ids)
        elif entity in (Entity.TAKE_FILE, Entity.NOTE):
            touched.sections.update(above_repo.sections_of_takes(connection, ids))


def note_arrivals(
    connection: sqlite3.Connection, now: int, shown: Sequence[Shown], *, device: str, is_first: bool
) -> None:
    """Write into Activity what came from other computers than ``device``, inside the write that took it.

    What was emptied out of the trash elsewhere is noted too, so that its files leave this computer. Of the first pull
    no entries are made: all of the library is new.
    """
    came: Counter[tuple[str, Ref, str]] = Counter()
    for row in shown:
        if row.ref.entity in TREE and row.before is not None:
            _note_emptied(connection, row)
        by = row.column("changed_by")
        if is_first or by is None or by == device or row.ref.entity is Entity.DEVICE:
            continue
        project = above_repo.project_above(connection, row.ref)
        if project is None or row.ref.entity is Entity.TAKE_FILE:  # a file comes with its take
            continue
        if note_replaced(connection, now, row, by=by, device=device):
            continue
        kind = "takes" if row.before is None and row.ref.entity is Entity.TAKE else "changes"
        came[by, project, kind] += 1
    for (by, project, kind), count in came.items():
        title = titles(connection, project)
        activity_repo.add(
            connection,
            now,
            Happened.CAME,
            project,
            device_id=by,
            title=title[0] if title else "",
            **{"takes": 0, "changes": 0, kind: count},
        )


def titles(connection: sqlite3.Connection, ref: Ref) -> tuple[str, ...]:
    """Return the titles from the project down to ``ref``; empty if a row above is missing."""
    return tuple(crumb.title for crumb in tree_repo.crumbs(connection, ref))


def _note_emptied(connection: sqlite3.Connection, row: Shown) -> None:
    assert row.before is not None  # noqa: S101 - the caller looked
    if row.changed.get("purged_at") is not None and row.before["purged_at"] is None:
        emptied_elsewhere_repo.add(connection, row.ref)


def _touch(connection: sqlite3.Connection, row: Shown, touched: Touched) -> None:
    entity = row.ref.entity
    if entity in (Entity.PROJECT, Entity.COVER):
        touched.parents.add(None)
    elif entity is Entity.SECTION and row.before is not None and _CHOICE.issuperset(row.changed):
        touched.sections.add(row.ref.id)
    elif entity in (Entity.CHAPTER, Entity.SECTION):
        touched.parents.update(_parents(row))
    elif entity is Entity.TAKE:
        touched.sections.update(_parents(row))
    elif entity in (Entity.TAKE_FILE, Entity.NOTE):
        for take_id in _parents(row):
            section_id = above_repo.section_of_take(connection, take_id)
            if section_id is not None:
                touched.sections.add(section_id)


def _parents(row: Shown) -> set[str]:
    column = row.ref.entity.parent_column
    assert column is not None  # noqa: S101 - only called for nouns with a parent
    return {row.column(column)} | (set() if row.before is None else {row.before[column]})
