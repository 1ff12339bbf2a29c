"""Several computers, with lost answers, crashes, small pages and restored databases, all agree in the end."""

from __future__ import annotations

import base64
import itertools
import json
import random
import threading
from collections import defaultdict
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from audiodesk.domain.library.entity import TREE, Entity
from audiodesk.domain.library.read_model import Ref
from tests.server.client_model import ClientModel, LostError
from tests.server.sync_calls import FILE_FACTS
from tests.server.sync_world import Line, World
from tests.twin.databases import Database, Databases

_TEXT = {
    Entity.PROJECT: ("title", "author", "notes", "upload_wanted", "level_target", "level_limits"),
    Entity.CHAPTER: ("title",),
    Entity.SECTION: ("title", "current_take_id", "status", "last_number"),
    Entity.TAKE: ("title", "notes", "upload_wanted", "number", "purpose"),
    Entity.TAKE_FILE: ("analysis_version", "purge_pending", "findings", "levels"),
    Entity.NOTE: (
        *("text", "at_seconds", "until_seconds", "tag", "page", "said", "should_be", "done_at"),
        "answered_by_take_id",
    ),
    Entity.DEVICE: ("title", "platform"),
}
_NEW: dict[Entity, dict[str, Any]] = {
    Entity.PROJECT: {"title": ""},
    Entity.CHAPTER: {"title": ""},
    Entity.SECTION: {"title": ""},
    Entity.TAKE: {"file_name": "a.wav", "number": 1},
    Entity.TAKE_FILE: FILE_FACTS,
    Entity.NOTE: {"text": ""},
    Entity.DEVICE: {"title": ""},
}
_SETTLED_BY_THE_SERVER = frozenset({"deleted_at", "purged_at", "created_at", "last_number"})
"""Fields of which the server does not keep what was sent last: times that it stamps, and a counter that never falls."""
_PICTURE_BYTES = 196_608
"""So large that the answers to about 16 edits of it reach the server's limit for one push."""
_LARGE: dict[Entity, dict[str, Any]] = {Entity.COVER: {"mime": "image/png", "data": ""}}


_VALUES: dict[str, Callable[[random.Random], Any]] = {
    **dict.fromkeys(("upload_wanted", "purge_pending"), lambda rng: rng.choice([True, False])),
    **dict.fromkeys(("number", "last_number", "done_at"), lambda rng: rng.randint(1, 1000)),
    **dict.fromkeys(("at_seconds", "until_seconds"), lambda rng: rng.randint(0, 10_000) / 8),
    **dict.fromkeys(("current_take_id", "answered_by_take_id"), lambda _: str(uuid4())),
    "analysis_version": lambda rng: rng.randint(0, 100_000),
    "data": lambda rng: base64.b64encode(rng.randbytes(_PICTURE_BYTES)).decode(),
    "findings": lambda rng: [{"code": "silence", "params": {"at": rng.randint(0, 99)}}],
    "level_limits": lambda rng: rng.choice([None, {"rms_min_db": -23, "peak_max_db": -rng.random(), "channels": None}]),
    "level_target": lambda rng: rng.choice(("none", "acx", "own")),
    "levels": lambda rng: {"rms_db": -rng.randint(0, 99), "lead_seconds": None},
    "purpose": lambda rng: rng.choice(("take", "pickup")),
    "status": lambda rng: rng.choice(("to_record", "recorded", "retake", "approved")),
    "tag": lambda rng: rng.choice(("", "misread", "noise", "pacing", "pickup")),
}
"""What a person sets a field to; any other field is set to a text."""


