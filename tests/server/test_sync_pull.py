"""sync_pull: ordered pages from one snapshot, up to the head that the first page saw; and the shapes of files."""

from __future__ import annotations

import base64
import json
import os
import threading
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.server.sync_calls import Caller, create, edit
from tests.twin.databases import Database

_PUSH = "select public.sync_push(%s, %s, %s, null)"


def _places(rows: list[dict[str, Any]]) -> list[tuple[int, str]]:
    return [(row["seq"], row["id"]) for row in rows]


def test_an_account_without_rows_is_an_empty_page(caller: Caller) -> None:
    empty: dict[str, Any] = {"seq": 0, "tag": None, "restored": False, "rows": [], "upto": 0}
    assert caller.pull_page() == empty
    assert caller.pull_page(0, None, None, 0) == empty


def test_every_row_comes_once_for_each_page_size(caller: Caller) -> None:
    project = create("project")
    caller.applied(project, *(create("chapter", project_id=project["id"]) for _ in range(30)))
    caller.applied(
        *(create("section", chapter_id=str(uuid4())) for _ in range(12)), create("cover", project_id=project["id"])
    )
    caller.applied(edit("project", project["id"], title="Last"))
    whole = caller.pull()
    assert len(whole) == 44
    assert _places(whole) == sorted(_places(whole))
    assert whole[-1]["id"] == project["id"]
    for limit in (1, 2, 7, 30, 43, 44, 45):
        assert caller.pull(limit=limit) == whole


def test_a_pull_ends_at_the_head_that_its_first_page_saw(caller: Caller) -> None:
    first, second = sorted((create("project"), create("project")), key=lambda change: change["id"])
    caller.applied(first, second)
    page = caller.pull_page(limit=1)
    assert (page["upto"], [row["id"] for row in page["rows"]]) == (1, [first["id"]])
    caller.applied(create("project"), edit("project", second["id"], title="Later"))
    page = caller.pull_page(1, first["id"], page["upto"])
    assert (page["seq"], page["upto"], page["rows"]) == (2, 1, []), "rows above it wait for the next pull"
    assert len(caller.pull(after_seq=1)) == 2


def test_nothing_beyond_the_head_is_promised(caller: Caller) -> None:
    caller.applied(create("project"))
    page = caller.pull_page(0, None, 10**15)
    assert (page["upto"], len(page["rows"])) == (1, 1)
    assert caller.pull_page(10**15)["rows"] == []


def test_rows_of_two_entities_with_one_id_are_never_parted(caller: Caller) -> None:
    same = str(uuid4())
    caller.applied(
        create("project", same),
        create("chapter", same, project_id=str(uuid4())),
        create("note", same, take_id=str(uuid4())),
    )
    page = caller.pull_page(limit=1)
    assert sorted(row["entity"] for row in page["rows"]) == ["chapter", "note", "project"]
    assert len(caller.pull(limit=1)) == 3


@pytest.mark.slow
def test_a_page_is_about_a_megabyte_but_at_least_one_row(caller: Caller) -> None:
    pictures = [base64.b64encode(os.urandom(262_144)).decode() for _ in range(6)]
    for picture in pictures:
        caller.applied(create("cover", project_id=str(uuid4()), data=picture))
    page = caller.pull_page()
    assert len(page["rows"]) == 2
    assert len(json.dumps(page)) < 1_048_576
    assert {row["fields"]["data"] for row in caller.pull()} == set(pictures)
    with caller.database.open() as connection:  # too large for a push, but possible by other ways
        connection.execute("update audiodesk.cover set order_key = repeat('x', 2000000)")
    assert [len(caller.pull_page(seq)["rows"]) for seq in (6, 7)] == [1, 0]
    assert len(caller.pull()) == 6


def test_a_row_written_by_a_trigger_or_by_hand_travels_too(caller: Caller) -> None:
    project = create("project")
    caller.applied(project)
    with caller.database.open() as connection:
        connection.execute("update audiodesk.project set notes = 'by the operator'")
    (row,) = caller.pull(after_seq=1)
    assert (row["seq"], row["fields"]["notes"]) == (2, "by the operator")
    assert row["stamps"]["notes"] == row["version"]


def test_both_functions_read_as_they_must(server: Database) -> None:
    with server.open() as connection:
        found = connection.execute(
            "select p.proname, p.provolatile, p.prosecdef from pg_proc p"
            " where p.proname in ('sync_pull', 'pull_page', 'head', 'is_known') order by 1"
        ).fetchall()
        assert found == [(name, "s", False) for name in ("head", "is_known", "pull_page", "sync_pull")]
        (options,) = connection.execute("select reloptions from pg_class where relname = 'travelling'").fetchone() or [
            None
        ]
        assert options == ["security_invoker=true"]


def test_a_page_is_read_from_the_index_of_each_entity(caller: Caller) -> None:
    caller.applied(create("project"))
    with caller.database.as_user(caller.user_id) as connection:
        connection.execute("set local enable_seqscan = off")
        plan = connection.execute(
            "explain (costs off) select t.seq, t.id, t.line from audiodesk.travelling t"
            " where t.owner = %s and (t.seq, t.id) > (0, %s) and t.seq <= 5 and t.seq > 0 "
            " order by t.seq, t.id limit 1000",
            [caller.user_id, str(uuid4())],
        ).fetchall()
    text = "\n".join(line for (line,) in plan)
    for entity in ("project", "chapter", "section", "take", "take_file", "note", "cover", "device"):
        assert f"Index Scan using {entity}_by_seq on {entity}" in text
    assert "Merge Append" in text
    assert text.count("Sort") == text.count("Sort Key"), "nothing is sorted, the indexes are merged"
    assert "Filter" not in text


