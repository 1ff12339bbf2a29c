"""Projects that already have a table user_credits, a bucket or objects: kept, counted once, or refused in words."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.server.storage_steps import (
    FREE,
    Usage,
    complete,
    difference,
    key_of,
    remove,
    stored,
    until_somebody_waits,
    upload,
    usage,
)
from tests.server.test_policies import migration
from tests.twin.databases import Database, Databases, apply_files
from tests.twin.platform_sql import migration_files

pytestmark = pytest.mark.slow  # the file as a whole

STOPPED = psycopg.errors.ObjectNotInPrerequisiteState
REFUSED = psycopg.errors.InsufficientPrivilege

# The table of a shop that sold credits before: people may see and (a mistake) also change their own row.
OLD_TABLE = """
    create table public.user_credits (
        user_id uuid primary key references auth.users on delete cascade,
        credits integer not null default 10,
        note text
    );
    alter table public.user_credits enable row level security;
    grant select, insert, update, delete on public.user_credits to authenticated;
    create policy own_row on public.user_credits for all to authenticated
        using (user_id = auth.uid()) with check (user_id = auth.uid());
"""


def execute(server: Database, text: str, values: list[Any] | None = None) -> None:
    with server.connect() as connection:
        connection.execute(text.encode(), values)


def apply_all(server: Database) -> None:
    apply_files(server, migration_files())


def apply_to_credits(server: Database) -> None:
    apply_files(server, [file for file in migration_files() if file.name < "20261101000008"])


def counters(server: Database) -> set[tuple[Any, ...]]:
    with server.connect() as connection:
        return set(connection.execute("select user_id, storage_used_bytes, storage_object_count from user_credits"))


def test_an_older_table_keeps_what_it_has_and_gets_four_columns(bare_server: Database) -> None:
    user, other = bare_server.add_user(), bare_server.add_user()
    execute(bare_server, OLD_TABLE)
    execute(bare_server, "insert into public.user_credits values (%s, 7, 'loyal')", [user])
    apply_all(bare_server)
    with bare_server.connect() as connection:
        assert connection.execute("select * from public.user_credits").fetchall() == [
            (user, 7, "loyal", "free", 0, 0, None)
        ]
        assert connection.execute("select policyname from pg_policies where tablename = 'user_credits'").fetchall() == [
            ("own_row",)
        ]
    upload(bare_server, user, key_of(user), 100)
    upload(bare_server, other, key_of(other), 200)
    assert counters(bare_server) == {(user, 100, 1), (other, 200, 1)}
    with bare_server.as_user(user) as connection:
        assert connection.execute("update public.user_credits set credits = 3").rowcount == 1
        told = connection.execute("select public.storage_usage()").fetchone()
    assert told is not None
    assert (told[0]["used"], told[0]["allowed"]) == (100, FREE)


def test_objects_that_are_there_are_counted_once(bare_server: Database) -> None:
    users = [bare_server.add_user() for _ in range(3)]
    execute(bare_server, "insert into storage.buckets (id, name) values ('audiofiles', 'audiofiles'), ('pics', 'pics')")
    for number, user in enumerate(users):
        for size in range(number + 1):
            complete(bare_server, key_of(user), 100 + size)
        complete(bare_server, f"{user}/an old name.wav", 1000)
        complete(bare_server, key_of(user), 5000, bucket="pics")
    complete(bare_server, "nobody.wav", 10**12)
    complete(bare_server, f"{str(users[0]).upper()}/x.wav", 10**12)
    execute(bare_server, OLD_TABLE)
    execute(bare_server, "insert into public.user_credits (user_id) values (%s)", [users[0]])
    apply_all(bare_server)
    expected = {(users[0], 1100, 2), (users[1], 1201, 3), (users[2], 1303, 4)}
    assert counters(bare_server) == expected
    with bare_server.connect() as connection:
        for again in ("_07_", "_08_", "_09_", "_10_"):
            connection.execute(migration(again).read_bytes())
    assert counters(bare_server) == expected


def test_uploads_during_the_migration_are_counted_once(bare_server: Database) -> None:
    """They run on, and wait for the moment in which the trigger is made and the objects are counted."""
    users = [bare_server.add_user() for _ in range(4)]
    execute(bare_server, "insert into storage.buckets (id, name) values ('audiofiles', 'audiofiles')")
    stop = threading.Event()
    made = [0] * 4

    def store(place: int) -> None:
        while not stop.is_set():
            complete(bare_server, key_of(users[place]), 10)
            made[place] += 1

    threads = [threading.Thread(target=store, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    try:
        apply_all(bare_server)
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=60)
    assert counters(bare_server) == {(user, 10 * made[place], made[place]) for place, user in enumerate(users)}


def test_an_upload_begun_before_the_migration_is_counted(bare_server: Database) -> None:
    user = bare_server.add_user()
    execute(bare_server, "insert into storage.buckets (id, name) values ('audiofiles', 'audiofiles')")
    apply_files(bare_server, [file for file in migration_files() if file.name < "20261101000009"])
    with ThreadPoolExecutor(1) as pool:
        with bare_server.as_service("storage.object.upload") as uploading:
            uploading.execute(
                "insert into storage.objects (bucket_id, name, metadata) values ('audiofiles', %s, %s)",
                [key_of(user), Jsonb(stored(77))],
            )
            migrating = pool.submit(apply_files, bare_server, [migration("_09_")])
            until_somebody_waits(bare_server, migrating)
        migrating.result(timeout=60)
    assert usage(bare_server, user) == Usage(77, 1)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("create view user_credits as select gen_random_uuid() as user_id", "not a table but a view"),
        ("create table user_credits (user_id text primary key)", "user_id is of type text, not uuid"),
        ("create table user_credits (id uuid primary key)", "has no column user_id"),
        ("create table user_credits (user_id uuid)", "user_id is no unique key"),
        (
            "create table user_credits (user_id uuid, month int, primary key (user_id, month))",
            "user_id is no unique key",
        ),
        (
            "create table user_credits (user_id uuid, n int); create unique index on user_credits (user_id) where n=1",
            "user_id is no unique key",
        ),
        ("create table user_credits (user_id uuid unique deferrable)", "user_id is no unique key"),
        (
            "create table user_credits (user_id uuid primary key, storage_used_bytes integer)",
            "storage_used_bytes is of type integer, not bigint",
        ),
        (
            "create table user_credits (user_id uuid primary key, plan varchar(20), storage_quota_bytes numeric)",
            r"plan is of type character varying\(20\), not text; storage_quota_bytes is of type numeric, not bigint",
        ),
        (
            "create table user_credits (user_id uuid unique, storage_used_bytes bigint generated always as (5) stored)",
            "storage_used_bytes is computed from others",
        ),
        (
            "create table user_credits (user_id uuid primary key, e_mail text not null)",
            "a new row with no more than a user_id is refused .*e_mail",
        ),
        (
            "create table user_credits (user_id uuid primary key, credits int default 0 check (credits > 0))",
            "a new row with no more than a user_id is refused .*check constraint",
        ),
    ],
)
def test_a_table_that_cannot_work_stops_the_migration(bare_server: Database, table: str, words: str) -> None:
    execute(
        bare_server,
        f"{table}; revoke all on public.user_credits from anon, authenticated",
    )
    with pytest.raises(STOPPED, match=f"cannot use the table public.user_credits that is there already: .*{words}"):
        apply_to_credits(bare_server)
    with bare_server.connect() as connection:
        columns = connection.execute(
            "select from information_schema.columns where table_name = 'user_credits' and column_name like 'storage%'"
        )
        assert columns.rowcount == table.count("storage_")


def test_a_table_with_other_plans_stops_the_migration(bare_server: Database) -> None:
    execute(bare_server, OLD_TABLE)
    execute(bare_server, "alter table user_credits add plan text; insert into user_credits (user_id, plan)"
            f" values ('{bare_server.add_user()}', 'gold'), ('{bare_server.add_user()}', 'free')")  # fmt: skip
    with pytest.raises(STOPPED, match="its column plan holds 'gold', and AudioDesk knows free and paid"):
        apply_to_credits(bare_server)


def test_a_table_of_another_role_stops_the_migration(bare_server: Database) -> None:
    with bare_server.open("supabase_admin") as connection:
        connection.execute("create table public.user_credits (user_id uuid primary key)")
    with pytest.raises(STOPPED, match="belongs to another role than postgres"):
        apply_to_credits(bare_server)


@pytest.mark.parametrize("grant", ["to anon", "to authenticated", "to public"])
def test_a_table_that_everybody_reads_stops_the_migration(bare_server: Database, grant: str) -> None:
    execute(bare_server, "create table user_credits (user_id uuid primary key)")
    execute(bare_server, f"revoke all on user_credits from anon, authenticated; grant select on user_credits {grant}")
    with pytest.raises(STOPPED, match="no row level security, and everybody with the public key can read it"):
        apply_to_credits(bare_server)
    execute(bare_server, "alter table user_credits enable row level security")
    apply_files(bare_server, [migration("_07_")])


def test_a_table_without_grants_keeps_none(bare_server: Database) -> None:
    user = bare_server.add_user()
    execute(bare_server, "create table user_credits (user_id uuid primary key)")
    execute(bare_server, "revoke all on user_credits from anon, authenticated")
    apply_all(bare_server)
    with pytest.raises(REFUSED), bare_server.as_user(user) as connection:
        connection.execute("select * from public.user_credits")
    with bare_server.as_user(user) as connection:
        row = connection.execute("select public.storage_usage()").fetchone()
    assert row is not None
    assert row[0]["plan"] == "free"


def test_columns_of_our_names_and_kinds_are_taken_over(bare_server: Database) -> None:
    user, other = bare_server.add_user(), bare_server.add_user()
    execute(bare_server, "insert into storage.buckets (id, name) values ('audiofiles', 'audiofiles')")
    complete(bare_server, key_of(user), 123)
    execute(bare_server, OLD_TABLE)
    execute(
        bare_server,
        "alter table user_credits add plan text, add storage_used_bytes bigint, add storage_object_count bigint,"
        f" add storage_quota_bytes bigint; insert into user_credits (user_id, plan, storage_used_bytes,"
        f" storage_quota_bytes) values ('{user}', 'paid', 5, 1000), ('{other}', null, 99, -1)",
    )
    apply_all(bare_server)
    with bare_server.connect() as connection:
        rows = connection.execute(
            "select user_id, plan, storage_used_bytes, storage_object_count, storage_quota_bytes from user_credits"
        ).fetchall()
    assert sorted(rows) == sorted([(user, "paid", 123, 1, 1000), (other, "free", 0, 0, 0)])


@pytest.fixture(scope="module")
def old_template(postgres_server: Databases) -> Iterator[Database]:
    """A project with the old table and all migrations."""
    template = postgres_server.create(migrations=False)
    execute(template, OLD_TABLE)
    apply_all(template)
    yield template
    postgres_server.drop(template)


@pytest.fixture
def old(postgres_server: Databases, old_template: Database) -> Iterator[Database]:
    """A copy of it."""
    database = postgres_server.copy(old_template.name)
    yield database
    postgres_server.drop(database)


@pytest.mark.parametrize(
    "change",
    [
        "update user_credits set plan = 'paid'",
        "update user_credits set storage_quota_bytes = 1000000000000",
        "update user_credits set storage_used_bytes = 0",
        "update user_credits set storage_object_count = 0",
        "update user_credits set plan = 'paid', credits = 5",
        "insert into user_credits (user_id) values (auth.uid()) on conflict (user_id) do update set plan = 'paid'",
        "delete from user_credits",
    ],
)
def test_an_old_grant_does_not_reach_our_columns(old: Database, change: str) -> None:
    user = old.add_user()
    upload(old, user, key_of(user), 100)
    with pytest.raises(REFUSED, match=r"cannot be (changed|removed) here"), old.as_user(user) as connection:
        connection.execute(change.encode())
    assert counters(old) == {(user, 100, 1)}


@pytest.mark.parametrize("values", ["(auth.uid(), 'paid', null, 0)", "(auth.uid(), 'free', 1000000000000, 0)"])
def test_an_old_grant_makes_no_row_of_a_better_plan(old: Database, values: str) -> None:
    user = old.add_user()
    columns = "(user_id, plan, storage_quota_bytes, storage_used_bytes)"
    with pytest.raises(REFUSED, match="set by the operator"), old.as_user(user) as connection:
        connection.execute(f"insert into user_credits {columns} values {values}".encode())


def test_a_row_that_an_old_grant_let_in_is_counted(old: Database) -> None:
    user = old.add_user()
    upload(old, user, key_of(user), 100)
    execute(old, "delete from user_credits")
    with old.as_user(user) as connection:
        connection.execute("insert into user_credits (user_id, credits, storage_used_bytes) values (auth.uid(), 5, -9)")
    assert counters(old) == {(user, 100, 1)}


def test_a_row_may_not_be_given_to_another_id(old: Database) -> None:
    execute(old, "create policy anything on user_credits for update using (true) with check (true)")
    user, other = old.add_user(), old.add_user()
    upload(old, user, key_of(user), 100)
    with pytest.raises(REFUSED, match="cannot be changed here"), old.as_user(user) as connection:
        connection.execute("update user_credits set user_id = %s", [other])


def test_the_service_key_sets_plans_but_counts_nothing(old: Database) -> None:
    user = old.add_user()
    upload(old, user, key_of(user), 100)
    execute(old, "grant all on user_credits to service_role")
    with old.connect("service_role", {"role": "service_role"}) as connection:
        connection.execute("update user_credits set plan = 'paid', storage_quota_bytes = 5, credits = 1")
    with (
        pytest.raises(REFUSED, match="counters are kept by the server"),
        old.connect("service_role", {"role": "service_role"}) as connection,
    ):
        connection.execute("update user_credits set storage_used_bytes = 0")


def test_people_of_an_older_table_can_be_deleted(old: Database) -> None:
    user = old.add_user()
    key = key_of(user)
    upload(old, user, key, 100)
    with old.open("supabase_auth_admin") as connection:
        connection.execute("delete from auth.users where id = %s", [user])
    assert counters(old) == set()
    with pytest.raises(REFUSED, match=f"unknown_user: nobody has the account {user}"):
        upload(old, user, key_of(user), 100)
    assert remove(old, user, [key]) == 1
    assert difference(old) == []


def test_whoever_deletes_an_account_may_take_the_row_along(old: Database) -> None:
    """An older project may do so in a trigger of its own, as the role of the Auth service."""
    user = old.add_user()
    upload(old, user, key_of(user), 100)
    execute(old, "grant select, delete on user_credits to supabase_auth_admin")
    execute(old, "create policy leaving on user_credits for all to supabase_auth_admin using (true)")
    with old.open("supabase_auth_admin") as connection:
        assert connection.execute("delete from public.user_credits where user_id = %s", [user]).rowcount == 1
    upload(old, user, key_of(user), 100)
    assert counters(old) == {(user, 200, 2)}


def test_objects_of_people_who_have_left_stop_no_migration(bare_server: Database) -> None:
    gone = uuid4()
    execute(bare_server, "insert into storage.buckets (id, name) values ('audiofiles', 'audiofiles')")
    complete(bare_server, key_of(gone), 100)
    execute(bare_server, OLD_TABLE)
    apply_all(bare_server)
    assert counters(bare_server) == set()
    with bare_server.connect() as connection:
        told = connection.execute("select * from public.recount_user_storage()").fetchall()
    assert told == [(gone, None, 100, None, 1, False)]


def test_a_foreign_key_that_keeps_people_is_told(bare_server: Database) -> None:
    execute(bare_server, "create table user_credits (user_id uuid primary key references auth.users)")
    execute(bare_server, "alter table user_credits enable row level security")
    heard: list[str] = []
    with bare_server.open() as connection:
        connection.add_notice_handler(lambda notice: heard.append(f"{notice.severity}: {notice.message_primary}"))
        for file in migration_files()[:1]:
            connection.execute(file.read_bytes())
        connection.execute(migration("_07_").read_bytes())
    assert any(line.startswith("WARNING: People who have a row") for line in heard)


def test_functions_of_the_operator_still_work(old: Database) -> None:
    """Such as one that takes a credit off, as its maker and not as the caller."""
    user = old.add_user()
    upload(old, user, key_of(user), 100)
    execute(
        old,
        "create function spend() returns void language sql security definer set search_path = '' as"
        " $$ update public.user_credits set credits = credits - 1 where user_id = auth.uid() $$;"
        "grant execute on function spend() to authenticated",
    )
    with old.as_user(user) as connection:
        connection.execute("select spend()")
    with old.connect() as connection:
        assert connection.execute("select credits from user_credits").fetchall() == [(9,)]
