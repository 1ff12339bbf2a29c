"""Who may write the rows that travel, and how: only through stamps, only one's own, only signed in."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.server.sync_calls import Caller, create, edit
from tests.twin.databases import Database


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


def test_people_see_and_change_only_their_own_rows(caller: Caller) -> None:
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


def test_a_caller_who_is_not_signed_in_is_refused(server: Database) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege), server.as_anon() as connection:
        connection.execute("select public.sync_push(0, null, %s, null)", [Jsonb([])])
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="Sign in first"),
        server.connect("authenticated", {"role": "authenticated"}) as connection,
    ):
        connection.execute("select public.sync_push(0, null, %s, null)", [Jsonb([])])


def test_rows_that_travel_are_stamped_and_cannot_be_deleted(shared_server: Database) -> None:
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
