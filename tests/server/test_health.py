"""The health check for `doctor`: a fresh server is sound, and each single damage is reported."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from psycopg import errors
from psycopg.types.json import Jsonb

from tests.server.storage_book import StorageBook
from tests.twin.databases import Database, apply_files
from tests.twin.platform_sql import migration_files

pytestmark = pytest.mark.slow

NOTHING: dict[str, list[str]] = {"missing": [], "altered": []}
PUBLIC_FUNCTIONS = {
    "backend_health()",
    "device_seen(uuid)",
    "devices()",
    "recount_user_database(uuid,boolean)",
    "recount_user_storage(uuid,boolean)",
    "report_failed_upload(text,bigint)",
    "set_take_file_shape(uuid,text,text)",
    "set_user_database_limit(uuid,bigint,bigint)",
    "set_user_plan(uuid,text,bigint)",
    "storage_usage()",
    "support_access_log(integer)",
    "support_files(text,text,integer)",
    "support_problems(text)",
    "support_usage(text)",
    "sync_pull(bigint,text,bigint,uuid,bigint,integer)",
    "sync_push(bigint,text,jsonb,uuid)",
    "take_file_shapes(uuid[])",
    "verify_take_file(uuid,text)",
    "verify_take_files(uuid[],text)",
}


def health(database: Database) -> dict[str, Any]:
    with database.as_user(database.add_user()) as connection:
        row = connection.execute("select public.backend_health()").fetchone()
    assert row is not None
    document = row[0]
    assert isinstance(document, dict)
    return document


def damage(database: Database, *statements: str, role: str = "supabase_admin") -> None:
    with database.connect(role) as connection:
        for statement in statements:
            connection.execute(statement.encode())


@pytest.mark.parametrize("age", ["server", "newer_server"])
def test_a_fresh_server_is_well(age: str, request: pytest.FixtureRequest) -> None:
    database: Database = request.getfixturevalue(age)
    document = health(database)
    versions = [file.name.split("_")[0] for file in migration_files()]
    now = datetime.fromisoformat(document.pop("now"))
    assert abs((datetime.now(UTC) - now).total_seconds()) < 60
    assert document.pop("server_version").startswith(str(database.server.version))
    assert document == {
        "schema": {"version": versions[-1], "applied": versions, "marker": versions[-1]},
        "tables_ok": True,
        "tables": NOTHING,
        "rls": True,
        "without_rls": [],
        "functions": {**NOTHING, "exposed": []},
        "bucket": {
            "exists": True,
            "public": False,
            "file_size_limit": 52_428_800,
            "versioning": "DISABLED",
            "allowed_mime_types": ["audio/mpeg", "audio/mp3", "audio/wav", "audio/x-wav"],
        },
        "trigger": {"present": True, "enabled": True},
        "triggers": NOTHING,
        "policies": {**NOTHING, "foreign": []},
    }


def test_all_that_the_migrations_make_is_looked_after(server: Database) -> None:
    with server.connect(settings={"search_path": ""}) as connection:

        def names(statement: str) -> set[str]:
            return {row[0] for row in connection.execute(statement.encode()).fetchall()}

        def shipped(kind: str) -> set[str]:
            return names(f"select name from audiodesk.shipped_part where kind = '{kind}'")

        relations = names(
            "select oid::regclass::text from pg_class"
            " where relnamespace = 'audiodesk'::regnamespace and relkind in ('r', 'v', 'm', 'p')"
        )
        assert shipped("table") == relations | {"public.user_credits"}
        # The schema public has nothing else, so this list has all of ours.
        assert shipped("function") == names(
            "select oid::regprocedure::text from pg_proc"
            " where pronamespace in ('audiodesk'::regnamespace, 'public'::regnamespace)"
        )
        assert {name for name in shipped("function") if name.startswith("public.")} == {
            f"public.{name}" for name in PUBLIC_FUNCTIONS
        }
        assert shipped("trigger") == names(
            "select tgrelid::regclass || '.' || tgname from pg_trigger"
            " where not tgisinternal and tgfoid::regproc::text like 'audiodesk.%'"
        )
        assert shipped("policy") == names("select polrelid::regclass || '.' || polname from pg_policy")
    # Servers without a history have the marker of the last migration.
    assert health(server)["schema"]["marker"] == migration_files()[-1].name.split("_")[0]


def test_only_the_signed_in_ask(server: Database) -> None:
    for role in ("anon", "service_role"):
        with pytest.raises(errors.InsufficientPrivilege), server.connect(role, {"role": role}) as connection:
            connection.execute("select public.backend_health()")
    with (
        pytest.raises(errors.InsufficientPrivilege, match="Sign in"),
        server.connect("authenticated", {"role": "authenticated"}) as connection,
    ):
        connection.execute("select public.backend_health()")


def test_it_tells_nothing_of_people(server: Database) -> None:
    author = server.add_user("author@example.org", app_metadata={"role": "support"})
    before = health(server)
    book = StorageBook(server, author, "The Sea")
    book.add_take("a.mp3")
    book.upload("a.mp3")
    after = health(server)
    del before["now"], after["now"]
    assert before == after
    assert "author@example.org" not in str(after)


def test_the_time_it_takes(server: Database) -> None:
    """A twentieth of a second where nothing else runs; a few seconds would still be no burden."""
    health(server)
    began = time.perf_counter()
    health(server)
    assert time.perf_counter() - began < 3


@pytest.mark.parametrize(
    ("statement", "kind", "name"),
    [
        ("drop table audiodesk.note cascade", "tables", "audiodesk.note"),
        (
            "drop policy audiodesk_only_own_folder on storage.objects",
            "policies",
            "storage.objects.audiodesk_only_own_f",
        ),
        ("drop policy own_rows_read on audiodesk.take", "policies", "audiodesk.take.own_rows_read"),
        ("drop trigger audiodesk_1_track_usage on storage.objects", "triggers", "storage.objects.audiodesk_1_track_us"),
        ("drop function public.support_usage(text)", "functions", "public.support_usage(text)"),
        ("drop function audiodesk.forget_old_records", "functions", "audiodesk.forget_old_records("),
    ],
)
def test_what_is_missing(server: Database, statement: str, kind: str, name: str) -> None:
    damage(server, statement)
    document = health(server)
    assert [told for told in document[kind]["missing"] if told.startswith(name)]
    assert document["tables_ok"] is (kind != "tables")
    assert document["trigger"]["present"] is (kind != "triggers")
    assert document["trigger"]["enabled"] is (kind != "triggers")


@pytest.mark.parametrize(
    ("statement", "kind", "name"),
    [
        (
            "alter policy audiodesk_read_own_folder on storage.objects using (bucket_id = 'audiofiles')",
            "policies",
            "storage.objects.audiodesk_read_own_folder",
        ),
        (
            "alter policy audiodesk_read_own_folder on storage.objects to public",
            "policies",
            "storage.objects.audiodesk_read_own_folder",
        ),
        (
            "alter policy audiodesk_add_to_own_folder on storage.objects with check (true)",
            "policies",
            "storage.objects.audiodesk_add_to_own_folder",
        ),
        (
            "alter policy own_account on audiodesk.account using (true)",
            "policies",
            "audiodesk.account.own_account",
        ),
        (
            "alter policy user_credits_read_own on public.user_credits using (true)",
            "policies",
            "public.user_credits.user_credits_read_own",
        ),
        (
            "alter table storage.objects disable trigger audiodesk_1_track_usage",
            "triggers",
            "storage.objects.audiodesk_1_track_usage",
        ),
        ("alter table audiodesk.take disable trigger stamp_row", "triggers", "audiodesk.take.stamp_row"),
        (
            (
                "create or replace trigger stamp_row before insert on audiodesk.take for each row"
                " execute function audiodesk.stamp_row()"
            ),
            "triggers",
            "audiodesk.take.stamp_row",
        ),
        ("alter table audiodesk.take_file_shape drop column overview", "tables", "audiodesk.take_file_shape"),
        ("alter view audiodesk.travelling reset (security_invoker)", "tables", "audiodesk.travelling"),
        ("alter table public.user_credits rename column plan to plans", "tables", "public.user_credits"),
        (
            (
                'create or replace function public.support_access_log("limit" integer default 100) returns jsonb'
                " language sql stable security definer set search_path = '' as $$ select '{}'::jsonb $$"
            ),
            "functions",
            "public.support_access_log(integer)",
        ),
        (
            "alter function public.storage_usage() security invoker",
            "functions",
            "public.storage_usage()",
        ),
        (
            "alter function public.storage_usage() reset search_path",
            "functions",
            "public.storage_usage()",
        ),
    ],
)
def test_what_is_altered(server: Database, statement: str, kind: str, name: str) -> None:
    damage(server, statement)
    document = health(server)
    assert document[kind] == {**document[kind], "missing": [], "altered": [name]}
    assert document["trigger"] == {"present": True, "enabled": "track_usage" not in name}


def test_columns_and_policies_of_the_operators_own_are_no_trouble(server: Database) -> None:
    damage(
        server,
        "alter table public.user_credits add column credits integer, add column note text",
        "alter table audiodesk.take add column later text",
        "create policy everybody on public.user_credits for insert to authenticated with check (true)",
        "create function public.something_else() returns integer language sql as 'select 1'",
    )
    document = health(server)
    for kind in ("tables", "policies", "functions", "triggers"):
        assert (document[kind]["missing"], document[kind]["altered"]) == ([], [])
    damage(server, "alter table public.user_credits drop column note")
    assert health(server)["tables_ok"] is True


def test_policies_that_are_not_ours_are_named(server: Database) -> None:
    damage(
        server,
        'create policy "Give anon users access" on storage.objects for select to anon, authenticated using (true)',
        "create policy zz on storage.objects as restrictive using (true)",
        role="postgres",
    )
    assert health(server)["policies"] == {
        **NOTHING,
        "foreign": [
            {"name": "Give anon users access", "permissive": True, "cmd": "select", "roles": "anon, authenticated"},
            {"name": "zz", "permissive": False, "cmd": "all", "roles": "public"},
        ],
    }


@pytest.mark.parametrize(
    "table", ["audiodesk.take", "audiodesk.shipped_part", "public.user_credits", "storage.objects"]
)
def test_row_security_that_is_off(server: Database, table: str) -> None:
    damage(server, f"alter table {table} disable row level security")
    document = health(server)
    assert (document["rls"], document["without_rls"]) == (False, [table])


def test_functions_that_anybody_may_call(server: Database) -> None:
    damage(server, "grant execute on function public.support_files(text, text, integer) to anon")
    assert health(server)["functions"]["exposed"] == ["public.support_files(text,text,integer)"]
    damage(server, "grant execute on all functions in schema public to public")
    exposed = health(server)["functions"]["exposed"]
    assert set(exposed) == {f"public.{name}" for name in PUBLIC_FUNCTIONS}


def test_the_bucket_as_it_is(server: Database) -> None:
    damage(
        server,
        "update storage.buckets set public = true, file_size_limit = null, allowed_mime_types = null",
        role="postgres",
    )
    assert health(server)["bucket"] == {
        "exists": True,
        "public": True,
        "file_size_limit": None,
        "versioning": "DISABLED",
        "allowed_mime_types": None,
    }
    damage(server, "set local session_replication_role = replica", "delete from storage.buckets")
    assert health(server)["bucket"] == {
        "exists": False,
        "public": None,
        "file_size_limit": None,
        "versioning": None,
        "allowed_mime_types": None,
    }


@pytest.mark.parametrize(
    ("statement", "applied"),
    [
        ("drop schema supabase_migrations cascade", 0),
        ("delete from supabase_migrations.schema_migrations", 0),
        ("alter schema supabase_migrations owner to supabase_admin", 0),
        ("alter table supabase_migrations.schema_migrations owner to supabase_admin", 0),
        ("drop table supabase_migrations.schema_migrations", 0),
        ("delete from supabase_migrations.schema_migrations where version > '20261101000009'", 9),
        ("insert into supabase_migrations.schema_migrations values ('20270101120000', null, 'own')", 15),
    ],
)
def test_the_version_with_and_without_a_history(server: Database, statement: str, applied: int) -> None:
    versions = [file.name.split("_")[0] for file in migration_files()]
    damage(server, statement)
    document = health(server)["schema"]
    assert document["applied"] == versions[:applied]
    assert document["version"] == versions[(applied or len(versions)) - 1]
    assert document["marker"] == versions[-1]


def test_another_server_may_print_the_same_expression_otherwise(server: Database) -> None:
    """After a server upgrade, brackets and casts are not compared, but everything else is."""
    with server.connect() as connection:
        row = connection.execute(
            "select definition from audiodesk.shipped_part where name = 'storage.objects.audiodesk_read_own_folder'"
        ).fetchone()
        assert row is not None
        printed = {**row[0], "using": row[0]["using"].replace("::text", "").replace("(", "").replace(")", " ")}
        update = "update audiodesk.shipped_part set definition = %s, server_major = %s where name = %s"
        name = "storage.objects.audiodesk_read_own_folder"
        connection.execute(update.encode(), [Jsonb(printed), 14, name])
    assert health(server)["policies"]["altered"] == []
    with server.connect() as connection:
        connection.execute(update.encode(), [Jsonb(printed), server.server.version, name])
    assert health(server)["policies"]["altered"] == [name]
    with server.connect() as connection:
        connection.execute(update.encode(), [Jsonb({**printed, "using": "true"}), 14, name])
    assert health(server)["policies"]["altered"] == [name]


def test_no_role_changes_the_list_of_shipped_parts(server: Database) -> None:
    person: UUID = server.add_user()
    for statement in ("delete from audiodesk.shipped_part", "select audiodesk.remember_parts()"):
        for role in ("authenticated", "anon", "service_role"):
            with (
                pytest.raises(errors.InsufficientPrivilege),
                server.connect(role, {"role": role, "sub": str(person)}) as connection,
            ):
                connection.execute(statement.encode())


def test_a_half_applied_server_has_no_health_to_tell(bare_server: Database) -> None:
    """The check comes with the last migration, so its absence says that the server is not ready."""
    apply_files(bare_server, migration_files()[:-1])
    with (
        pytest.raises(errors.UndefinedFunction),
        bare_server.as_user(bare_server.add_user()) as connection,
    ):
        connection.execute("select public.backend_health()")
