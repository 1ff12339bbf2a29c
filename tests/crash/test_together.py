"""Two processes import the same books into one library at the same time, while a third one sweeps."""

from __future__ import annotations

import random
import threading
from pathlib import Path

import pytest

from audiodesk.composition import open_core
from tests.crash.importing import environ_for
from tests.crash.support import Importing, make_books, restart

FILES = 24
WHOLE = 2 * (FILES - FILES // 11)


@pytest.mark.slow
def test_two_imports_at_once_add_everything_once(tmp_path: Path) -> None:
    salt, river = make_books(tmp_path / "in", files=FILES)
    root = tmp_path / "root"
    both = [Importing(root, salt, river), Importing(root, river, salt)]
    assert sweep_while(root, both) > 0
    assert [process.wait() for process in both] == [0, 0]
    assert restart(root) == WHOLE


def sweep_while(root: Path, processes: list[Importing]) -> int:
    """Let ``processes`` go, and sweep as long as they work; returns how often files of theirs were under way."""
    under_way = 0
    with open_core(environ_for(root), face="command") as core:
        core.importer.recover()
        for process in processes:
            process.go()
        while any(process.works for process in processes):
            under_way += bool(core.vault.temporary_names())
            core.importer.recover()  # must not touch files that a living process has announced
    return under_way


def one_killed(tmp_path: Path, rounds: int, seed: int) -> None:
    chance = random.Random(seed)
    salt, river = make_books(tmp_path / "in", files=FILES)
    for number in range(rounds):
        root = tmp_path / f"root {number}"
        doomed, other = Importing(root, salt, river), Importing(root, salt, river)
        doomed.go()
        killer = threading.Timer(chance.uniform(0, 1.0), doomed.kill)
        killer.start()
        sweep_while(root, [other])
        killer.join()
        assert other.wait() == 0
        assert restart(root) == WHOLE, other.output


@pytest.mark.slow
def test_one_of_two_is_killed(tmp_path: Path) -> None:
    one_killed(tmp_path, 2, seed=8)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_one_of_two_is_killed_30_times(tmp_path: Path) -> None:
    one_killed(tmp_path, 30, seed=9)
