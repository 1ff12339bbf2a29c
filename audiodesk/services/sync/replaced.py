"""Writes into Activity what another computer put in the place of something here, so that no edit is lost in silence."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from audiodesk.domain.library.entity import TREE, Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.section_status import SectionStatus
from audiodesk.domain.sync.activity import Happened
from audiodesk.domain.words.library.new_row_words import is_unnamed
from audiodesk.local.rows.library import cover_repo, tree_repo
from audiodesk.local.rows.sync import above_repo, activity_repo
from audiodesk.local.rows.sync.server_rows import Shown

__all__ = ["note_replaced"]

_FIELDS: Mapping[Entity, tuple[str, ...]] = {
    Entity.PROJECT: ("author", "narrator", "notes"),
    Entity.SECTION: ("status",),
    Entity.TAKE: ("notes",),
}
"""What people type or set, besides titles."""
_BY_ITSELF = frozenset({SectionStatus.TO_RECORD.value, SectionStatus.RECORDED.value})
"""Values of a status that nobody chose: the first take sets them."""


def note_replaced(connection: sqlite3.Connection, now: int, row: Shown, *, by: str, device: str) -> bool:
    """Note what the row replaces here, inside the write that showed it; return whether that says all about the row.

    ``by`` is the computer that it came from, ``device`` this one. Of titles and notes every change is noted, because
    the row does not tell who wrote them; of other values only one of the last version that was made here.
    """
    if row.ref.entity is Entity.COVER:
        return _note_cover(connection, now, row, by)
    is_plain = row.before is None and row.ref.entity is Entity.TAKE  # most rows are: they are only counted
    path = tree_repo.crumbs(connection, row.ref) if row.ref.entity in TREE and not is_plain else ()
    if not path:
        return False
    title = " · ".join(crumb.title for crumb in path[-2 if row.ref.entity is Entity.TAKE else -1 :])
    former = "" if row.before is None else row.before["title"]
    is_new = row.before is None or ("title" in row.changed and is_unnamed(row.ref.entity, former))
    if is_new and not is_unnamed(row.ref.entity, title) and above_repo.has_namesake(connection, row.ref):
        activity_repo.add(connection, now, Happened.SAME_TITLE, row.ref, device_id=by, title=title)
        if row.before is None:
            return True
    if row.before is None:
        return False
    said = _note_trash(connection, now, row, by, title)
    said.add("replaces_take_id")  # follows from a choice, which the section tells
    if former and row.changed.get("title") and not is_unnamed(row.ref.entity, former):
        activity_repo.add(
            connection, now, Happened.RENAMED, row.ref, device_id=by, title=row.changed["title"], former=former
        )
        said.add("title")
    for field in _FIELDS.get(row.ref.entity, ()):
        is_told = field == "notes" or row.before["changed_by"] == device
        if is_told and field in row.changed and row.before[field] and row.before[field] not in _BY_ITSELF:
            params = {"field": field, "title": title, "former": row.before[field]}
            activity_repo.add(connection, now, Happened.REPLACED, row.ref, device_id=by, **params)
            said.add(field)
    if row.ref.entity is Entity.SECTION and _note_choice(connection, now, row, by, title):
        said.add("current_take_id")
    return said.issuperset(row.changed.keys() - {"version", "changed_by"})


def _note_cover(connection: sqlite3.Connection, now: int, row: Shown, by: str) -> bool:
    """Note that the project shows another cover than before, or none any more; a first cover is only counted.

    Two computers may each have made a row: then the project shows one of both, and the other one lost.
    """
    project = Ref(Entity.PROJECT, row.column("project_id"))
    path = tree_repo.crumbs(connection, project)
    living = cover_repo.living(connection, project.id)
    was_there = row.before is not None and row.before["deleted_at"] is None
    if living[:1] == [row.ref.id]:
        field, has_replaced = "cover", "data" in row.changed if was_there else len(living) > 1
    else:
        field, has_replaced = "no-cover", was_there and not living
    if not path or not has_replaced:
        return False
    params = {"field": field, "title": path[-1].title, "former": ""}
    activity_repo.add(connection, now, Happened.REPLACED, project, device_id=by, **params)
    return True


def _note_trash(connection: sqlite3.Connection, now: int, row: Shown, by: str, title: str) -> set[str]:
    """Note that the row went to the trash or came back from it; return the fields that this says."""
    if "deleted_at" not in row.changed or row.column("purged_at") is not None:
        return set()
    what = Happened.BROUGHT_BACK if row.changed["deleted_at"] is None else Happened.TRASHED
    activity_repo.add(connection, now, what, row.ref, device_id=by, title=title)
    return {"deleted_at", "purged_at"}


def _note_choice(connection: sqlite3.Connection, now: int, row: Shown, by: str, title: str) -> bool:
    """Note that a take that was here already became current in another one's place.

    A take that is newer than the section's former version came together with its choice: it is a new take.
    """
    assert row.before is not None  # noqa: S101 - the caller looked
    chosen, former = row.changed.get("current_take_id"), row.before["current_take_id"]
    if not chosen or not former:
        return False
    made = above_repo.version_of_creation(connection, Ref(Entity.TAKE, chosen))
    if made is None or made > row.before["version"]:
        return False
    params = {"number": tree_repo.take_label(connection, chosen), "former": tree_repo.take_label(connection, former)}
    activity_repo.add(connection, now, Happened.CHOSEN, row.ref, device_id=by, title=title, **params)
    return True
