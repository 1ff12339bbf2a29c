"""Projects with equal titles are allowed; the command line says so and tells how to name each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.media.wav import wav

pytestmark = pytest.mark.slow

Asked = Callable[..., Any]


def _note(this: str, other: str) -> str:
    return f"There is another project of this title. Name each by its id: this one {this[:8]}, the other {other[:8]}\n"


def test_a_second_project_of_a_title_is_made_and_said(run: Run, asked: Asked) -> None:
    first = asked("project", "add", "The Ferry")["id"]
    said = run("project", "add", "the  ferry", "--json")
    second = said.document["id"]
    assert (said.code, said.err) == (0, _note(second, first))
    for project in (first, second):
        said = run("chapter", "add", "One", "--project", project[:8])
        assert (said.code, said.err) == (0, ""), "the short id is enough, and of chapters nothing is said"
    said = run("project", "add", "The Ferry")
    assert "There are 2 other projects of this title." in said.err
    said = run("project", "trash", "The Ferry", "--json")
    assert (said.code, said.document["error"]["code"]) == (2, "ambiguous"), "a title alone is not enough"


def test_it_is_said_where_a_title_is_given_and_nowhere_else(run: Run, asked: Asked) -> None:
    first = asked("project", "add", "The Ferry")["id"]
    second = asked("project", "add", "Salt")["id"]
    assert run("project", "rename", second, "The Ferry").err == _note(second, first)
    assert run("project", "set", second, "--title", "The Ferry").err == _note(second, first)
    assert run("project", "set", second, "--author", "Anna").err == ""
    assert run("project", "trash", second).code == 0
    assert run("project", "rename", first, "The Ferry").err == "", "what is in the trash does not count"
    assert run("project", "restore", second).err == _note(second, first)


def test_an_import_says_which_of_several_it_found_by_the_title(run: Run, asked: Asked, tmp_path: Path) -> None:
    wav(tmp_path / "The Ferry" / "1 Salt" / "Toll.wav", seconds=0.5)
    folder = str(tmp_path / "The Ferry")
    first = asked("project", "add", "The Ferry")["id"]
    assert run("import", folder, "--dry-run").err.count("Several") == 0
    second = asked("project", "add", "The Ferry")["id"]
    said = run("import", folder)
    assert said.code == 0
    note = (
        f"Several projects are called “The Ferry”; this goes into {first[:8]}. Name another by its id, with --project."
    )
    assert said.err.splitlines()[0] == note
    said = run("import", folder, "--project", second[:8])
    assert (said.code, "Several" in said.err) == (0, False)
    takes = [
        [
            take["number"]
            for chapter in project["chapters"]
            for section in chapter["sections"]
            for take in section["takes"]
        ]
        for project in asked("tree")["projects"]
    ]
    assert takes == [[1], [1]]
