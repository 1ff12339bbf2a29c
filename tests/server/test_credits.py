"""user_credits: its owner reads it, only the trigger and the operator write it; plans and the caller's usage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.server.storage_steps import FREE, PAID, complete, key_of, upload
from tests.twin.databases import Database, Databases

REFUSED = psycopg.errors.InsufficientPrivilege
OPERATOR = {"role": "service_role"}


@pytest.fixture(scope="module", params=[False, True], ids=["older project", "newer project"])
def project(postgres_server: Databases, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A project of either age: what is not revoked is granted, or the other way round."""
    database = postgres_server.create(newer=request.param)
    yield database
    postgres_server.drop(database)


def ask(server: Database, statement: str, *values: Any) -> Any:
    with server.connect() as connection:
        row = connection.execute(statement.encode(), values).fetchone()
    return row[0] if row else None


def my_usage(server: Database, user: UUID) -> dict[str, Any]:
    with server.as_user(user) as connection:
        row = connection.execute("select public.storage_usage()").fetchone()
    assert row is not None
    return dict(row[0])


def add_take(server: Database, user: UUID, section: UUID, key: str | None) -> UUID:
    """A take with one file whose object has this key."""
    take = uuid4()
    with server.connect() as connection:
        connection.execute(
            "insert into audiodesk.take (owner, id, order_key, section_id, number, file_name)"
            " values (%s, %s, 'a', %s, 1, 'x.wav')",
            [user, take, section],
        )
        add_file(server, user, take, key, connection)
    return take


def add_file(
    server: Database, user: UUID, take: UUID, key: str | None, connection: psycopg.Connection[Any] | None = None
) -> None:
    """One more file of a take."""
    values = [user, uuid4(), take, "0" * 64, key]
    statement = (
        "insert into audiodesk.take_file (owner, id, order_key, take_id, role, sha256, size, kind, seconds,"
        " sample_rate, channels, object_key) values (%s, %s, 'a', %s, 'original', %s, 1, 'wav', 1, 44100, 1, %s)"
    )
    if connection is not None:
        connection.execute(statement, values)
        return
    with server.connect() as own:
        own.execute(statement, values)


def add_project(server: Database, user: UUID, title: str, order_key: str) -> tuple[UUID, UUID]:
    """A project with one chapter and one section. Returns the project's id and the section's."""
    project, chapter, section = uuid4(), uuid4(), uuid4()
    with server.connect() as connection:
        connection.execute(
            "insert into audiodesk.project (owner, id, order_key, title) values (%s, %s, %s, %s)",
            [user, project, order_key, title],
        )
        connection.execute(
            "insert into audiodesk.chapter (owner, id, order_key, project_id, title) values (%s, %s, 'a', %s, 'One')",
            [user, chapter, project],
        )
        connection.execute(
            "insert into audiodesk.section (owner, id, order_key, chapter_id, title) values (%s, %s, 'a', %s, 'One')",
            [user, section, chapter],
        )
    return project, section


def test_the_owner_reads_the_own_row_and_no_other(shared_server: Database) -> None:
    user, other = shared_server.add_user(), shared_server.add_user()
    for owner in (user, other):
        upload(shared_server, owner, key_of(owner), 100)
    with shared_server.as_user(user) as connection:
        rows = connection.execute("select * from public.user_credits").fetchall()
    assert rows == [(user, "free", 100, 1, None)]
    with pytest.raises(REFUSED), shared_server.as_anon() as connection:
        connection.execute("select * from public.user_credits")


@pytest.mark.slow
@pytest.mark.parametrize("role", ["authenticated", "anon", "service_role"])
@pytest.mark.parametrize(
    "change",
    [
        "update public.user_credits set plan = 'paid'",
        "update public.user_credits set storage_used_bytes = 0",
        "insert into public.user_credits (user_id) values (gen_random_uuid())",
        "delete from public.user_credits",
        "truncate public.user_credits",
    ],
)
def test_no_role_may_write_it(project: Database, role: str, change: str) -> None:
    user = project.add_user()
    upload(project, user, key_of(user), 100)
    with (
        pytest.raises(REFUSED, match="permission denied"),
        project.connect(role, {"role": role, "sub": str(user)}) as connection,
    ):
        connection.execute(change.encode())


def test_a_plan_is_set_and_told(shared_server: Database) -> None:
    user = shared_server.add_user()
    statement = "select public.set_user_plan(%s, %s, %s)"
    told = {"user_id": str(user), "used": 0, "objects": 0}
    assert ask(shared_server, statement, user, "paid", None) == {**told, "plan": "paid", "allowed": PAID}
    assert ask(shared_server, statement, user, "paid", 7) == {**told, "plan": "paid", "allowed": 7}
    assert ask(shared_server, statement, user, "free", None) == {**told, "plan": "free", "allowed": FREE}
    upload(shared_server, user, key_of(user), 55)
    assert ask(shared_server, "select public.set_user_plan(%s, 'paid')", user) == {
        **told, "plan": "paid", "allowed": PAID, "used": 55, "objects": 1
    }  # fmt: skip


def test_the_plan_of_somebody_with_objects_and_no_row_is_counted(server: Database) -> None:
    user = server.add_user()
    upload(server, user, key_of(user), 55)
    with server.connect() as connection:
        connection.execute("delete from public.user_credits")
    assert ask(server, "select public.set_user_plan(%s, 'paid')", user)["used"] == 55


