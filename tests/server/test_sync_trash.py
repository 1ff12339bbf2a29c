"""What a push does to the trash: marks on the top of a branch, and edits that bring a branch back."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

import pytest

from tests.server.sync_book import Book
from tests.server.sync_calls import Caller, create, edit


def _trash(caller: Caller, *refs: tuple[str, str]) -> None:
    caller.applied(*[edit(entity, row_id, deleted_at=True) for entity, row_id in refs])


def test_trash_is_stamped_by_the_server_and_stays_on_the_top_node(caller: Caller) -> None:
    book = Book(caller)
    before = int(time.time() * 1000)
    (row,) = caller.applied(edit("project", book.project, deleted_at=True))
    assert before <= row["fields"]["deleted_at"] <= int(time.time() * 1000)
    (again,) = caller.applied(edit("project", book.project, deleted_at=True))
    assert again["fields"]["deleted_at"] == row["fields"]["deleted_at"]
    assert caller.row("chapter", book.chapter)["fields"]["deleted_at"] is None
    (row,) = caller.applied(edit("project", book.project, deleted_at=None))
    assert row["fields"]["deleted_at"] is None


def test_an_edit_brings_back_the_whole_branch_and_says_so(caller: Caller) -> None:
    book = Book(caller)
    _trash(caller, ("project", book.project), ("section", book.section), ("take", book.take))
    note = edit("note", book.note, text="Still here")
    (result,) = caller.results(note)
    above = [
        {"entity": "project", "id": book.project},
        {"entity": "section", "id": book.section},
        {"entity": "take", "id": book.take},
    ]
    assert result["revived"] == above
    for entity, row_id in (("project", book.project), ("section", book.section), ("take", book.take)):
        assert caller.row(entity, row_id)["fields"]["deleted_at"] is None
    _trash(caller, ("project", book.project))
    (result,) = caller.results(note)
    assert (result["result"], result["revived"]) == ("repeated", above), "the answer was perhaps lost"
    assert caller.row("project", book.project)["fields"]["deleted_at"] is not None


@pytest.mark.parametrize(
    ("entity", "fields"),
    [
        ("project", {"notes": "n"}),
        ("project", {"level_target": "acx"}),
        ("project", {"level_limits": {"rms_min_db": -23}}),
        ("project", {"upload_wanted": False}),
        ("section", {"status": "approved"}),
        ("take", {"number": 7}),
        ("take", {"purpose": "pickup"}),
        ("note", {"tag": "misread"}),
        ("note", {"done_at": True}),
        ("note", {"answered_by_take_id": str(uuid4())}),
        ("device", {"title": "Laptop"}),
        ("chapter", {"title": "t"}),
        ("section", {"title": "t"}),
        ("take", {"notes": "n"}),
        ("take", {"upload_wanted": False}),
        ("note", {"text": "t"}),
        ("cover", {"mime": "image/jpeg"}),
        ("take_file", {"deleted_at": None}),
    ],
)
def test_an_edit_brings_back_the_row_itself(caller: Caller, entity: str, fields: dict[str, Any]) -> None:
    book = Book(caller)
    row_id = book.file if entity == "take_file" else getattr(book, entity)
    _trash(caller, (entity, row_id))
    (result,) = caller.results(edit(entity, row_id, **fields))
    assert result["row"]["fields"]["deleted_at"] is None
    asked_for = "deleted_at" in fields
    assert result["revived"] == ([] if asked_for else [{"entity": entity, "id": row_id}])


@pytest.mark.parametrize(
    ("entity", "fields"),
    [
        ("take_file", {"purge_pending": True}),
        ("take_file", {"purged_at": True}),
        ("project", {"purged_at": True}),
        ("section", {"last_number": 9}),
        ("chapter", {"purged_at": True}),
        ("section", {"purged_at": True, "last_number": 9}),
        ("take", {"purged_at": True}),
        ("take_file", {"findings": [], "levels": {"rms_db": -20.0}, "analysis_version": 2}),
        ("take", {"deleted_at": True}),
        ("take", {"replaces_take_id": None}),
        ("note", {"deleted_at": True}),
    ],
)
def test_bookkeeping_and_trashing_bring_back_nothing(caller: Caller, entity: str, fields: dict[str, Any]) -> None:
    book = Book(caller)
    row_id = book.file if entity == "take_file" else getattr(book, entity)
    _trash(caller, ("project", book.project), ("take", book.take))
    (result,) = caller.results(edit(entity, row_id, **fields))
    assert (result["result"], result["revived"]) == ("applied", [])
    assert caller.row("project", book.project)["fields"]["deleted_at"] is not None
    assert caller.row("take", book.take)["fields"]["deleted_at"] is not None


def test_new_audio_brings_its_branch_back_but_a_smaller_copy_does_not(caller: Caller) -> None:
    book = Book(caller)
    _trash(caller, ("take", book.take))
    (result,) = caller.results(create("take_file", take_id=book.take, role="cloud_copy"))
    assert result["revived"] == []
    (result,) = caller.results(create("take_file", take_id=book.take))
    assert result["revived"] == [{"entity": "take", "id": book.take}]


def test_making_room_among_siblings_leaves_the_trashed_one_where_it_is(caller: Caller) -> None:
    book = Book(caller)
    _trash(caller, ("chapter", book.chapter))
    (result,) = caller.results(edit("chapter", book.chapter, order_key="a5"))
    assert (result["revived"], result["row"]["fields"]["order_key"]) == ([], "a5")
    assert result["row"]["fields"]["deleted_at"] is not None
    _trash(caller, ("project", book.project))
    (result,) = caller.results(edit("chapter", book.chapter, order_key="a6"))
    assert result["revived"] == [{"entity": "project", "id": book.project}]
    assert result["row"]["fields"]["deleted_at"] is not None


def test_a_choice_of_the_current_take_is_an_edit_unless_it_only_follows(caller: Caller) -> None:
    book = Book(caller)
    other = create("take", section_id=book.section)
    caller.applied(other, edit("section", book.section, current_take_id=book.take))
    _trash(caller, ("project", book.project))
    (result,) = caller.results(edit("section", book.section, current_take_id=other["id"]))
    assert result["revived"] == [{"entity": "project", "id": book.project}]
    _trash(caller, ("project", book.project), ("take", other["id"]))
    (result,) = caller.results(edit("section", book.section, current_take_id=book.take))
    assert (result["result"], result["revived"]) == ("applied", [])


def test_a_move_brings_back_where_it_goes_but_not_where_it_came_from(caller: Caller) -> None:
    here, there = Book(caller), Book(caller)
    _trash(caller, ("project", here.project), ("project", there.project), ("chapter", here.chapter))
    (result,) = caller.results(edit("chapter", here.chapter, project_id=there.project, order_key="a1"))
    assert result["revived"] == [
        {"entity": "project", "id": there.project},
        {"entity": "chapter", "id": here.chapter},
    ]
    assert caller.row("project", here.project)["fields"]["deleted_at"] is not None


def test_a_change_with_stamps_brings_nothing_back_from_the_trash(caller: Caller) -> None:
    book = Book(caller)
    _trash(caller, ("project", book.project))
    soon = int(time.time() * 1000) + 1000
    (result,) = caller.results(edit("chapter", book.chapter, {"title": soon}, title="Before the restore"))
    assert (result["result"], result["revived"]) == ("applied", [])
    assert caller.row("project", book.project)["fields"]["deleted_at"] is not None
