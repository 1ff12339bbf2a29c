"""Importing audio into the library from a terminal."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audiodesk.composition import open_core
from audiodesk.domain.errors import OutsideError
from audiodesk.domain.library.plan import ImportItem, ImportPlan, ImportResult
from audiodesk.services.importing.importer import Importer
from audiodesk.services.importing.planner import Planner
from tests import media
from tests.cli.conftest import Run

pytestmark = pytest.mark.slow  # the file as a whole

Asked = Callable[..., Any]

_ANNOUNCES = """
import re
import sys
from audiodesk.composition import open_core
from audiodesk.local.rows.work import announcement_repo
from audiodesk.system.locks import ProcessSign
with open_core(face="command") as core:
    core.library.add_project("Elsewhere")
    sign = ProcessSign(core.library_folder)
    name = core.vault.new_temporary_name()
    core.database.write(lambda connection: announcement_repo.announce(connection, [name], sign.owner, 1))
    core.vault.temporary(name).write_bytes(b"half")
    print("announced", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    """A folder with two chapters of two files each."""
    folder = tmp_path / "The Ferry"
    for number, chapter in enumerate(("1 Salt", "2 Rope"), start=1):
        for other, section in enumerate(("1 Toll", "2 Tide"), start=1):
            media.wav(folder / chapter / f"{section}.wav", seconds=0.5, tone=200 * number + 30 * other)
    return folder


def _cut(path: Path) -> Path:
    whole = media.wav_bytes(seconds=2.0)
    path.write_bytes(whole[: len(whole) // 2])
    return path


def test_a_folder_becomes_a_project(asked: Asked, recordings: Path) -> None:
    done = asked("import", str(recordings))
    assert done["summary"] == {"added": 4, "present": 0, "planned": 0, "refused": 0, "failed": 0, "cancelled": 0}
    assert {item["result"] for item in done["items"]} == {"added"}
    assert {"path", "result", "take", "section", "findings"} <= set(done["items"][0])
    (project,) = asked("tree")["projects"]
    assert project["title"] == "The Ferry"
    assert [len(chapter["sections"]) for chapter in project["chapters"]] == [2, 2]
    (take,) = project["chapters"][0]["sections"][0]["takes"]
    assert take["id"] == done["items"][0]["take"]
    assert (take["current"], take["state"], take["reason"], take["kind"]) == (True, "local", None, "wav")
    assert take["size"] == (recordings / "1 Salt" / "1 Toll.wav").stat().st_size
    assert take["seconds"] == pytest.approx(0.5)
    assert len(take["sha256"]) == 64


def test_the_full_decode_is_done_before_the_command_ends(asked: Asked, recordings: Path) -> None:
    done = asked("import", str(recordings))
    with open_core(face="command") as core:
        assert core.analyser.unfinished() == 0
        details = core.catalogue.take(done["items"][0]["take"])
        assert details.row.file is not None
        assert details.row.file.analysis_version > 0
        assert details.overview


def test_a_dry_run_changes_nothing(run: Run, recordings: Path) -> None:
    said = run("import", str(recordings), "--dry-run", "--json")
    assert said.code == 0
    assert said.document["summary"]["planned"] == 4
    assert said.document["items"][0]["place"] == ["The Ferry", "1 Salt", "1 Toll"]
    assert said.document["items"][0]["take"] is None
    assert run("tree", "--json").document == {"projects": []}
    assert " → The Ferry / 1 Salt / 1 Toll" in run("import", str(recordings), "--dry-run").out


def test_onto_a_section(asked: Asked, recordings: Path) -> None:
    asked("project", "add", "Book")
    asked("chapter", "add", "One", "--project", "Book")
    section = asked("section", "add", "A", "--chapter", "Book/One")["id"]
    files = [str(recordings / "1 Salt" / name) for name in ("2 Tide.wav", "1 Toll.wav")]
    done = asked("import", *files, "--section", "Book/One/A")
    assert [item["section"] for item in done["items"]] == [section, section]
    listed = asked("take", "list", section)["items"]
    assert [(item["title"], item["file_name"], item["current"]) for item in listed] == [
        ("Take 1", "1 Toll.wav", False),
        ("Take 2", "2 Tide.wav", True),
    ]
    assert {item["entity"] for item in listed} == {"take"}
    assert {item["state"] for item in listed} == {"local"}
    assert {item["until"] for item in listed} == {None}
    again = asked("import", *files, "--section", section)
    assert again["summary"]["present"] == 2


def test_takes_are_edited(run: Run, asked: Asked, recordings: Path) -> None:
    done = asked("import", str(recordings))
    first, second = done["items"][0], done["items"][1]
    take = first["take"]
    assert asked("take", "rename", take, "The good one") == {"id": take, "title": "The good one"}
    assert asked("take", "note", take, "Breath at 0:03")["id"] == take
    with open_core(face="command") as core:
        assert core.catalogue.take(take).row.take.notes == "Breath at 0:03"
    assert asked("take", "note", take) == {"id": take, "notes": "Breath at 0:03"}
    assert run("take", "note", take).out == "Breath at 0:03\n"
    asked("take", "move", take, "--to", second["section"])
    listed = asked("take", "list", second["section"])["items"]
    assert {item["id"] for item in listed} == {take, second["take"]}
    asked("take", "current", second["take"])
    assert [i["id"] for i in asked("take", "list", second["section"])["items"] if i["current"]] == [second["take"]]
    asked("take", "trash", take)
    assert len(asked("take", "list", second["section"])["items"]) == 1
    assert asked("take", "restore", take)["title"] == "The good one"
    assert len(asked("take", "list", second["section"])["items"]) == 2


def test_refused_files_do_not_hold_up_the_others(run: Run, recordings: Path) -> None:
    cut = _cut(recordings / "1 Salt" / "9 Cut.wav")
    said = run("import", str(recordings), str(recordings / "missing.wav"), "--json")
    assert said.code == 1
    assert said.document["summary"]["added"] == 4
    assert said.document["summary"]["refused"] == 2
    refused = {item["path"]: item["findings"][0]["code"] for item in said.document["items"] if item["findings"]}
    assert refused == {str(cut): "truncated", str(recordings / "missing.wav"): "unreadable"}


def test_repair_keeps_what_is_left(run: Run, asked: Asked, tmp_path: Path) -> None:
    asked("project", "add", "Book")
    cut = _cut(tmp_path / "cut.wav")
    assert run("import", str(cut), "--project", "Book").code == 1
    said = run("import", str(cut), "--project", "Book", "--repair", "--json")
    assert said.code == 0, said
    (item,) = said.document["items"]
    with open_core(face="command") as core:
        row = core.catalogue.take(item["take"]).row
    assert row.original is not None
    assert row.file is not None
    assert row.original.size == cut.stat().st_size
    assert row.file.role == "repaired"
    assert (item["repaired"], item["repaired_seconds"]) == (True, row.file.seconds)
    verified = asked("verify")["items"]
    assert [(file["take"], file["role"]) for file in verified] == [
        (item["take"], "original"),
        (item["take"], "repaired"),
    ]
    media.wav(tmp_path / "whole.wav", seconds=0.5)
    asked("import", str(tmp_path / "whole.wav"), "--project", "Book")
    (project,) = asked("tree")["projects"]
    chapters = project["chapters"]
    sections = [section for chapter in chapters for section in chapter["sections"]]
    assert (project["repaired"], sum(chapter["repaired"] for chapter in chapters)) == (1, 1)
    assert {section["title"]: section["repaired"] for section in sections} == {"cut": 1, "whole": 0}
    repaired, whole = [line for line in run("tree").out.splitlines() if "Take 1" in line]
    assert " · Repaired · " in repaired
    assert "Repaired" not in whole
    again = asked("import", str(cut), "--project", "Book", "--repair")["items"][0]
    assert (again["result"], again["repaired"], again["repaired_seconds"]) == ("present", False, None)
    assert row.file.seconds == pytest.approx(1.0, abs=0.01)


def test_the_terminal_says_what_a_repair_kept(run: Run, asked: Asked, tmp_path: Path) -> None:
    asked("project", "add", "Book")
    cut = _cut(tmp_path / "cut.wav")
    refused = run("import", str(cut), "--project", "Book")
    assert "repaired copy beside" not in refused.out
    said = run("import", str(cut), "--project", "Book", "--repair")
    assert "What is left of it, 0.9 s, is kept as a repaired copy beside the original." in said.out
    present = run("import", str(cut), "--project", "Book", "--repair")
    assert "repaired copy beside" not in present.out
    stream = tmp_path / "stream.wav"
    stream.write_bytes(media.wav_bytes(seconds=1.3, data_size=0xFFFFFFFF, riff_size=0xFFFFFFFF))
    made = run("import", str(stream), "--project", "Book").out
    assert "A copy with a correct header was made, 1.3 s long; it is what plays." in made


def test_an_import_that_was_cut_short_is_said(run: Run, recordings: Path) -> None:
    killed = subprocess.Popen(
        [sys.executable, "-c", _ANNOUNCES], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert killed.stdout is not None
    assert killed.stdout.readline() == "announced\n"
    assert run("status").err == "", "it still works"
    killed.kill()
    killed.communicate()
    said = run("status", "--json")
    assert "cut short. Add the same files again" in said.err
    assert said.document["takes"] == 0
    assert "cut short" in run("import", str(recordings)).err
    assert run("status").err == "", "swept up"


def test_an_empty_folder(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    said = run("import", str(tmp_path / "empty"))
    assert said.code == 0
    assert said.out == ""
    assert "nothing to add" in said.err


def test_people_read_what_became_of_each(run: Run, recordings: Path) -> None:
    _cut(recordings / "1 Salt" / "9 Cut.wav")
    said = run("import", str(recordings))
    assert "refused: " in said.out
    assert "Ends after" in said.out
    assert said.out.splitlines()[-1] == "5 files: 4 added, 1 refused"


def test_status_counts_the_takes(run: Run, asked: Asked, recordings: Path) -> None:
    empty = asked("status")
    assert (empty["connection"], empty["states"], empty["queue"], empty["all_safe"]) == ("local", {}, [], False)
    asked("import", str(recordings))
    status = asked("status")
    assert status["states"] == {"local": 4}
    assert re.fullmatch(r"4 takes, all on this computer · last: .+\.(mp3|wav), \d\d:\d\d", status["sentence"])
    assert run("status").out == f"{status['sentence']}\n"


@pytest.mark.skipif(sys.platform != "linux", reason="names of any bytes are Linux's")
def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    media.wav(tmp_path / "plain.wav", seconds=0.5)
    name = os.fsencode(tmp_path) + b"/\xe9t\xe9.wav"
    (tmp_path / "plain.wav").rename(os.fsdecode(name))
    command = [sys.executable, "-m", "audiodesk"]
    done = subprocess.run(
        [*command, "import", os.fsdecode(name), "--json"], capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert b"\\udce9t\\udce9.wav" in done.stdout
    for arguments in (["tree"], ["tree", "--json"]):
        shown = subprocess.run([*command, *arguments], capture_output=True, check=False, timeout=60)
        assert shown.returncode == 0, shown.stderr


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_wish_to_stop_leaves_a_whole_library(run: Run, asked: Asked, tmp_path: Path, number: signal.Signals) -> None:
    asked("project", "add", "Book")
    count = 3000  # so many that the wish comes long before the last one, also on a busy machine
    data = bytearray(media.wav(tmp_path / "many" / "0.wav", seconds=0.5).read_bytes())
    for index in range(1, count):
        data[-4:] = index.to_bytes(4, "little")
        (tmp_path / "many" / f"{index}.wav").write_bytes(data)
    importing = subprocess.Popen(
        [sys.executable, "-m", "audiodesk", "import", str(tmp_path / "many"), "--project", "Book"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    vault = Path(os.environ["AUDIODESK_HOME"]) / "local" / "vault"
    deadline = time.monotonic() + 60
    while not any(vault.rglob("*")):
        assert time.monotonic() < deadline, "the import did not begin"
        time.sleep(0.01)
    importing.send_signal(number)
    out, err = importing.communicate(timeout=60)
    assert importing.returncode == 130, (out, err)
    assert "Traceback" not in err
    assert "Stopped" in err
    takes = [t for p in asked("tree")["projects"] for c in p["chapters"] for s in c["sections"] for t in s["takes"]]
    assert len(takes) < count
    stored = {path.stem for path in vault.rglob("*") if path.is_file()}
    assert stored == {take["sha256"] for take in takes}


def test_what_is_left_out_of_a_folder_is_said(run: Run, recordings: Path) -> None:
    (recordings / "notes.txt").write_text("Chapter 1")
    media.wav(recordings / ".hidden.wav")
    said = run("import", str(recordings), "--dry-run", "--json")
    assert sorted(said.document["left_out"]) == [str(recordings / name) for name in (".hidden.wav", "notes.txt")]
    assert "2 other files in these folders are left out: hidden, or no audio.\n" in said.err


def test_the_waveforms_of_what_left_the_vault_go_with_it(asked: Asked, recordings: Path) -> None:
    asked("import", str(recordings))
    library = Path(os.environ["AUDIODESK_HOME"]) / "local"
    assert len(list(library.glob("peaks/*/*"))) == 4
    asked("chapter", "trash", "The Ferry/1 Salt")
    asked("trash", "empty", "--yes")
    left = {path.stem for path in library.glob("peaks/*/*")}
    assert len(left) == 2
    assert left == {path.stem for path in library.glob("vault/*/*")}


@pytest.mark.parametrize("command", ["import", "check"])
def test_an_empty_name_is_not_the_current_folder(
    run: Run, command: str, recordings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(recordings)
    done = run(command, str(recordings), "", "--json")
    assert done.code == 2
    assert done.document["error"]["code"] == "path-empty"


def test_progress_is_said_where_there_is_no_terminal(
    run: Run, recordings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audiodesk.cli.output.progress._FIRST_LINE", 0.01)
    done = run("import", str(recordings), "--json")
    assert done.code == 0
    assert done.document["summary"]["added"] == 4
    lines = done.err.splitlines()
    assert any(line.startswith("Copying: ") and line.endswith(" %") for line in lines), lines
    assert any(line.startswith("Listening through: ") for line in lines), lines


def test_what_is_still_being_written_is_refused(run: Run, recordings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audiodesk.services.importing.importer._PATIENCE", 0.1)
    file = recordings / "1 Salt" / "1 Toll.wav"
    part = media.wav(recordings / "1 Salt" / "3 Bell.wav.part", seconds=0.5)
    with file.open("ab"):
        done = run("import", str(recordings), "--json")
    assert done.code == 1
    by_path = {item["path"]: item for item in done.document["items"]}
    assert by_path[str(file)]["result"] == "refused"
    assert [finding["code"] for finding in by_path[str(file)]["findings"]] == ["still-being-written"]
    assert [finding["code"] for finding in by_path[str(part)]["findings"]] == ["not-finished"]
    assert done.document["summary"]["added"] == 3
    dry = run("import", str(recordings), "--dry-run", "--json")
    assert {item["path"] for item in dry.document["items"] if item["result"] == "refused"} == {str(part)}


def test_what_was_stopped_while_it_was_planned_does_not_say_that_there_is_nothing(
    run: Run, recordings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(_self: Planner, _paths: list[str], _target: None, *, cancel: threading.Event) -> ImportPlan:
        cancel.set()
        return ImportPlan(None, ())

    monkeypatch.setattr(Planner, "plan", stopped)
    said = run("import", str(recordings))
    assert said.code == 130
    assert "nothing to add" not in said.err
    assert "Stopped" in said.err


def test_what_failed_says_what_to_do(run: Run, recordings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_self: Importer, plan: ImportPlan, **_: Any) -> list[ImportItem]:
        return [ImportItem(plan.files[0].path, ImportResult.FAILED, error=OutsideError("disk-full"))]

    monkeypatch.setattr(Importer, "import_files", full)
    said = run("import", str(recordings))
    assert said.code == 3
    assert "    The disk is full.\n    Free some space, then try again." in said.out
