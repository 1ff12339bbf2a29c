"""SIGKILL in the middle of an import: nothing is lost, nothing half-written is left, nothing is there twice."""

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
SPAN = 0.6
"""Seconds that such an import takes at most on an idle computer, with some to spare."""
LIVES = 4
"""Kills that one library has to survive, one after the other."""


def killed_imports(tmp_path: Path, kills: int, seed: int) -> tuple[int, int]:
    """Kill ``kills`` imports; returns how many of them were at work, and takes that were there after a kill."""
    chance = random.Random(seed)
    books = make_books(tmp_path / "in", files=FILES)
    at_work = takes = 0
    for number in range(kills):
        root = tmp_path / f"root {number // LIVES}"
        process = Importing(root, *chance.sample(books, 2))
        process.go()
        time.sleep(chance.uniform(0, SPAN))
        at_work += process.kill()
        takes += restart(root)
        if number % LIVES == LIVES - 1:
            finish(root, books)
    return at_work, takes


def finish(root: Path, books: list[Path]) -> None:
    """Do the whole once more, undisturbed, and find everything there exactly once."""
    process = Importing(root, *books)
    process.go()
    assert process.wait() == 0
    assert restart(root) == len(books) * (FILES - DAMAGED)


@pytest.mark.slow
def test_killed_imports_leave_a_whole_library(tmp_path: Path) -> None:
    at_work, _ = killed_imports(tmp_path, 12, seed=3)
    assert at_work > 0


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_200_killed_imports_leave_a_whole_library(tmp_path: Path) -> None:
    at_work, takes = killed_imports(tmp_path, 220, seed=20261123)
    print(f"{at_work} of 220 were at work when they were killed; {takes} takes were found whole after the kills")
    assert at_work >= 150
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
