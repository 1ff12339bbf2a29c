"""The server's schema from a terminal: printed and applied, and no output contains the address."""

from __future__ import annotations

import re

import pytest

from audiodesk.cloud.schema.migration_files import read_migrations
from audiodesk.cloud.schema.migrations import Migration
from audiodesk.services.server import backend
from tests.cli.conftest import Run
from tests.cloud.pretended_servers import nobody
from tests.server.schema_picture import history
from tests.twin.databases import Database

SECRET = "s3cr3t"
FILES = (
    Migration("20261101000001", "01_one", "create schema of_ours;"),
    Migration("20261101000002", "02_two", "do $$ begin raise notice 'The bucket was there.'; end $$;"),
)
REPEATABLE = (Migration("20261101000001", "01_one", "create schema if not exists of_ours;"), FILES[1])
BROKEN = Migration("20261101000003", "03_three", "do $$ begin raise exception 'It does not fit.'; end $$;")
LAST = Migration("20261101000004", "04_four", "create schema of_ours_too;")


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two small files instead of the shipped ones."""
    monkeypatch.setattr(backend, "read_migrations", lambda: FILES)


@pytest.fixture
def project(bare_server: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A project whose address the environment has."""
    monkeypatch.setenv("AUDIODESK_DB_URL", bare_server.url)
    return bare_server


def test_the_shipped_schema_is_printed(run: Run) -> None:
    files = read_migrations()
    said = run("backend", "sql")
    assert said.code == 0
    for migration in files:
        assert f"\n-- {migration.file}\n" in said.out
    assert said.err == ""
    document = run("backend", "sql", "--json").document
    assert document == {"files": [{"version": m.version, "name": m.name, "file": m.file, "sql": m.sql} for m in files]}


@pytest.mark.slow
@pytest.mark.usefixtures("few")
def test_it_is_applied_and_then_there(run: Run, project: Database) -> None:
    planned = run("backend", "apply", "--dry-run")
    assert planned.code == 0
    assert planned.out.splitlines()[-1] == "2 migrations would be applied."
    assert history(project) == []
    said = run("backend", "apply")
    assert said.code == 0, said
    assert said.out.splitlines() == [
        "applied        20261101000001_01_one.sql",
        "applied        20261101000002_02_two.sql",
        "2 migrations were applied. The schema is up to date.",
    ]
    assert said.err.split() == ["The", "bucket", "was", "there."]
    again = run("backend", "apply")
    assert again.out.splitlines()[0] == "there already  20261101000001_01_one.sql"
    assert again.out.splitlines()[-1] == "The schema is up to date."
    assert history(project) == [(m.version, m.name) for m in FILES]


@pytest.mark.usefixtures("few")
def test_the_document(run: Run, project: Database) -> None:
    assert run("backend", "apply", "--dry-run", "--json").document["summary"] == {"planned": 2}
    document = run("backend", "apply", "--json").document
    assert document == {
        "items": [
            {
                "version": m.version,
                "name": m.name,
                "file": m.file,
                "result": "applied",
                "differs": False,
                "notices": said,
            }
            for m, said in zip(FILES, ([], ["The bucket was there."]), strict=True)
        ],
        "summary": {"applied": 2},
        "foreign": [],
    }
    with project.open() as connection:
        connection.execute("insert into supabase_migrations.schema_migrations (version) values ('20250101000000')")
        connection.execute("update supabase_migrations.schema_migrations set statements = '{}' where version like '%1'")
    said = run("backend", "apply", "--json")
    assert said.document["foreign"] == ["20250101000000"]
    assert [item["differs"] for item in said.document["items"]] == [True, False]
    assert "1 other migration" in said.err
    people = run("backend", "apply")
    assert "is not what this AudioDesk would apply" in people.err
    assert people.out.splitlines()[-1].endswith("with --repair it is applied again.")


