"""Emptying the trash from a terminal: only after a confirmation, and with true numbers after an interruption."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer

from audiodesk.domain.errors import OutsideError
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.words import formats
from audiodesk.local.files.reserve import RESERVE_BYTES
from audiodesk.local.files.vault import Vault
from audiodesk.local.rows.work.leaving_repo import Leaving
from audiodesk.services.library.library import Library
from audiodesk.system.folders import folders
from tests import media
from tests.cli.conftest import Run

Asked = Callable[..., Any]


@pytest.fixture
def trashed(asked: Asked, tmp_path: Path) -> int:
    """Put a project with recordings into the trash; returns how many."""
    for number in range(60):
        media.wav(tmp_path / "Book" / "1" / f"{number}.wav", seconds=0.02 + number / 1000)
    asked("import", str(tmp_path / "Book"))
    (project,) = asked("tree")["projects"]
    asked("project", "trash", project["id"])
    return 60


def on_disk() -> int:
    return sum(path.is_file() for path in (folders().local_library / "vault").glob("??/*"))


def test_without_a_terminal_and_without_yes_nothing_is_removed(run: Run, asked: Asked) -> None:
    asked("project", "trash", asked("project", "add", "Book")["id"])
    said = run("trash", "empty", "--json")
    assert (said.code, said.document["error"]["code"]) == (2, "not-confirmed")
    assert "Nothing was removed." in said.err
    assert "--yes" in said.err
    assert len(asked("trash", "list")["items"]) == 1


def test_the_list_tells_takes_by_their_files_and_says_what_the_others_hold(
    run: Run, asked: Asked, tmp_path: Path
) -> None:
    for title in ("Dawn", "Reeds"):
        media.wav(tmp_path / "Salt" / "1" / f"{title}.wav", seconds=0.5)
    asked("import", str(tmp_path / "Salt"))
    (take,) = asked("take", "list", "Salt/1/Dawn")["items"]
    said = run("take", "trash", take["id"])
    assert f"audiodesk take restore {take['id'][:8]}" in said.err
    asked("chapter", "trash", "Salt/1")
    lines = run("trash").out.splitlines()
    assert len(lines) == 2
    assert "Salt / 1" in lines[0]
    assert "1 take · " in lines[0]
    assert "Salt / 1 / Dawn / Take 1 · Dawn.wav" in lines[1]
    assert [item["file_name"] for item in asked("trash")["items"]] == [None, "Dawn.wav"]


@pytest.mark.slow
def test_an_empty_trash_leaves_the_reserve_of_a_full_disk(
    run: Run, asked: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked("import", str(media.wav(tmp_path / "a.wav", seconds=0.5)))
    reserve = folders().local_library / "reserve"
    assert reserve.stat().st_size == RESERVE_BYTES
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(total=1 << 30, used=1 << 30, free=0))
    assert run("trash", "empty").code == 0
    assert reserve.stat().st_size == RESERVE_BYTES
    asked("project", "trash", asked("tree")["projects"][0]["id"])
    assert run("trash", "empty", "--yes").code == 0
    assert not reserve.exists()  # the emptying had to write


def test_an_empty_trash_needs_no_yes(run: Run) -> None:
    said = run("trash", "empty")
    assert (said.code, said.out) == (0, "Nothing was removed.\n")


@pytest.mark.slow
def test_what_the_disk_does_not_let_go_is_said_and_removed_next_time(
    run: Run, trashed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Vault, connection: sqlite3.Connection, file: Leaving) -> bool:
        raise OutsideError("folder-read-only", path=str(self.folder))

    with monkeypatch.context() as patched:
        patched.setattr(Vault, "remove_leaving", refuse)
        said = run("trash", "empty", "--yes", "--json")
        assert said.code == 3
        assert said.document["summary"] == {"removed": 1, "files_removed": 0, "files_left": trashed}
        assert f"{trashed} recordings are still to be removed from the disk" in said.err
        assert on_disk() == trashed
    said = run("trash", "empty")
    assert said.code == 0
    assert said.out.startswith(f"{trashed} recordings that were emptied out of the trash before have now been removed")
    assert on_disk() == 0
    assert run("trash", "empty").out == "Nothing was removed.\n"


@pytest.mark.slow
def test_after_ctrl_c_the_next_command_goes_on(run: Run, trashed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    remove = Vault.remove_leaving
    calls: list[str] = []

    def interrupted(self: Vault, connection: sqlite3.Connection, file: Leaving) -> bool:
        calls.append(file.sha256)
        if len(calls) == 10:
            os.kill(os.getpid(), signal.SIGINT)
        return remove(self, connection, file)

    with monkeypatch.context() as patched:
        patched.setattr(Vault, "remove_leaving", interrupted)
        said = run("trash", "empty", "--yes", "--json")
    assert said.code == 130
    summary = said.document["summary"]
    assert summary["removed"] == 1
    assert 0 < summary["files_left"] == on_disk() == trashed - summary["files_removed"]
    assert "Stopped" in said.err
    run("tree")
    assert on_disk() == 0


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[str]]:
    """Let a person at a terminal answer; returns the list of questions."""

    def answer(text: str) -> list[str]:
        questions: list[str] = []

        def confirm(question: str, **_options: object) -> bool:
            questions.append(question)
            return text == "y"

        monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True))
        monkeypatch.setattr(typer, "confirm", confirm)
        return questions

    return answer


@pytest.mark.slow
def test_the_question_counts_what_would_be_gone_and_no_ends_with_1(
    run: Run, asked: Asked, answers: Callable[[str], list[str]], tmp_path: Path
) -> None:
    """Audio that another take uses is not counted: emptying does not remove it."""
    kept, only = (media.wav(tmp_path / f"{name}.wav", seconds=seconds) for name, seconds in (("a", 1.0), ("b", 2.0)))
    asked("import", str(kept))
    book = asked("project", "add", "Second")["id"]
    asked("import", str(kept), "--project", book)
    asked("import", str(only), "--project", book)
    asked("project", "trash", book)
    questions = answers("n")
    said = run("trash", "empty", "--json")
    assert (said.code, said.document["items"], said.document["summary"]["removed"]) == (1, [], 0)
    size = formats.size(only.stat().st_size)
    (question,) = questions
    assert question.startswith(f"1 thing with 2 takes and {size} of audio would be gone; this cannot be undone.")
    before = on_disk()
    answers("y")
    assert run("trash", "empty").code == 0
    assert on_disk() == before - 1


@pytest.mark.slow
def test_after_ctrl_c_only_what_is_gone_is_listed(run: Run, asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        asked("project", "trash", asked("project", "add", f"Book {number}")["id"])
    real, calls = Library._empty, [0]

    def empty(self: Library, ref: Ref) -> bool:
        calls[0] += 1
        if calls[0] == 2:
            os.kill(os.getpid(), signal.SIGINT)
        return real(self, ref)

    with monkeypatch.context() as patched:
        patched.setattr(Library, "_empty", empty)
        said = run("trash", "empty", "--yes", "--json")
    assert said.code == 130
    gone = {item["id"] for item in said.document["items"]}
    assert len(gone) == said.document["summary"]["removed"] == 2
    assert gone.isdisjoint(item["id"] for item in asked("trash", "list")["items"])
