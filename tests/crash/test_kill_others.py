"""SIGKILL during emptying, bringing back, removing, verifying and repairing: nothing is lost or duplicated."""

from __future__ import annotations

import random
import shutil
import time
from pathlib import Path

import pytest

from audiodesk.composition import Core, open_core
from audiodesk.local.database.list_restore import make_list
from tests.crash.importing import environ_for
from tests.crash.support import Working, audio_of, make_books, restart

FILES = 24
KILLS = {"empty": 30, "bring-back": 30, "remove": 20, "verify": 20, "repair": 30}
"""How many of each in a whole soak: with the imports of ``test_kill`` and ``test_together`` more than 250."""


def prepared(tmp_path: Path, work: str) -> tuple[Path, Path]:
    """Make a library in which there is something to do for ``work``, and the folder that a repair imports."""
    book, _ = make_books(tmp_path / "in", files=FILES)
    root = tmp_path / "whole"
    with open_core(environ_for(root), face="command") as core:
        if work == "repair":
            core.library.add_project("Elsewhere")
        else:
            core.importer.import_files(core.planner.plan([str(book)], None), repair=True)
        spoil(core, work)
    if work in ("bring-back", "remove"):
        make_list(root / "local" / "library.sqlite3", None)
        shutil.rmtree(root / "local" / "backups")
        with open_core(environ_for(root), face="command") as core:
            core.library.add_project("Elsewhere")
    return root, book


def spoil(core: Core, work: str) -> None:
    if work == "empty":
        chapters = [
            node.ref for project in core.catalogue.children(None) for node in core.catalogue.children(project.ref)
        ]
        for chapter in chapters:
            core.library.trash([chapter])
    if work == "verify":
        files = list(core.vault.files())
        core.vault.path_of(files[0].sha256, files[0].kind).unlink()
        core.vault.path_of(files[1].sha256, files[1].kind).write_bytes(b"other bytes")


def killed(tmp_path: Path, work: str, kills: int, seed: int) -> None:
    """Kill ``work`` so often at work; three kills follow one another in the same library."""
    chance = random.Random(seed)
    whole, book = prepared(tmp_path, work)
    expected = audio_of(whole)
    root = tmp_path / "root"
    span = undisturbed(tmp_path / "undisturbed", whole, work, book)
    done = number = 0
    while done < kills:
        assert number < kills * 5, f"only {done} of {number} were at work when they were killed"
        if number % 3 == 0:
            shutil.rmtree(root, ignore_errors=True)
            shutil.copytree(whole, root)
        process = Working(root, work, str(book))
        process.go()
        time.sleep(chance.uniform(0, span))
        done += process.kill()
        number += 1
        must_be_whole(root, work, expected)
    process = Working(root, work, str(book))
    process.go()
    assert process.wait() == 0
    must_be_whole(root, work, expected, finished=True)


def undisturbed(root: Path, whole: Path, work: str, book: Path) -> float:
    """Return the seconds from ``go`` to the end of a run that is not killed."""
    shutil.copytree(whole, root)
    process = Working(root, work, str(book))
    process.go()
    began = time.monotonic()
    assert process.wait() == 0
    return time.monotonic() - began


def must_be_whole(root: Path, work: str, expected: set[str], *, finished: bool = False) -> None:
    """Start the program again and look: all audio is there and known, or offered, or was to go."""
    with open_core(environ_for(root), face="command") as core:
        core.importer.recover()
        offered = {file.sha256 for file in core.found.files()}
        on_disk = {file.sha256 for file in core.vault.files()}
        in_trash = bool(core.catalogue.trash())
        with core.database.read() as connection:
            faults = {
                row[0]: row[1]
                for row in connection.execute("select sha256, fault from vault_file where fault is not null")
            }
    if work == "verify":
        assert on_disk == expected
        assert set(faults.values()) <= {"missing", "damaged"}
        assert not finished or sorted(faults.values()) == ["damaged", "missing"]
        return
    restart(root, offered_may_be=work != "empty")
    assert faults == {}
    if work == "empty":
        assert offered == set()
        assert on_disk <= expected
        assert not finished or (on_disk == set() and not in_trash)
    if work == "bring-back":
        assert on_disk == expected
        assert not finished or offered == set()
    if work == "remove":
        assert on_disk == offered
        assert not finished or on_disk == set()
    if work == "repair":
        assert not finished or offered == set()


@pytest.mark.slow
@pytest.mark.parametrize("work", sorted(KILLS))
def test_killed_work_leaves_a_whole_library(tmp_path: Path, work: str) -> None:
    killed(tmp_path, work, KILLS[work] // 10, seed=11)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("work", sorted(KILLS))
def test_much_killed_work_leaves_a_whole_library(tmp_path: Path, work: str) -> None:
    killed(tmp_path, work, KILLS[work], seed=20261127)
