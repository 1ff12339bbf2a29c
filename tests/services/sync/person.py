"""A person who edits at random on one computer, offline for spells, whose program is killed now and then."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn
from uuid import uuid4

from audiodesk.domain.errors import AudioDeskError, OutsideError, UserError
from audiodesk.domain.library.entity import TREE, Entity
from audiodesk.domain.library.read_model import Ref
from tests.server.sync_calls import FILE_FACTS
from tests.services.sync.computers import Calling, Computer, KilledError

__all__ = ["TOO_LONG", "Person"]

TOO_LONG = "x" * 70_000
"""A title that the server refuses."""
_PICTURE_BYTES = 196_608
"""So large that the answers to about 16 edits of it reach the server's limit for one push."""
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
}
_NEW: dict[Entity, dict[str, Any]] = {
    Entity.PROJECT: {"title": ""},
    Entity.CHAPTER: {"title": ""},
    Entity.SECTION: {"title": ""},
    Entity.TAKE: {"file_name": "a.wav", "number": 1},
    Entity.TAKE_FILE: FILE_FACTS,
    Entity.NOTE: {"text": ""},
}
_LARGE: dict[Entity, dict[str, Any]] = {Entity.COVER: {"mime": "image/png", "data": ""}}
_VALUES: dict[str, Callable[[random.Random], Any]] = {
    **dict.fromkeys(("upload_wanted", "purge_pending"), lambda rng: rng.choice([True, False])),
    **dict.fromkeys(("number", "last_number", "done_at"), lambda rng: rng.randint(1, 1000)),
    **dict.fromkeys(("at_seconds", "until_seconds"), lambda rng: rng.randint(0, 10_000) / 8),
    **dict.fromkeys(("current_take_id", "answered_by_take_id"), lambda _: str(uuid4())),
    "analysis_version": lambda rng: rng.randint(0, 100_000),
    "data": lambda rng: base64.b64encode(rng.randbytes(_PICTURE_BYTES)).decode(),
    "findings": lambda rng: [{"code": "silence", "params": {"at": rng.randint(0, 99)}}],
    "level_limits": lambda rng: rng.choice([None, {"rms_min_db": -23.0, "peak_max_db": -rng.random()}]),
    "level_target": lambda rng: rng.choice(("none", "acx", "own")),
    "levels": lambda rng: {"rms_db": -float(rng.randint(0, 99))},
    "purpose": lambda rng: rng.choice(("take", "pickup")),
    "status": lambda rng: rng.choice(("to_record", "recorded", "retake", "approved")),
    "tag": lambda rng: rng.choice(("", "misread", "noise", "pacing", "pickup")),
}
"""What a person sets a field to; any other field is set to a text."""
_JUMPS_MS = (1000, 3_600_000, 86_400_000, 365 * 86_400_000)
"""How far a clock may jump: it is set, it changes to summer time, its battery is empty."""
_PASSING = frozenset({"connection-lost", "server-busy", "server-failed", "server-page", "server-silent"}) | {
    *("server-unreachable", "sign-ins-too-many", "token-refused", "server-answer-odd"),
}
"""Trouble of the network and the server that ends one sync and passes by itself."""


