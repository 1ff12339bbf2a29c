"""Rules for single fields: who changed a row, rows emptied out of the trash, and numbers that never fall."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

import pytest

from audiodesk.domain.library.entity import Entity
from tests.server.sync_book import Book
from tests.server.sync_calls import Caller, create, edit
from tests.twin.databases import Database


def _now() -> int:
    return int(time.time() * 1000)


def test_server_and_program_know_the_same_entities(shared_server: Database) -> None:
    with shared_server.open() as connection:
        rows = connection.execute("select entity, parent from audiodesk.entity").fetchall()
    parents = {entity.value: entity.parent.value if entity.parent else None for entity in Entity}
    assert dict(rows) == parents


def test_each_column_is_what_the_list_of_fields_says(shared_server: Database) -> None:
    with shared_server.open() as connection:
        columns = connection.execute(
            "select c.table_name, c.column_name, c.data_type, c.is_nullable = 'YES', c.column_default is not null"
            " from information_schema.columns c join audiodesk.entity e on e.entity = c.table_name"
            " where c.table_schema = 'audiodesk'"
            " and c.column_name <> all ('{owner,id,seq,version,stamps}')"
        ).fetchall()
        fields = connection.execute(
            "select entity, field, type, nullable, preset is not null from audiodesk.field"
        ).fetchall()
    assert sorted(columns) == sorted(fields)


def test_a_new_row_has_defaults_for_fields_that_were_not_given(caller: Caller) -> None:
    book = Book(caller)
    section = caller.row("section", book.section)["fields"]
    assert (section["status"], section["last_number"], section["purged_at"]) == ("to_record", 0, None)
    take = caller.row("take", book.take)["fields"]
    assert (take["number"], take["purpose"], take["upload_wanted"]) == (1, "take", True)
    note = caller.row("note", book.note)["fields"]
    assert [note[name] for name in ("until_seconds", "done_at", "answered_by_take_id")] == [None, None, None]
    assert [note[name] for name in ("tag", "page", "said", "should_be")] == ["", "", "", ""]
    assert caller.row("device", book.device)["fields"]["platform"] == ""


def test_two_takes_may_have_one_number(caller: Caller) -> None:
    book = Book(caller)
    (row,) = caller.same().applied(create("take", section_id=book.section, number=1))
    assert row["fields"]["number"] == caller.row("take", book.take)["fields"]["number"] == 1


def test_a_row_says_which_computer_changed_it_last(caller: Caller) -> None:
    book = Book(caller)
    laptop = caller.same()
    assert {row["fields"]["changed_by"] for row in caller.pull()} == {caller.device}
    (row,) = laptop.applied(edit("take", book.take, notes="Better"))
    assert row["fields"]["changed_by"] == laptop.device
    assert "changed_by" not in row["stamps"]
    assert caller.row("section", book.section)["fields"]["changed_by"] == caller.device


def test_a_change_that_changes_nothing_leaves_who_changed_it(caller: Caller) -> None:
    book = Book(caller)
    before = caller.row("take", book.take)
    (row,) = caller.same().applied(edit("take", book.take, number=1))
    assert row == before


def test_what_an_edit_brings_back_was_changed_by_that_computer(caller: Caller) -> None:
    book = Book(caller)
    caller.applied(edit("project", book.project, deleted_at=True))
    laptop = caller.same()
    laptop.applied(edit("take", book.take, notes="Still needed"))
    assert caller.row("project", book.project)["fields"]["changed_by"] == laptop.device
    assert caller.row("chapter", book.chapter)["fields"]["changed_by"] == caller.device


def test_a_push_without_a_device_leaves_who_changed_it(caller: Caller) -> None:
    book = Book(caller)
    nobody = caller.same()
    nobody.device = None
    (row,) = nobody.applied(edit("take", book.take, notes="Unsigned"))
    assert row["fields"]["changed_by"] == caller.device
    (row,) = nobody.applied(create("project"))
    assert row["fields"]["changed_by"] is None


def test_who_brings_back_what_a_restore_lost_did_not_change_it(caller: Caller) -> None:
    book = Book(caller)
    soon = _now() + 1000
    (row,) = caller.same().applied(edit("project", book.project, {"title": soon}, title="From before"))
    assert (row["fields"]["title"], row["fields"]["changed_by"]) == ("From before", caller.device)


@pytest.mark.parametrize("entity", ["project", "chapter", "section", "take"])
def test_what_was_emptied_out_of_the_trash_says_so(caller: Caller, entity: str) -> None:
    book = Book(caller)
    before = _now()
    caller.applied(edit("project", book.project, deleted_at=True))
    row_id = getattr(book, entity)
    (row,) = caller.applied(edit(entity, row_id, purged_at=before - 10**9))
    assert before <= row["fields"]["purged_at"] <= _now(), "the time is the server's"
    (again,) = caller.applied(edit(entity, row_id, purged_at=True))
    assert again["fields"]["purged_at"] == row["fields"]["purged_at"]


def test_what_lives_was_not_emptied_out_of_the_trash(caller: Caller) -> None:
    """One computer empties the trash while another has brought the branch back: the edit stands."""
    book = Book(caller)
    caller.applied(edit("chapter", book.chapter, deleted_at=True), edit("take", book.take, notes="Still needed"))
    rows = caller.applied(edit("chapter", book.chapter, purged_at=True), edit("take", book.take, purged_at=True))
    assert [row["fields"]["purged_at"] for row in rows] == [None, None]


def test_what_comes_back_is_no_longer_emptied(caller: Caller) -> None:
    book = Book(caller)
    caller.applied(
        edit("project", book.project, deleted_at=True),
        edit("take_file", book.file, purged_at=True),
        *[edit(noun, getattr(book, noun), purged_at=True) for noun in ("take", "section", "chapter", "project")],
    )
    (result,) = caller.results(edit("note", book.note, text="Still here"))
    assert result["revived"] == [{"entity": "project", "id": book.project}]
    for noun in ("take", "section", "chapter", "project"):
        fields = caller.row(noun, getattr(book, noun))["fields"]
        assert (fields["deleted_at"], fields["purged_at"]) == (None, None), noun
    assert caller.row("take_file", book.file)["fields"]["purged_at"] is not None, "its object is gone"


@pytest.mark.parametrize("fields", [{"deleted_at": None}, {"title": "Back"}])
def test_a_restored_row_is_no_longer_emptied(caller: Caller, fields: dict[str, Any]) -> None:
    book = Book(caller)
    caller.applied(edit("chapter", book.chapter, deleted_at=True), edit("chapter", book.chapter, purged_at=True))
    (row,) = caller.applied(edit("chapter", book.chapter, **fields))
    assert (row["fields"]["deleted_at"], row["fields"]["purged_at"]) == (None, None)


@pytest.mark.parametrize("back", ["restored", "renamed", "something new in it"])
def test_what_comes_back_comes_back_whole(caller: Caller, back: str) -> None:
    """Else the rows below were shown and called emptied at once, and a computer removed their audio."""
    book, thrown_away = Book(caller), create("take", section_id=str(uuid4()))
    thrown_away["fields"]["section_id"] = book.section
    other = create("section", chapter_id=book.chapter)
    caller.applied(thrown_away, other, edit("take", thrown_away["id"], deleted_at=True))
    emptied = [("take", book.take), ("take", thrown_away["id"]), ("section", book.section), ("section", other["id"])]
    caller.applied(
        edit("chapter", book.chapter, deleted_at=True),
        *[edit(noun, row_id, purged_at=True) for noun, row_id in [*emptied, ("chapter", book.chapter)]],
    )
    if back == "something new in it":
        caller.applied(create("section", chapter_id=book.chapter))
    else:
        caller.applied(
            edit("chapter", book.chapter, **({"deleted_at": None} if back == "restored" else {"title": "Back"}))
        )
    found = {row_id: caller.row(noun, row_id)["fields"]["purged_at"] for noun, row_id in emptied}
    assert found.pop(thrown_away["id"]) is not None, "it was in the trash by itself, and stays emptied"
    assert set(found.values()) == {None}


def test_a_recovery_says_again_what_was_emptied(caller: Caller) -> None:
    """Row by row in any order: the chapter may come before the project that was in the trash."""
    chapter = create("chapter", project_id=str(uuid4()), purged_at=True)
    stamps = dict.fromkeys(chapter["fields"], 100)
    (row,) = caller.applied({**chapter, "stamps": stamps})
    assert row["fields"]["purged_at"] is not None


def test_a_sections_last_number_never_falls(caller: Caller) -> None:
    book = Book(caller)
    rows = caller.applied(*[edit("section", book.section, last_number=number) for number in (7, 5, 9, 8)])
    assert [row["fields"]["last_number"] for row in rows] == [7, 7, 9, 9]


def test_when_a_note_was_done_is_believed_where_it_can_be_true(caller: Caller) -> None:
    book = Book(caller)
    yesterday = _now() - 86_400_000
    (row,) = caller.applied(edit("note", book.note, done_at=yesterday + 0.5))
    assert row["fields"]["done_at"] == yesterday
    for claim in (_now() + 10**9, 0, -5, 1e30):
        (row,) = caller.applied(edit("note", book.note, done_at=claim))
        assert yesterday < row["fields"]["done_at"] <= _now()
    (row,) = caller.applied(edit("note", book.note, done_at=None))
    assert row["fields"]["done_at"] is None


def test_a_note_is_answered_by_a_take(caller: Caller) -> None:
    book = Book(caller)
    assert caller.refused(edit("note", book.note, answered_by_take_id=book.section)) == "wrong_kind"
    (row,) = caller.applied(edit("note", book.note, answered_by_take_id=book.take))
    assert row["fields"]["answered_by_take_id"] == book.take
