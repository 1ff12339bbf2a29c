"""Support looks at a person's storage from a terminal."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from audiodesk.domain.server.support import FILE_FACTS
from audiodesk.domain.words.server.support_words import known_problems
from tests.cli.conftest import Run, SignIn, assert_no_secret
from tests.server.storage_book import StorageBook, put_object
from tests.twin.fault_actions import cut, status
from tests.twin.faults import Fault
from tests.twin.twin import Twin, TwinUser

pytestmark = pytest.mark.slow  # the file as a whole

Asked = Callable[..., Any]
MB = 1024 * 1024
EVIL = '=HYPERLINK("http://evil.example";"Über 章")'


@pytest.fixture
def author(twin: Twin) -> TwinUser:
    return twin.add_user("Anna@Example.org", "secret-of-anna")


@pytest.fixture
def support(twin: Twin, sign_in: SignIn) -> TwinUser:
    user = twin.add_user("help@example.org", "secret-of-help", app_metadata={"role": "support"})
    sign_in(user)
    return user


@pytest.fixture
def book(twin: Twin, author: TwinUser) -> StorageBook:
    made = StorageBook(twin.database, author.id, "The Ferry")
    made.add_take(EVIL + ".mp3", 3 * MB)
    made.upload(EVIL + ".mp3", 3 * MB)
    return made


def _looks(twin: Twin) -> list[Any]:
    with twin.database.open() as connection:
        return connection.execute(
            "select owner, support_user, what from audiodesk.support_access_log order by at"
        ).fetchall()


@pytest.mark.usefixtures("support", "book")
@pytest.mark.parametrize("who", ["Anna@Example.org", "anna@example.org", " ANNA@EXAMPLE.ORG ", "id"])
def test_by_address_or_id(asked: Asked, author: TwinUser, who: str) -> None:
    document = asked("support", str(author.id) if who == "id" else who)
    assert document["user"]["id"] == str(author.id)
    assert document["user"]["email"] == "Anna@Example.org"
    assert {"user", "usage", "files", "problems"} <= set(document)
    assert {"plan", "used", "allowed", "objects", "projects"} <= set(document["usage"])
    assert document["usage"]["used"] == 3 * MB
    (file,) = document["files"]
    assert tuple(file) == FILE_FACTS
    assert (file["take_title"], file["size"], file["stored"]) == (EVIL + ".mp3", 3 * MB, True)
    assert document["problems"] == []


@pytest.mark.usefixtures("book")
def test_what_people_read(run: Run, twin: Twin, author: TwinUser, support: TwinUser) -> None:
    said = run("support", "anna@example.org")
    assert said.code == 0
    lines = said.out.splitlines()
    assert lines[0].startswith(f"Anna@Example.org · {author.id} · since 20")
    assert lines[1] == "Plan free: 3.0 MB of 500.0 MB used (0 %), 497.0 MB free"
    assert lines[2].startswith("1 file is stored, uploaded on 20")
    assert lines[3:] == ["By project:", "  The Ferry  1 take  3.0 MB", "No problems were found."]
    assert said.err == "This look is on record, where Anna@Example.org can see it.\n"
    assert [look[1:] for look in _looks(twin)] == [(support.id, "usage"), (support.id, "problems")]
    assert_no_secret(twin, said)


@pytest.mark.usefixtures("support")
def test_every_kind_of_problem(run: Run, twin: Twin, author: TwinUser, book: StorageBook, asked: Asked) -> None:
    def take(name: str) -> tuple[Any, Any]:
        made = book.add_take(name, 10 * MB)
        book.age("take_file", made[1], 60)
        return made

    for number in range(7):
        take(f"late {number}")
    _, gone = take("gone")
    book.change("take_file", gone, verified_at=1_790_000_000_000, verified_how="safe")
    never, _ = take("never")
    book.change("take", never, upload_wanted=False)
    take("short")
    book.upload("short", 9 * MB)
    old, _ = take("old")
    book.upload("old", 10 * MB)
    book.change("take", old, deleted_at=1_780_000_000_000)
    _, purged = take("purged")
    book.upload("purged", 10 * MB)
    book.change("take_file", purged, purged_at=1_780_000_000_000)
    put_object(twin.database, f"{author.id}/a/b/c/stray.mp3", 5 * MB)
    with twin.database.as_user(author.id) as connection:
        connection.execute("select public.report_failed_upload('too_large', 60000000)")
    with twin.database.connect() as connection:
        connection.execute("select public.set_user_plan(%s, 'free', %s)", [author.id, 20 * MB])
    document = asked("support", "anna@example.org")
    assert {problem["code"] for problem in document["problems"]} == known_problems()
    assert document["problem_counts"]["stuck_upload"] == 7
    for problem in document["problems"]:
        assert set(problem) == {"code", "message", "action", "params"}
        assert "unknown" not in problem["message"], problem
    said = run("support", "anna@example.org")
    assert said.code == 0
    assert said.out.count("has been waiting for its upload") == 5
    assert "… and 2 more like these" in said.out
    assert "15 problems:" in said.out
    for problem in document["problems"]:
        assert problem["action"] in said.out


@pytest.mark.usefixtures("support", "book")
def test_the_table_of_files(run: Run, author: TwinUser, tmp_path: Path) -> None:
    path = tmp_path / "Anna's files.csv"
    said = run("support", "anna@example.org", "--csv", str(path))
    assert said.code == 0
    assert f"1 file listed in {path}" in said.out
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["take_title"] == f"'{EVIL}.mp3"
    assert row["size"] == str(3 * MB)
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


@pytest.mark.usefixtures("support", "book")
def test_a_table_is_not_written_over(run: Run, twin: Twin, tmp_path: Path) -> None:
    path = tmp_path / "files.csv"
    path.write_text("last week's", encoding="utf-8")
    said = run("support", "anna@example.org", "--csv", str(path), "--json")
    assert (said.code, said.document["error"]["code"]) == (2, "file-exists")
    assert path.read_text(encoding="utf-8") == "last week's"
    assert _looks(twin) == [], "found out before anybody was looked at"


@pytest.mark.usefixtures("support", "book")
def test_a_table_without_a_name_of_its_own(
    run: Run, twin: Twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = run("support", "anna@example.org", "--csv", "")
    assert (said.code, said.err.splitlines()[0]) == (2, "No file name was given.")
    said = run("support", "anna@example.org", "--csv", str(tmp_path))
    assert (said.code, said.err.splitlines()[0]) == (2, f"{tmp_path} is a folder.")
    said = run("support", "anna@example.org", "--csv", str(tmp_path / "nowhere" / "files.csv"))
    assert (said.code, said.err.splitlines()[0]) == (3, f"The folder {tmp_path / 'nowhere'} is not there.")
    assert _looks(twin) == [], "found out before anybody was looked at"


@pytest.mark.usefixtures("support", "book")
def test_a_table_that_cannot_be_written(run: Run, twin: Twin, tmp_path: Path) -> None:
    for path, code in ((tmp_path / "nowhere" / "files.csv", "folder-missing"), (tmp_path / ("n" * 300), "disk-failed")):
        said = run("support", "anna@example.org", "--csv", str(path), "--json")
        assert (said.code, said.document["error"]["code"]) == (3, code)
    assert _looks(twin) == [], "found out before anybody was looked at"


@pytest.mark.usefixtures("support")
def test_many_files_come_page_by_page(twin: Twin, author: TwinUser, asked: Asked) -> None:
    with twin.database.as_service("storage.object.upload") as connection:
        connection.execute(
            "insert into storage.objects (bucket_id, name, owner_id, version, metadata)"
            " select 'audiofiles', format('%%s/p/c/s/%%s.mp3', %s::text, lpad(n::text, 5, '0')), %s, 'v', %s"
            " from generate_series(1, 2001) as n",
            [str(author.id), str(author.id), Jsonb({"size": 10, "contentLength": 10, "mimetype": "audio/mpeg"})],
        )
    document = asked("support", "anna@example.org")
    keys = [file["object_key"] for file in document["files"]]
    assert len(keys) == 2001
    assert keys == sorted(set(keys))
    assert document["problem_counts"] == {"object_without_row": 2001}
    assert sum(record.path.endswith("support_files") for record in twin.faults.log) == 3


@pytest.mark.usefixtures("author")
@pytest.mark.parametrize(
    "who", ["nobody@example.org", "anna", "", "  ", "a" * 400, "anna\n@example.org", "\udcff@example.org", "'; --", "*"]
)
def test_a_person_who_is_not_there(run: Run, twin: Twin, support: TwinUser, who: str) -> None:
    said = run("support", who, "--json")
    assert (said.code, said.document["error"]["code"]) == (2, "person-unknown")
    assert _looks(twin) == []


@pytest.mark.usefixtures("support")
def test_two_with_one_address(run: Run, twin: Twin, author: TwinUser) -> None:
    # An account of a single sign-on may have the same address as another account.
    with twin.database.open("supabase_admin", autocommit=True) as connection:
        connection.execute("drop index if exists auth.users_email_partial_key")
        connection.execute("alter table auth.users drop constraint if exists users_email_key")
        connection.execute("insert into auth.users (id, email) values (gen_random_uuid(), %s)", [author.email.upper()])
    said = run("support", "anna@example.org", "--json")
    assert (said.code, said.document["error"]["code"]) == (2, "person-ambiguous")
    assert run("support", str(author.id)).code == 0


def test_only_support(run: Run, twin: Twin, author: TwinUser, sign_in: SignIn) -> None:
    sign_in(author)
    said = run("support", "anna@example.org", "--json")
    assert (said.code, said.document["error"]["code"]) == (3, "not-support")
    assert _looks(twin) == []


def test_no_longer_support(run: Run, twin: Twin, author: TwinUser, support: TwinUser) -> None:
    assert run("support", "anna@example.org").code == 0
    with twin.database.open("supabase_auth_admin", autocommit=True) as connection:
        connection.execute("update auth.users set raw_app_meta_data = '{}' where id = %s", [support.id])
    assert run("support", "anna@example.org").code == 3


@pytest.mark.usefixtures("author")
def test_an_older_server(run: Run, twin: Twin, support: TwinUser) -> None:
    with twin.database.open("supabase_admin", autocommit=True) as connection:
        connection.execute("drop function public.support_usage(text)")
    said = run("support", "anna@example.org", "--json")
    assert (said.code, said.document["error"]["code"]) == (3, "server-needs-update")
    assert "backend apply" in said.document["error"]["action"]


@pytest.mark.usefixtures("support", "book")
@pytest.mark.parametrize("function", ["support_usage", "support_problems", "support_files"])
def test_nothing_by_halves(run: Run, twin: Twin, tmp_path: Path, function: str) -> None:
    twin.faults.add(Fault(cut(), path=function, phase="answer"))
    path = tmp_path / "files.csv"
    said = run("support", "anna@example.org", "--csv", str(path), "--json")
    assert (said.code, said.document["error"]["code"]) == (3, "connection-lost")
    assert list(tmp_path.iterdir()) == []
    assert [record.path for record in twin.faults.log][-1] == "/auth/v1/logout"
    assert_no_secret(twin, said)


@pytest.mark.usefixtures("support", "author")
@pytest.mark.parametrize(
    "answer",
    [
        {"user": None},
        {"user": {"id": "a", "email": 3}, "plan": "free"},
        {"user": {"id": "a"}, "plan": "free", "used": "1", "allowed": 1, "objects": 0, "projects": []},
        {"user": {"id": "a"}, "plan": "free", "used": True, "allowed": 1, "objects": 0, "projects": []},
        {"user": {"id": "a"}, "plan": "free", "used": -1, "allowed": 1, "objects": 0, "projects": []},
        {"user": {"id": "a"}, "plan": "free", "used": 1, "allowed": 1, "objects": 0, "projects": {}},
    ],
)
def test_an_answer_of_another_form(run: Run, twin: Twin, answer: Any) -> None:
    twin.faults.add(Fault(status(200, answer), path="support_usage"))
    said = run("support", "anna@example.org", "--json")
    assert (said.code, said.document["error"]["code"]) == (3, "server-answer-odd")


@pytest.mark.usefixtures("support", "author")
def test_a_cursor_that_does_not_move(run: Run, twin: Twin) -> None:
    page = {"user": {}, "files": [], "next": "x"}
    twin.faults.add(Fault(status(200, page), path="support_files", nth="every"))
    assert run("support", "anna@example.org", "--json").code == 0
    assert sum(record.path.endswith("support_files") for record in twin.faults.log) == 2
