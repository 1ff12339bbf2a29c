"""sync_push: changes in order, field by field, repeatable; with rows that come back from the trash."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.server.sync_calls import Caller, create, edit
from tests.twin.databases import Database


class Book:
    """A project with a chapter, a section, a take, its file, a note and a cover, and a device, on the server."""

    def __init__(self, caller: Caller) -> None:
        changes = [create("project", title="Book")]
        self.project = changes[0]["id"]
        changes.append(create("chapter", project_id=self.project))
        self.chapter = changes[-1]["id"]
        changes.append(create("section", chapter_id=self.chapter))
        self.section = changes[-1]["id"]
        changes.append(create("take", section_id=self.section))
        self.take = changes[-1]["id"]
        changes.append(create("take_file", take_id=self.take))
        self.file = changes[-1]["id"]
        changes.append(create("note", take_id=self.take, text="Breath", at_seconds=1.5))
        self.note = changes[-1]["id"]
        changes.append(create("cover", project_id=self.project))
        self.cover = changes[-1]["id"]
        changes.append(create("device", title="Studio PC"))
        self.device = changes[-1]["id"]
        caller.applied(*changes)


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


def test_a_change_that_changes_nothing_is_remembered_all_the_same(caller: Caller) -> None:
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


def test_a_used_change_id_is_no_repetition_for_another_row(caller: Caller) -> None:
    project, other = create("project"), create("project")
    caller.applied(project, other)
    rename = edit("project", project["id"], title="Two")
    caller.applied(rename)
    assert caller.refused({**rename, "id": other["id"]}) == "change_id_used"


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


def _trash(caller: Caller, *refs: tuple[str, str]) -> None:
    caller.applied(*[edit(entity, row_id, deleted_at=True) for entity, row_id in refs])


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


def test_the_clock_of_a_computer_is_never_trusted(caller: Caller) -> None:
    now = int(time.time() * 1000)
    year = 365 * 86_400_000
    claims = {"past": now - year, "future": now + year, "zero": 0, "below": -5, "half": now - year + 0.5, "huge": 1e30}
    changes = {name: create("project", created_at=claim) for name, claim in claims.items()}
    rows = dict(zip(changes, caller.applied(*changes.values()), strict=True))
    assert rows["past"]["fields"]["created_at"] == claims["past"]
    assert rows["half"]["fields"]["created_at"] == now - year
    for name in ("future", "zero", "below", "huge"):
        assert now <= rows[name]["fields"]["created_at"] <= int(time.time() * 1000)
    assert all(abs(row["version"] - now) < 60_000 for row in rows.values())
    file = create("take_file", take_id=str(uuid4()), purged_at=now + year)
    (row,) = caller.applied(file)
    assert now <= row["fields"]["purged_at"] <= int(time.time() * 1000)


def test_versions_grow_even_when_the_servers_clock_stands_behind(caller: Caller) -> None:
    project = create("project")
    caller.applied(project)
    ahead = int(time.time() * 1000) + 3_600_000
    (row,) = caller.applied(edit("project", project["id"], {"title": ahead}, title="From before the restore"))
    assert row["version"] == ahead + 1
    (row,) = caller.applied(edit("project", project["id"], title="Now"))
    assert row["version"] == ahead + 2
    assert row["stamps"]["title"] == ahead + 2


def test_of_two_stamps_the_higher_stands(caller: Caller) -> None:
    project = create("project", title="One")
    (made,) = caller.applied(project)
    later, latest = made["version"] + 1000, made["version"] + 2000
    (row,) = caller.applied(
        edit("project", project["id"], {"title": latest, "author": 5}, title="Latest", author="Old")
    )
    assert (row["fields"]["title"], row["fields"]["author"]) == ("Latest", "")
    assert row["stamps"]["title"] == latest
    assert row["version"] > latest
    (row,) = caller.applied(edit("project", project["id"], {"title": later}, title="Later"))
    assert (row["fields"]["title"], row["stamps"]["title"]) == ("Latest", latest)


def test_a_lost_row_is_brought_back_by_several_computers_field_by_field(caller: Caller) -> None:
    project = create("project", title="A", author="A")
    (row,) = caller.applied({**project, "stamps": {"order_key": 100, "title": 100, "author": 300}})
    assert row["stamps"] == {"*": 0, "order_key": 100, "title": 100, "author": 300}
    again = {**create("project", project["id"], title="B", author="B", notes="N")}
    (row,) = caller.applied({**again, "stamps": {"order_key": 100, "title": 200, "author": 200, "notes": 50}})
    fields = row["fields"]
    assert (fields["title"], fields["author"], fields["notes"]) == ("B", "A", "N")


def test_a_stamp_is_not_believed_beyond_a_day(caller: Caller) -> None:
    project = create("project")
    caller.applied(project)
    (row,) = caller.applied(edit("project", project["id"], {"title": 10**17}, title="Far"))
    day = int(time.time() * 1000) + 86_400_000
    assert day - 60_000 < row["stamps"]["title"] <= day
    assert row["version"] == row["stamps"]["title"] + 1


def test_bringing_back_leaves_the_trash_as_its_own_stamp_says(caller: Caller) -> None:
    book = Book(caller)
    _trash(caller, ("project", book.project))
    soon = int(time.time() * 1000) + 1000
    (result,) = caller.results(edit("chapter", book.chapter, {"title": soon}, title="Before the restore"))
    assert (result["result"], result["revived"]) == ("applied", [])
    assert caller.row("project", book.project)["fields"]["deleted_at"] is not None


def test_an_objects_key_is_given_once(caller: Caller) -> None:
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


def test_rows_cannot_be_written_past_the_stamps(caller: Caller) -> None:
    project = create("project")
    (made,) = caller.applied(project)
    with caller.database.as_user(caller.user_id) as connection:
        connection.execute("update audiodesk.project set title = 'Direct'")
    row = caller.row("project", project["id"])
    assert (row["fields"]["title"], row["seq"]) == ("Direct", made["seq"] + 1)
    assert row["stamps"]["title"] == row["version"] > made["version"]
    for column in ("seq = 1", "version = 1", f"owner = '{uuid4()}'", f"id = '{uuid4()}'"):
        with (
            pytest.raises(psycopg.errors.InsufficientPrivilege),
            caller.database.as_user(caller.user_id) as connection,
        ):
            connection.execute(f"update audiodesk.project set {column}".encode())
    for statement in (
        "delete from audiodesk.project",
        "update audiodesk.take_file set verified_at = 1",
        "update audiodesk.account set seq = 9",
        "delete from audiodesk.applied_changes",
        "select audiodesk.next_seq(auth.uid())",
        "alter table audiodesk.project disable trigger all",
    ):
        with (
            pytest.raises(psycopg.errors.InsufficientPrivilege),
            caller.database.as_user(caller.user_id) as connection,
        ):
            connection.execute(statement.encode())


def test_nobody_sees_or_changes_anothers_rows(caller: Caller) -> None:
    project = create("project", title="Mine")
    caller.applied(project)
    other = caller.other()
    assert other.pull() == []
    assert other.refused(edit("project", project["id"], title="Yours")) == "unknown_row"
    (row,) = other.applied(create("project", project["id"], title="Theirs"))
    assert row["fields"]["title"] == "Theirs"
    assert caller.row("project", project["id"])["fields"]["title"] == "Mine"
    with other.database.as_user(other.user_id) as connection:
        count = connection.execute("update audiodesk.project set title = 'Stolen'").rowcount
    assert count == 1
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        other.database.as_user(other.user_id) as connection,
    ):
        connection.execute(
            "insert into audiodesk.project (owner, id, order_key, title) values (%s, gen_random_uuid(), 'a0', 'x')",
            [caller.user_id],
        )


def test_whoever_is_not_signed_in_is_refused(server: Database) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege), server.as_anon() as connection:
        connection.execute("select public.sync_push(0, null, %s, null)", [Jsonb([])])
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="Sign in first"),
        server.connect("authenticated", {"role": "authenticated"}) as connection,
    ):
        connection.execute("select public.sync_push(0, null, %s, null)", [Jsonb([])])


@pytest.mark.slow
def test_ten_thousand_changes_in_bounded_requests(caller: Caller) -> None:
    project = create("project")
    changes = [project, *(create("chapter", project_id=project["id"], title=f"{n}") for n in range(9_999))]
    for start in range(0, len(changes), 500):
        caller.applied(*changes[start : start + 500])
    assert caller.known[0] == 20
    assert sorted(row["id"] for row in caller.pull()) == sorted(change["id"] for change in changes)


def test_every_row_that_travels_is_stamped_and_nobodys_to_delete(shared_server: Database) -> None:
    nouns = {"project", "chapter", "section", "take", "take_file", "note", "cover", "device"}
    with shared_server.open() as connection:
        stamped = connection.execute(
            "select t.tgrelid::regclass::text from pg_trigger t"  # 23: before, for each row, insert and update
            " where t.tgname = 'stamp_row' and t.tgenabled = 'O' and t.tgtype = 23"
        ).fetchall()
        deletable = connection.execute(
            "select c.relname, r.rolname from pg_class c cross join pg_roles r"
            " where c.relnamespace = 'audiodesk'::regnamespace and c.relkind = 'r'"
            " and r.rolname in ('anon', 'authenticated', 'service_role')"
            " and c.relname = any (%s) and has_table_privilege(r.oid, c.oid, 'delete, truncate, trigger, references')",
            [[*nouns, "account", "lineage", "applied_changes", "device_seen"]],
        ).fetchall()
        open_rows = connection.execute(
            "select relname from pg_class where relnamespace = 'audiodesk'::regnamespace and relkind = 'r'"
            " and not relrowsecurity"
        ).fetchall()
    assert {name for (name,) in stamped} == {f"audiodesk.{noun}" for noun in nouns}
    assert deletable == []
    assert open_rows == []
