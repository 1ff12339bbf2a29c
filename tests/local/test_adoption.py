"""A library without an account gets one: which changes are sent, and in which order."""

from __future__ import annotations

import sqlite3

from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.library.entities import Chapter, Cover, Project, Section, Take, TakeFile
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.notes import Note
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.sync.change import Change
from audiodesk.local.database.database import Database
from audiodesk.local.rows.library import trash_repo
from audiodesk.local.rows.store import change_repo
from audiodesk.local.rows.store.edited_rows import EditedRows
from audiodesk.local.rows.sync.adoption import adopt
from audiodesk.system.computer import computer_name, platform_name

NOW = 1_700_000_000_000


def _fill(connection: sqlite3.Connection) -> None:
    rows = EditedRows(connection, NOW)
    for project in ("kept", "gone"):
        rows.create(Project(id=project, order_key="a0", title=project, author="Ann"))
        rows.create(Cover(id=f"{project}-cover", order_key="a0", project_id=project, mime="image/png", data=b"x"))
        rows.create(Chapter(id=f"{project}-chapter", order_key="a0", project_id=project, title="1"))
        rows.create(Section(id=f"{project}-section", order_key="a0", chapter_id=f"{project}-chapter", title="1"))
        for take in ("b", "a"):
            _add_take(rows, f"{project}-section", f"{project}-{take}", take)
    rows.update(Ref(Entity.PROJECT, "gone"), deleted_at=1)
    rows.update(Ref(Entity.TAKE, "kept-b"), deleted_at=1)
    trash_repo.empty(rows, [Ref(Entity.PROJECT, "gone")])


def _add_take(rows: EditedRows, section: str, take: str, key: str) -> None:
    rows.create(Take(id=take, order_key=key, section_id=section, file_name="a.wav"))
    rows.create(
        TakeFile(
            id=f"{take}-file",
            order_key="a0",
            take_id=take,
            sha256=take,
            size=1,
            kind=Kind.WAV,
            seconds=1.0,
            sample_rate=44100,
            channels=1,
        )
    )
    rows.create(Note(id=f"{take}-note", order_key="a0", take_id=take, text="breath"))


def _adopted(database: Database) -> list[Change]:
    database.write(_fill)
    count = database.write(lambda connection: adopt(connection, NOW, "somebody"))
    with database.read() as connection:
        changes = change_repo.pending(connection)
    assert count == len(changes)
    return changes


def test_each_row_that_is_more_than_a_tombstone_is_made_once_parents_first(database: Database) -> None:
    device, *made = [change for change in _adopted(database) if change.is_create]
    assert (device.entity, device.fields["title"], device.fields["platform"]) == (
        Entity.DEVICE,
        computer_name(),
        platform_name(),
    )
    assert [change.row_id for change in made] == [
        "kept",
        "kept-cover",
        "kept-chapter",
        "kept-section",
        "kept-a",
        "kept-b",
        "kept-a-file",
        "kept-b-file",
        "kept-a-note",
        "kept-b-note",
    ]


def test_the_trash_is_trashed_at_the_end_so_that_its_children_revive_nothing(database: Database) -> None:
    changes = _adopted(database)
    assert all(change.fields["deleted_at"] is None for change in changes if change.is_create)
    *_, last = changes
    assert (last.row_id, last.is_create, dict(last.fields)) == ("kept-b", False, {"deleted_at": True})
    assert sum(not change.is_create for change in changes) == 1


def test_later_edits_are_recorded(database: Database) -> None:
    _adopted(database)
    database.write(lambda connection: EditedRows(connection, NOW).update(Ref(Entity.PROJECT, "kept"), title="New"))
    with database.read() as connection:
        _device, first, *_ = change_repo.pending(connection)
    assert (first.row_id, first.fields["title"], first.fields["author"]) == ("kept", "New", "Ann")


def test_adopting_again_doubles_nothing(database: Database) -> None:
    before = [(change.row_id, change.fields) for change in _adopted(database)]
    database.write(lambda connection: adopt(connection, NOW, "somebody"))
    with database.read() as connection:
        assert [(change.row_id, change.fields) for change in change_repo.pending(connection)] == before
