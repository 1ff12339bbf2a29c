"""Commands on a library that is gone, empty or never existed: nothing is made in its place."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audiodesk.local.database.database import Database
from tests import media
from tests.cli.conftest import Run

pytestmark = pytest.mark.slow

Ask = Callable[..., Any]


@pytest.fixture
def home() -> Path:
    return Path(os.environ["AUDIODESK_HOME"])


@pytest.fixture
def book(asked: Ask, home: Path, tmp_path: Path) -> Path:
    """A library with two takes and a copy of its list; returns its folder."""
    media.wav(tmp_path / "Salt" / "1" / "a.wav", seconds=1.0)
    media.wav(tmp_path / "Salt" / "1" / "b.wav", seconds=1.5)
    asked("import", str(tmp_path / "Salt"))
    return home / "local"


def takes(document: Any) -> int:
    return sum(
        len(section["takes"])
        for project in document["projects"]
        for chapter in project["chapters"]
        for section in chapter["sections"]
    )


READING = (
    ("tree",),
    ("status",),
    ("verify",),
    ("trash",),
    ("trash", "list"),
    ("trash", "empty", "--yes"),
    ("recover", "list"),
)


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_a_reading_command_where_no_library_ever_was_answers_as_empty_and_makes_nothing(
    run: Run, home: Path, command: tuple[str, ...]
) -> None:
    said = run(*command, "--json")
    assert said.code == 0, said
    assert not home.exists()
    assert run("take", "list", "nowhere").code == 2
    assert run("project", "rename", "nowhere", "x").code == 2
    assert not home.exists()


@pytest.mark.parametrize("command", [*READING, ("project", "add", "New")], ids=" ".join)
def test_a_library_that_is_known_and_gone_is_not_made_anew(
    run: Run, book: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    book.rename(tmp_path / "elsewhere")
    for _ in range(2):  # the second time it is an empty mount point
        said = run(*command, "--json")
        assert (said.code, said.document["error"]["code"]) == (3, "library-gone"), said
        assert not book.exists() or list(book.iterdir()) == []
        book.mkdir(exist_ok=True)
    book.rmdir()
    (tmp_path / "elsewhere").rename(book)
    assert takes(run("tree", "--json").document) == 2


def test_a_library_that_is_gone_for_good_is_made_anew_when_asked(run: Run, book: Path) -> None:
    assert run("recover", "library", "--new").code == 3
    shutil.rmtree(book)
    assert run("recover", "library").code == 3
    assert run("recover", "library", "--new").code == 0
    assert run("tree", "--json").document == {"projects": []}


def test_a_library_of_which_only_other_files_are_left_can_be_made_anew(run: Run, book: Path) -> None:
    for name in ("vault", "backups"):
        shutil.rmtree(book / name)
    (book / "library.sqlite3").unlink()
    said = run("tree", "--json")
    assert (said.code, said.document["error"]["code"]) == (3, "library-missing"), said
    assert run("recover", "library").code == 0
    assert run("tree", "--json").document == {"projects": []}


def emptied(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        for (name,) in connection.execute("select name from sqlite_schema where type = 'table'").fetchall():
            if not name.startswith(("sqlite_", "found")):
                connection.execute(f"delete from {name}")
    connection.close()


def rows_emptied(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        for name in ("project", "chapter", "section", "take", "take_file"):
            connection.execute(f"delete from {name}")
    connection.close()


def without_tables(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("pragma journal_mode = wal")
    connection.close()


def as_it_was_when_new(path: Path) -> None:
    """Put back what a backup program copied before the first take was added."""
    with sqlite3.connect(path) as connection:
        (library_id,) = connection.execute("select value from fact where name = 'library_id'").fetchone()
    connection.close()
    new = path.parent.with_name("new") / path.name
    Database(new).close()
    new.replace(path)
    with sqlite3.connect(path) as connection:
        connection.execute("update fact set value = ? where name = 'library_id'", (library_id,))
    connection.close()


WAYS: dict[str, Callable[[Path], object]] = {
    "deleted": lambda path: path.unlink(),
    "no bytes": lambda path: path.write_bytes(b""),
    "all rows deleted": emptied,
    "rows of takes deleted": rows_emptied,
    "no tables": without_tables,
    "a copy of the new list": as_it_was_when_new,
}


@pytest.mark.parametrize("way", WAYS)
def test_a_list_that_is_lost_beside_its_vault_is_never_silently_made_anew(run: Run, book: Path, way: str) -> None:
    WAYS[way](book / "library.sqlite3")
    for command in (("tree",), ("project", "add", "New"), ("verify",), ("status",)):
        said = run(*command, "--json")
        assert (said.code, said.document["error"]["code"]) == (3, "library-missing"), said
        assert "recover library" in said.document["error"]["action"]
    said = run("recover", "library", "--json")
    assert said.code == 0, said
    assert said.document["from"] == "copy"
    assert takes(run("tree", "--json").document) == 2
    assert run("verify").code == 0
    assert run("recover", "library").code == 2  # the library is complete


@pytest.mark.parametrize("way", WAYS)
def test_a_list_is_made_from_the_vault(run: Run, book: Path, way: str) -> None:
    WAYS[way](book / "library.sqlite3")
    said = run("recover", "library", "--from-vault", "--json")
    assert said.code == 0, said
    assert said.document["summary"]["brought_back"] == 2
    found = run("tree", "--json").document
    assert [project["title"] for project in found["projects"]] == ["Found"]
    assert takes(found) == 2
    assert run("verify").code == 0


def test_a_copy_removes_nothing_that_was_to_be_removed_when_it_was_made(run: Run, book: Path) -> None:
    """The disk did not let the file go then, and it was added again since: only the lost list knew of that."""
    (copy,) = (book / "backups").glob("daily-*.sqlite3")
    with sqlite3.connect(copy) as connection:
        sha256, kind = connection.execute("select sha256, kind from take_file limit 1").fetchone()
        connection.execute("delete from take_file where sha256 = ?", (sha256,))
        connection.execute("insert into leaving (sha256, kind, at) values (?, ?, ?)", (sha256, kind, 9_999_999_999_999))
    connection.close()
    (book / "library.sqlite3").unlink()
    said = run("recover", "library", "--json")
    assert (said.code, said.document["summary"]["left"]) == (0, 1), said
    assert (book / "vault" / sha256[:2] / f"{sha256}.{kind}").exists()


def test_a_copy_can_be_named_and_a_bad_one_is_refused(run: Run, book: Path, tmp_path: Path) -> None:
    (copy,) = (book / "backups").glob("daily-*.sqlite3")
    (book / "library.sqlite3").unlink()
    letter = tmp_path / "letter.txt"
    letter.write_bytes(b"Dear editor, " * 500)
    torn = tmp_path / "torn.sqlite3"
    torn.write_bytes(copy.read_bytes()[:20_000])
    if hasattr(os, "mkfifo"):  # not on Windows
        os.mkfifo(tmp_path / "pipe")
    for bad in (letter, torn, tmp_path / "nowhere", tmp_path / "pipe", tmp_path):
        said = run("recover", "library", "--copy", str(bad), "--json")
        assert (said.code, said.document["error"]["code"]) == (2, "no-copy"), said
        assert not (book / "library.sqlite3").exists()
    assert run("recover", "library", "--copy", str(copy), "--from-vault").code == 2
    assert run("recover", "library", "--copy", str(copy)).code == 0
    assert takes(run("tree", "--json").document) == 2


def write_letter(path: Path) -> None:
    path.write_bytes(b"not a database at all" * 1000)


def write_foreign(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("create table letters (text text)")
    connection.close()


def make_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "notes.txt").write_bytes(b"mine")


@pytest.mark.parametrize(
    ("replace", "code"),
    [(write_letter, "library-not-one"), (write_foreign, "library-replaced"), (make_folder, "library-not-one")],
)
def test_what_lies_in_the_place_of_a_list_is_kept_aside_and_it_is_said_where(
    run: Run, book: Path, replace: Callable[[Path], None], code: str
) -> None:
    path = book / "library.sqlite3"
    replace(path)
    before = contents(path)
    said = run("tree", "--json")
    assert said.document["error"]["code"] == code
    assert "“audiodesk recover library”" in said.document["error"]["action"]
    assert contents(path) == before
    said = run("recover", "library")
    assert said.code == 0, said
    aside = book / "backups" / "set-aside-1"
    assert f"What was in its place is kept in {aside}.\n" in said.err
    assert takes(run("tree", "--json").document) == 2
    assert contents(aside / "library.sqlite3") == before
    path.unlink()
    write_letter(path)
    second = run("recover", "library", "--from-vault", "--json").document
    assert second["set_aside"] == str(book / "backups" / "set-aside-2")


def test_a_list_that_opens_and_is_damaged_is_put_back(run: Run, book: Path) -> None:
    path = book / "library.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
        page = connection.execute("pragma page_size").fetchone()[0]
        (root,) = connection.execute("select rootpage from sqlite_schema where name = 'note'").fetchone()
    connection.close()
    with path.open("r+b") as file:
        file.seek((root - 1) * page)
        file.write(b"\xff" * 200)
    (library,) = [part for part in run("doctor", "--json").document["checks"] if part["name"] == "library"]
    assert not library["ok"]
    assert "“audiodesk recover library”" in library["action"]
    assert run("recover", "library").code == 0
    (library,) = [part for part in run("doctor", "--json").document["checks"] if part["name"] == "library"]
    assert library["ok"], library
    assert takes(run("tree", "--json").document) == 2
    assert (book / "backups" / "set-aside-1" / "library.sqlite3").stat().st_size > 0


def test_where_nothing_was_in_its_place_nothing_is_kept_aside(run: Run, book: Path) -> None:
    (book / "library.sqlite3").unlink()
    said = run("recover", "library", "--json")
    assert said.document["set_aside"] is None
    assert "kept in" not in said.err


def contents(path: Path) -> list[tuple[str, bytes]]:
    files = [path] if path.is_file() else sorted(path.iterdir())
    return [(file.name, file.read_bytes()) for file in files]


def test_a_copy_that_is_no_use_is_passed_over(run: Run, book: Path) -> None:
    (book / "library.sqlite3").unlink()
    (book / "backups" / "daily-2999-01-01.sqlite3").write_bytes(b"half a copy")
    assert run("recover", "library", "--json").document["copy"].endswith(".sqlite3")
    assert takes(run("tree", "--json").document) == 2


def test_a_list_older_than_the_vault_opens_and_the_rest_is_offered(run: Run, book: Path, tmp_path: Path) -> None:
    media.wav(tmp_path / "c.wav", seconds=2.0)
    assert run("import", str(tmp_path / "c.wav")).code == 0
    (book / "library.sqlite3").unlink()
    said = run("recover", "library", "--json")
    assert said.document["summary"]["left"] == 1
    assert takes(run("tree", "--json").document) == 2
    assert len(run("recover", "list", "--json").document["items"]) == 1


def test_the_database_of_another_program_is_not_touched(run: Run, home: Path) -> None:
    path = home / "local" / "library.sqlite3"
    path.parent.mkdir(parents=True)
    with sqlite3.connect(path) as connection:
        connection.execute("create table letters (text text)")
    connection.close()
    before = path.read_bytes()
    for command in (("tree",), ("project", "add", "New"), ("recover", "library")):
        said = run(*command, "--json")
        assert (said.code, said.document["error"]["code"]) == (3, "library-foreign")
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == ["library.sqlite3"]


def test_doctor_says_that_the_library_is_gone(run: Run, book: Path, tmp_path: Path) -> None:
    book.rename(tmp_path / "elsewhere")
    checks = {part["name"]: part for part in run("doctor", "--json").document["checks"]}
    assert "gone" in checks["library"]["message"]
    assert not checks["library"]["ok"]
    assert not book.exists()
