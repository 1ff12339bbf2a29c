"""The migration files: named for the supabase CLI, complete in themselves, each safe in one transaction."""

from __future__ import annotations

import re
import tomllib

import pytest

from audiodesk.cloud.schema.migration_files import migrations_folder, read_migrations
from audiodesk.cloud.schema.migrations import Migration
from audiodesk.domain.errors import OutsideError

FILES = read_migrations()
_COMMENTS = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_QUOTED = re.compile(r"(\$\w*\$).*?\1|'(?:[^']|'')*'", re.DOTALL)
FORBIDDEN = {
    "ends the transaction that its row in the history belongs to": r"^(begin|commit|rollback|start transaction|end)\b",
    "has no effect in the CLI's transactions": r"^(set local|set transaction|lock|savepoint|discard)\b",
    "stays with the connection that a pooler lends": r"^(set|reset|prepare|listen|declare)\b",
    "cannot run in a transaction": r"\bconcurrently\b|^(vacuum|reindex|alter system)\b",
    "is split in another way by older CLIs": r"\bbegin\s+atomic\b",
    "is refused on hosted projects": r"\balter\s+table\s+(if\s+exists\s+)?(only\s+)?(storage|auth)\.",
    "locks every table of the platform until it commits": r"\bdrop\s+(trigger|policy)\b",
    "is no longer in order when one is missing": r"supabase_migrations",
}


def _plain(text: str) -> str:
    """Return a statement without comments, and without what stands in quotes."""
    return _QUOTED.sub("''", _COMMENTS.sub(" ", text)).strip().lower()


def test_the_files_are_numbered_without_a_gap() -> None:
    for number, migration in enumerate(FILES, start=1):
        assert migration.version == f"20261101{number:06}", migration.file
        assert re.fullmatch(rf"{number:02}_[a-z0-9_]+", migration.name), migration.file


def test_the_published_names_09_and_10_are_kept() -> None:
    names = {migration.name for migration in FILES}
    assert {"09_add_storage_tracking", "10_create_storage_bucket_policies"} <= names


@pytest.mark.parametrize("migration", FILES, ids=lambda migration: migration.name)
def test_the_first_line_says_what_it_is_for(migration: Migration) -> None:
    first = migration.sql.splitlines()[0]
    assert re.fullmatch(r"-- \S.{10,}[^\s]", first), first
    assert [number for number, line in enumerate(migration.sql.splitlines(), start=1) if len(line) > 120] == []
    assert "\t" not in migration.sql
    assert "\r" not in migration.sql


@pytest.mark.parametrize("migration", FILES, ids=lambda migration: migration.name)
def test_nothing_in_it_breaks_a_transaction_or_the_platform(migration: Migration) -> None:
    found = [
        f"line {statement.line}: {why}"
        for statement in migration.statements
        for why, pattern in FORBIDDEN.items()
        if re.search(pattern, _plain(statement.text))
    ]
    assert found == []


@pytest.mark.parametrize(
    "text",
    ["begin", "commit", "set local x = 1", "set role postgres", "lock table a", "create index concurrently a on b (c)",
     "create function f() returns int begin atomic select 1; end", "alter table storage.objects add column a int",
     "-- why\ndrop trigger a on b", "insert into supabase_migrations.schema_migrations values (1)"],
)  # fmt: skip
def test_the_search_finds_what_is_forbidden(text: str) -> None:
    assert any(re.search(pattern, _plain(text)) for pattern in FORBIDDEN.values())


def test_the_search_ignores_quoted_text() -> None:
    assert _plain("do $$ begin perform 1; end $$ -- commit") == "do ''"


def test_the_config_file_names_the_project_for_the_cli() -> None:
    config = tomllib.loads((migrations_folder().parent / "config.toml").read_text(encoding="utf-8"))
    assert config["project_id"] == "audiodesk"
    assert "audiodesk" not in config["api"]["schemas"]
    assert config["storage"]["file_size_limit"] == "50MiB"


def test_a_folder_without_migrations_is_an_error(tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    for place in (folder, folder / "nowhere"):
        with pytest.raises(OutsideError) as caught:
            read_migrations(place)
        assert caught.value.code == "backend-files-missing"
    (folder / "1_a.sql").write_bytes(b"\xff")
    with pytest.raises(OutsideError):
        read_migrations(folder)
    (folder / "1_a.sql").write_bytes(b"select 1;")
    (folder / "notes.sql").write_bytes(b"")
    assert [migration.file for migration in read_migrations(folder)] == ["1_a.sql"]
