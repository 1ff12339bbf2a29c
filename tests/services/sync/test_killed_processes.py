"""SIGKILL for real: computers are processes that sync over HTTP, are killed at any moment, and agree in the end."""

from __future__ import annotations

import json
import os
import random
import select
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.server.sync_world import Line, World
from tests.services.sync.agreement import check_agreement, check_nothing_lost
from tests.services.sync.computer_process import COMPUTER_HEADER
from tests.services.sync.computers import Computer
from tests.twin.databases import Database, Databases
from tests.twin.fault_actions import captive_portal, cut, delay, gateway_page, stall, status
from tests.twin.faults import Fault
from tests.twin.twin import Twin, TwinUser

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither fork nor SIGKILL")

_LIVES = 6
_MOMENTS = ("at a step", "at any moment", "before an answer", "in an answer", "never")
_SKEWS_MS = (0, 3_600_000, -3_600_000, 86_400_000, -86_400_000, 365 * 86_400_000, -365 * 86_400_000)
_TROUBLE = (
    Fault(cut(), path="/rest/", nth="every", chance=0.03),
    Fault(cut(), path="/rest/", phase="handled", nth="every", chance=0.06),
    Fault(cut(), path="/rest/", phase="answer", after_bytes=900, nth="every", chance=0.05),
    Fault(delay(1.2), path="sync_push", nth="every", chance=0.03),
    Fault(delay(1.2), path="sync_push", phase="handled", nth="every", chance=0.03),
    Fault(status(503), path="/rest/", nth="every", chance=0.03),
    Fault(status(500, {"message": "oh"}), path="/rest/", phase="answer", nth="every", chance=0.02),
    Fault(captive_portal(), path="/rest/", nth="every", chance=0.03),
    Fault(gateway_page(), path="/rest/", nth="every", chance=0.02),
    Fault(status(401, {"code": "PGRST303", "message": "JWT expired"}), path="/rest/", nth="every", chance=0.02),
)
"""Requests and answers that are lost, cut, refused or late; a delay is longer than the computers wait."""


