"""Repairing the schema: recorded migrations are applied again, in order and under the lock; rows stay unchanged."""

from __future__ import annotations

import pytest

from audiodesk.cloud.schema.backend_schema import BackendSchema
from audiodesk.cloud.schema.database_url import read_database_url
from audiodesk.cloud.schema.migrations import APPLY_LOCK, Migration
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.server.backend import SchemaOutcome
from tests.server.schema_picture import history, schema_picture
from tests.twin.databases import Database

pytestmark = pytest.mark.slow


def _files(*texts: str) -> tuple[Migration, ...]:
    return tuple(
        Migration(f"202611010000{number:02}", f"{number:02}_step", text) for number, text in enumerate(texts, start=1)
    )


FILES = _files(
    "create schema if not exists of_ours;\ncreate table if not exists of_ours.a (id int primary key);",
    "create or replace function of_ours.f() returns int language sql set search_path = '' as $$ select 1; $$;",
    "create or replace function of_ours.f() returns int language sql set search_path = '' as $$ select 2; $$;",
    "insert into of_ours.a values (1) on conflict do nothing;",
)
REMEMBERING = _files(
    "create schema if not exists audiodesk; create table if not exists audiodesk.a (id int, title text);"
    " create or replace function audiodesk.f() returns int language sql set search_path = '' as $$ select 1; $$;",
    """create table if not exists audiodesk.shipped_part (kind text, name text, definition jsonb);
       delete from audiodesk.shipped_part;
       insert into audiodesk.shipped_part
       select 'table', 'audiodesk.a', jsonb_build_object('columns', jsonb_object_agg(attname, atttypid::regtype))
         from pg_attribute where attrelid = 'audiodesk.a'::regclass and attnum > 0 and not attisdropped;""",
)
"""As the shipped ones, the last remembers what is there."""


def _schema(database: Database, files: tuple[Migration, ...] = FILES) -> BackendSchema:
    return BackendSchema(read_database_url(database.url), files, pause=lambda _: None)


def _results(outcome: SchemaOutcome) -> str:
    return " ".join(item.result.value for item in outcome.items)


def _execute(database: Database, *statements: str) -> None:
    with database.open() as connection:
        for statement in statements:
            connection.execute(statement.encode())


def _ask(database: Database, question: str) -> object:
    with database.open() as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row is not None
    return row[0]


def test_what_was_changed_by_hand_is_as_shipped_again_and_rows_stay(bare_server: Database) -> None:
    _schema(bare_server).apply()
    _execute(bare_server, "insert into of_ours.a values (7)")
    before = schema_picture(bare_server)
    _execute(
        bare_server,
        "create or replace function of_ours.f() returns int language sql as $$ select 3; $$",
    )
    changed = schema_picture(bare_server)
    assert changed != before
    assert _results(_schema(bare_server).apply()) == "present present present present"
    assert _results(_schema(bare_server).plan(repair=True)) == " ".join(["planned-repair"] * 4)
    assert schema_picture(bare_server) == changed
    told: list[str] = []
    outcome = _schema(bare_server).apply(repair=True, tell=lambda item: told.append(item.result.value))
    assert outcome.error is None
    assert _results(outcome) == "repaired repaired repaired repaired"
    assert told == ["repaired"] * 4
    # In order: the later file has the last word.
    assert _ask(bare_server, "select of_ours.f()") == 2
    assert schema_picture(bare_server) == before
    assert _ask(bare_server, "select array_agg(id order by id) from of_ours.a") == [1, 7]


def test_what_is_missing_is_applied_in_its_turn(bare_server: Database) -> None:
    _schema(bare_server, FILES[:2]).apply()
    assert _results(_schema(bare_server).plan(repair=True)) == "planned-repair planned-repair planned planned"
    assert _results(_schema(bare_server).apply(repair=True)) == "repaired repaired applied applied"
    assert history(bare_server) == [(m.version, m.name) for m in FILES]


def test_the_history_is_left_as_it_is_or_brought_to_what_was_applied(bare_server: Database) -> None:
    _schema(bare_server).apply()
    _execute(
        bare_server,
        "update supabase_migrations.schema_migrations set statements = '{}' where version like '%2'",
        "update supabase_migrations.schema_migrations set statements = null, name = null where version like '%3'",
    )
    planned = _schema(bare_server).plan(repair=True)
    assert [item.differs for item in planned.items] == [False, True, False, False]
    repaired = _schema(bare_server).apply(repair=True)
    assert [item.differs for item in repaired.items] == [False] * 4
    with bare_server.open() as connection:
        rows = connection.execute(
            "select version, name, statements from supabase_migrations.schema_migrations order by version"
        ).fetchall()
    assert rows.pop(2) == (FILES[2].version, None, None)
    kept = (*FILES[:2], FILES[3])
    assert rows == [(m.version, m.name, [s.text for s in m.statements]) for m in kept]


