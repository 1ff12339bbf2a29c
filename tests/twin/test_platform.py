"""The stand-in's database allows and refuses the same as a hosted project."""

from __future__ import annotations

import contextlib

import pytest
from psycopg import OperationalError, errors

from tests.twin.databases import Database, Databases, user_claims

pytestmark = pytest.mark.slow

KEY = "11111111-1111-4111-8111-111111111111/p/c/s/take.wav"

ALLOWED_TO_POSTGRES = [
    "create policy p on storage.objects for select to authenticated using (true)",
    "create policy p on storage.buckets as restrictive for all to anon using (false)",
    "create policy p on storage.objects for select using (true); alter policy p on storage.objects using (false)",
    "create policy p on storage.objects for select using (true); comment on policy p on storage.objects is 'ours'",
    "create policy p on storage.objects for select using (true); drop policy p on storage.objects",
    (
        "create function public.f() returns trigger language plpgsql as 'begin return new; end';"
        "create or replace trigger t after insert on storage.objects for each row execute function public.f()"
    ),
    (
        "create function public.f() returns trigger language plpgsql as 'begin return new; end';"
        "create trigger t after insert on auth.users for each row execute function public.f()"
    ),
    "drop trigger update_objects_updated_at on storage.objects",
    "create schema mine; create table mine.t (owner uuid references auth.users on delete cascade)",
    "create table public.t (object uuid references storage.objects)",
    "insert into storage.buckets (id, name) values ('b', 'b')",
    "insert into storage.objects (bucket_id, name) values (null, 'x')",
    "update storage.objects set metadata = '{}'",
    "truncate storage.objects",
    "update auth.users set raw_app_meta_data = '{}'",
    "grant anon to postgres",
]

REFUSED_TO_POSTGRES = [
    ("alter table storage.objects enable row level security", "must be owner of table objects"),
    ("alter table storage.objects disable trigger user", "must be owner of table objects"),
    ("alter table storage.objects add column mine text", "must be owner of table objects"),
    ("alter table storage.buckets owner to postgres", "must be owner of table buckets"),
    ("create index mine on storage.objects (owner_id)", "must be owner of table objects"),
    ("drop index storage.bucketid_objname", "must be owner of table"),
    ("drop table storage.objects cascade", "must be owner of table objects"),
    ("create table storage.mine ()", "permission denied for schema storage"),
    ("create function storage.mine() returns int language sql as 'select 1'", "permission denied for schema storage"),
    ("create or replace function storage.operation() returns text language sql stable as 'select 1'", "storage"),
    ("drop function storage.operation()", "must be owner of function operation"),
    ("set role supabase_storage_admin; create table storage.mine ()", "permission denied for schema storage"),
    ("create table auth.mine ()", "permission denied for schema auth"),
    ("alter table auth.users add column mine text", "must be owner of table users"),
    ("create index mine on auth.users (email)", "must be owner of table users"),
    ("delete from storage.objects", "Use the Storage API instead"),
    ("delete from storage.buckets", "Use the Storage API instead"),
    ("create event trigger e on ddl_command_end execute function platform.refuse_commands()", "permission denied"),
]

REFUSED_TO_API_ROLES = [
    "select from auth.users",
    "create table public.t ()",
    "create table storage.t ()",
    "create schema mine",
]


@pytest.mark.parametrize("statement", ALLOWED_TO_POSTGRES)
def test_postgres_may(bare_server: Database, statement: str) -> None:
    with bare_server.connect("postgres") as connection:
        connection.execute(statement.encode())


@pytest.mark.parametrize(("statement", "message"), REFUSED_TO_POSTGRES)
def test_postgres_may_not(bare_server: Database, statement: str, message: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege, match=message), bare_server.connect("postgres") as connection:
        connection.execute(statement.encode())


@pytest.mark.parametrize("statement", REFUSED_TO_API_ROLES)
@pytest.mark.parametrize("role", ["anon", "authenticated"])
def test_api_roles_may_not(bare_server: Database, role: str, statement: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege), bare_server.connect(role) as connection:
        connection.execute(statement.encode())


def test_revoking_from_the_api_roles_changes_nothing(bare_server: Database) -> None:
    # Some PostgreSQL versions allow this to a member of the owner; the hosted platform refuses it.
    with contextlib.suppress(errors.InsufficientPrivilege), bare_server.connect("postgres") as connection:
        connection.execute(b"revoke all on storage.objects from authenticated")
    with bare_server.connect("postgres") as connection:
        held = connection.execute(b"select has_table_privilege('authenticated', 'storage.objects', 'insert')")
        assert held.fetchone() == (True,)


