"""One seed: several computers edit and sync at once, are killed and restored, and agree in the end."""

from __future__ import annotations

import random
import threading
from pathlib import Path

from tests.server.sync_world import Line, World
from tests.services.sync.agreement import (
    check_agreement,
    check_each_change_once,
    check_nothing_lost,
    check_repeatable,
)
from tests.services.sync.person import Person
from tests.twin.databases import Database, Databases

__all__ = ["make_person", "run_seed"]


def run_seed(
    databases: Databases,
    database: Database,
    folder: Path,
    seed: int,
    *,
    restores: bool = False,
    pictures: bool = False,
    kills: bool = True,
) -> list[Person]:
    """Let two to four computers live by ``seed``, and demand what must hold. Raises AssertionError."""
    rng = random.Random(seed)
    world = World(databases, database)
    people: list[Person] = []
    try:
        people.extend(
            make_person(world, seed * 100 + 10 * n, folder / f"{seed}-{n}", pictures=pictures, kills=kills)
            for n in range(rng.randint(2, 4))
        )
        _live(world, people, rng, restores=restores)
        for person in people * 3:
            person.settle()
        computers = [person.computer for person in people]
        check_agreement(world, computers)
        check_nothing_lost(computers)
        if not world.restores and not kills:
            check_each_change_once(world, computers)
        check_repeatable(world, computers)
        return people
    finally:
        for person in people:
            person.computer.close()
        world.close()


def make_person(world: World, seed: int, folder: Path, *, pictures: bool, kills: bool = True) -> Person:
    """Return somebody with a computer of the world's account, behind a bad line."""
    return Person(Line(world, random.Random(seed + 1)), seed, folder, pictures=pictures, kills=kills)


def _live(world: World, people: list[Person], rng: random.Random, *, restores: bool) -> None:
    """Let all of them edit and sync at once, while the server is backed up and restored."""
    threads = [threading.Thread(target=person.live, args=(rng.randint(12, 30),)) for person in people]
    for thread in threads:
        thread.start()
    for event in rng.choices(("back up", "restore"), k=rng.randint(3, 6)) if restores else ():
        threads[0].join(rng.random() * 0.3)
        if event == "back up":
            world.back_up()
        else:
            world.restore(rng)
    for thread in threads:
        thread.join()
    for person in people:
        if person.failure is not None:
            raise person.failure
