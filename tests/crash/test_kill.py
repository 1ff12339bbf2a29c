"""SIGKILL in the middle of an import: nothing is lost, nothing is left half-written, nothing is duplicated."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.crash.importing import environ_for
from tests.crash.support import Importing, make_books, restart

FILES = 24
DAMAGED = FILES // 11
LIVES = 4
"""Kills that one library has to survive, one after the other."""


def killed_imports(tmp_path: Path, at_work_wanted: int, seed: int) -> tuple[int, int]:
    """Kill imports until so many were killed at work; returns all kills, and takes that were there after a kill."""
    chance = random.Random(seed)
    books = make_books(tmp_path / "in", files=FILES)
    span = undisturbed(tmp_path / "root", books[:2])
    number = at_work = takes = 0
    while at_work < at_work_wanted:
        assert number < at_work_wanted * 5, f"only {at_work} of {number} imports were at work when they were killed"
        root = tmp_path / f"root {number // LIVES}"
        process = Importing(root, *chance.sample(books, 2))
        process.go()
        time.sleep(chance.uniform(0, span))
        at_work += process.kill()
        takes += restart(root)
        if number % LIVES == LIVES - 1:
            finish(root, books)
        number += 1
    return number, takes


def undisturbed(root: Path, books: list[Path]) -> float:
    """Return the seconds from ``go`` to the end of an import that is not killed."""
    process = Importing(root, *books)
    process.go()
    began = time.monotonic()
    assert process.wait() == 0
    return time.monotonic() - began


def finish(root: Path, books: list[Path]) -> None:
    """Do the whole once more, undisturbed, and find everything there exactly once."""
    process = Importing(root, *books)
    process.go()
    assert process.wait() == 0
    assert restart(root) == len(books) * (FILES - DAMAGED)


@pytest.mark.slow
def test_killed_imports_leave_a_whole_library(tmp_path: Path) -> None:
    kills, _ = killed_imports(tmp_path, 20, seed=3)
    assert kills >= 20


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_200_killed_imports_leave_a_whole_library(tmp_path: Path) -> None:
    kills, takes = killed_imports(tmp_path, 200, seed=20261123)
    print(f"{kills} kills, 200 of them at work; {takes} takes were found whole after the kills")
    assert takes > 0


def killed_commands(tmp_path: Path, kills: int, seed: int) -> None:
    """Kill the command line itself, at any moment of its life."""
    chance = random.Random(seed)
    (book, _) = make_books(tmp_path / "in", files=FILES)
    root = tmp_path / "root"
    for _ in range(kills):
        process = subprocess.Popen(
            [sys.executable, "-m", "audiodesk", "import", str(book), "--json"],
            env={**environ_for(root), "PATH": "/usr/bin:/bin"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).parents[2],
        )
        time.sleep(chance.uniform(0.2, 3.0))
        process.kill()
        process.wait()
        restart(root)


@pytest.mark.slow
def test_killed_commands_leave_a_whole_library(tmp_path: Path) -> None:
    killed_commands(tmp_path, 4, seed=5)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_40_killed_commands_leave_a_whole_library(tmp_path: Path) -> None:
    killed_commands(tmp_path, 40, seed=6)
