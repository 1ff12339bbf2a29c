"""Exit codes, errors, and the handling of unforeseen exceptions."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import audiodesk
from audiodesk.cli.frame import program
from audiodesk.composition import open_core
from audiodesk.domain.errors import OutsideError
from tests.cli.conftest import Run

Asked = Callable[..., Any]
COMMANDS = (
    "project",
    "chapter",
    "section",
    "take",
    "trash",
    "tree",
    "check",
    "import",
    "status",
    "verify",
    "usage",
    "support",
    "doctor",
)


def test_version(run: Run) -> None:
    said = run("--version")
    assert (said.code, said.out) == (0, f"AudioDesk {audiodesk.__version__}\n")


def test_help_names_every_command(run: Run) -> None:
    said = run("--help")
    assert said.code == 0
    assert all(f"  {name} " in said.out for name in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(run: Run, command: str) -> None:
    said = run(command, "--help")
    assert said.code == 0
    assert "Usage: audiodesk" in said.out


@pytest.mark.parametrize("noun", ["project", "chapter", "section", "take"])
@pytest.mark.parametrize("verb", ["rename", "move", "trash", "restore"])
def test_every_noun_has_the_four(run: Run, noun: str, verb: str) -> None:
    said = run(noun, verb, "--help")
    assert said.code == 0
    assert "--json" in said.out


@pytest.mark.parametrize(
    "arguments",
    [("nonsense",), ("tree", "--nonsense"), ("chapter", "add", "A"), ("check",), ("take", "no")],
)
def test_wrong_usage(run: Run, arguments: tuple[str, ...]) -> None:
    said = run(*arguments)
    assert said.code == 2
    assert said.out == ""
    assert said.err != ""
    as_json = run(*arguments, "--json")
    assert as_json.code == 2
    assert as_json.document["error"]["code"] == "wrong-usage"
    assert {"code", "message", "details"} <= set(as_json.document["error"])


def test_edits_of_unknown_rows_are_refused(run: Run) -> None:
    said = run("tree", "No Such Book", "--json")
    assert said.code == 2
    assert said.document["error"]["code"] == "not-found"
    assert "No Such Book" in said.document["error"]["message"]
    assert said.document["error"]["message"] in said.err


def test_what_could_be_either(run: Run, asked: Asked) -> None:
    for _ in range(2):
        asked("project", "add", "Twin")
    said = run("project", "rename", "Twin", "Other", "--json")
    assert said.code == 2
    assert said.document["error"]["code"] == "ambiguous"


def test_an_empty_title(run: Run) -> None:
    said = run("project", "add", "   ", "--json")
    assert said.code == 2
    assert said.document["error"]["code"] == "title-empty"


def test_two_targets(run: Run, asked: Asked, tmp_path: Path) -> None:
    asked("project", "add", "Book")
    said = run("import", str(tmp_path), "--project", "Book", "--chapter", "Book/One", "--json")
    assert said.code == 2
    assert said.document["error"]["code"] == "one-target-only"


def test_a_newer_library(run: Run, asked: Asked) -> None:
    asked("project", "add", "Book")
    with open_core(face="command") as core:
        path = core.database.path
    connection = sqlite3.connect(path)
    connection.execute("pragma user_version = 999")
    connection.close()
    said = run("tree", "--json")
    assert said.code == 3
    assert said.document["error"]["code"] == "library-newer"
    assert run("tree").out == ""


def test_an_unknown_setting(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORAGE_BACKEND", "floppy")
    said = run("tree", "--json")
    assert said.code in (2, 3)
    assert said.document["error"]["message"]


def test_a_mistake_of_ours_is_told_in_words(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> int:
        raise ZeroDivisionError("planted, with password=open-sesame")

    monkeypatch.setattr(program, "_run", broken)
    said = run("tree", "--json")
    assert said.code == 3
    assert said.document["error"]["code"] == "bug"
    assert "planted" in said.document["error"]["details"]
    assert "open-sesame" not in said.out + said.err
    assert "planted" in said.document["error"]["details"]
    assert "Traceback" not in said.err


def test_the_outside_is_exit_3(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> int:
        raise OutsideError("disk-full", details="No space left on device")

    monkeypatch.setattr(program, "_run", full)
    said = run("tree", "--json")
    assert said.code == 3
    assert said.document["error"]["code"] == "disk-full"
    assert said.document["error"]["details"] == "No space left on device"


def test_after_two_dashes_everything_is_a_name(run: Run) -> None:
    said = run("project", "add", "--", "--json")
    assert said.code == 0
    assert said.out.startswith("--json  ")


def test_a_process_may_run_many_commands(run: Run) -> None:
    from typer import core

    run("--version")
    first = getattr(core, "build_runtime_param", None)
    run("--version")
    assert getattr(core, "build_runtime_param", None) is first, "each command wrapped the one before"
