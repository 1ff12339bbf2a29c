"""Repairing the shipped schema: everything removed or changed by hand is restored, and rows stay."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from psycopg.types.json import Jsonb

from audiodesk.cloud.schema.migration_files import read_migrations
from audiodesk.services.server.backend import Backend
from tests.server.schema_picture import schema_picture
from tests.server.storage_book import StorageBook
from tests.server.storage_steps import Usage, stored, until_somebody_waits, usage
from tests.twin.databases import Database

pytestmark = pytest.mark.slow  # the file as a whole

ROWS = (
    "audiodesk.account",
    "audiodesk.lineage",
    "audiodesk.project",
    "audiodesk.take",
    "audiodesk.take_file",
    "audiodesk.usage_day",
    "audiodesk.failed_upload",
    "public.user_credits",
    "storage.objects",
    "storage.buckets",
)
OURS = "('audiodesk'::regnamespace, 'public'::regnamespace)"
DAMAGES = {
    "a policy of storage.objects dropped": "drop policy audiodesk_only_own_folder on storage.objects",
    "one altered": "alter policy audiodesk_read_own_folder on storage.objects using (true)",
    "one for others": "alter policy audiodesk_only_own_folder on storage.objects to authenticated",
    "a trigger dropped": "drop trigger audiodesk_1_track_usage on storage.objects",
    "a trigger off": "alter table storage.objects disable trigger audiodesk_1_prepare_usage",
    "a trigger of a table of ours off": "alter table public.user_credits disable trigger audiodesk_guard",
    "a trigger at another time": "create or replace trigger audiodesk_1_track_usage before delete on storage.objects"
    " for each row execute function audiodesk.track_usage()",
    "a function dropped": "drop function public.sync_pull",
    "a function of another text": "create or replace function public.storage_usage() returns jsonb"
    " language sql security invoker as $$ select '{}'::jsonb $$",
    "a right taken": "revoke execute on function public.sync_push(bigint, text, jsonb, uuid) from authenticated",
    "a right given": "grant execute on all functions in schema public, audiodesk to anon, authenticated, public",
    "a right on rows given": "grant all on all tables in schema audiodesk to anon, authenticated",
    "rights on rows taken": "revoke all on all tables in schema audiodesk from authenticated, service_role",
    "the schema closed": "revoke usage on schema audiodesk from authenticated",
    "row level security off": "alter table audiodesk.take disable row level security",
    "the same of the credits": "alter table public.user_credits disable row level security",
    "an index dropped": "drop index audiodesk.take_in_section",
    "a view dropped": "drop view audiodesk.usage_by_user",
    "the parts that are remembered": "update audiodesk.shipped_part set definition = '{}'",
    "every policy": "do $$ declare p record; begin for p in select polname, polrelid::regclass as t from pg_policy loop"
    " execute format('drop policy %I on %s', p.polname, p.t); end loop; end $$",
    "every trigger": "do $$ declare p record; begin for p in select tgname, tgrelid::regclass as t from pg_trigger"
    " where not tgisinternal and tgfoid::regproc::text like 'audiodesk.%' loop"
    " execute format('drop trigger %I on %s', p.tgname, p.t); end loop; end $$",
    "every function": "do $$ declare f text; begin"
    f" foreach f in array array(select oid::regprocedure::text from pg_proc where pronamespace in {OURS}) loop"
    " execute format('drop function if exists %s cascade', f); end loop; end $$",
    "every index": "do $$ declare p record; begin for p in select indexrelid::regclass as i from pg_index"
    " join pg_class on pg_class.oid = indrelid where relnamespace = 'audiodesk'::regnamespace "
    " and not exists (select from pg_constraint where conindid = indexrelid) loop"
    " execute format('drop index %s', p.i); end loop; end $$",
}


@pytest.fixture
def author(server: Database) -> UUID:
    """Somebody whose rows must stay."""
    author = server.add_user("author@example.org")
    book = StorageBook(server, author, "The Sea")
    book.add_take("a.mp3")
    book.upload("a.mp3", 700)
    with server.connect() as connection:
        connection.execute("select public.set_user_plan(%s, 'paid', 21474836480)", [author])
    with server.as_user(author) as connection:
        connection.execute("select public.report_failed_upload('over_quota', 9)")
    return author


def health(database: Database, person: UUID) -> dict[str, Any]:
    with database.as_user(person) as connection:
        row = connection.execute("select public.backend_health()").fetchone()
    assert row is not None
    document: dict[str, Any] = row[0]
    del document["now"]
    return document


def rows(database: Database) -> dict[str, list[str]]:
    with database.connect("supabase_admin") as connection:
        return {
            name: sorted(row[0] for row in connection.execute(f"select row::text from {name} as row".encode()))
            for name in ROWS
        }


def picture(database: Database) -> list[str]:
    """What can be told of the schema; in which order rights were given is all the same."""
    return sorted(schema_picture(database).splitlines())


def damage(database: Database, statements: str) -> None:
    """Run the statement as the tables' owner, who may do more than an operator."""
    with database.connect("supabase_admin") as connection:
        connection.execute(statements.encode())