@pytest.mark.usefixtures("few")
def test_a_repair_applies_again_what_is_there(run: Run, project: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "read_migrations", lambda: REPEATABLE)
    first = run("backend", "apply", "--repair", "--json").document
    assert first["summary"] == {"applied": 2}
    with project.open() as connection:
        connection.execute("drop schema of_ours")
    planned = run("backend", "apply", "--repair", "--dry-run")
    assert planned.out.splitlines() == [
        "to be repaired 20261101000001_01_one.sql",
        "to be repaired 20261101000002_02_two.sql",
        "2 migrations would be repaired.",
    ]
    said = run("backend", "apply", "--repair")
    assert said.code == 0, said
    assert said.out.splitlines() == [
        "repaired       20261101000001_01_one.sql",
        "repaired       20261101000002_02_two.sql",
        "2 migrations were repaired. The schema is up to date.",
    ]
    document = run("backend", "apply", "--repair", "--json").document
    assert [item["result"] for item in document["items"]] == ["repaired", "repaired"]
    assert document["summary"] == {"repaired": 2}
    assert run("backend", "apply", "--repair", "--dry-run", "--json").document["summary"] == {"planned-repair": 2}


@pytest.mark.usefixtures("few")
def test_a_repair_that_stops(run: Run, project: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    run("backend", "apply")
    said = run("backend", "apply", "--repair")
    assert said.code == 3
    assert "Not all is repaired" in said.out
    assert "already exists" in said.err
    monkeypatch.setattr(backend, "read_migrations", lambda: REPEATABLE[:1])
    said = run("backend", "apply", "--repair")
    assert said.code == 3
    assert "newer AudioDesk" in said.err


def test_what_stops_is_listed_with_its_own_words(run: Run, project: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "read_migrations", lambda: (*FILES, BROKEN, LAST))
    said = run("backend", "apply", "--json")
    assert said.code == 3
    assert [item["result"] for item in said.document["items"]] == ["applied", "applied", "failed", "waiting"]
    error = said.document["error"]
    assert (error["code"], error["message"]) == ("backend-stopped", "It does not fit.")
    assert "It does not fit." in said.err
    people = run("backend", "apply")
    assert people.code == 3
    assert people.out.splitlines()[2] == "FAILED         20261101000003_03_three.sql"
    assert "not complete" in people.out
    assert len(history(project)) == 2


@pytest.mark.usefixtures("few")
def test_an_address_on_the_command_line_is_taken_with_a_warning(run: Run, bare_server: Database) -> None:
    said = run("backend", "apply", "--db-url", bare_server.url)
    assert said.code == 0
    assert "AUDIODESK_DB_URL is the safer way" in said.err
    assert bare_server.url not in said.err + said.out


@pytest.mark.usefixtures("few")
def test_the_password_may_stand_beside_the_address(
    run: Run, bare_server: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, password, after = re.split(r"(?<=\w):([^:@/]+)(?=@)", bare_server.url, maxsplit=1)
    monkeypatch.setenv("AUDIODESK_DB_URL", before + after)
    monkeypatch.delenv("PGPASSWORD", raising=False)
    assert run("backend", "apply", "--json").document["error"]["code"] == "db-wrong-password"
    monkeypatch.setenv("PGPASSWORD", password)
    assert run("backend", "apply").code == 0


def test_without_an_address_it_says_where_to_put_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AUDIODESK_DB_URL", raising=False)
    for arguments in (("backend", "apply"), ("backend", "apply", "--dry-run"), ("backend", "apply", "--db-url", "")):
        said = run(*arguments, "--json")
        assert said.code == 2
        assert said.document["error"]["code"] == "db-url-missing"
        assert "AUDIODESK_DB_URL" in said.document["error"]["action"]


@pytest.mark.parametrize(
    ("address", "code"),
    [
        (f"postgresql://postgres:{SECRET}@127.0.0.1:PORT/x", 3),
        (f"postgresql://postgres:a@{SECRET}@127.0.0.1:PORT/x", 2),
        (f"postgresql://postgres:a%{SECRET}@127.0.0.1:PORT/x", 2),
        (f"mysql://root:{SECRET}@127.0.0.1/x", 2),
    ],
)
def test_the_password_is_never_said(
    run: Run, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, address: str, code: int
) -> None:
    monkeypatch.setenv("AUDIODESK_DB_URL", address.replace("PORT", str(nobody())))
    caplog.set_level("DEBUG")
    for extra in ((), ("--json",), ("--dry-run",)):
        said = run("backend", "apply", *extra)
        assert said.code == code
        assert SECRET not in said.out + said.err + caplog.text


def test_the_command_alone_shows_its_help(run: Run) -> None:
    said = run("backend")
    assert "apply" in said.out + said.err
