"""SIGKILL while a list is upgraded, copied or restored: the list is complete, or repeating the work restores it."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from audiodesk.composition import open_core
from audiodesk.local.database.migrations import STEPS, statements
from tests import media
from tests.crash.importing import environ_for
from tests.crash.support import restart
from tests.support import code_of

_PROJECTS = 1500
WHATS = ("upgrade", "copy", "recover", "vault")


def started(what: str, root: Path) -> subprocess.Popen[str]:
    """Start the process, and return when the next thing that it does is ``what``."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.crash.list_work", what, str(root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "ready"
    return process


def go(process: subprocess.Popen[str], seconds: float | None) -> bool:
    """Let it begin, and kill it after so long; tells whether it was still at work."""
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()
    if seconds is not None:
        time.sleep(seconds)
        process.kill()
    process.communicate(timeout=120)
    return process.returncode < 0


def prepared(what: str, root: Path, folder: Path) -> None:
    """Make what the process begins with."""
    local = root / "local"
    if what == "upgrade":
        local.mkdir(parents=True)
        with sqlite3.connect(local / "library.sqlite3", isolation_level=None) as connection:
            connection.execute("pragma journal_mode = wal")
            connection.execute("begin")
            for statement in statements(STEPS[0]):
                connection.execute(statement)
            for number in range(_PROJECTS):
                connection.execute(
                    "insert into project (id, order_key, created_at, title) values (?, ?, 1, ?)",
                    (f"00000000-0000-4000-8000-{number:012x}", f"a{number:05}", f"Book {number}"),
                )
            connection.execute("commit")
        connection.close()
        return
    with open_core({**os.environ, **environ_for(root)}, face="command") as core:
        for number in range(3):
            media.wav(folder / "Salt" / f"{number}.wav", seconds=0.5 + number / 10)
        items = core.importer.import_files(core.planner.plan([str(folder / "Salt")], None))
        assert len(items) == 3
    if what in ("recover", "vault"):
        (local / "library.sqlite3").unlink()


def held(what: str, root: Path) -> None:
    """Assert what must be true after a kill: nothing is lost that was there, nothing is half-written."""
    local = root / "local"
    assert len(list((local / "vault").rglob("*.wav"))) == (0 if what == "upgrade" else 3)
    for copy in (local / "backups").glob("*.sqlite3"):
        assert checked(copy) == "ok"
    projects: list[int] = []

    def look() -> None:
        with open_core({**os.environ, **environ_for(root)}, face="command") as core:
            projects.append(core.catalogue.totals().projects)

    code = code_of(look)
    assert code in (("", "library-missing") if what in ("recover", "vault") else ("",))
    if not code:
        assert checked(local / "library.sqlite3") == "ok"
        assert projects[0] >= {"upgrade": _PROJECTS, "vault": 0}.get(what, 1)


def checked(path: Path) -> str:
    connection = sqlite3.connect(path)
    try:
        return str(connection.execute("pragma integrity_check").fetchone()[0])
    finally:
        connection.close()


def finished(what: str, root: Path) -> None:
    """Do it once more, undisturbed, and find everything there exactly once, and nothing left over."""
    process = started(what, root)
    go(process, None)
    local = root / "local"
    if what == "upgrade":
        with open_core({**os.environ, **environ_for(root)}, face="command") as core:
            assert core.catalogue.totals().projects == _PROJECTS
    else:
        assert restart(root) == 3
    assert list(local.glob(".library*.tmp")) == []
    assert list((local / "backups").glob(".daily-*.tmp")) == []
    copies = list((local / "backups").glob("daily-*.sqlite3"))
    assert what != "copy" or 1 <= len(copies) <= 7


def killed(what: str, tmp_path: Path, kills: int, seed: int) -> int:
    """Kill so many of them at any moment of their work; returns how many were at work."""
    chance = random.Random(seed)
    prepared(what, tmp_path / "first", tmp_path)
    shutil.copytree(tmp_path / "first", tmp_path / "span")
    process = started(what, tmp_path / "span")
    began = time.monotonic()
    go(process, None)
    span = time.monotonic() - began
    at_work = 0
    for number in range(kills):
        root = tmp_path / f"root {number}"
        shutil.copytree(tmp_path / "first", root)
        for _ in range(2):
            at_work += go(started(what, root), chance.uniform(0, span))
            held(what, root)
        finished(what, root)
        shutil.rmtree(root)
    return at_work


@pytest.mark.slow
@pytest.mark.parametrize("what", WHATS)
def test_a_killed_list_holds(tmp_path: Path, what: str) -> None:
    assert killed(what, tmp_path, 1, seed=8) >= 0


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("what", WHATS)
def test_80_killed_lists_hold(tmp_path: Path, what: str) -> None:
    assert killed(what, tmp_path, 10, seed=20261127) > 0