def test_claims_reach_the_functions_of_auth(bare_server: Database) -> None:
    user = bare_server.add_user("reader@example.org")
    with bare_server.as_user(user, email="reader@example.org") as connection:
        row = connection.execute(
            b"select auth.uid(), auth.email(), auth.role(), auth.jwt() ->> 'aud', current_user::text"
        ).fetchone()
    assert row == (user, "reader@example.org", "authenticated", "authenticated", "authenticated")
    with bare_server.as_anon() as connection:
        assert connection.execute(b"select auth.uid(), current_user::text").fetchone() == (None, "anon")
    with bare_server.as_service("storage.object.upload") as connection:
        row = connection.execute(b"select auth.uid(), current_user::text, storage.operation()").fetchone()
    assert row == (None, "service_role", "storage.object.upload")


def test_nothing_of_a_request_outlives_its_transaction(bare_server: Database) -> None:
    with bare_server.as_user(bare_server.add_user()) as connection:
        connection.commit()
        row = connection.execute(b"select current_user::text, current_setting('request.jwt.claims', true)").fetchone()
    assert row == ("authenticator", "")


@pytest.mark.parametrize(
    ("role", "statement_timeout"), [("anon", "3s"), ("authenticated", "8s"), ("service_role", "8s"), ("postgres", "0")]
)
def test_time_outs_are_those_of_the_role(bare_server: Database, role: str, statement_timeout: str) -> None:
    with bare_server.connect(role, {"role": role}) as connection:
        assert connection.execute(b"show statement_timeout").fetchone() == (statement_timeout,)


def test_the_storage_server_waits_30_seconds_for_everybody(bare_server: Database) -> None:
    claims = user_claims(bare_server.add_user())
    with bare_server.as_storage(claims, "storage.object.upload", {"x-upsert": "true"}) as connection:
        assert connection.execute(b"show statement_timeout").fetchone() == ("30s",)
        row = connection.execute(b"select current_setting('request.headers')::jsonb ->> 'x-upsert'").fetchone()
        assert row == ("true",)


def test_objects_are_closed_without_a_policy(bare_server: Database) -> None:
    user = bare_server.add_user()
    with bare_server.connect() as connection:
        connection.execute(b"insert into storage.buckets (id, name) values ('audiofiles', 'audiofiles')")
    insert = b"insert into storage.objects (bucket_id, name) values ('audiofiles', %s) returning path_tokens"
    with pytest.raises(errors.InsufficientPrivilege, match="row-level security"), bare_server.as_user(user) as writer:
        writer.execute(insert, [KEY])
    with bare_server.as_service("storage.object.upload") as connection:
        assert connection.execute(insert, [KEY]).fetchone() == (KEY.split("/"),)
    with pytest.raises(errors.UniqueViolation), bare_server.as_service("storage.object.upload") as connection:
        connection.execute(insert, [KEY])
    with bare_server.as_user(user) as connection:
        assert connection.execute(b"select from storage.objects").rowcount == 0
    with bare_server.as_service("storage.object.delete") as connection:
        assert connection.execute(b"delete from storage.objects").rowcount == 1


def test_functions_take_a_key_apart(bare_server: Database) -> None:
    with bare_server.as_anon() as connection:
        row = connection.execute(
            b"select storage.foldername('a/b/c.tar.wav'), storage.filename('a/b/c.tar.wav'),"
            b" storage.extension('a/b/c.tar.wav'), storage.foldername('c.wav')"
        ).fetchone()
    assert row == (["a", "b"], "c.tar.wav", "wav", [])


@pytest.mark.parametrize("newer", [False, True])
def test_what_postgres_makes_is_open_in_older_projects_alone(postgres_server: Databases, newer: bool) -> None:
    project = postgres_server.create(migrations=False, newer=newer)
    with project.connect() as connection:
        connection.execute(
            b"create table public.t (); create function public.f() returns int language sql as 'select 1'"
        )
        row = connection.execute(
            b"select has_table_privilege('anon', 'public.t', 'select'),"
            b" has_function_privilege('anon', 'public.f()', 'execute')"
        ).fetchone()
    assert row == (not newer, not newer)
    postgres_server.drop(project)


def test_each_test_has_a_database_of_its_own(postgres_server: Databases) -> None:
    one, other = postgres_server.create(migrations=False), postgres_server.create(migrations=False)
    one.add_user("only@example.org")
    with other.connect() as connection:
        assert connection.execute(b"select from auth.users").rowcount == 0
    postgres_server.drop(one)
    postgres_server.drop(other)
    with pytest.raises(OperationalError, match="does not exist"):
        one.open()