class Person:
    """Edits at random on one computer and remembers what was set, in order."""

    def __init__(self, world: World, seed: int, *, pictures: bool = False) -> None:
        self.rng = random.Random(seed)
        self.new = _NEW | _LARGE if pictures else _NEW
        self.line = Line(world, random.Random(seed + 1))
        self.client = ClientModel(
            self.line.call, page=self.rng.choice([1, 3, 20, 1000]), batch=self.rng.choice([2, 7, 500])
        )
        self.made: list[Ref] = []
        self.done: list[tuple[Ref, str, Any]] = []
        self.failure: BaseException | None = None

    def live(self, steps: int) -> None:
        try:
            for _ in range(steps):
                try:
                    self._step()
                except LostError:
                    continue
        except BaseException as error:  # noqa: BLE001 - told by the test's own thread
            self.failure = error

    def settle(self) -> None:
        self.line.lossy = False
        self.client.sync()

    def _step(self) -> None:
        chance = self.rng.random()
        if chance < 0.55:
            for _ in range(self.rng.randint(1, 5)):
                self._edit()
        elif chance < 0.8:
            self.client.push()
        else:
            for _ in range(self.rng.randint(1, 6)):
                if self.client.pull():
                    break

    def _edit(self) -> None:
        shown = self.client.shown()
        chance = self.rng.random()
        if chance < 0.35 or not shown:
            self._make(shown)
            return
        ref = self.rng.choice(sorted(shown))
        if ref.entity in _LARGE:
            for _ in range(20):  # none of them is merged, and each answer contains the whole row
                self.client.edit(ref, deleted_at=self.rng.choice([True, None]))
            return
        column = ref.entity.parent_column
        if chance < 0.45 and ref.entity in (Entity.CHAPTER, Entity.SECTION, Entity.TAKE) and column is not None:
            parents = sorted(other.id for other in shown if other.entity is ref.entity.parent)
            if parents:
                self._set(ref, **{column: self.rng.choice(parents), "order_key": self._key()})
        elif chance < 0.57 or (chance < 0.6 and ref.entity not in TREE):
            self.client.edit(ref, deleted_at=self.rng.choice([True, None]))
        elif chance < 0.6:
            self.client.edit(ref, purged_at=True)
        else:
            names = _TEXT[ref.entity]
            self._set(
                ref, **{name: self._value(name) for name in self.rng.sample(names, self.rng.randint(1, len(names)))}
            )

    def _make(self, shown: dict[Ref, dict[str, Any]]) -> None:
        entity = self.rng.choice(sorted(self.new))
        fields = dict(self.new[entity])
        if "data" in fields:
            fields["data"] = self._value("data")
        if entity.parent is not None and entity.parent_column is not None:
            parents = sorted(other.id for other in shown if other.entity is entity.parent)
            if not parents:
                entity, fields = Entity.PROJECT, {"title": ""}
            else:
                fields[str(entity.parent_column)] = self.rng.choice(parents)
        ref = Ref(entity, str(uuid4()))
        self.made.append(ref)
        fields = {"order_key": self._key(), "created_at": self.rng.choice([0, 1, 10**13]), **fields}
        self.client.edit(ref, create=True, **fields)
        self.done += [(ref, name, value) for name, value in fields.items() if name != "created_at"]

    def _set(self, ref: Ref, **fields: Any) -> None:
        self.client.edit(ref, **fields)
        self.done += [(ref, name, value) for name, value in fields.items()]

    def _value(self, name: str) -> Any:
        make = _VALUES.get(name)
        return uuid4().hex if make is None else make(self.rng)

    def _key(self) -> str:
        return f"a{self.rng.randint(0, 9)}"


def _run(databases: Databases, database: Database, seed: int, *, restores: bool, pictures: bool = False) -> None:
    rng = random.Random(seed)
    world = World(databases, database)
    try:
        people = [Person(world, seed * 100 + 10 * n, pictures=pictures) for n in range(rng.randint(2, 4))]
        threads = [threading.Thread(target=person.live, args=(rng.randint(15, 40),)) for person in people]
        for thread in threads:
            thread.start()
        for event in rng.choices(("back up", "restore"), k=rng.randint(3, 6)) if restores else ():
            threads[0].join(rng.random() * 0.1)
            if event == "back up":
                world.back_up()
            else:
                world.restore(rng)
        for thread in threads:
            thread.join()
        for person in people:
            if person.failure is not None:
                raise person.failure
        for _ in range(3):
            for person in people:
                person.settle()
        _check_agreement(world, people)
        _check_nothing_lost(world, people)
        if not world.restores:
            _check_replay(world, people)
        _check_repeatable(world, people)
    finally:
        world.close()


def _check_agreement(world: World, people: list[Person]) -> None:
    with world.database.open() as connection:
        rows = connection.execute('select "row"::jsonb from audiodesk.travelling where owner = %s', [world.user_id])
        server = {(row["entity"], row["id"]): row for (row,) in rows}
    devices = {person.client.device for person in people} | ({None} if world.restores else set())
    assert {row["fields"]["changed_by"] for row in server.values()} <= devices
    for person in people:
        assert person.client.is_done()
        kept = {(ref.entity.value, ref.id): row for ref, row in person.client.disk.rows.items()}
        assert kept == server
        assert person.client.shown() == {ref: row["fields"] for ref, row in person.client.disk.rows.items()}
        assert set(person.client.refused) <= ({"already_there"} if world.restores else set())


