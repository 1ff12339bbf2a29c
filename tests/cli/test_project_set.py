"""Setting a project's properties from a terminal; a picture that cannot be used changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audiodesk.composition import open_core
from audiodesk.domain.library.listings import ProjectDetails
from tests import media
from tests.cli.conftest import Run
from tests.media.pictures import bomb, picture

Asked = Callable[..., Any]


def details(project_id: str) -> ProjectDetails:
    with open_core(face="command") as core:
        return core.catalogue.project(project_id)


def test_fields_are_set_and_others_stay(run: Run, asked: Asked) -> None:
    book = asked("project", "add", "Book", "--author", "A. Writer", "--notes", "Old")["id"]
    assert asked("project", "set", "Book", "--narrator", "N. Reader", "--notes", "")["id"] == book
    project = details(book).project
    assert (project.author, project.narrator, project.notes) == ("A. Writer", "N. Reader", "")
    said = run("project", "set", "Book")
    assert said.code == 2
    assert "Nothing was named" in said.err


@pytest.mark.slow
def test_a_cover_is_set_and_removed(run: Run, asked: Asked, tmp_path: Path) -> None:
    book = asked("project", "add", "Book")["id"]
    path = picture(tmp_path / "cover.png", (3000, 2000))
    asked("project", "set", "Book", "--cover", str(path), "--author", "A. Writer")
    cover = details(book).cover
    assert cover is not None
    assert cover.mime == "image/jpeg"
    for bad, words in (
        (bomb(tmp_path / "bomb.png", 60_000, 60_000), "pixels"),
        (picture(tmp_path / "a.png", kind="GIF"), "This is a GIF file"),
        (tmp_path / "missing.png", "not there"),
    ):
        said = run("project", "set", "Book", "--cover", str(bad), "--author", "Nobody")
        assert said.code == 2
        assert words in said.err
        assert (details(book).project.author, details(book).cover) == ("A. Writer", cover)
    assert run("project", "set", "Book", "--cover", str(path), "--no-cover").code == 2
    asked("project", "set", "Book", "--no-cover")
    assert details(book).cover is None


def test_a_value_that_is_not_allowed_is_said_with_those_that_are(run: Run, asked: Asked) -> None:
    asked("project", "add", "Book")
    asked("chapter", "add", "One", "--project", "Book")
    asked("section", "add", "Dawn", "--chapter", "Book/One")
    said = run("section", "status", "Book/One/Dawn", "bogus")
    assert said.code == 2
    assert "STATUS cannot be “bogus”; it is one of: to_record, recorded, retake, approved." in said.err
    assert "Value error" not in said.err
    said = run("take", "number", "any", "seven")
    assert said.code == 2
    assert "N needs a whole number." in said.err


def test_a_dry_run_says_that_it_opened_no_file(run: Run, tmp_path: Path) -> None:
    media.wav(tmp_path / "Book" / "a.wav", keep=100)
    said = run("import", str(tmp_path / "Book"), "--dry-run")
    assert said.code == 0
    assert "the files were not opened" in said.err
    assert "not opened" in " ".join(run("import", "--help").out.split())


@pytest.mark.slow
def test_properties_and_notes_can_be_read(run: Run, asked: Asked, tmp_path: Path) -> None:
    book = asked("project", "add", "Book", "--author", "A. Writer", "--language", "PT-br")["id"]
    asked("project", "set", "Book", "--notes", "Say “Ouse” as “ooze”.\nSlow\x1b[31mly.")
    shown = {"id": book, "title": "Book", "author": "A. Writer", "narrator": "", "language": "pt-BR", "cover": False}
    assert asked("project", "show", "Book") == {**shown, "notes": "Say “Ouse” as “ooze”.\nSlow[31mly."}
    lines = run("project", "show", book[:8]).out.splitlines()
    assert lines == ["Book", "Author: A. Writer", "Language: pt-BR", "", "Say “Ouse” as “ooze”.", "Slow[31mly."]
    asked("project", "set", "Book", "--cover", str(picture(tmp_path / "cover.png", (300, 200))))
    assert "Cover: yes" in run("project", "show", "Book").out.splitlines()


@pytest.mark.parametrize("command", ["add", "set"])
def test_a_language_that_is_no_tag_changes_nothing(run: Run, asked: Asked, command: str) -> None:
    asked("project", "add", "Book", "--language", "de")
    said = run("project", command, "Book", "--language", "xx-yy-q", "--narrator", "N. Reader", "--json")
    assert (said.code, said.document["error"]["code"]) == (2, "language-tag")
    assert "“xx-yy-q”" in said.err
    assert "pt-BR" in said.err
    (book,) = asked("tree")["projects"]
    assert asked("project", "show", book["id"]) == {
        **asked("project", "show", "Book"),
        "language": "de",
        "narrator": "",
    }
