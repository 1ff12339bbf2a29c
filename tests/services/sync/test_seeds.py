"""Several computers with the shipped synchronizer agree in the end, whatever is lost, killed or restored."""

from __future__ import annotations

import base64
import itertools
import json
import random
import threading
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.local.rows.sync.server_rows import server_row
from tests.server.sync_world import World
from tests.services.sync.computers import Computer
from tests.services.sync.person import TOO_LONG, Person
from tests.twin.databases import Database, Databases

_SETTLED_BY_THE_SERVER = frozenset({"deleted_at", "purged_at", "created_at", "last_number"})
"""Fields of which the server does not keep what was sent last: times that it stamps, and a counter that never falls."""


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
            Person(world, seed * 100 + 10 * n, folder / f"{seed}-{n}", pictures=pictures, kills=kills)
            for n in range(rng.randint(2, 4))
        )
        _live(world, people, rng, restores=restores)
        for person in people * 3:
            person.settle()
        _check_agreement(world, people)
        _check_nothing_lost(people)
        if not world.restores and not kills:
            _check_each_change_once(world, people)
        _check_repeatable(world, people)
        return people
    finally:
        for person in people:
            person.computer.close()
        world.close()


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


def _check_agreement(world: World, people: list[Person]) -> None:
    """The server's rows are kept by each computer as they are, and all computers show the same."""
    with world.database.open() as connection:
        rows = connection.execute('select "row"::jsonb from audiodesk.travelling where owner = %s', [world.user_id])
        server = {(row["entity"], row["id"]): row for (row,) in rows}
    shown = [person.computer.shown() for person in people]
    for person, found in zip(people, shown, strict=True):
        computer = person.computer
        assert computer.is_done()
        with computer.database.read() as connection:
            kept = [server_row(row) for row in connection.execute("select * from server_row")]
            assert connection.execute("select count(*) from recovered_row").fetchone()[0] == 0
            assert connection.execute("select count(*) from orphan").fetchone()[0] == 0
        assert {(row.entity.value, row.id): (row.seq, row.version, row.fields, row.stamps) for row in kept} == {
            key: (row["seq"], row["version"], row["fields"], row["stamps"]) for key, row in server.items()
        }
        assert {(ref.entity.value, ref.id) for ref in found} == set(server)
        assert found == shown[0]


def _check_nothing_lost(people: list[Person]) -> None:
    """Every row is there; a field that one person alone set has what was set last, any other one of what was set."""
    with people[0].computer.database.read() as connection:
        final = {row.ref: row.fields for row in map(server_row, connection.execute("select * from server_row"))}
    by_person: dict[tuple[Ref, str], dict[int, Any]] = defaultdict(dict)
    ever: dict[tuple[Ref, str], list[Any]] = defaultdict(list)
    for number, person in enumerate(people):
        refused = {change.change_id: change for change in person.computer.refused()}
        assert {change.code for change in refused.values()} <= {"too_long"}
        for change in refused.values():
            assert change.fields["title"] == TOO_LONG  # what was typed is kept
            assert change.ref in person.too_long
        with person.computer.database.read() as connection:
            edits = connection.execute("select * from test_edit order by position").fetchall()
        for edit in edits:
            fields = json.loads(edit["fields"])
            if len(fields.get("title") or "") >= len(TOO_LONG):
                continue
            ref = Ref(Entity(edit["entity"]), edit["row_id"])
            assert ref in final
            for name, value in fields.items():
                by_person[ref, name][number] = value
                ever[ref, name].append(value)
    with_refusals = {ref for person in people for ref in person.too_long}
    for (ref, name), values in by_person.items():
        if name in _SETTLED_BY_THE_SERVER:
            continue
        if len(values) == 1 and ref not in with_refusals:
            assert [final[ref][name]] == list(values.values()), (ref, name)
        else:
            assert final[ref][name] in ever[ref, name], (ref, name)


def _check_each_change_once(world: World, people: list[Person]) -> None:
    sent = {change_id for person in people for change_id in person.computer.server.sent}
    refused = {change.change_id for person in people for change in person.computer.refused()}
    with world.database.open() as connection:
        log = [str(row[0]) for row in connection.execute("select change_id from test.log order by position")]
    assert len(log) == len(set(log))
    assert set(log) == sent - refused, "each change that was ever sent was applied, once"


def _check_repeatable(world: World, people: list[Person]) -> None:
    """What was applied is answered as repeated, with the row as it is, and changes nothing."""
    with world.database.open() as connection:
        rows = connection.execute("select change_id from audiodesk.applied_changes where owner = %s", [world.user_id])
        applied = {str(change_id) for (change_id,) in rows}
    for person in people:
        server = person.computer.server
        with person.computer.database.read() as connection:
            kept = {row.ref: row for row in map(server_row, connection.execute("select * from server_row"))}
        again = [change for change_id, change in server.sent.items() if change_id in applied]
        for change in itertools.islice(again, 40):
            answer = server.line.call("sync_push", [0, None, [change], person.computer.device])
            if answer["restored"]:
                break
            (result,) = answer["results"]
            assert result["result"] == "repeated"
            row = result["row"]
            assert row["fields"] == kept[Ref(Entity(row["entity"]), row["id"])].fields


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
        person = Person(world, 1, tmp_path / "one", pictures=True)
        computer = Computer(tmp_path / "two", person.computer.server.line)
        person.computer.close()
        computer.server.line.lossy = False
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