def test_a_file_that_fails_leaves_its_parts_as_they_were(bare_server: Database) -> None:
    _schema(bare_server).apply()
    _execute(
        bare_server,
        "drop function of_ours.f()",
        "create function of_ours.f() returns text language sql as 'select null'",
    )
    before = schema_picture(bare_server)
    outcome = _schema(bare_server).apply(repair=True)
    assert _results(outcome) == "repaired failed waiting waiting"
    assert outcome.error is not None
    assert outcome.error.code == "backend-statement"
    assert schema_picture(bare_server) == before
    _execute(bare_server, "drop function of_ours.f()")
    assert _results(_schema(bare_server).apply(repair=True)) == "repaired repaired repaired repaired"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("('20261101000009', null, '09_more')", "backend-newer"),
        ("('20261101000004', null, 'x')", "backend-name-differs"),
    ],
)
def test_what_the_history_forbids_changes_nothing(bare_server: Database, row: str, code: str) -> None:
    _schema(bare_server, FILES[:3]).apply()
    _execute(
        bare_server, f"insert into supabase_migrations.schema_migrations values {row}", "drop function of_ours.f()"
    )
    before = schema_picture(bare_server)
    for act in (_schema(bare_server).apply, _schema(bare_server).plan):
        with pytest.raises(AudioDeskError) as caught:
            act(repair=True)
        assert caught.value.code == code
    assert schema_picture(bare_server) == before


def test_somebody_who_applies_is_waited_for(bare_server: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audiodesk.cloud.schema.backend_schema._OTHERS_MAY_TAKE", "50ms")
    _schema(bare_server).apply()
    with bare_server.open() as other:
        other.execute("select pg_advisory_xact_lock(%s)", (APPLY_LOCK,))
        outcome = _schema(bare_server).apply(repair=True)
    assert _results(outcome) == "failed waiting waiting waiting"
    assert outcome.error is not None
    assert outcome.error.code == "backend-busy"


def test_a_busy_project_is_not_held_up(bare_server: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audiodesk.cloud.schema.backend_schema._LOCKS_MAY_TAKE", "50ms")
    files = _files(FILES[0].sql, "alter table of_ours.a enable row level security;")
    _schema(bare_server, files).apply()
    with bare_server.open() as other:
        other.execute("lock table of_ours.a in access share mode")
        outcome = _schema(bare_server, files).apply(repair=True)
    assert _results(outcome) == "repaired failed"
    assert outcome.error is not None
    assert outcome.error.code == "backend-locked"


@pytest.mark.parametrize(
    "statement",
    ["alter table audiodesk.a drop column title", "alter table audiodesk.a alter column title type varchar(9)"],
)
def test_a_column_that_is_gone_is_never_taken_for_right(bare_server: Database, statement: str) -> None:
    """Otherwise `doctor` would report no problem, and the operator would not restore the backup in time."""
    _schema(bare_server, REMEMBERING).apply()
    remembered = _ask(bare_server, "select definition from audiodesk.shipped_part")
    _execute(bare_server, statement, "drop function audiodesk.f()")
    outcome = _schema(bare_server, REMEMBERING).apply(repair=True)
    assert _results(outcome) == "repaired failed"
    assert outcome.error is not None
    assert outcome.error.code == "backend-columns-gone"
    assert outcome.error.params["names"] == "audiodesk.a.title"
    assert _ask(bare_server, "select definition from audiodesk.shipped_part") == remembered
    assert _ask(bare_server, "select audiodesk.f()") == 1
    _execute(
        bare_server, "alter table audiodesk.a drop column if exists title", "alter table audiodesk.a add title text"
    )
    _execute(bare_server, "alter table audiodesk.a add more int")
    assert _results(_schema(bare_server, REMEMBERING).apply(repair=True)) == "repaired repaired"


def test_other_statements_than_were_applied_may_make_other_columns(bare_server: Database) -> None:
    _schema(bare_server, REMEMBERING).apply()
    changed = Migration(
        REMEMBERING[0].version, REMEMBERING[0].name, f"{REMEMBERING[0].sql} alter table audiodesk.a drop title;"
    )
    assert _results(_schema(bare_server, (changed, REMEMBERING[1])).apply(repair=True)) == "repaired repaired"
