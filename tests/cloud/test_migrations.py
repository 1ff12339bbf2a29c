"""Which histories of migrations are allowed, and the document for the SQL editor."""

from __future__ import annotations

from typing import Any

import pytest

from audiodesk.cloud.schema.migrations import Migration, Recorded, foreign_versions, missing_migrations
from audiodesk.domain.errors import OutsideError
from audiodesk.domain.words.errors.backend_error_words import ADDRESS_ERRORS, BACKEND_ERRORS
from audiodesk.domain.words.errors.error_words import error_action, error_sentence
from audiodesk.domain.words.server.backend_words import apply_summary, migration_result
from audiodesk.services.server.backend_script import backend_script
from tests.support import code_of

FILES = tuple(Migration(f"2026110100000{n}", f"0{n}_part_{n}", f"create table part_{n} ();") for n in (1, 2, 3))
PARAMS: dict[str, Any] = {
    "file": "f.sql",
    "later": "g.sql",
    "line": 3,
    "message": "It will not do",
    "hint": "Ask.",
    "place": "h:1",
    "missing": "x",
    "recorded": "y",
    "version": "9",
    "found": "PostgreSQL 9",
    "folder": "d",
}


def _history(*numbers: int, **more: str) -> dict[str, Recorded]:
    rows = {m.version: Recorded(m.version, m.name, None) for n, m in enumerate(FILES, start=1) if n in numbers}
    return rows | {key.strip("v"): Recorded(key.strip("v"), name, None) for key, name in more.items()}


def test_what_is_not_recorded_is_applied_in_order() -> None:
    assert missing_migrations(FILES, {}) == FILES
    assert missing_migrations(FILES, _history(1)) == FILES[1:]
    assert missing_migrations(FILES, _history(1, 2, 3)) == ()


def test_a_gap_is_filled_only_when_asked_for() -> None:
    assert code_of(missing_migrations, FILES, _history(1, 3)) == "backend-gap"
    assert missing_migrations(FILES, _history(1, 3), include_all=True) == (FILES[1],)


def test_a_newer_schema_is_left_alone() -> None:
    assert code_of(missing_migrations, FILES, _history(1, 2, 3, v20261101000004="04_more")) == "backend-newer"
    assert code_of(missing_migrations, FILES[:1], _history(2)) == "backend-newer"


def test_migrations_of_others_are_left_alone() -> None:
    others = _history(1, v20250101000000="09_add_storage_tracking", v20270101000000="15_of_theirs", v7="")
    assert missing_migrations(FILES, others) == FILES[1:]
    assert foreign_versions(FILES, others) == ("20250101000000", "20270101000000", "7")


def test_a_version_recorded_for_something_else_stops_it() -> None:
    history = {FILES[0].version: Recorded(FILES[0].version, "something_else", None)}
    assert code_of(missing_migrations, FILES, history) == "backend-name-differs"
    old = {FILES[0].version: Recorded(FILES[0].version, "", None)}
    assert missing_migrations(FILES, old) == FILES[1:], "older CLIs recorded no names"


def test_it_is_noticed_that_something_else_was_applied() -> None:
    assert not Recorded("1", "", None).differs_from(FILES[0])
    assert not Recorded("1", "", ("create table part_1 ()",)).differs_from(FILES[0])
    assert Recorded("1", "", ("create table part_1 (a int)",)).differs_from(FILES[0])


def test_the_document_holds_every_file_once_under_its_name() -> None:
    script = backend_script(FILES)
    for migration in FILES:
        assert script.count(f"-- {migration.file}\n") == 1
        assert script.count(migration.statements[0].text) == 1


def test_dollars_in_a_file_do_not_end_the_quote_around_it() -> None:
    tricky = Migration("20261101000001", "01_x", "do $sql$ begin perform $migration$;$migration$; end $sql$;")
    script = backend_script([tricky])
    assert "$sql1$do $sql$ begin" in script
    assert "do $migration1$\n" in script


@pytest.mark.parametrize("code", sorted({**ADDRESS_ERRORS, **BACKEND_ERRORS}))
def test_every_error_is_a_sentence_and_an_action(code: str) -> None:
    error = OutsideError(code, **PARAMS)
    for text in (error_sentence(error), error_action(error)):
        assert text
        assert "{" not in text
        assert not text.endswith("..")


def test_a_migration_that_stops_itself_is_quoted_word_for_word() -> None:
    error = OutsideError("backend-stopped", file="f.sql", message="The bucket {audiofiles} is public.", hint="")
    assert error_sentence(error) == "The bucket {audiofiles} is public."
    assert error_action(error) == ""


def test_the_sum_says_what_was_done() -> None:
    from audiodesk.domain.server.backend import MigrationItem, MigrationResult

    assert {migration_result(MigrationItem(FILES[0], result)) for result in MigrationResult}.isdisjoint({""})
    assert "up to date" in apply_summary({MigrationResult.PRESENT: 3})
    assert apply_summary({MigrationResult.APPLIED: 2}).startswith("2 migrations")
    assert apply_summary({MigrationResult.PLANNED: 1}) == "1 migration would be applied."
    assert "not complete" in apply_summary({MigrationResult.APPLIED: 1, MigrationResult.FAILED: 1})
    repaired = {MigrationResult.APPLIED: 1, MigrationResult.REPAIRED: 2}
    said = "1 migration was applied. 2 migrations were repaired. The schema is up to date."
    assert apply_summary(repaired, repair=True) == said
    planned = {MigrationResult.PLANNED: 2, MigrationResult.PLANNED_REPAIR: 1}
    assert apply_summary(planned, repair=True) == "2 migrations would be applied. 1 migration would be repaired."
    assert "Not all is repaired" in apply_summary({MigrationResult.FAILED: 1}, repair=True)
