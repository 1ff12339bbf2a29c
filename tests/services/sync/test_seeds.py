"""Several computers with the shipped synchronizer agree in the end, whatever is lost, killed or restored."""

from __future__ import annotations

import base64
import random
import threading
from pathlib import Path

import pytest

from audiodesk.domain.library.entity import Entity
from tests.server.sync_world import Line, World
from tests.services.sync.agreement import (
    check_agreement,
    check_each_change_once,
    check_nothing_lost,
    check_repeatable,
)
from tests.services.sync.computers import Computer
from tests.services.sync.person import Person
from tests.twin.databases import Database, Databases


def _run(
    databases: Databases,
    database: Database,
    folder: Path,
    seed: int,
    *,
    restores: bool = False,
    pictures: bool = False,
    kills: bool = True,
) -> list[Person]:
    rng = random.Random(seed)
    world = World(databases, database)
    people: list[Person] = []
    try:
        people.extend(
            _person(world, seed * 100 + 10 * n, folder / f"{seed}-{n}", pictures=pictures, kills=kills)
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


def _person(world: World, seed: int, folder: Path, *, pictures: bool, kills: bool = True) -> Person:
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


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_all_agree(postgres_server: Databases, server: Database, tmp_path: Path, seed: int) -> None:
    _run(postgres_server, server, tmp_path, seed, kills=seed % 2 == 1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_all_agree_after_restores(postgres_server: Databases, server: Database, tmp_path: Path, seed: int) -> None:
    _run(postgres_server, server, tmp_path, 1000 + seed, restores=True)


@pytest.mark.slow
def test_all_agree_where_answers_reach_the_limit(postgres_server: Databases, server: Database, tmp_path: Path) -> None:
    _run(postgres_server, server, tmp_path, 3000, pictures=True)


@pytest.mark.slow
def test_what_a_push_left_without_an_answer_is_sent_again(
    postgres_server: Databases, server: Database, tmp_path: Path
) -> None:
    world = World(postgres_server, server)
    computer = None
    try:
        person = _person(world, 1, tmp_path / "one", pictures=True)
        computer = Computer(tmp_path / "two", person.computer.server.line)
        person.computer.close()
        computer.server.line.settle()
        picture = base64.b64encode(bytes(196_608)).decode()
        project = computer.create(Entity.PROJECT, title="Book", order_key="a0")
        cover = computer.create(Entity.COVER, project_id=project.id, order_key="a0", mime="image/png", data=picture)
        for number in range(40):
            computer.edit(cover, deleted_at=None if number % 2 else 1)
        computer.sync()
        assert computer.server.unanswered > 0
        assert computer.is_done()
        assert computer.refused() == []
        assert computer.get(cover).deleted_at is None
    finally:
        if computer is not None:
            computer.close()
        world.close()


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("restores", [False, True])
def test_all_agree_over_many_seeds(postgres_server: Databases, tmp_path: Path, restores: bool) -> None:
    for seed in range(2000, 2100):
        database = postgres_server.create()
        try:
            _run(postgres_server, database, tmp_path, seed, restores=restores, pictures=seed % 10 == 0)
        finally:
            postgres_server.drop(database)