def test_a_push_that_is_under_way_is_neither_seen_nor_skipped(caller: Caller) -> None:
    """A writer waits before it commits: the head does not move, and what it wrote comes with the next pull."""
    first, second = create("project"), create("project")
    caller.applied(first)
    with caller.database.as_user(caller.user_id) as connection:
        connection.execute("select public.sync_push(%s, %s, %s, null)", [*caller.known, Jsonb([second])])
        page = caller.pull_page()
        assert (page["seq"], page["upto"], len(page["rows"])) == (1, 1, 1)
    assert [row["id"] for row in caller.pull(after_seq=1)] == [second["id"]]


def test_two_pushes_wait_for_each_other(caller: Caller) -> None:
    """The second push waits for the first and sees its rows, also when both bring the same change."""
    project = create("project", title="One")
    rename = edit("project", project["id"], title="Two")
    answers: list[Any] = []

    def push_too() -> None:
        with caller.database.as_user(caller.user_id) as connection:
            answers.append(connection.execute(_PUSH, [0, None, Jsonb([project, rename, create("project")])]).fetchone())

    with caller.database.as_user(caller.user_id) as connection:
        connection.execute(_PUSH, [0, None, Jsonb([project, rename])])
        thread = threading.Thread(target=push_too)
        thread.start()
        with caller.database.open("supabase_admin", autocommit=True) as watch:
            waiting = (
                "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
            )
            while watch.execute(waiting).fetchone() == (0,):
                thread.join(0.01)
        assert answers == []
    thread.join()
    ((answer,),) = answers
    assert [result["result"] for result in answer["results"]] == ["repeated", "repeated", "applied"]
    assert answer["seq"] == 2
    assert caller.row("project", project["id"])["seq"] == 1


def test_another_account_is_another_order(caller: Caller) -> None:
    other = caller.other()
    caller.applied(create("project"))
    caller.applied(create("project"))
    other.applied(create("project"))
    assert (caller.known[0], other.known[0]) == (2, 1)
    page = other.pull_page()
    assert (page["seq"], len(page["rows"])) == (1, 1)


def test_shapes_are_fetched_apart(caller: Caller) -> None:
    file = create("take_file", take_id=str(uuid4()))
    caller.applied(file)
    overview, table = base64.b64encode(os.urandom(1024)).decode(), base64.b64encode(os.urandom(16_384)).decode()
    store = "select public.set_take_file_shape(%s, %s, %s)"
    fetch = "select public.take_file_shapes(%s::uuid[])"
    assert caller.call(store, [file["id"], overview, table])["result"] == "applied"
    kept = {"take_file_id": file["id"], "overview": overview, "seek_table": table}
    assert caller.call(fetch, [[file["id"], str(uuid4())]]) == {"shapes": [kept]}
    assert caller.call(store, [file["id"], "AAAA", None])["result"] == "applied"
    assert caller.call(fetch, [[file["id"]]]) == {"shapes": [{**kept, "overview": "AAAA"}]}
    assert caller.call(fetch, [[]]) == {"shapes": []}
    assert caller.pull(after_seq=1) == [], "they do not travel"
    assert caller.other().call(fetch, [[file["id"]]]) == {"shapes": []}
    assert caller.other().call(store, [file["id"], "AAAA", None])["code"] == "unknown_row"


@pytest.mark.parametrize(
    ("overview", "table", "code"),
    [
        ("A" * 1372, None, "too_large"),
        (base64.b64encode(bytes(1025)).decode(), None, "too_large"),
        (None, base64.b64encode(bytes(16_385)).decode(), "too_large"),
        ("AAA", None, "bad_value"),
        ("AA=A", None, "bad_value"),
        (None, "ünïcode!", "bad_value"),
        ("AAAA" * 10_000_00, None, "too_large"),
    ],
)
def test_a_shape_that_cannot_be_is_refused(caller: Caller, overview: str | None, table: str | None, code: str) -> None:
    file = create("take_file", take_id=str(uuid4()))
    caller.applied(file)
    answer = caller.call("select public.set_take_file_shape(%s, %s, %s)", [file["id"], overview, table])
    assert (answer["result"], answer["code"]) == ("refused", code)


def test_too_many_shapes_are_refused(caller: Caller) -> None:
    with pytest.raises(psycopg.Error, match="At most 500 shapes") as caught:
        caller.call("select public.take_file_shapes(%s::uuid[])", [[str(uuid4())] * 501])
    assert caught.value.sqlstate == "PT413"


def test_only_the_newest_half_million_steps_are_kept(caller: Caller) -> None:
    """A client from further back is treated as after a restore: steps that no limit counts must not fill the disk."""
    project = create("project")
    caller.applied(project)
    first = caller.known
    with caller.database.open() as connection:
        connection.execute("update audiodesk.account set seq = 499999 where owner = %s", [caller.user_id])
    caller.known = (0, None)
    caller.applied(edit("project", project["id"], title="One"))
    second = caller.known
    assert second[0] == 500_000
    caller.known = first
    assert caller.pull_page()["restored"] is False
    caller.known = second
    caller.applied(edit("project", project["id"], title="Two"))
    third = caller.known
    with caller.database.open() as connection:
        kept = connection.execute(
            "select seq from audiodesk.lineage where owner = %s order by seq", [caller.user_id]
        ).fetchall()
    assert kept == [(500_000,), (500_001,)]
    for known, is_unknown in ((first, True), (second, False), (third, False)):
        caller.known = known
        assert caller.pull_page()["restored"] is is_unknown
