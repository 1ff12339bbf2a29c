"""The commands for recordings in the vault that no book knows."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audiodesk.system.folders import folders
from tests import media
from tests.cli.conftest import Run

pytestmark = pytest.mark.slow

Asked = Callable[..., Any]


@pytest.fixture
def lost(asked: Asked, tmp_path: Path) -> list[str]:
    """Import two recordings and put back an empty list: returns their hashes."""
    home = folders().local_library
    asked("project", "add", "Book")
    before = (home / "library.sqlite3").read_bytes()
    first = media.wav(tmp_path / "in" / "one.wav", seconds=0.5)
    second = media.wav(tmp_path / "in" / "two.wav", seconds=0.7)
    asked("import", str(tmp_path / "in"))
    (home / "library.sqlite3").write_bytes(before)
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in (first, second)]


def test_they_are_listed(run: Run, asked: Asked, lost: list[str]) -> None:
    items = asked("recover", "list")["items"]
    assert {item["id"] for item in items} == set(lost)
    assert {item["can_come_back"] for item in items} == {True}
    assert asked("recover")["items"] == items
    assert run("recover", "--json", "list").document["items"] == items
    said = run("recover", "list")
    assert all(sha256[:8] in said.out for sha256 in lost)
    assert said.err.strip() == "2 recordings are in the vault that no book knows."


def test_the_list_names_each_once_and_in_columns(run: Run, lost: list[str]) -> None:
    data = media.id3v2(title="船 The Ferry and the Toll") + media.mp3_bytes(seconds=12)
    lost.append(hashlib.sha256(data).hexdigest())
    folder = folders().local_library / "vault" / lost[2][:2]
    folder.mkdir(exist_ok=True)
    (folder / f"{lost[2]}.mp3").write_bytes(data)
    lines = run("recover", "list").out.splitlines()
    assert len(lines) == 3
    for sha256 in lost:
        (line,) = [line for line in lines if line.endswith(f"  {sha256[:8]}")]
        assert line.count(sha256[:8]) == 1
    (ferry,) = [line for line in lines if "Ferry" in line]
    assert " · MP3 · 44.1 kHz · " in ferry
    assert {len(line) for line in lines if line is not ferry} == {len(ferry) + 1}  # one character is two cells wide


def test_they_are_brought_back(run: Run, asked: Asked, lost: list[str]) -> None:
    done = asked("recover", "bring-back", "--all")
    assert done["summary"] == {"brought_back": 2, "left": 0}
    found = next(project for project in asked("tree")["projects"] if project["title"] == "Found")
    takes = [take for chapter in found["chapters"] for section in chapter["sections"] for take in section["takes"]]
    assert {take["sha256"] for take in takes} == set(lost)
    assert asked("recover", "list")["items"] == []
    assert run("recover", "list").err.strip() == "Every recording in the vault belongs to a book."


def test_one_of_them_is_brought_back(asked: Asked, lost: list[str]) -> None:
    assert asked("recover", "bring-back", lost[0][:8])["summary"] == {"brought_back": 1, "left": 0}
    assert [item["id"] for item in asked("recover", "list")["items"]] == [lost[1]]


def test_they_are_removed_only_where_it_is_meant(run: Run, asked: Asked, lost: list[str]) -> None:
    said = run("recover", "remove", "--all", "--json")
    assert (said.code, said.document["error"]["code"]) == (2, "not-confirmed")
    assert len(asked("recover", "list")["items"]) == 2
    assert asked("recover", "remove", lost[0][:8], "--yes")["summary"] == {"removed": 1, "left": 0}
    assert [item["id"] for item in asked("recover", "list")["items"]] == [lost[1]]


@pytest.mark.parametrize("command", ["bring-back", "remove"])
def test_which_ones_must_be_said(run: Run, lost: list[str], command: str) -> None:
    for arguments in ([], ["--all", lost[0]]):
        said = run("recover", command, *arguments, "--json")
        assert (said.code, said.document["error"]["code"]) == (2, "name-or-all")
    said = run("recover", command, "ffff", "--json")
    assert (said.code, said.document["error"]["code"]) == (2, "not-found")


def test_doctor_and_verify_say_it(run: Run, lost: list[str]) -> None:
    assert len(lost) == 2
    said = run("doctor", "--json")
    (vault,) = [check for check in said.document["checks"] if check["name"] == "vault"]
    assert not vault["ok"]
    assert "2 recordings are in the vault that no book knows." in vault["message"]
    assert "audiodesk recover list" in vault["action"]
    said = run("verify")
    assert said.out.count("no book knows it: ") == 2
    assert "\n2 files: 2 no book knows\n" in said.out
    assert "audiodesk recover bring-back --all" in said.out


def test_importing_the_same_bytes_adopts_it(asked: Asked, lost: list[str], tmp_path: Path) -> None:
    assert asked("import", str(tmp_path / "in" / "one.wav"))["summary"]["added"] == 1
    assert [item["id"] for item in asked("recover", "list")["items"]] == [lost[1]]


def test_a_dead_announcement_in_a_list_older_than_the_vault(asked: Asked, lost: list[str], tmp_path: Path) -> None:
    with sqlite3.connect(folders().local_library / "library.sqlite3") as connection:
        connection.execute("insert into announcement values ('half.part', 'never was', 1)")
    connection.close()
    other = media.wav(tmp_path / "other.wav", seconds=0.9)
    asked("import", str(other))  # sweeps first
    assert {item["id"] for item in asked("recover", "list")["items"]} == set(lost)