def _check_nothing_lost(world: World, people: list[Person]) -> None:
    """Every row is there; a field that one person alone set has what was set last, any other one of what was set."""
    final = people[0].client.shown()
    by_person: dict[tuple[Ref, str], dict[int, Any]] = defaultdict(dict)
    ever: dict[tuple[Ref, str], list[Any]] = defaultdict(list)
    for number, person in enumerate(people):
        for ref in person.made:
            assert ref in final
        for ref, name, value in person.done:
            by_person[ref, name][number] = value
            ever[ref, name].append(value)
    for (ref, name), values in by_person.items():
        if len(values) == 1 and name != "last_number":
            assert [final[ref][name]] == list(values.values()), (ref, name)
        else:
            assert final[ref][name] in ever[ref, name]


def _check_replay(world: World, people: list[Person]) -> None:
    """What the server made of the changes is what comes of doing them one by one in the order of its log."""
    sent = {change_id: change for person in people for change_id, change in person.client.sent.items()}
    with world.database.open() as connection:
        log = [
            str(change_id) for (change_id,) in connection.execute("select change_id from test.log order by position")
        ]
    assert len(log) == len(set(log))
    assert set(log) == set(sent), "each change that was ever sent was applied, once"
    replayed: dict[Ref, dict[str, Any]] = defaultdict(dict)
    for change_id in log:
        change = sent[change_id]
        replayed[Ref(Entity(change["entity"]), change["id"])].update(change["fields"])
    final = people[0].client.shown()
    for ref, fields in replayed.items():
        numbers = [
            change["fields"]["last_number"]
            for change in sent.values()
            if change["id"] == ref.id and "last_number" in change["fields"]
        ]
        assert not numbers or final[ref]["last_number"] == max(numbers)
        compared = fields.keys() - _SETTLED_BY_THE_SERVER
        assert {name: final[ref][name] for name in compared} == {name: fields[name] for name in compared}


def _check_repeatable(world: World, people: list[Person]) -> None:
    for person in people:
        before = person.client.disk.known
        with world.database.open() as connection:
            rows = connection.execute(
                "select change_id from audiodesk.applied_changes where owner = %s", [world.user_id]
            )
            applied = {str(change_id) for (change_id,) in rows}
        again = [change for change_id, change in person.client.sent.items() if change_id in applied]
        while again:
            answer = person.line.call("sync_push", [*before, _piece(again), person.client.device])
            assert answer["results"]
            for result in answer["results"]:
                assert result["result"] == "repeated"
                row = result["row"]
                assert row == person.client.disk.rows[Ref(Entity(row["entity"]), row["id"])]
            assert (answer["seq"], answer["tag"]) == before
            again = again[len(answer["results"]) :]


def _piece(changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first of these changes that one push may hold."""
    sizes = itertools.accumulate(len(json.dumps(change)) for change in changes)
    return [change for change, size in zip(changes, sizes, strict=True) if size < 1_000_000][:500]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_all_agree(postgres_server: Databases, server: Database, seed: int) -> None:
    _run(postgres_server, server, seed, restores=False)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_all_agree_after_restores(postgres_server: Databases, server: Database, seed: int) -> None:
    _run(postgres_server, server, 1000 + seed, restores=True)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_all_agree_where_answers_reach_the_limit(postgres_server: Databases, server: Database, seed: int) -> None:
    _run(postgres_server, server, 3000 + seed, restores=False, pictures=True)


@pytest.mark.slow
def test_what_a_push_left_without_an_answer_is_sent_again(postgres_server: Databases, server: Database) -> None:
    world = World(postgres_server, server)
    try:
        person = Person(world, 1, pictures=True)
        person.line.lossy = False
        project, cover = Ref(Entity.PROJECT, str(uuid4())), Ref(Entity.COVER, str(uuid4()))
        picture = base64.b64encode(bytes(_PICTURE_BYTES)).decode()
        person.client.edit(project, create=True, title="Book", order_key="a0")
        person.client.edit(cover, create=True, project_id=project.id, order_key="a0", mime="image/png", data=picture)
        for number in range(40):
            person.client.edit(cover, deleted_at=None if number % 2 else True)
        person.client.push()
        assert person.client.unanswered > 0
        assert person.client.disk.queue
        assert not person.client.refused
        person.settle()
        assert person.client.is_done()
        assert person.client.shown()[cover]["deleted_at"] is None
    finally:
        world.close()


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("restores", [False, True])
def test_all_agree_over_many_seeds(postgres_server: Databases, restores: bool) -> None:
    for seed in range(2000, 2300):
        database = postgres_server.create()
        try:
            _run(postgres_server, database, seed, restores=restores, pictures=seed % 10 == 0)
        finally:
            postgres_server.drop(database)
