"""What an account holds in the database: counted exactly, limited, and adjustable for one person."""

from __future__ import annotations

import base64
import os
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from tests.server.sync_calls import Caller, create, edit
from tests.twin.databases import Database

pytestmark = pytest.mark.slow  # the file as a whole


def _account(caller: Caller) -> tuple[int, int]:
    with caller.database.connect() as connection:
        row = connection.execute(
            "select row_count, byte_count from audiodesk.account where owner = %s", [caller.user_id]
        ).fetchone()
    assert row is not None
    return row[0], row[1]


def _recount(caller: Caller, *, repair: bool = False) -> list[tuple[Any, ...]]:
    with caller.database.connect() as connection:
        return connection.execute(
            "select * from public.recount_user_database(%s, %s)", [caller.user_id, repair]
        ).fetchall()


def _limit(caller: Caller, rows: int | None = None, size: int | None = None) -> dict[str, Any]:
    with caller.database.connect("service_role") as connection:
        row = connection.execute(
            "select public.set_user_database_limit(%s, %s, %s)", [caller.user_id, rows, size]
        ).fetchone()
    assert row is not None
    return dict(row[0])


def _file(caller: Caller) -> str:
    row = create("take_file", take_id=str(uuid4()))
    caller.applied(row)
    return str(row["id"])


def test_covers_are_counted_with_their_bytes(caller: Caller) -> None:
    picture = base64.b64encode(os.urandom(200_000)).decode()
    for _ in range(3):
        caller.applied(create("cover", project_id=str(uuid4()), data=picture))
    rows, size = _account(caller)
    assert rows == 3
    assert 600_000 < size < 610_000
    usage = caller.call("select public.storage_usage()", [])
    assert usage["database"] == {
        "rows": 3,
        "allowed_rows": 1_000_000,
        "bytes": size,
        "allowed_bytes": 524_288_000,
    }


def test_the_counters_equal_a_recount_after_each_kind_of_change(caller: Caller) -> None:
    take = create("take", section_id=str(uuid4()), notes="x" * 50_000)
    caller.applied(take, create("note", take_id=take["id"], text="Louder"))
    caller.applied(edit("take", take["id"], notes="short"), edit("take", take["id"], title="渡し船"))
    caller.applied(edit("take", take["id"], deleted_at=True))
    caller.push(take)  # again: nothing is added
    file = _file(caller)
    for length in (1, 700, 30):
        shape = base64.b64encode(bytes(length)).decode()
        caller.call("select public.set_take_file_shape(%s, %s, %s)", [file, shape, shape])
    caller.results(create("take", section_id="no id"), create("cover", project_id=str(uuid4())))
    assert _recount(caller) == []
    rows, _ = _account(caller)
    assert rows == 4, "shapes and applied changes are no rows"
    with caller.database.connect() as connection:
        connection.execute("delete from audiodesk.note where owner = %s", [caller.user_id])
        connection.execute(
            "insert into audiodesk.note (owner, id, order_key, take_id)"
            " select %s, gen_random_uuid(), 'a', gen_random_uuid() from generate_series(1, 50)",
            [caller.user_id],
        )
    assert _recount(caller) == []
    assert _account(caller)[0] == rows - 1 + 50


def test_a_recount_repairs(caller: Caller) -> None:
    caller.applied(create("project"))
    before = _account(caller)
    with caller.database.connect() as connection:
        connection.execute(
            "update audiodesk.account set row_count = 7, byte_count = 9 where owner = %s", [caller.user_id]
        )
    ((_, *told),) = _recount(caller, repair=True)
    assert told == [7, 1, 9, before[1], True]
    assert _account(caller) == before
    assert _recount(caller) == []


def test_a_recount_of_all_waits_for_no_account_that_is_right(caller: Caller) -> None:
    caller.applied(create("project"))
    other = caller.database.add_user()
    with caller.database.connect() as holder, caller.database.connect() as connection:
        holder.execute("select audiodesk.lock_account(%s)", [caller.user_id])
        connection.execute("insert into audiodesk.account (owner, row_count) values (%s, 4)", [other])
        connection.execute("set local lock_timeout = '500ms'")
        told = connection.execute("select person, rows_before, rows_counted from public.recount_user_database()")
        assert (other, 4, 0) in told.fetchall()


def test_one_row_too_many_is_refused_and_holds_up_no_other(caller: Caller) -> None:
    first, second, third = (create("project") for _ in range(3))
    _limit(caller, rows=2)
    results = caller.results(first, second, third, edit("project", first["id"], title="Renamed"))
    assert [result["result"] for result in results] == ["applied", "applied", "refused", "applied"]
    assert results[2]["code"] == "too_much"
    assert results[2]["message"].startswith("The server's database has no room left for this account: 2 of 2 rows and")
    assert caller.refused(create("project")) == "too_much"
    assert [result["result"] for result in caller.results(first)] == ["repeated"]
    assert _limit(caller, rows=3)["allowed_rows"] == 3
    caller.applied(third)


