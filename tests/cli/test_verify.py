"""Verifying the vault from a terminal."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audiodesk.domain.library.verify import VerifyItem
from audiodesk.services.care.verifier import Verifier
from audiodesk.system.folders import folders
from tests import media
from tests.cli.conftest import Run

pytestmark = pytest.mark.slow

Asked = Callable[..., Any]


@pytest.fixture
def takes(asked: Asked, tmp_path: Path) -> dict[str, Path]:
    """Three takes of two books, and where the vault keeps them."""
    for number, name in enumerate(("A/one.wav", "A/two.wav", "B/three.wav")):
        media.wav(tmp_path / name, seconds=0.3, tone=200 + 50 * number)
    for name in ("A", "B"):
        asked("import", str(tmp_path / name))
    vault = Path(os.environ["AUDIODESK_HOME"]) / "local" / "vault"
    found = {}
    for project in asked("tree")["projects"]:
        for chapter in project["chapters"]:
            for section in chapter["sections"]:
                for take in section["takes"]:
                    (path,) = vault.rglob(f"{take['sha256']}.wav")
                    path.chmod(0o644)
                    found[take["file_name"]] = path
    return found


def test_all_is_well(run: Run, takes: dict[str, Path]) -> None:
    said = run("verify", "--json")
    assert said.code == 0
    assert said.document["summary"] == {
        "ok": 3,
        "missing": 0,
        "changed": 0,
        "unreadable": 0,
        "elsewhere": 0,
        "unknown": 0,
    }
    assert {(item["result"], item["reason"]) for item in said.document["items"]} == {("ok", None)}
    assert {item["role"] for item in said.document["items"]} == {"original"}
    assert run("verify").out == "3 files, all as they were.\n"


def test_what_is_missing_or_changed_is_named(run: Run, takes: dict[str, Path]) -> None:
    takes["one.wav"].unlink()
    damaged = bytearray(takes["three.wav"].read_bytes())
    damaged[-1] ^= 1
    takes["three.wav"].write_bytes(damaged)
    said = run("verify", "--json")
    assert said.code == 1
    results = {item["file_name"]: (item["result"], item["reason"]) for item in said.document["items"]}
    assert results == {
        "one.wav": ("missing", "file_missing"),
        "two.wav": ("ok", None),
        "three.wav": ("changed", "file_damaged"),
    }
    people = run("verify")
    assert people.code == 1
    assert "missing: A" in people.out
    assert "three.wav" in people.out
    *_, summary, action = people.out.splitlines()
    assert summary == "3 files: 1 unchanged, 1 missing, 1 changed"
    assert "Add the original files" in action


def test_adding_the_originals_again_mends_what_is_missing_or_changed(
    run: Run, asked: Asked, takes: dict[str, Path], tmp_path: Path
) -> None:
    takes["one.wav"].unlink()
    takes["two.wav"].write_bytes(bytes(takes["two.wav"].stat().st_size))
    assert run("verify").code == 1
    assert asked("import", str(tmp_path / "A"))["summary"]["present"] == 2
    assert run("verify").out == "3 files, all as they were.\n"


def test_one_project_alone(run: Run, takes: dict[str, Path]) -> None:
    takes["three.wav"].unlink()
    assert run("verify", "A").code == 0
    assert run("verify", "B").code == 1


def test_an_empty_library(run: Run) -> None:
    said = run("verify")
    assert (said.code, said.out) == (0, "There is no audio to read yet.\n")


def test_what_was_found_is_said_until_it_is_healed(run: Run, asked: Asked, tmp_path: Path) -> None:
    path = media.wav(tmp_path / "Book" / "1" / "one.wav")
    asked("import", str(path.parent.parent))
    (file,) = (Path(os.environ["AUDIODESK_HOME"]) / "local" / "vault").glob("??/*")
    file.unlink()
    assert run("verify").code == 1

    def state() -> tuple[str, str | None]:
        (project,) = asked("tree")["projects"]
        (take,) = project["chapters"][0]["sections"][0]["takes"]
        return take["state"], take["reason"]

    assert state() == ("needs_user", "file_missing")
    assert "its file is missing on this computer" in run("tree").out
    assert asked("status")["states"] == {"needs_user": 1}
    assert "missing or damaged" in asked("status")["sentence"]
    asked("import", str(path.parent.parent))
    assert state() == ("local", None)
    assert asked("status")["states"] == {"local": 1}


def test_what_was_stopped_before_the_first_file_does_not_say_that_there_is_none(
    run: Run, takes: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(_self: Verifier, _project: str | None, *, cancel: threading.Event, **_: Any) -> list[VerifyItem]:
        cancel.set()
        return []

    monkeypatch.setattr(Verifier, "verify", stopped)
    said = run("verify")
    assert said.code == 130
    assert said.out == ""
    assert "Stopped" in said.err


def test_files_are_counted_once_by_verify_and_by_doctor(run: Run, asked: Asked, tmp_path: Path) -> None:
    path = str(media.wav(tmp_path / "a.wav", seconds=0.5))
    for title in ("One", "Two"):
        asked("import", path, "--project", asked("project", "add", title)["id"])
    (folders().local_library / "vault" / "notes.txt").write_bytes(b"no audio")
    assert run("verify").out == "1 file, as it was.\n"
    document = asked("verify")
    assert (len(document["items"]), document["summary"]["ok"], document["files"]) == (2, 2, 1)
    (vault,) = [check for check in run("doctor", "--json").document["checks"] if check["name"] == "vault"]
    assert "; 1 file, " in vault["message"]