@pytest.mark.parametrize(
    ("plan", "own", "words"),
    [
        ("gold", None, "The plan is free or paid, not gold."),
        (None, None, "The plan is free or paid, not nothing."),
        ("free", -1, "A quota of -1 bytes cannot be: the least is 0."),
    ],
)
def test_a_plan_that_cannot_be_is_refused(
    shared_server: Database, plan: str | None, own: int | None, words: str
) -> None:
    user = shared_server.add_user()
    with pytest.raises(psycopg.errors.InvalidParameterValue) as refused:
        ask(shared_server, "select public.set_user_plan(%s, %s, %s)", user, plan, own)
    assert refused.value.diag.message_primary == words


def test_a_plan_for_an_unknown_person_is_refused(shared_server: Database) -> None:
    nobody = uuid4()
    with pytest.raises(psycopg.Error, match=f"No account has the id {nobody}") as refused:
        ask(shared_server, "select public.set_user_plan(%s, 'paid')", nobody)
    assert refused.value.sqlstate == "PT404"


@pytest.mark.parametrize("call", ["set_user_plan(auth.uid(), 'paid')", "recount_user_storage()"])
def test_the_operators_functions_are_the_operators(project: Database, call: str) -> None:
    user = project.add_user(app_metadata={"role": "support"})
    with pytest.raises(REFUSED, match="permission denied for function"), project.as_user(user) as connection:
        connection.execute(f"select public.{call}".encode())
    with pytest.raises(REFUSED, match="permission denied for function"), project.as_anon() as connection:
        connection.execute(f"select public.{call}".encode())
    with project.connect("service_role", {**OPERATOR, "sub": str(user)}) as connection:
        connection.execute(f"select public.{call}".encode())


def test_no_role_may_call_the_inner_functions(project: Database) -> None:
    with project.connect() as connection:
        reached = connection.execute(
            "select routine.oid::regprocedure::text, api.rolname"
            "  from pg_proc as routine, pg_roles as api"
            " where routine.pronamespace = 'audiodesk'::regnamespace"
            "   and routine.proname in ('add_usage', 'count_new_user', 'forget_usage',"
            "       'guard_user_credits', 'make_user_credits', 'number_of_bytes', 'object_owner', 'object_size',"
            "       'prepare_usage', 'refuse_announced', 'stored_of', 'track_usage', 'usage_of', 'library_of')"
            "   and api.rolname in ('anon', 'authenticated', 'service_role')"
            "   and has_function_privilege(api.oid, routine.oid, 'execute')"
        ).fetchall()
    assert reached == []


@pytest.mark.parametrize("role", ["authenticated", "anon", "service_role"])
def test_the_days_are_for_the_operator_alone(project: Database, role: str) -> None:
    with pytest.raises(REFUSED), project.connect(role, {"role": role, "sub": str(uuid4())}) as connection:
        connection.execute("select * from audiodesk.usage_day")


def test_usage_of_somebody_new_is_nothing(shared_server: Database) -> None:
    limits = {"rows": 0, "bytes": 0, "allowed_rows": 1_000_000, "allowed_bytes": FREE}
    nothing = {"plan": "free", "used": 0, "allowed": FREE, "objects": 0, "projects": [], "database": limits}
    nothing["library"] = {"titles": [], "sections": 0, "takes": 0, "bytes": 0, "changed_at": None, "changed_on": None}
    assert my_usage(shared_server, shared_server.add_user()) == nothing


def test_usage_without_a_sign_in_is_refused(shared_server: Database) -> None:
    with pytest.raises(REFUSED, match="Sign in"), shared_server.connect("authenticated", {}) as connection:
        connection.execute("select public.storage_usage()")
    with pytest.raises(REFUSED, match="permission denied"), shared_server.as_anon() as connection:
        connection.execute("select public.storage_usage()")


@pytest.mark.slow
def test_usage_is_told_by_project_from_the_rows(shared_server: Database) -> None:
    """A take belongs where its rows say, whatever its key; a file that is not stored yet counts nothing."""
    user, other = shared_server.add_user(), shared_server.add_user()
    second, section_of_second = add_project(shared_server, user, "Second", "b")
    first, section_of_first = add_project(shared_server, user, "First", "a")
    add_project(shared_server, user, "Empty", "c")
    keys = [key_of(user) for _ in range(6)]
    for number, key in enumerate(keys[:5]):
        complete(shared_server, key, 10**number)
    take = add_take(shared_server, user, section_of_first, keys[0])
    add_file(shared_server, user, take, keys[1])
    add_take(shared_server, user, section_of_first, keys[2])
    add_take(shared_server, user, section_of_second, keys[3])
    add_take(shared_server, user, section_of_second, keys[5])
    add_take(shared_server, user, section_of_second, None)
    _, strange_section = add_project(shared_server, other, "Other", "a")
    complete(shared_server, key_of(other), 5)
    add_take(shared_server, other, strange_section, None)
    usage = my_usage(shared_server, user)
    assert usage.pop("database")["rows"] == 20
    library = usage.pop("library")
    assert library.pop("changed_at") > 1_700_000_000_000
    assert library.pop("bytes") > 0
    assert library == {"titles": ["First", "Second", "Empty"], "sections": 3, "takes": 5, "changed_on": None}
    assert usage == {
        "plan": "free",
        "used": 11111,
        "allowed": FREE,
        "objects": 5,
        "projects": [
            {"id": str(first), "title": "First", "used": 111, "takes": 2},
            {"id": str(second), "title": "Second", "used": 1000, "takes": 1},
        ],
    }


def test_what_is_in_the_trash_counts(shared_server: Database) -> None:
    user = shared_server.add_user()
    project, section = add_project(shared_server, user, "Book", "a")
    key = key_of(user)
    complete(shared_server, key, 10)
    add_take(shared_server, user, section, key)
    with shared_server.connect() as connection:
        connection.execute("update audiodesk.project set deleted_at = 1 where id = %s", [project])
    assert [found["used"] for found in my_usage(shared_server, user)["projects"]] == [10]