class _Mortal:
    """One computer, whose lives are processes."""

    def __init__(self, twin: Twin, user: TwinUser, folder: Path, number: int, seed: int, *, pictures: bool) -> None:
        self.folder = folder / str(number)
        self.killed: Counter[str] = Counter()
        self.failure: BaseException | None = None
        self._twin = twin
        self._number = number
        self._pictures = pictures
        self._rng = random.Random(seed)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.services.sync.computer_process", str(self.folder), str(user.id), str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={
                **os.environ,
                "SUPABASE_URL": twin.url,
                "SUPABASE_ANON_KEY": twin.anon_key,
                "AUDIODESK_EMAIL": user.email,
                "AUDIODESK_PASSWORD": user.password,
            },
        )
        assert self._line() == "ready"

    def live(self, lives: int) -> None:
        """Live so many lives; what fails is told by the test's own thread."""
        try:
            for _ in range(lives):
                self._live_once(self._rng.choice(_MOMENTS))
        except BaseException as error:  # noqa: BLE001 - told by the test's own thread
            self.failure = error

    def close(self) -> None:
        """End, when the life at hand is over."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()

    def _live_once(self, moment: str) -> None:
        planned = None
        if moment in ("before an answer", "in an answer"):
            planned = self._twin.faults.add(
                Fault(
                    stall(),
                    path="sync_p",
                    headers={COMPUTER_HEADER: f"^{self._number}$"},
                    nth=self._rng.randint(1, 6),
                    phase="handled" if moment == "before an answer" else "answer",
                    after_bytes=self._rng.randint(1, 400),
                )
            )
        process = self._begin(moment)
        if moment == "at any moment":
            time.sleep(self._rng.uniform(0, 0.6))
        elif planned is not None:
            while not planned.reached.wait(0.01) and not self._has_ended():
                pass
        if moment not in ("at a step", "never") and not self._has_ended():
            os.kill(process, signal.SIGKILL)
        code = int(self._line())
        if planned is not None:
            self._twin.faults.remove(planned)
        assert code in (0, -signal.SIGKILL), "its trouble is on standard error"
        if code:
            self.killed[moment] += 1

    def _begin(self, moment: str) -> int:
        life: dict[str, Any] = {
            "seed": self._rng.getrandbits(32),
            "kill": self._rng.randint(0, 40) if moment == "at a step" else None,
            "steps": self._rng.randint(4, 14),
            "pictures": self._pictures,
            "skew": self._rng.choice(_SKEWS_MS),
        }
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(life) + "\n")
        self._process.stdin.flush()
        return int(self._line())

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def _has_ended(self) -> bool:
        assert self._process.stdout is not None
        return bool(select.select([self._process.stdout], [], [], 0)[0])


def _run(
    databases: Databases,
    database: Database,
    folder: Path,
    seed: int,
    *,
    lives: int = _LIVES,
    restores: bool = False,
    pictures: bool = False,
) -> Counter[str]:
    """Let two or three computers live and die; return how many were killed at which moment."""
    rng = random.Random(seed)
    with Twin(database, folder / "twin") as twin:
        twin.auth_settings.rate_limits = False
        user = twin.add_user("anna@example.org", "secret-of-anna")
        world = World(databases, database, user.id)
        mortals = [
            _Mortal(twin, user, folder, number, seed * 10 + number, pictures=pictures)
            for number in range(rng.randint(2, 3))
        ]
        try:
            for fault in _TROUBLE:
                twin.faults.add(fault)
            threads = [threading.Thread(target=mortal.live, args=(lives,)) for mortal in mortals]
            for thread in threads:
                thread.start()
            for event in rng.choices(("back up", "restore"), k=rng.randint(3, 6)) if restores else ():
                threads[0].join(rng.random())
                _swap(twin, world, event, rng)
            for thread in threads:
                thread.join()
            twin.faults.clear()
            for mortal in mortals:
                if mortal.failure is not None:
                    raise mortal.failure
            _settle(world, mortals)
            assert twin.failures == []
            return sum((mortal.killed for mortal in mortals), Counter())
        finally:
            twin.faults.clear()
            for mortal in mortals:
                mortal.close()
            twin.stop()
            world.close()


def _swap(twin: Twin, world: World, event: str, rng: random.Random) -> None:
    """Back the server up, or put a backup in its place: it is not there for a moment."""
    twin.stop()
    if event == "back up":
        world.back_up()
    else:
        world.restore(rng)
        twin.restore(world.database)
    twin.start()


def _settle(world: World, mortals: list[_Mortal]) -> None:
    """Start what was killed once more, sync until nothing is left, and demand what must hold."""
    computers: list[Computer] = []
    try:
        for number, mortal in enumerate(mortals):
            line = Line(world, random.Random(number))
            line.settle()
            computers.append(Computer(mortal.folder, line))
        for computer in computers * 3:
            computer.sync()
        check_agreement(world, computers)
        check_nothing_lost(computers)
    finally:
        for computer in computers:
            computer.close()


@pytest.mark.slow
@pytest.mark.parametrize("restores", [False, True])
def test_killed_computers_agree(postgres_server: Databases, server: Database, tmp_path: Path, restores: bool) -> None:
    killed = _run(postgres_server, server, tmp_path, 5000 + restores, restores=restores)
    print(f"{killed.total()} kills: {dict(killed)}")
    assert killed.total() > 0


@pytest.mark.slow
def test_killed_computers_agree_where_answers_reach_the_limit(
    postgres_server: Databases, server: Database, tmp_path: Path
) -> None:
    _run(postgres_server, server, tmp_path, 5002, lives=4, pictures=True)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("restores", [False, True])
def test_killed_computers_agree_over_many_seeds(postgres_server: Databases, tmp_path: Path, restores: bool) -> None:
    killed: Counter[str] = Counter()
    for seed in range(6000, 6012):
        database = postgres_server.create()
        try:
            folder = tmp_path / str(seed)
            killed += _run(postgres_server, database, folder, seed, restores=restores, pictures=seed % 6 == 0)
        finally:
            postgres_server.drop(database)
    print(f"{killed.total()} kills: {dict(killed)}")
    assert set(killed) == set(_MOMENTS) - {"never"}