class Person:
    """Edits, syncs, is killed and has a clock that jumps, all by the seed."""

    def __init__(
        self,
        line: Calling,
        seed: int,
        folder: Path,
        *,
        pictures: bool = False,
        kills: bool = True,
        die: Callable[[], NoReturn] | None = None,
    ) -> None:
        self.rng = random.Random(seed)
        self.new = _NEW | _LARGE if pictures else _NEW
        self.kills = kills
        page, batch = self.rng.choice([1, 3, 20, 1000]), 500 if pictures else self.rng.choice([2, 7, 500])
        how_to_die: dict[str, Any] = {} if die is None else {"die": die}
        self.computer = Computer(folder, line, page=page, batch=batch, **how_to_die)
        self.failure: BaseException | None = None

    def live(self, steps: int) -> None:
        """Do ``steps`` things; what fails is told by the test's own thread."""
        try:
            for _ in range(steps):
                self._step()
                self.computer.check_shown()
        except BaseException as error:  # noqa: BLE001 - told by the test's own thread
            self.failure = error

    def settle(self) -> None:
        """Sync over a good line until nothing is left."""
        self.computer.server.line.settle()
        self.computer.kill_after(None)
        self.computer.sync()

    def _step(self) -> None:
        chance = self.rng.random()
        if chance < 0.08:
            self.computer.skew += self.rng.choice([-1, 1]) * self.rng.choice(_JUMPS_MS)
        if self.kills and self.rng.random() < 0.15:
            self.computer.kill_after(self.rng.randint(0, 30))
        try:
            if chance < 0.6:
                for _ in range(self.rng.randint(1, 5)):
                    self._edit()
            else:
                self.computer.sync()
        except KilledError:
            self.computer.restart()
        except OutsideError as error:
            if error.code not in _PASSING:
                raise

    def _edit(self) -> None:
        shown = self.computer.refs()
        chance = self.rng.random()
        if chance < 0.35 or not shown:
            self._make(shown)
            return
        if chance < 0.5:
            self._use_library(shown)
            return
        large = [ref for ref in shown if ref.entity in _LARGE]
        if large and self.rng.random() < 0.2:
            ref = self.rng.choice(large)
            for number in range(20):  # none of them is merged, and each answer contains the whole row
                self.computer.edit(ref, deleted_at=None if number % 2 else 1)
                self.computer.edit(ref, order_key=f"a{uuid4().hex}")
            return
        ref = self.rng.choice([ref for ref in shown if ref not in large])
        column = ref.entity.parent_column
        if chance < 0.58 and ref.entity in (Entity.CHAPTER, Entity.SECTION, Entity.TAKE) and column is not None:
            parents = [other.id for other in shown if other.entity is ref.entity.parent]
            if parents:
                self.computer.edit(ref, **{column: self.rng.choice(parents), "order_key": self._key()})
        elif chance < 0.68 or (chance < 0.71 and ref.entity not in TREE):
            self.computer.edit(ref, deleted_at=self.rng.choice([1, None]))
        elif chance < 0.71:
            self.computer.edit(ref, purged_at=1)
        elif chance < 0.73 and ref.entity in (Entity.PROJECT, Entity.CHAPTER) and self.computer.is_on_server(ref):
            self.computer.edit(ref, title=TOO_LONG)
        else:
            names = _TEXT[ref.entity]
            chosen = self.rng.sample(names, self.rng.randint(1, len(names)))
            self.computer.edit(ref, **{name: self._value(name) for name in chosen})

    def _use_library(self, shown: list[Ref]) -> None:
        """Do what a person does in the window; what is not possible at that place is refused, and nothing happens."""
        library, rng = self.computer.library, self.rng
        ref = rng.choice([ref for ref in shown if ref.entity in TREE] or [None])
        if ref is None:
            return
        acts: list[Callable[[], object]] = [
            lambda: library.rename(ref, uuid4().hex),
            lambda: library.trash([ref]),
            lambda: library.restore([ref]),
            lambda: library.empty_trash([ref]),
            lambda: library.undo(),
            lambda: library.redo(),
            lambda: library.move_by([ref], rng.choice([-1, 1])),
            lambda: library.add_project(uuid4().hex),
        ]
        if ref.entity is Entity.TAKE:
            acts.append(lambda: library.set_current(ref.id))
        if ref.entity in (Entity.PROJECT, Entity.CHAPTER):
            acts.append(lambda: library.add_many(ref, [uuid4().hex, uuid4().hex]))
        try:
            rng.choice(acts)()
        except UserError:
            return
        except AudioDeskError as error:
            raise AssertionError(str(error)) from error

    def _make(self, shown: list[Ref]) -> None:
        large = sorted(self.new.keys() & _LARGE.keys())
        entity = self.rng.choice(large if large and self.rng.random() < 0.2 else sorted(self.new))
        fields = dict(self.new[entity])
        if "data" in fields:
            fields["data"] = self._value("data")
        if entity.parent is not None and entity.parent_column is not None:
            parents = [other.id for other in shown if other.entity is entity.parent]
            if not parents:
                entity, fields = Entity.PROJECT, {"title": ""}
            else:
                fields[str(entity.parent_column)] = self.rng.choice(parents)
        self.computer.create(entity, order_key=self._key(), created_at=self.rng.choice([0, 1, 10**13]), **fields)

    def _value(self, name: str) -> Any:
        make = _VALUES.get(name)
        return uuid4().hex if make is None else make(self.rng)

    def _key(self) -> str:
        return f"a{self.rng.randint(0, 9)}"
