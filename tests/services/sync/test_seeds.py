"""Several computers with the shipped synchronizer agree in the end, whatever is lost, killed or restored."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from audiodesk.domain.library.entity import Entity
from audiodesk.services.sync import puller
from tests.server.sync_world import World
from tests.services.sync.computers import Computer
from tests.services.sync.seed import make_person, run_seed
from tests.twin.databases import Database, Databases


def _ask_ahead(patch: pytest.MonkeyPatch, seed: int) -> None:
    """For every second seed, count each page as a long one, after which the next is asked for ahead."""
    patch.setattr(puller, "_LONG", 1 if seed % 2 else 200)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_all_agree(
    postgres_server: Databases, server: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    _ask_ahead(monkeypatch, seed)
    run_seed(postgres_server, server, tmp_path, seed, kills=seed % 2 == 1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_all_agree_after_restores(
    postgres_server: Databases, server: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    _ask_ahead(monkeypatch, seed)
    run_seed(postgres_server, server, tmp_path, 1000 + seed, restores=True)


@pytest.mark.soak
def test_all_agree_where_answers_reach_the_limit(postgres_server: Databases, server: Database, tmp_path: Path) -> None:
    """With this seed 13 of 102 pushes are answered in part."""
    run_seed(postgres_server, server, tmp_path, 3014, pictures=True)


@pytest.mark.slow
def test_what_a_push_left_without_an_answer_is_sent_again(
    postgres_server: Databases, server: Database, tmp_path: Path
) -> None:
    world = World(postgres_server, server)
    computer = None
    try:
        person = make_person(world, 1, tmp_path / "one", pictures=True)
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
def test_all_agree_over_many_seeds(
    postgres_server: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, restores: bool
) -> None:
    for seed in range(2000, 2100):
        _ask_ahead(monkeypatch, seed)
        database = postgres_server.create()
        try:
            run_seed(postgres_server, database, tmp_path, seed, restores=restores, pictures=seed % 10 == 0)
        finally:
            postgres_server.drop(database)
