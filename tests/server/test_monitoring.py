"""What the operator monitors: reports of failed uploads within limits, the views, and deleting old records."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from psycopg import errors

from tests.server.storage_book import put_object
from tests.twin.databases import Database

pytestmark = pytest.mark.slow

VIEWS = ("usage_by_user", "usage_by_day", "failed_uploads_by_day", "storage_growth")


def report(database: Database, caller: UUID, code: Any, size: Any) -> None:
    with database.as_user(caller) as connection:
        connection.execute("select public.report_failed_upload(%s, %s)", [code, size])


def read(database: Database, statement: str, *arguments: Any) -> list[dict[str, Any]]:
    """Rows as the operator reads them."""
    with database.connect() as connection:
        cursor = connection.execute(statement.encode(), list(arguments))
        assert cursor.description is not None
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def put(database: Database, owner: UUID, name: str, size: int) -> str:
    key = f"{owner}/p/c/s/{name}"
    put_object(database, key, size)
    return key


def remove(database: Database, key: str) -> None:
    with database.as_service("storage.object.delete") as connection:
        assert connection.execute("delete from storage.objects where name = %s", [key]).rowcount == 1


def shift_days(database: Database, days: int) -> None:
    """Let all that was counted until now have been counted `days` ago."""
    with database.connect() as connection:
        connection.execute("update audiodesk.usage_day set day = day - %s", [days])


def today() -> date:
    return datetime.now(UTC).date()


@pytest.fixture
def author(server: Database) -> UUID:
    return server.add_user("author@example.org")


# Failures


def test_a_failure_is_kept_with_its_code_and_size(server: Database, author: UUID) -> None:
    report(server, author, "over_quota", 0)
    report(server, author, "h_t_t_p_413", None)
    rows = read(server, "select owner, code, size from audiodesk.failed_upload order by id")
    assert rows == [
        {"owner": author, "code": "over_quota", "size": 0},
        {"owner": author, "code": "h_t_t_p_413", "size": None},
    ]


@pytest.mark.parametrize(
    "code",
    [None, "", "Over", "chapter 1.mp3", "1st", "_x", "a" * 41, "ünwell", "a\nb", "a\n", "kapitel-1", "a.b", "a/b"],
)
def test_a_code_is_no_place_for_names(server: Database, author: UUID, code: str | None) -> None:
    with pytest.raises(errors.InvalidParameterValue, match="failure's code"):
        report(server, author, code, 1)


@pytest.mark.parametrize("size", [-1, 2**40 + 1, 2**63 - 1])
def test_a_size_that_cannot_be(server: Database, author: UUID, size: int) -> None:
    with pytest.raises(errors.InvalidParameterValue, match="size is 0 to"):
        report(server, author, "too_large", size)
    report(server, author, "too_large", 2**40)


def test_only_the_signed_in_report(server: Database) -> None:
    for role in ("anon", "service_role"):
        with pytest.raises(errors.InsufficientPrivilege), server.connect(role, {"role": role}) as connection:
            connection.execute("select public.report_failed_upload('a', 1)")
    with (
        pytest.raises(errors.InsufficientPrivilege, match="Sign in"),
        server.connect("authenticated", {"role": "authenticated"}) as connection,
    ):
        connection.execute("select public.report_failed_upload('a', 1)")


def test_two_hundred_a_day_are_kept_of_each_person(server: Database, author: UUID) -> None:
    other = server.add_user()
    with server.connect() as connection:
        connection.execute(
            "insert into audiodesk.failed_upload (owner, code, at)"
            " select %s, 'x', now() - interval '1 day' from generate_series(1, 200)",
            [author],
        )
    with server.as_user(author) as connection:
        connection.execute("select public.report_failed_upload('a', n) from generate_series(1, 203) as n")
    report(server, author, "b", 1)
    report(server, other, "b", 1)
    rows = read(
        server,
        "select owner, code, count(*) as kept from audiodesk.failed_upload where code <> 'x' group by 1, 2 order by 3",
    )
    assert rows == [
        {"owner": other, "code": "b", "kept": 1},
        {"owner": author, "code": "a", "kept": 200},
    ]


def test_reports_at_once_do_not_pass_the_bound(server: Database, author: UUID) -> None:
    with server.as_user(author) as connection:
        connection.execute("select public.report_failed_upload('a', n) from generate_series(1, 197) as n")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: report(server, author, "b", 1), range(16)))
    assert read(server, "select count(*) as kept from audiodesk.failed_upload") == [{"kept": 200}]


@pytest.mark.parametrize("relation", ["failed_upload", "usage_day", *VIEWS])
@pytest.mark.parametrize("age", ["server", "newer_server"])
def test_only_the_operator_reads_the_figures(relation: str, age: str, request: pytest.FixtureRequest) -> None:
    database: Database = request.getfixturevalue(age)
    person = database.add_user(app_metadata={"role": "support"})
    report(database, person, "over_quota", 1)
    put(database, person, "a.mp3", 1)
    statement = f"select * from audiodesk.{relation}".encode()
    with pytest.raises(errors.InsufficientPrivilege), database.as_user(person) as connection:
        connection.execute(statement)
    with pytest.raises(errors.InsufficientPrivilege), database.as_anon() as connection:
        connection.execute(statement)
    with database.connect() as connection:
        assert connection.execute(statement).rowcount == 1
    if relation in VIEWS:
        with database.connect("service_role", {"role": "service_role"}) as connection:
            assert connection.execute(statement).rowcount == 1
        with pytest.raises(errors.Error), database.connect("service_role", {"role": "service_role"}) as connection:
            connection.execute(f"delete from audiodesk.{relation}".encode())


# Views


def test_usage_by_user(server: Database, author: UUID) -> None:
    gone = server.add_user("gone@example.org")
    put(server, author, "a.mp3", 300)
    put(server, gone, "b.mp3", 50)
    with server.connect() as connection:
        connection.execute("select public.set_user_plan(%s, 'paid', 200)", [author])
    with server.open("supabase_auth_admin") as connection:
        connection.execute("delete from auth.users where id = %s", [gone])
    rows = read(server, "select * from audiodesk.usage_by_user order by used_bytes desc")
    assert rows[0] == {
        "user_id": author,
        "email": "author@example.org",
        "plan": "paid",
        "used_bytes": 300,
        "allowed_bytes": 200,
        "percent_used": 150,
        "over_quota_bytes": 100,
        "object_count": 1,
        "last_upload_day": today(),
    }
    assert (rows[1]["email"], rows[1]["used_bytes"], rows[1]["over_quota_bytes"]) == (None, 50, 0)


def test_a_quota_of_nothing_divides_by_nothing(server: Database, author: UUID) -> None:
    with server.connect() as connection:
        connection.execute("select public.set_user_plan(%s, 'free', 0)", [author])
    assert read(server, "select percent_used from audiodesk.usage_by_user") == [{"percent_used": None}]


def test_usage_by_day(server: Database, author: UUID) -> None:
    old = put(server, author, "a.mp3", 300)
    shift_days(server, 3)
    remove(server, old)
    put(server, author, "b.mp3", 20)
    rows = read(server, "select * from audiodesk.usage_by_day order by day")
    common = {"user_id": author, "email": "author@example.org"}
    assert rows == [
        {"day": today() - timedelta(3), **common, "added_bytes": 300, "removed_bytes": 0, "net_bytes": 300}
        | {"added_objects": 1, "removed_objects": 0},
        {"day": today(), **common, "added_bytes": 20, "removed_bytes": 300, "net_bytes": -280}
        | {"added_objects": 1, "removed_objects": 1},
    ]


def test_failed_uploads_by_day(server: Database, author: UUID) -> None:
    other = server.add_user()
    for person, code, size in (
        (author, "over_quota", 10),
        (author, "over_quota", 30),
        (other, "over_quota", None),
        (other, "too_large", 99),
    ):
        report(server, person, code, size)
    rows = read(server, "select * from audiodesk.failed_uploads_by_day order by code")
    assert rows == [
        {"day": today(), "code": "over_quota", "failures": 3, "people": 2, "bytes": 40, "largest_bytes": 30},
        {"day": today(), "code": "too_large", "failures": 1, "people": 1, "bytes": 99, "largest_bytes": 99},
    ]


def test_growth_is_reckoned_back_from_what_is_stored(server: Database, author: UUID) -> None:
    other = server.add_user()
    # Stored before counting began: in the totals, but not by day.
    put(server, author, "before.mp3", 1000)
    with server.connect() as connection:
        connection.execute("delete from audiodesk.usage_day")
    first = put(server, author, "a.mp3", 300)
    put(server, other, "a.mp3", 40)
    shift_days(server, 2)
    remove(server, first)
    shift_days(server, 1)
    put(server, author, "c.mp3", 7)
    rows = read(server, "select * from audiodesk.storage_growth order by day")
    assert [(row["day"], row["people"], row["net_bytes"], row["stored_bytes"]) for row in rows] == [
        (today() - timedelta(3), 2, 340, 1340),
        (today() - timedelta(1), 1, -300, 1040),
        (today(), 1, 7, 1047),
    ]
    assert (rows[0]["added_bytes"], rows[0]["added_objects"], rows[1]["removed_bytes"]) == (340, 2, 300)
    assert rows[1]["removed_objects"] == 1


# Deleting


def test_old_records_go_when_the_operator_says_so(server: Database, author: UUID) -> None:
    with server.connect() as connection:
        connection.execute(
            "insert into audiodesk.failed_upload (owner, at, code)"
            " select %(who)s, now() - d * interval '1 day', 'x' from unnest(array[1, 89, 91]) as d",
            {"who": author},
        )
        connection.execute(
            "insert into audiodesk.support_access_log (support_user, owner, at, what)"
            " select %(who)s, %(who)s, now() - d * interval '1 day', 'usage' from unnest(array[1, 700, 800]) as d",
            {"who": author},
        )
        connection.execute(
            "insert into audiodesk.usage_day (owner, day)"
            " select %(who)s, current_date - d from unnest(array[1, 700, 800]) as d",
            {"who": author},
        )
    rows = read(server, "select audiodesk.forget_old_records() as gone")
    assert rows == [{"gone": {"failures": 1, "looks": 1, "days": 1}}]
    rows = read(server, "select audiodesk.forget_old_records('2 days', '2 days', '2 days') as gone")
    assert rows == [{"gone": {"failures": 1, "looks": 1, "days": 1}}]


@pytest.mark.parametrize("interval", ["0 days", "-5 days", None])
def test_the_present_is_always_kept(server: Database, interval: str | None) -> None:
    for place in range(3):
        arguments = ["1 year"] * 3
        with pytest.raises(errors.InvalidParameterValue), server.connect() as connection:
            connection.execute(
                "select audiodesk.forget_old_records(%s::interval, %s::interval, %s::interval)",
                [*arguments[:place], interval, *arguments[place + 1 :]],
            )


def test_other_roles_may_not_forget(server: Database, author: UUID) -> None:
    for role in ("authenticated", "anon", "service_role"):
        with (
            pytest.raises(errors.InsufficientPrivilege),
            server.connect(role, {"role": role, "sub": str(author)}) as connection,
        ):
            connection.execute("select audiodesk.forget_old_records()")
