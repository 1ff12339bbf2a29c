"""The operator's help page does what it says: every statement, the first upload, backup and restore."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import errors
from typer.core import TyperGroup
from typer.main import get_command

from audiodesk.cli.frame.program import program
from tests.server.storage_book import StorageBook
from tests.twin.databases import Database, Databases
from tests.twin.twin import Twin

PAGE = Path(__file__).parents[2] / "resources" / "help" / "operator.md"
NOBODY = "00000000-0000-4000-8000-000000000000"


def blocks(language: str) -> list[str]:
    """The fenced blocks of one language, in the order of the page."""
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return [text for found, text in fenced if found == language]


def block(language: str, part: str) -> str:
    (found,) = (text for text in blocks(language) if part in text)
    return found


def run(database: Database, text: str) -> list[dict[str, Any]]:
    """Run a block as the SQL editor does; returns the rows of its last statement."""
    with database.connect() as connection:
        cursor = connection.execute(text.encode())
        while cursor.nextset():
            pass
        if cursor.description is None:
            return []
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def ask(database: Database, person: UUID, statement: str) -> Any:
    with database.as_user(person) as connection:
        row = connection.execute(statement.encode()).fetchone()
    assert row is not None
    return row[0]


@pytest.fixture
def author(server: Database) -> UUID:
    return server.add_user("author@example.org")


@pytest.fixture
def staff(server: Database) -> UUID:
    return server.add_user("help@example.org")


@pytest.mark.slow
@pytest.mark.parametrize("text", blocks("sql"), ids=lambda text: " ".join(text.split())[:60])
def test_every_statement_runs(server: Database, author: UUID, staff: UUID, text: str) -> None:
    book = StorageBook(server, author)
    book.add_take("a.mp3")
    book.upload("a.mp3")
    run(server, text)


def test_the_page_has_statements_at_all() -> None:
    assert len(blocks("sql")) >= 10


def test_plans(server: Database, author: UUID) -> None:
    statements = block("sql", "set_user_plan").strip().split(";\n")
    allowed = []
    for statement in statements:
        run(server, statement.rstrip(";"))
        allowed.append(ask(server, author, "select storage_usage()")["allowed"])
    assert allowed == [5_368_709_120, 21_474_836_480, 524_288_000]
    run(server, in_capitals(statements[0]))
    assert ask(server, author, "select storage_usage()")["allowed"] == 5_368_709_120


def test_support_accounts_come_and_go(server: Database, author: UUID, staff: UUID) -> None:
    look = "select support_usage('author@example.org')"
    with pytest.raises(errors.InsufficientPrivilege):
        ask(server, staff, look)
    appoint = block("sql", """|| '{"role": "support"}'""")
    assert run(server, appoint.replace("help@", "nobody@")) == []
    assert run(server, in_capitals(appoint)) == [{"email": "help@example.org"}]
    assert ask(server, staff, look)["user"]["id"] == str(author)
    assert [row["email"] for row in run(server, block("sql", "last_sign_in_at"))] == ["help@example.org"]
    (seen,) = ask(server, author, "select support_access_log()")["looks"]
    (found,) = run(server, block("sql", "where look.id").replace(NOBODY, seen["id"]))
    assert (found["staff"], found["person"], found["what"]) == ("help@example.org", "author@example.org", "usage")
    ask(server, staff, "select support_problems('author@example.org')")
    looks = run(server, in_capitals(block("sql", "order by look.at desc")))
    assert [(look["what"], look["staff"]) for look in looks] == [
        (what, "help@example.org") for what in ("problems", "usage")
    ]
    assert str(looks[1]["id"]) == seen["id"]
    run(server, in_capitals(block("sql", "raw_app_meta_data - 'role'")))
    with pytest.raises(errors.InsufficientPrivilege):
        ask(server, staff, look)
    assert run(server, block("sql", "last_sign_in_at")) == []


def test_the_figures_name_who_and_how_much(server: Database, author: UUID) -> None:
    StorageBook(server, author).upload("a.mp3", 700)
    ask(server, author, "select report_failed_upload('over_quota', 9)")
    (person,) = run(server, block("sql", "percent_used"))
    assert (person["email"], person["used_bytes"]) == ("author@example.org", 700)
    (day,) = run(server, block("sql", "storage_growth"))
    assert day["stored_bytes"] == 700
    (failure,) = run(server, block("sql", "failed_uploads_by_day"))
    assert (failure["code"], failure["failures"]) == ("over_quota", 1)
    (counts,) = run(server, block("sql", "as objects"))
    assert counts == {"people": 1, "projects": 1, "takes": 0, "objects": 1}


def test_counting_anew(server: Database, author: UUID) -> None:
    StorageBook(server, author).upload("a.mp3", 700)
    look, repair = block("sql", "recount_user_storage(null, false)").strip().split("\n")
    with server.connect() as connection:
        connection.execute("update public.user_credits set storage_used_bytes = 5")
    assert [row["repaired"] for row in run(server, look)] == [False]
    assert [row["used_counted"] for row in run(server, repair)] == [700]
    assert run(server, look) == []


def test_what_is_left_of_somebody_who_left_goes(server: Database, author: UUID) -> None:
    gone = server.add_user()
    for person in (author, gone):
        book = StorageBook(server, person)
        book.add_take("a.mp3")
        book.upload("a.mp3")
    text = block("sql", "This account is still there").replace(NOBODY, str(gone))
    with pytest.raises(psycopg.Error, match="still there"):
        run(server, text)
    with server.open("supabase_auth_admin") as connection:
        connection.execute("delete from auth.users where id = %s", [gone])
    with pytest.raises(psycopg.Error, match="folder of this account is not empty"):
        run(server, text)
    with server.as_service("storage.object.delete") as connection:
        connection.execute("delete from storage.objects where owner_id = %s", [str(gone)])
    run(server, text)
    with server.connect() as connection:
        assert connection.execute("select user_id from public.user_credits").fetchall() == [(author,)]
        for table in ("project", "take", "take_file", "account", "lineage"):
            owners = connection.execute(f"select distinct owner from audiodesk.{table}".encode()).fetchall()
            assert owners == [(author,)]


def test_every_command_named_there_is_one() -> None:
    group = get_command(program)
    assert isinstance(group, TyperGroup)
    commands = set(group.commands)
    named = set(re.findall(r"\./run ([a-z]+)", PAGE.read_text(encoding="utf-8")))
    assert {"backend", "doctor", "support", "usage"} <= named
    assert named <= commands


def test_no_command_shows_a_password() -> None:
    """What stands in a command can be seen by all who list the computer's processes."""
    page = PAGE.read_text(encoding="utf-8")
    assert re.findall(r"://[^\s/@]+:[^\s/@]+@", page) == []
    secrets = ("PGPASSWORD", "AUDIODESK_PASSWORD", "SUPABASE_SERVICE_ROLE_KEY")
    assert [name for name in secrets if f"${name}" in page or f"export {name}=" in page] == []
    # A command that waits for input would take the next pasted line as input.
    last = [text.strip().splitlines()[-1] for text in blocks("") if "read -rs" in text]
    assert [line.partition(" && ")[0] for line in last] == [f"read -rs {name}" for name in secrets]


