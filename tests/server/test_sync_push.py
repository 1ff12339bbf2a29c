"""sync_push applies changes in order, field by field, and once each."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

import pytest

from tests.server.sync_book import Book
from tests.server.sync_calls import Caller, create, edit


def test_a_new_row_is_answered_whole(caller: Caller) -> None:
    before = int(time.time() * 1000)
    change = create("project", title="Ein Buch · 本", author="A. Author", notes="line 1\nline 2")
    answer = caller.push(change)
    (result,) = answer["results"]
    assert (answer["seq"], answer["restored"]) == (1, False)
    assert result["change_id"] == change["change_id"]
    assert (result["result"], result["code"], result["message"], result["revived"]) == ("applied", None, None, [])
    row = result["row"]
    assert (row["entity"], row["id"], row["seq"]) == ("project", change["id"], 1)
    assert before <= row["version"] <= int(time.time() * 1000) + 1
    assert row["stamps"] == {"*": row["version"]}
    created_at = row["fields"].pop("created_at")
    assert before <= created_at <= row["version"]
    assert row["fields"] == {
        "order_key": "a0",
        "deleted_at": None,
        "changed_by": caller.device,
        "title": "Ein Buch · 本",
        "author": "A. Author",
        "narrator": "",
        "language": "",
        "notes": "line 1\nline 2",
        "upload_wanted": True,
        "level_target": "none",
        "level_limits": None,
        "purged_at": None,
    }


def test_every_entity_comes_back_as_it_was_sent(caller: Caller) -> None:
    book = Book(caller)
    facts: dict[str, Any] = {
        "role": "repaired",
        "part": 0,
        "bit_depth": 24,
        "bit_rate": None,
        "cbr": None,
        "tags": {"title": "Über", "cover_bytes": 12},
        "findings": [{"code": "silence", "params": {"at": 1.25, "seconds": 3}}],
        "levels": {"rms_db": -20.5, "peak_db": None},
        "analysis_version": 3,
        "purge_pending": True,
        "object_key": f"{caller.user_id}/{uuid4()}/{uuid4()}/{uuid4()}/kapitel-1-3f9a2c71.wav",
    }
    (row,) = caller.applied(edit("take_file", book.file, **facts))
    assert facts.items() <= row["fields"].items()
    assert row["fields"]["verified_at"] is None
    (row,) = caller.applied(edit("cover", book.cover, data="aGVsbG8gd29ybGQ=", mime="image/jpeg"))
    assert row["fields"]["data"] == "aGVsbG8gd29ybGQ="
    (row,) = caller.applied(edit("take", book.take, upload_wanted=False, device_id="d", replaces_take_id=str(uuid4())))
    assert row["fields"]["upload_wanted"] is False
    assert {row["entity"] for row in caller.pull()} == {
        "project",
        "chapter",
        "section",
        "take",
        "take_file",
        "note",
        "cover",
        "device",
    }


def test_a_long_picture_has_no_line_breaks(caller: Caller) -> None:
    book = Book(caller)
    data = "QUJD" * 80_000
    (row,) = caller.applied(edit("cover", book.cover, data=data))
    assert row["fields"]["data"] == data


def test_fields_are_applied_one_by_one_and_the_last_to_arrive_wins(caller: Caller) -> None:
    project = create("project", title="One", author="A")
    (made,) = caller.applied(project)
    other = caller.same()
    caller.applied(edit("project", project["id"], title="Two"))
    (row,) = other.applied(edit("project", project["id"], author="B"))
    assert (row["fields"]["title"], row["fields"]["author"]) == ("Two", "B")
    (row,) = other.applied(edit("project", project["id"], title="Three"))
    assert row["fields"]["title"] == "Three"
    assert made["version"] < row["version"]
    assert row["stamps"]["title"] == row["version"]
    assert made["version"] < row["stamps"]["author"] < row["version"]
    assert row["stamps"]["*"] == made["version"]


def test_changes_are_applied_in_the_lists_order(caller: Caller) -> None:
    project = create("project")
    answer = caller.push(project, *[edit("project", project["id"], title=f"{n}") for n in range(20)])
    assert [result["row"]["fields"]["title"] for result in answer["results"][1:]] == [f"{n}" for n in range(20)]
    assert {result["row"]["seq"] for result in answer["results"]} == {1}
    versions = [result["row"]["version"] for result in answer["results"]]
    assert versions == sorted(set(versions))
    assert caller.row("project", project["id"])["fields"]["title"] == "19"


def test_one_step_for_each_push_with_a_tag_of_its_own(caller: Caller) -> None:
    tags = set()
    for seq in range(1, 4):
        answer = caller.push(create("project"), create("project"))
        assert answer["seq"] == seq
        tags.add(answer["tag"])
    assert len(tags) == 3


def test_a_repeated_change_is_not_applied_again_and_is_answered_with_the_row_as_it_is_now(caller: Caller) -> None:
    project = create("project", title="One")
    rename = edit("project", project["id"], title="Two")
    caller.applied(project, rename)
    caller.applied(edit("project", project["id"], title="Three"))
    before = caller.known
    results = caller.results(project, rename)
    assert [result["result"] for result in results] == ["repeated", "repeated"]
    assert [result["row"]["fields"]["title"] for result in results] == ["Three", "Three"]
    assert caller.known == before, "a repetition writes nothing"


def test_a_change_twice_in_one_push_is_applied_once(caller: Caller) -> None:
    project = create("project")
    rename = edit("project", project["id"], title="Two")
    results = caller.results(project, rename, edit("project", project["id"], title="Three"), rename)
    assert [result["result"] for result in results] == ["applied", "applied", "applied", "repeated"]
    assert results[-1]["row"]["fields"]["title"] == "Three"


def test_a_change_without_effect_is_remembered_too(caller: Caller) -> None:
    project = create("project", title="One")
    (made,) = caller.applied(project)
    same = edit("project", project["id"], title="One")
    (row,) = caller.applied(same)
    assert (row["version"], row["seq"]) == (made["version"], made["seq"])
    caller.applied(edit("project", project["id"], title="Two"))
    (result,) = caller.results(same)
    assert (result["result"], result["row"]["fields"]["title"]) == ("repeated", "Two")


def test_a_refused_change_is_not_remembered(caller: Caller) -> None:
    project = create("project")
    rename = edit("project", project["id"], title="Two")
    assert caller.refused(rename) == "unknown_row"
    caller.applied(project)
    caller.applied(rename)


def test_a_new_row_never_overwrites_one_that_is_there(caller: Caller) -> None:
    project = create("project", title="One")
    caller.applied(project)
    (result,) = caller.results(create("project", project["id"], title="Other"))
    assert (result["result"], result["code"]) == ("refused", "already_there")
    assert result["row"]["fields"]["title"] == "One"


def test_a_change_id_used_for_another_row_is_refused(caller: Caller) -> None:
    project, other = create("project"), create("project")
    caller.applied(project, other)
    rename = edit("project", project["id"], title="Two")
    caller.applied(rename)
    assert caller.refused({**rename, "id": other["id"]}) == "change_id_used"


def test_a_child_may_come_before_its_parent(caller: Caller) -> None:
    project = create("project")
    chapter = create("chapter", project_id=project["id"])
    caller.applied(chapter)
    caller.applied(project)


def test_one_bad_change_holds_up_no_other(caller: Caller) -> None:
    first, last = create("project"), create("project")
    bad = create("project", title=7)
    results = caller.results(first, bad, last)
    assert [result["result"] for result in results] == ["applied", "refused", "applied"]
    assert {row["id"] for row in caller.pull()} == {first["id"], last["id"]}


def test_a_change_that_fails_for_no_reason_known_is_refused_alone(caller: Caller) -> None:
    with caller.database.open() as connection:
        connection.execute(
            "create function audiodesk.fail_on_boom() returns trigger language plpgsql as"
            " $$ begin if new.title = 'boom' then raise exception 'boom'; end if; return new; end $$"
        )
        connection.execute(
            "create trigger fail_on_boom before insert on audiodesk.project for each row"
            " execute function audiodesk.fail_on_boom()"
        )
    first, last = create("project"), create("project")
    results = caller.results(first, create("project", title="boom"), last)
    assert [result["result"] for result in results] == ["applied", "refused", "applied"]
    assert results[1]["code"] == "not_possible"
    assert {row["id"] for row in caller.pull()} == {first["id"], last["id"]}


def test_an_object_key_never_changes(caller: Caller) -> None:
    book = Book(caller)
    folder = f"{caller.user_id}/{uuid4()}/{uuid4()}/{uuid4()}"
    give = edit("take_file", book.file, object_key=f"{folder}/a-00000000.wav")
    caller.applied(give, edit("take_file", book.file, object_key=f"{folder}/a-00000000.wav"))
    assert caller.refused(edit("take_file", book.file, object_key=f"{folder}/b-00000000.wav")) == "object_key_fixed"
    assert caller.refused(edit("take_file", book.file, object_key=None)) == "object_key_fixed"
    taken = create("take_file", take_id=book.take, object_key=f"{folder}/a-00000000.wav")
    assert caller.refused(taken) == "object_key_taken"
    ahead = int(time.time() * 1000) + 1000
    (row,) = caller.applied(
        edit(
            "take_file", book.file, {"object_key": ahead, "part": ahead}, object_key=f"{folder}/c-00000000.wav", part=1
        )
    )
    assert (row["fields"]["object_key"], row["fields"]["part"]) == (f"{folder}/a-00000000.wav", 1)


def test_an_empty_push_writes_nothing(caller: Caller) -> None:
    assert caller.push() == {"seq": 0, "tag": None, "restored": False, "results": []}
    caller.applied(create("project"))
    assert caller.push()["seq"] == 1


@pytest.mark.slow
def test_ten_thousand_changes_in_bounded_requests(caller: Caller) -> None:
    project = create("project")
    changes = [project, *(create("chapter", project_id=project["id"], title=f"{n}") for n in range(9_999))]
    for start in range(0, len(changes), 500):
        caller.applied(*changes[start : start + 500])
    assert caller.known[0] == 20
    assert sorted(row["id"] for row in caller.pull()) == sorted(change["id"] for change in changes)
