"""Rules for the schema, read from its catalogue: checked functions, no open access, an index for every lookup."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.twin.databases import Database
from tests.twin.postgres import SUPERUSER

OURS = """
with ours as (
    select p.*, p.oid::regprocedure::text as signature
      from pg_catalog.pg_proc p
     where p.pronamespace in ('audiodesk'::regnamespace, 'public'::regnamespace)
       and not exists (select from pg_catalog.pg_depend d
                        where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
)
"""
TABLES = """
with ours as (
    select c.oid, c.relname, c.oid::regclass::text as name, c.relrowsecurity, c.relkind, c.reloptions
      from pg_catalog.pg_class c
     where c.relnamespace = 'audiodesk'::regnamespace or c.oid = 'public.user_credits'::regclass
)
"""
ENTITIES = ("chapter", "cover", "device", "note", "project", "section", "take", "take_file")

MORE_THAN_THE_CALLER: dict[str, str] = {
    "audiodesk.begin_count()": "tells how far an account is from its limit, which people may not write",
    "audiodesk.count_added()": "counts in account, which people may not write",
    "audiodesk.count_changed()": "counts in account, which people may not write",
    "audiodesk.count_new_user()": "counts what is stored of a person whom somebody adds to user_credits",
    "audiodesk.count_removed()": "counts in account, which people may not write",
    "audiodesk.email_of(uuid)": "service_role reads no auth.users; the monitoring views name people",
    "audiodesk.end_count()": "people may not write the counters of their account",
    "audiodesk.forget_usage()": "a truncated storage.objects takes everybody's count along",
    "audiodesk.is_key_taken(text,uuid)": "a plan with row security in it would read the whole account",
    "audiodesk.lock_own_account()": "people may read the counter of their account, and not write it",
    "audiodesk.note_all_objects_gone()": "a truncated storage.objects clears everybody's verification",
    "audiodesk.note_object_change()": "objects change by the storage server, whose role may write no rows",
    "audiodesk.prepare_usage()": "locks the person's row in user_credits, which nobody else may write",
    "audiodesk.require_account()": "people may not read auth.users",
    "audiodesk.stamp_row()": "raises the counter of the account, which people may not write",
    "audiodesk.track_usage()": "counts in user_credits, which nobody else may write",
    "backend_health()": "reads the catalogue of tables that people may not see",
    "recount_user_database(uuid,boolean)": "service_role may not write the counters",
    "recount_user_storage(uuid,boolean)": "service_role may not write the counters",
    "report_failed_upload(text,bigint)": "people add to a table that they may not read",
    "set_user_database_limit(uuid,bigint,bigint)": "service_role may not write the limits",
    "set_user_plan(uuid,text,bigint)": "service_role may not write the plans",
    "storage_usage()": "counts with the same function as support does",
    "support_access_log(integer)": "people see the looks at their own storage and no other column of the table",
    "support_files(text,text,integer)": "support sees facts of other people's files and not the files",
    "support_problems(text)": "support sees facts of other people's files and not the files",
    "support_usage(text)": "support sees other people's numbers",
    "verify_take_file(uuid,text)": "people may not say themselves that a file is verified",
    "verify_take_files(uuid[],text)": "people may not say themselves that a file is verified",
}
"""Every security definer function, and why the caller's own rights would not do."""

NOT_LOOKED_UP: dict[str, str] = {
    "note.answered_by_take_id": "read with its note",
    "section.current_take_id": "read with its section",
    "take.replaces_take_id": "read with its take",
    "applied_changes.row_id": "read with its change",
}
"""Columns with the id of another row that need no index, and why."""

ACCEPTED: dict[str, str] = {
    'name of parameter "limit" is reserved keyword': "it is the name that PostgREST's callers give",
    "target type is different type than source type": "numbers of a known size",
    "routine is marked as VOLATILE, should be STABLE": "it has to see what its own statement has just written",
    "immutable expression without parameters found": "the history may not be there, so it is asked for late",
}
"""What plpgsql_check remarks and is meant."""

WRITES_SQL = ("audiodesk.set_policy(", "security", "text type variable is not sanitized")
"""A policy is made of the migrations' own expressions; nobody but they may call it."""


def _asked(database: Database, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(database.server.conninfo(database.name, SUPERUSER)) as connection:
        return connection.execute(query.encode()).fetchall()


def _only(rows: list[tuple[Any, ...]]) -> list[Any]:
    return sorted(row[0] for row in rows)


@pytest.fixture(params=["server", "newer_server"])
def either(request: pytest.FixtureRequest) -> Database:
    """A project of each age: what migrations leave to default privileges differs between them."""
    database: Database = request.getfixturevalue(request.param)
    return database


def test_plpgsql_check_is_content(server: Database) -> None:
    with psycopg.connect(server.server.conninfo(server.name, SUPERUSER)) as connection:
        there = connection.execute("select from pg_available_extensions where name = 'plpgsql_check'").rowcount
        if not there:
            pytest.skip(f"plpgsql_check is not installed (Debian: postgresql-{server.server.version}-plpgsql-check)")
        connection.execute("create schema checking")
        connection.execute("create extension plpgsql_check schema checking")
        query = f"""
            {OURS}, called as (
                select ours.oid, ours.signature, coalesce(t.tgrelid, 0) as relation, t.new_rows, t.old_rows
                  from ours
                  join pg_language l on l.oid = ours.prolang and l.lanname = 'plpgsql'
                  left join (select tgfoid, tgrelid, max(tgnewtable) as new_rows, max(tgoldtable) as old_rows
                               from pg_trigger where not tgisinternal group by tgfoid, tgrelid) t
                    on t.tgfoid = ours.oid
            )
            select called.signature, r.level, r.lineno, r.message
              from called cross join lateral checking.plpgsql_check_function_tb(
                called.oid, called.relation, oldtable => called.old_rows, newtable => called.new_rows,
                fatal_errors => false, other_warnings => true,
                performance_warnings => true, extra_warnings => true, security_warnings => true) r
        """
        found = connection.execute(query.encode()).fetchall()
        checked = connection.execute(f"{OURS} select count(*) from ours".encode()).fetchone()
    assert checked is not None
    assert checked[0] > 40
    remarks = [row for row in found if row[3] not in ACCEPTED or row[1] == "error"]
    meant, level, message = WRITES_SQL
    assert [row for row in remarks if not (row[0].startswith(meant) and (row[1], row[3]) == (level, message))] == []


def test_plpgsql_check_sees_a_mistake(server: Database) -> None:
    with server.open() as connection:
        connection.execute(
            "create function public.wrong() returns void language plpgsql set search_path = '' as"
            " $$ begin perform nothing from audiodesk.project; end $$"
        )
    with pytest.raises(AssertionError, match="nothing"):
        test_plpgsql_check_is_content(server)


def test_no_function_depends_on_the_search_path(server: Database) -> None:
    query = f"""{OURS} select signature from ours where proconfig is null or not proconfig @> array['search_path=""']"""
    assert _only(_asked(server, query)) == []


def test_every_function_belongs_to_the_operator(server: Database) -> None:
    query = f"{OURS} select signature from ours where pg_catalog.pg_get_userbyid(proowner) <> 'postgres'"
    assert _only(_asked(server, query)) == []


def test_without_a_sign_in_no_function_can_be_called(either: Database) -> None:
    query = f"""{OURS}
        select signature from ours
         where has_function_privilege('anon', oid, 'execute')
            or exists (select from aclexplode(coalesce(proacl, acldefault('f', proowner))) a where a.grantee = 0)
    """
    assert _only(_asked(either, query)) == []


def test_no_trigger_function_is_for_people(either: Database) -> None:
    query = f"""{OURS}
        select signature from ours
         where prorettype = 'trigger'::regtype and has_function_privilege('authenticated', oid, 'execute')
    """
    assert _only(_asked(either, query)) == []


def test_more_rights_than_the_caller_s_have_a_reason(server: Database) -> None:
    found = _only(_asked(server, f"{OURS} select signature from ours where prosecdef"))
    assert found == sorted(MORE_THAN_THE_CALLER)


def test_the_pull_is_stable(server: Database) -> None:
    """A volatile one reads rows before the counter, and skips some."""
    query = f"{OURS} select provolatile::text from ours where proname = 'sync_pull'"
    assert _asked(server, query) == [("s",)]


def test_row_level_security_is_on_everywhere(either: Database) -> None:
    query = f"{TABLES} select name from ours where relkind in ('r', 'p') and not relrowsecurity"
    assert _only(_asked(either, query)) == []
    assert len(_asked(either, f"{TABLES} select name from ours where relkind in ('r', 'p')")) >= 15


def test_views_that_people_read_show_them_their_own(either: Database) -> None:
    query = f"""{TABLES}
        select name from ours
         where relkind in ('v', 'm') and has_table_privilege('authenticated', oid, 'select')
           and coalesce(not reloptions @> array['security_invoker=true'], true)
    """
    assert _only(_asked(either, query)) == []


def test_who_is_not_signed_in_has_no_right_to_any_table(either: Database) -> None:
    query = f"""{TABLES}
        select name from ours
         where has_any_column_privilege('anon', oid, 'select, insert, update, references')
            or has_table_privilege('anon', oid, 'delete, truncate, trigger')
    """
    assert _only(_asked(either, query)) == []


def test_signed_in_people_cannot_truncate_delete_or_add_triggers(either: Database) -> None:
    query = f"""{TABLES}
        select name from ours where relkind in ('r', 'p')
           and has_table_privilege('authenticated', oid, 'truncate, trigger, references, delete')
    """
    assert _only(_asked(either, query)) == []


def test_every_column_that_a_policy_asks_for_leads_an_index(server: Database) -> None:
    query = f"""{TABLES}
        select distinct ours.name || '.' || a.attname
          from pg_catalog.pg_policy p
          join ours on ours.oid = p.polrelid
          join pg_catalog.pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid
           and d.refclassid = 'pg_class'::regclass and d.refobjid = ours.oid and d.refobjsubid > 0
          join pg_catalog.pg_attribute a on a.attrelid = ours.oid and a.attnum = d.refobjsubid
         where not exists (select from pg_catalog.pg_index i where i.indrelid = ours.oid and i.indkey[0] = a.attnum)
    """
    assert _only(_asked(server, query)) == []


def test_every_table_that_travels_has_the_pull_s_index(server: Database) -> None:
    query = f"""{TABLES}
        select relname from ours
         where exists (select from pg_catalog.pg_indexes i
                        where i.schemaname = 'audiodesk' and i.tablename = ours.relname
                          and i.indexdef like '%(owner, seq, id)%')
    """
    assert _only(_asked(server, query)) == sorted(ENTITIES)


def test_every_id_of_another_row_has_an_index(server: Database) -> None:
    query = f"""{TABLES}
        select ours.relname || '.' || a.attname
          from ours
          join pg_catalog.pg_attribute a on a.attrelid = ours.oid and a.attnum > 0 and a.attname like '%_id'
         where ours.relkind in ('r', 'p') and a.atttypid = 'uuid'::regtype
           and not exists (select from pg_catalog.pg_index i
                            where i.indrelid = ours.oid and (i.indkey[0] = a.attnum or i.indkey[1] = a.attnum))
    """
    assert _only(_asked(server, query)) == sorted(NOT_LOOKED_UP)


def test_no_foreign_key_of_ours_makes_a_delete_fail(server: Database) -> None:
    query = f"""{TABLES}
        select conname from pg_catalog.pg_constraint k join ours on ours.oid = k.conrelid
         where k.contype = 'f' and k.confdeltype not in ('c', 'n')
    """
    assert _only(_asked(server, query)) == []