def test_bytes_are_bounded_and_the_trash_stays_open(caller: Caller) -> None:
    project = create("project")
    caller.applied(project)
    _limit(caller, size=_account(caller)[1] + 5_000)
    assert caller.refused(edit("project", project["id"], notes="x" * 6_000)) == "too_much"
    caller.applied(edit("project", project["id"], notes="x" * 4_000))
    assert caller.refused(create("project", notes="x" * 2_000)) == "too_much"
    _limit(caller, size=_account(caller)[1])
    assert caller.refused(edit("project", project["id"], title="Other")) == "too_much"
    caller.applied(edit("project", project["id"], deleted_at=True))
    assert caller.refused(edit("project", project["id"], deleted_at=None)) == "too_much"
    assert _recount(caller) == []


def test_a_tenth_over_the_limit_even_the_trash_is_closed(caller: Caller) -> None:
    project = create("project")
    caller.applied(project)
    _limit(caller, size=_account(caller)[1] // 2)
    assert caller.refused(edit("project", project["id"], deleted_at=True)) == "too_much"


def test_shapes_count_in_bytes(caller: Caller) -> None:
    file = _file(caller)
    _limit(caller, size=_account(caller)[1] + 500)
    answer = caller.call(
        "select public.set_take_file_shape(%s, %s, null)", [file, base64.b64encode(bytes(900)).decode()]
    )
    assert (answer["result"], answer["code"]) == ("refused", "too_much")
    assert "no room" in answer["message"]
    small = base64.b64encode(bytes(30)).decode()
    assert caller.call("select public.set_take_file_shape(%s, %s, null)", [file, small])["result"] == "applied"


def test_a_verification_is_noted_however_full_the_database_is(caller: Caller) -> None:
    key = "/".join([caller.user_id, *(str(uuid4()) for _ in range(3)), "x.wav"])
    row = create("take_file", take_id=str(uuid4()), object_key=key)
    caller.applied(row)
    with caller.database.as_service("storage.object.upload") as connection:
        connection.execute(
            "insert into storage.objects (bucket_id, name, version, metadata)"
            """ values ('audiofiles', %s, 'v', '{"size": 1000}')""",
            [key],
        )
    _limit(caller, rows=0, size=0)
    assert caller.verify(row["id"])["result"] == "applied"
    assert _recount(caller) == []


def test_who_writes_past_a_push_is_bounded_too(caller: Caller) -> None:
    caller.applied(create("project"))
    _limit(caller, rows=10)
    add = (
        "insert into audiodesk.note (owner, id, order_key, take_id)"
        " select %s, gen_random_uuid(), 'a', gen_random_uuid() from generate_series(1, %s)"
    )
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege, match=r"too_much: 11 of 10 rows"),
        caller.database.connect("service_role") as connection,
    ):
        connection.execute(add, [caller.user_id, 10])
    with caller.database.connect("service_role") as connection:
        connection.execute(add, [caller.user_id, 9])
    assert _account(caller)[0] == 10


@pytest.mark.parametrize(("rows", "size"), [(-1, None), (None, -1)])
def test_a_limit_below_nothing_is_refused(caller: Caller, rows: int | None, size: int | None) -> None:
    with pytest.raises(psycopg.errors.InvalidParameterValue):
        _limit(caller, rows, size)


def test_a_limit_for_an_unknown_person_is_refused(shared_server: Database) -> None:
    with pytest.raises(psycopg.DatabaseError, match="No account"), shared_server.connect("service_role") as connection:
        connection.execute("select public.set_user_database_limit(%s, 1, 1)", [uuid4()])


def test_a_push_that_fails_counts_nothing(caller: Caller) -> None:
    caller.applied(create("project"))
    with caller.database.connect() as connection:
        connection.execute(
            "create function public.no_notes() returns trigger language plpgsql as"
            " $$ begin if new.text = 'stop' then raise exception 'no notes'; end if; return new; end $$"
        )
        connection.execute(
            "create trigger no_notes before insert on audiodesk.note for each row execute function public.no_notes()"
        )
    results = caller.results(create("project"), create("note", take_id=str(uuid4()), text="stop"), create("project"))
    assert [result["result"] for result in results] == ["applied", "refused", "applied"]
    assert _account(caller)[0] == 3
    assert _recount(caller) == []
