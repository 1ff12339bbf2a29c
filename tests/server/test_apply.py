"""The shipped schema is the same however it is applied and however often that is interrupted."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from audiodesk.cloud.schema.migration_files import read_migrations
from audiodesk.services.server.backend import Backend
from audiodesk.services.server.backend_script import backend_script
from tests.server.schema_picture import history, schema_picture
from tests.twin.databases import Database, Databases

pytestmark = pytest.mark.slow  # the file as a whole

FILES = read_migrations()
ROOT = Path(__file__).parents[2]
Make = Callable[..., Database]


@pytest.fixture
def make(postgres_server: Databases) -> Make:
    """Makes projects without a schema; they go with the server."""

    def make_project(*, newer: bool = False) -> Database:
        return postgres_server.create(migrations=False, newer=newer)

    return make_project


def _apply(database: Database, files: int | None = None) -> None:
    outcome = Backend(FILES[:files]).apply(database.url)
    assert outcome.error is None, (outcome.error, outcome.error.details)
    assert len(outcome.items) == len(FILES[:files])


def _paste(database: Database, *options: str, files: int | None = None) -> str:
    done = subprocess.run(
        [database.server.binaries / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", *options, database.url],
        input=backend_script(FILES[:files]),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.stderr if done.returncode else ""


@pytest.mark.slow
@pytest.mark.parametrize("newer", [False, True], ids=["older project", "newer project"])
def test_applied_and_pasted_are_the_same(make: Make, newer: bool) -> None:
    applied, pasted, at_once, mixed = (make(newer=newer) for _ in range(4))
    _apply(applied)
    assert _paste(pasted) == ""
    assert _paste(at_once, "--single-transaction") == ""
    _apply(mixed, 4)
    assert _paste(mixed, files=8) == ""
    _apply(mixed)
    expected = schema_picture(applied)
    assert "audiodesk.take_file" in expected
    assert schema_picture(pasted) == expected
    assert schema_picture(at_once) == expected
    assert schema_picture(mixed) == expected


@pytest.mark.parametrize("age", ["server", "newer_server"])
def test_the_other_tests_run_on_the_same_schema(make: Make, age: str, request: pytest.FixtureRequest) -> None:
    """Their templates are made by running the files, without a history."""
    applied, theirs = make(newer=age != "server"), request.getfixturevalue(age)
    _apply(applied)
    assert schema_picture(theirs, with_history=False) == schema_picture(applied, with_history=False)


def test_it_asks_nothing_of_the_search_path(make: Make) -> None:
    """The SQL editor, poolers and roles come with paths of their own."""
    plain, strange = make(), make()
    _apply(plain)
    with strange.open() as connection:
        connection.execute(f'alter database "{strange.name}" set search_path = pg_temp'.encode())
    _apply(strange)
    assert schema_picture(strange) == schema_picture(plain)


def test_again_changes_nothing(make: Make) -> None:
    database = make()
    _apply(database)
    before = schema_picture(database)
    _apply(database)
    assert _paste(database) == ""
    assert schema_picture(database) == before


@pytest.mark.parametrize("newer", [False, True])
def test_each_file_may_be_applied_once_more(make: Make, newer: bool) -> None:
    """So that what somebody dropped or changed by hand can be put back."""
    database = make(newer=newer)
    _apply(database)
    before = schema_picture(database)
    with database.open() as connection:
        for broken in BREAK:
            connection.execute(broken.encode())
    assert schema_picture(database) != before
    for migration in FILES:
        with database.open() as connection:
            connection.execute(migration.sql.encode())
    assert schema_picture(database) == before


BREAK = (
    "drop policy audiodesk_read_own_folder on storage.objects",
    "alter policy audiodesk_only_own_folder on storage.objects using (true)",
    "drop trigger audiodesk_1_track_usage on storage.objects",
    "drop trigger stamp_row on audiodesk.take",
    "alter table audiodesk.note disable trigger stamp_row",
    "alter table audiodesk.take disable row level security",
    "drop policy own_rows_read on audiodesk.take",
    "alter policy own_account on audiodesk.account using (true)",
    "drop policy user_credits_read_own on public.user_credits",
    "alter table public.user_credits disable row level security",
    "drop function public.sync_pull",
    "create or replace function public.storage_usage() returns jsonb language sql as $$ select '{}'::jsonb $$",
    "grant execute on function public.sync_push to anon",
    "grant select on audiodesk.take to anon",
    "revoke select on audiodesk.take from authenticated",
    "drop index audiodesk.take_by_seq",
    "drop view audiodesk.storage_growth",
)


def test_the_pasted_document_keeps_to_the_order(make: Make) -> None:
    database = make()
    _apply(database, 2)
    with database.open() as connection:
        connection.execute("delete from supabase_migrations.schema_migrations where version like '%01'")
    assert "one that comes after it is there already" in _paste(database)
    with database.open() as connection:
        connection.execute("update supabase_migrations.schema_migrations set name = 'other'")
        connection.execute("insert into supabase_migrations.schema_migrations (version) values ('20261101000001')")
    assert 'its version is recorded for something else, "other"' in _paste(database)
    with database.open() as connection:
        connection.execute("insert into supabase_migrations.schema_migrations (version) values ('20261101000099')")
    assert "newer AudioDesk" in _paste(database)
    assert len(history(database)) == 3


def test_a_part_of_the_document_that_fails_stops_those_after_it(make: Make) -> None:
    """psql and some editors go on after an error."""
    database = make()
    with database.open() as connection:
        connection.execute("create schema audiodesk")
        connection.execute("create table audiodesk.account ()")
    said = subprocess.run(
        [database.server.binaries / "psql", "-X", "-q", database.url],
        input=backend_script(FILES),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    ).stderr
    assert said.count("one that comes before it is missing") == len(FILES) - 1 - len(history(database))


def test_the_document_is_not_for_an_older_postgresql(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    database = make()
    before = schema_picture(database)
    monkeypatch.setattr("audiodesk.services.server.backend_script.OLDEST_SERVER", 990_000)
    assert "AudioDesk needs PostgreSQL 15 or newer; this is 1" in _paste(database)
    assert schema_picture(database) == before


class Killed:
    """``backend apply`` on the command line, ended by SIGKILL some way into its work."""

    def __init__(self, database: Database, home: Path) -> None:
        self._environ = {**os.environ, "AUDIODESK_DB_URL": database.url, "AUDIODESK_HOME": str(home)}

    def at_word(self, number: int) -> bool:
        """Kill it before its ``number``-th word to the server; tells whether it came so far."""
        return self._ended([sys.executable, "-m", "tests.server.applying", str(number), "backend", "apply"], 0, None)

    def after_line(self, number: int, further: float) -> bool:
        """Kill it ``further`` seconds after it said ``number`` lines; tells whether it was still at work."""
        return self._ended([sys.executable, "-m", "audiodesk", "backend", "apply"], number, further)

    def _ended(self, command: list[str], lines: int, seconds: float | None) -> bool:
        with subprocess.Popen(
            command, env=self._environ, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            for _ in range(lines):
                process.stdout.readline()
            try:
                if seconds is not None:
                    process.wait(seconds)
            except subprocess.TimeoutExpired:
                process.kill()
            _, said = process.communicate(timeout=120)
        assert "Traceback" not in said
        assert process.returncode in (0, -9), said
        return process.returncode != 0


def _words(database: Database) -> int:
    """Return about how many words it takes to apply what is missing: in each file a few besides its statements."""
    missing = FILES[len(history(database)) :]
    return 4 + sum(len(migration.statements) + 9 for migration in missing)


def _survives(database: Database, home: Path, chance: random.Random, *, most: int) -> int:
    """Interrupt it up to ``most`` times, then let it go to its end; returns how often it was at work."""
    killed = 0
    for turn in range(most):
        running = Killed(database, home)
        if turn % 3 == 2:
            said = chance.randint(0, len(FILES) - 1)
            killed += running.after_line(said, chance.random() * (0.04 if said else 0.6))
        else:
            killed += running.at_word(chance.randint(1, max(10, _words(database) // 2)))
        recorded = [version for version, _ in history(database)]
        assert recorded == [migration.version for migration in FILES[: len(recorded)]], "no gap, nothing twice"
    _apply(database)
    return killed


@pytest.mark.slow
def test_kills_at_any_moment_end_in_the_same_database(make: Make, tmp_path: Path) -> None:
    whole, interrupted = make(), make()
    _apply(whole)
    killed = _survives(interrupted, tmp_path, random.Random(4), most=6)
    assert killed > 0
    assert schema_picture(interrupted) == schema_picture(whole)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_a_hundred_kills(make: Make, tmp_path: Path) -> None:
    whole = make()
    _apply(whole)
    expected = schema_picture(whole)
    killed = 0
    for seed in range(25):
        interrupted = make()
        killed += _survives(interrupted, tmp_path, random.Random(seed), most=6)
        assert schema_picture(interrupted) == expected, seed
    assert killed >= 100
