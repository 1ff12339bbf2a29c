"""A person's edits of rows and the outgoing changes: made, merged, and written as JSON for sync."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest

from audiodesk.domain.audio.contents import Kind, Levels, Tags
from audiodesk.domain.audio.findings import Code, Finding
from audiodesk.domain.errors import BugError
from audiodesk.domain.library.edit import FieldChange
from audiodesk.domain.library.entities import (
    Chapter,
    Cover,
    Device,
    LevelLimits,
    LevelTarget,
    Project,
    Purpose,
    Section,
    Take,
    TakeFile,
)
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.notes import Note, NoteTag
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.section_status import SectionStatus
from audiodesk.local.database.database import Database
from audiodesk.local.rows.store import change_repo, fact_repo
from audiodesk.local.rows.store.edited_rows import EditedRows
from tests.support import code_of

pytestmark = pytest.mark.slow

NOW = 1_700_000_000_000
BOOK = Ref(Entity.PROJECT, "p")


def project() -> Project:
    return Project(id="p", order_key="a0", title="Book")


def take_file() -> TakeFile:
    return TakeFile(
        id="f",
        order_key="a0",
        take_id="t",
        sha256="ab",
        size=10,
        kind=Kind.MP3,
        seconds=1.5,
        sample_rate=44_100,
        channels=2,
        bit_rate=128_000,
        cbr=True,
        tags=Tags(title="Salz \udcff", cover_bytes=7),
        findings=(Finding(Code.JUNK, {"bytes": 3, "where": "after"}),),
        levels=Levels(rms_db=-20.5),
    )


def do(database: Database, *works: Callable[[EditedRows], Any]) -> list[Any]:
    return database.write(lambda connection: [work(EditedRows(connection, NOW)) for work in works])


@pytest.fixture
def account(database: Database) -> None:
    """The library belongs to an account."""
    database.write(lambda connection: fact_repo.remember(connection, fact_repo.ACCOUNT, "somebody"))


def changes(database: Database) -> list[tuple[str, str, bool, dict[str, Any]]]:
    with database.read() as connection:
        pending = change_repo.pending(connection)
    return [(change.entity.value, change.row_id, change.is_create, dict(change.fields)) for change in pending]


@pytest.mark.parametrize(
    "row",
    [
        project(),
        Project(
            id="p",
            order_key="a0",
            title="Own limits",
            upload_wanted=False,
            level_target=LevelTarget.OWN,
            level_limits=LevelLimits(rms_min_db=-23.0, channels=1, tail_max_seconds=5.0),
        ),
        Chapter(id="c", order_key="a0", project_id="p", title="A"),
        Section(id="s", order_key="a0", chapter_id="c", title="1", current_take_id="t"),
        Section(id="s", order_key="a0", chapter_id="c", title="1", status=SectionStatus.RETAKE, last_number=9),
        Take(id="t", order_key="a0", section_id="s", file_name="a.wav", upload_wanted=False, replaces_take_id="u"),
        Take(id="t", order_key="a0", section_id="s", file_name="a.wav", number=7, purpose=Purpose.PICKUP),
        Note(id="n", order_key="a0", take_id="t", at_seconds=1.5, text="breath"),
        Note(
            id="n",
            order_key="a0",
            take_id="t",
            at_seconds=1.5,
            until_seconds=2.5,
            tag=NoteTag.MISREAD,
            page="12",
            said="salt",
            should_be="malt",
            done_at=NOW,
            answered_by_take_id="u",
        ),
        Device(id="d", order_key="a0", title="Studio PC", platform="linux"),
        Cover(id="v", order_key="a0", project_id="p", mime="image/png", data=b"\x89PNG\0\xff"),
    ],
)
def test_what_was_made_is_read_back(database: Database, row: Any) -> None:
    ref = Ref(Entity(type(row).__name__.lower()), row.id)
    take = Take(id="t", order_key="a0", section_id="s", file_name="a.wav")
    if isinstance(row, Note):
        do(database, lambda rows: rows.create(take))
    (made,) = do(database, lambda rows: rows.create(row))
    assert made == [FieldChange(ref.entity, row.id, "deleted_at", NOW, None)]
    (found,) = do(database, lambda rows: rows.get(ref))
    assert found.created_at == NOW
    assert type(row)(**{**{name: getattr(found, name) for name in row.__dataclass_fields__}, "created_at": 0}) == row


@pytest.mark.usefixtures("account")
def test_the_limits_of_a_project_travel_as_an_object(database: Database) -> None:
    limits = LevelLimits(peak_max_db=-3.0, bit_rate_min=192_000)
    do(database, lambda rows: rows.create(project()))
    do(database, lambda rows: rows.update(BOOK, level_limits=limits, level_target=LevelTarget.OWN))
    (_, _, _, fields) = changes(database)[0]
    assert fields["level_limits"] == {"peak_max_db": -3.0, "bit_rate_min": 192_000}
    assert (fields["level_target"], fields["upload_wanted"]) == ("own", True)
    assert "changed_by" not in fields, "only the server says who it was"


@pytest.mark.usefixtures("account")
def test_a_word_of_a_newer_version_is_read_as_the_plain_one_and_kept(database: Database) -> None:
    section = Section(id="s", order_key="a0", chapter_id="c", title="1")
    do(database, lambda rows: rows.create(section))
    database.write(lambda connection: connection.execute("update section set status = 'proofed'"))
    ref = Ref(Entity.SECTION, "s")
    (found, _) = do(database, lambda rows: rows.get(ref), lambda rows: rows.update(ref, title="2"))
    assert found.status is SectionStatus.TO_RECORD
    with database.read() as connection:
        assert connection.execute("select status, title from section").fetchone()[:] == ("proofed", "2")


@pytest.mark.usefixtures("account")
def test_a_files_facts_are_read_back(database: Database) -> None:
    do(database, lambda rows: rows.create(take_file()))
    (found,) = do(database, lambda rows: rows.get(Ref(Entity.TAKE_FILE, "f")))
    assert found.tags == Tags(title="Salz \ufffd", cover_bytes=7)
    assert (found.findings, found.levels, found.cbr) == (take_file().findings, take_file().levels, True)
    (_, _, is_create, fields) = changes(database)[0]
    assert is_create
    assert fields["tags"] == {"title": "Salz \ufffd", "cover_bytes": 7}
    assert fields["findings"] == [{"code": "junk", "params": {"bytes": 3, "where": "after"}}]
    assert fields["cbr"] is True
    assert fields["purge_pending"] is False
    assert not {"id", "version", "verified_at", "verified_how"} & fields.keys()


@pytest.mark.usefixtures("account")
def test_later_edits_fold_into_what_was_never_sent(database: Database) -> None:
    do(
        database,
        lambda rows: rows.create(project()),
        lambda rows: rows.update(BOOK, title="Book 2"),
        lambda rows: rows.update(BOOK, author="Ann", title="Book 3"),
    )
    ((entity, row_id, is_create, fields),) = changes(database)
    assert (entity, row_id, is_create) == ("project", "p", True)
    assert (fields["title"], fields["author"], fields["deleted_at"]) == ("Book 3", "Ann", None)


@pytest.mark.usefixtures("account")
def test_trash_never_folds_and_says_only_that_it_is(database: Database) -> None:
    do(
        database,
        lambda rows: rows.create(project()),
        lambda rows: rows.update(BOOK, deleted_at=5),
        lambda rows: rows.update(BOOK, title="Book 2"),
        lambda rows: rows.update(BOOK, title="Book 3"),
        lambda rows: rows.update(BOOK, deleted_at=None),
    )
    assert [fields for *_, fields in changes(database)[1:]] == [
        {"deleted_at": True},
        {"title": "Book 3"},
        {"deleted_at": None},
    ]
    (found,) = do(database, lambda rows: rows.get(BOOK))
    assert found.deleted_at is None


def test_without_an_account_no_change_is_recorded(database: Database) -> None:
    do(database, lambda rows: rows.create(project()), lambda rows: rows.update(BOOK, title="Book 2", deleted_at=1))
    assert changes(database) == []


@pytest.mark.usefixtures("account")
def test_what_is_being_sent_is_left_as_it_is(database: Database) -> None:
    do(database, lambda rows: rows.create(project()))
    database.write(lambda connection: connection.execute("update change set sent_at = 1"))
    do(database, lambda rows: rows.update(BOOK, title="Book 2"))
    assert [(is_create, fields.get("title")) for _, _, is_create, fields in changes(database)] == [
        (True, "Book"),
        (False, "Book 2"),
    ]


@pytest.mark.usefixtures("account")
def test_what_did_not_change_is_no_change(database: Database) -> None:
    do(database, lambda rows: rows.create(project()))
    before = changes(database)
    assert do(database, lambda rows: rows.update(BOOK, title="Book", deleted_at=None)) == [[]]
    assert changes(database) == before


def test_the_moment_of_trashing_is_now_and_stays(database: Database) -> None:
    do(database, lambda rows: rows.create(project()), lambda rows: rows.update(BOOK, deleted_at=1))
    database.write(lambda connection: EditedRows(connection, NOW + 99).update(BOOK, deleted_at=1, title="x"))
    (found,) = do(database, lambda rows: rows.get(BOOK))
    assert found.deleted_at == NOW


def test_mistakes_are_refused(database: Database) -> None:
    do(database, lambda rows: rows.create(project()))
    with pytest.raises(BugError):
        do(database, lambda rows: rows.update(BOOK, colour="red"))
    with pytest.raises(BugError):
        do(database, lambda rows: rows.update(BOOK, id="q"))
    with pytest.raises(BugError):  # SQLite refuses: strict tables take only numbers in a number column
        do(database, lambda rows: rows.update(BOOK, version="x"))
    assert code_of(do, database, lambda rows: rows.need(Ref(Entity.CHAPTER, "q"))) == "not-found"
    assert code_of(do, database, lambda rows: rows.update(Ref(Entity.CHAPTER, "q"), title="x")) == "not-found"


def test_children_stand_in_order_the_trashed_ones_included(database: Database) -> None:
    for row_id, key in (("c1", "a1"), ("c3", "Zz"), ("c2", "a1")):
        row = Chapter(id=row_id, order_key=key, project_id="p", title=row_id)
        do(database, lambda rows, row=row: rows.create(row))  # type: ignore[misc]  # bound now
    do(database, lambda rows: rows.update(Ref(Entity.CHAPTER, "c1"), deleted_at=1))
    (found,) = do(database, lambda rows: rows.children(BOOK))
    assert [row.id for row in found] == ["c3", "c1", "c2"]


def test_json_columns_hold_json(database: Database) -> None:
    do(database, lambda rows: rows.create(take_file()))

    def look(connection: sqlite3.Connection) -> tuple[str, str, int]:
        return tuple(connection.execute("select tags, levels, cbr from take_file").fetchone())

    tags, levels, cbr = database.write(look)
    assert json.loads(tags)["title"] == "Salz \ufffd"
    assert json.loads(levels)["rms_db"] == -20.5
    assert cbr == 1


def test_findings_of_a_newer_version_are_passed_over(database: Database) -> None:
    def from_the_future(connection: sqlite3.Connection) -> None:
        known = {"code": "junk", "params": {"bytes": 3}}
        connection.execute(
            "update take_file set findings = ?", (json.dumps([{"code": "phase-inverted", "params": {}}, known]),)
        )

    do(database, lambda rows: rows.create(take_file()))
    database.write(from_the_future)
    (row,) = do(database, lambda rows: rows.get(Ref(Entity.TAKE_FILE, "f")))
    assert row.findings == (Finding(Code.JUNK, {"bytes": 3}),)