def repair(database: Database) -> None:
    outcome = Backend().apply(database.url, repair=True)
    assert outcome.error is None, (outcome.error.code, outcome.error.params, outcome.error.details)
    assert {item.result.value for item in outcome.items} == {"repaired"}
    assert len(outcome.items) == len(read_migrations())


def is_repaired(database: Database, person: UUID, *damages: str) -> None:
    before, kept, well = picture(database), rows(database), health(database, person)
    for statements in damages:
        damage(database, statements)
    assert picture(database) != before
    repair(database)
    assert picture(database) == before
    assert rows(database) == kept
    assert health(database, person) == well


def test_what_people_do_by_hand_is_put_back(server: Database, author: UUID) -> None:
    is_repaired(
        server,
        author,
        "drop policy audiodesk_only_own_folder on storage.objects",
        "alter policy audiodesk_read_own_folder on storage.objects using (true)",
        "drop trigger audiodesk_1_track_usage on storage.objects",
        "drop function public.sync_pull",
        "revoke execute on function public.sync_push(bigint, text, jsonb, uuid) from authenticated",
        "alter table audiodesk.take disable row level security",
    )


def test_a_whole_schema_is_left_as_it_is(server: Database, author: UUID) -> None:
    before, kept = schema_picture(server), rows(server)
    repair(server)
    assert schema_picture(server) == before
    assert rows(server) == kept


@pytest.mark.slow
@pytest.mark.parametrize("name", DAMAGES)
def test_each_damage_is_mended(server: Database, author: UUID, name: str) -> None:
    is_repaired(server, author, DAMAGES[name])


@pytest.mark.slow
def test_uploads_that_were_not_counted_are_counted_then(server: Database, author: UUID) -> None:
    damage(server, "drop trigger audiodesk_1_track_usage on storage.objects")
    StorageBook(server, author, "Later").upload("b.mp3", 300)
    repair(server)
    with server.as_user(author) as connection:
        row = connection.execute("select public.storage_usage() -> 'used'").fetchone()
    assert row == (1000,)


def test_an_upload_that_is_on_its_way_is_waited_for(server: Database, author: UUID) -> None:
    """It has written to storage.objects and counts next; the repair must not hold what it counts in meanwhile."""
    (storage_tracking,) = [file for file in read_migrations() if file.name == "09_add_storage_tracking"]
    key = StorageBook(server, author).key("one.wav")

    def apply_again() -> None:
        with server.open() as connection:
            connection.execute(storage_tracking.sql.encode())

    write = "insert into storage.objects (bucket_id, name, metadata) values (%s, %s, %s)"
    with ThreadPoolExecutor(1) as pool:
        with server.as_service("storage.object.upload") as uploading:
            uploading.execute("insert into storage.buckets (id, name) values ('pictures', 'pictures')")
            uploading.execute(write, ["pictures", "one.png", Jsonb(stored(5))])
            repairing = pool.submit(apply_again)
            until_somebody_waits(server, repairing)
            uploading.execute(write, ["audiofiles", key, Jsonb(stored(77))])
        repairing.result(timeout=60)
    assert usage(server, author) == Usage(700 + 77, 2)


def test_a_policy_of_another_kind_under_our_name_is_told(server: Database, author: UUID) -> None:
    damage(
        server,
        "drop policy audiodesk_only_own_folder on storage.objects;"
        " create policy audiodesk_only_own_folder on storage.objects for select to anon using (true)",
    )
    error = Backend().apply(server.url, repair=True).error
    assert error is not None
    assert error.code == "backend-stopped"
    assert "audiodesk_only_own_folder" in str(error.params["message"])
    damage(server, "alter policy audiodesk_only_own_folder on storage.objects rename to theirs")
    repair(server)
    assert health(server, author)["policies"]["missing"] == []


def test_a_column_that_is_gone_stays_told(server: Database, author: UUID) -> None:
    """What was in it is lost; `doctor` must not be content because the check took the table as it is for right."""
    damage(server, "alter table audiodesk.support_access_log alter column what type varchar(9)")
    damage(server, "drop trigger audiodesk_1_track_usage on storage.objects")
    outcome = Backend().apply(server.url, repair=True)
    assert [item.result.value for item in outcome.items] == ["repaired"] * (len(read_migrations()) - 1) + ["failed"]
    assert outcome.error is not None
    assert outcome.error.code == "backend-columns-gone"
    assert outcome.error.params["names"] == "audiodesk.support_access_log.what"
    found = health(server, author)
    assert found["tables"]["altered"] == ["audiodesk.support_access_log"]
    assert found["triggers"] == {"missing": [], "altered": []}
    damage(server, "alter table audiodesk.support_access_log alter column what type text")
    repair(server)
    assert health(server, author)["tables_ok"]