def first_upload(twin: Twin, email: str, password: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "SUPABASE_URL": twin.url,
        "SUPABASE_ANON_KEY": twin.anon_key,
        "AUDIODESK_EMAIL": email,
        "AUDIODESK_PASSWORD": password,
    }
    (text,) = blocks("python")
    return subprocess.run(
        [sys.executable, "-c", text], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.slow
def test_the_first_upload(twin: Twin) -> None:
    person = twin.add_user("you@example.org", "a password of one's own")
    refused = first_upload(twin, person.email, "another")
    assert refused.returncode == 1
    assert refused.stderr == "you@example.org cannot sign in: Invalid login credentials.\n"
    ended = first_upload(twin, person.email, person.password)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines() == ["stored: 1000 bytes", "removed: 0 bytes are left"]
    with twin.database.connect() as connection:
        assert connection.execute("select from storage.objects").rowcount == 0


@pytest.mark.slow
def test_backup_and_restore(postgres_server: Databases, server: Database, author: UUID, tmp_path: Path) -> None:
    """Into a new project: nothing is lost, no stamp is changed, and clients are known by what they last heard."""
    book = StorageBook(server, author, "The Sea")
    book.add_take("a.mp3")
    book.upload("a.mp3", 700)
    ask(server, author, "select report_failed_upload('over_quota', 9)")
    with server.connect() as connection:
        connection.execute("select set_user_plan(%s, 'paid')", [author])
    before = picture(server)
    shell(server, tmp_path, block("sh", "pg_dump"))
    assert (tmp_path / "audiodesk.dump").stat().st_mode & 0o777 == 0o600
    head = ask(server, author, f"select sync_push(0, null, '{change(uuid4(), 'Later')}', null)")
    restored = postgres_server.create(newer=True)
    try:
        untouched = picture(restored)
        assert "permission denied to set parameter" in shell(restored, tmp_path, block("sh", "pg_restore"), fails=True)
        assert picture(restored) == untouched
        # As on a hosted project, where role postgres may switch off triggers in its own session.
        (allow,) = re.findall(
            r"`(grant set on parameter\s+session_replication_role to postgres;)`", PAGE.read_text("utf-8")
        )
        with restored.connect("supabase_admin") as connection:
            connection.execute(allow.encode())
        shell(restored, tmp_path, block("sh", "pg_restore"))
        assert picture(restored) == before
        assert run(restored, "select * from public.recount_user_storage(null, false)") == []
        health = ask(restored, author, "select backend_health()")
        assert [health[kind]["altered"] for kind in ("tables", "functions", "triggers", "policies")] == [[]] * 4
        assert health["trigger"] == {"present": True, "enabled": True}
        answer = ask(restored, author, f"select sync_pull({head['seq']}, '{head['tag']}', 0, '{UUID(int=0)}', 0, 100)")
        assert answer["restored"] is True
        # New writes are counted, and the log goes on.
        ask(restored, author, "select report_failed_upload('over_quota', 9)")
        StorageBook(restored, author).upload("b.mp3", 300)
        assert ask(restored, author, "select storage_usage()")["used"] == 1000
    finally:
        postgres_server.drop(restored)


def change(row_id: UUID, title: str) -> str:
    fields = f'{{"title": "{title}", "order_key": "a1"}}'
    return (
        f'[{{"change_id": "{uuid4()}", "entity": "project", "id": "{row_id}", "create": true, "base_version": 0,'
        f' "fields": {fields}}}]'
    )


def picture(database: Database) -> dict[str, list[str]]:
    """All rows that a backup is to keep, as text."""
    with database.connect("supabase_admin") as connection:
        names = [
            row[0]
            for row in connection.execute(
                "select oid::regclass::text from pg_class"
                " where relkind = 'r' and oid <> 'audiodesk.shipped_part'::regclass"
                " and (relnamespace = 'audiodesk'::regnamespace"
                " or oid in ('public.user_credits'::regclass, 'auth.users'::regclass, 'storage.objects'::regclass))"
            )
        ]
        return {
            # Without columns that only a newer storage server has.
            name: sorted(
                row[0]
                for row in connection.execute(
                    f"select (to_jsonb(row) - '{{archived_at,is_delete_marker,is_versioned}}'::text[])::text"
                    f" from {name} as row".encode()
                )
            )
            for name in names
        }


def shell(database: Database, folder: Path, text: str, *, fails: bool = False) -> str:
    """Run a block of the page with the programs of the server's own version; returns what it complained of."""
    path = f"{database.server.binaries}{os.pathsep}{os.environ['PATH']}"
    address = re.fullmatch(r"(\w+://[^:]+):([^@]+)(@.*)", database.url)
    assert address is not None
    user, password, place = address.groups()
    environment = os.environ | {"AUDIODESK_DB_URL": user + place, "PGPASSWORD": password, "PATH": path}
    ended = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode != 0) is fails, ended.stderr
    return ended.stderr


def in_capitals(text: str) -> str:
    """The statement as somebody writes it who types the addresses otherwise."""
    return re.sub(r"[a-z]+@example\.org", lambda found: found.group().upper(), text)
