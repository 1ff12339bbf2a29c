"""Thousands of random operations on eight connections: counters equal a recount, and no quota is exceeded."""

from __future__ import annotations

import contextlib
import random
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.server.storage_steps import difference, key_of, stored, together
from tests.twin.database_session import enter, request_settings
from tests.twin.databases import Connection, Database, user_claims

CONNECTIONS = 8
QUOTA = 30_000
_SERVICE = {"role": "service_role"}
_WRITE = (
    "insert into storage.objects (bucket_id, name, version, metadata) values ('audiofiles', %s, %s, %s)"
    " on conflict (bucket_id, name) do update set version = excluded.version, metadata = excluded.metadata"
)
_AGAIN = (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure)


class Player:
    """One connection on which random things are done to objects that all players share."""

    def __init__(self, server: Database, users: list[UUID], keys: dict[UUID, list[str]], seed: int) -> None:
        """Play with `users` and their `keys`; the last user's quota changes, the others' do not."""
        self._server = server
        self._users = users
        self._keys = keys
        self._random = random.Random(seed)
        self._connection: Connection | None = None
        self.outcomes: Counter[str] = Counter()

    def play(self, turns: int) -> None:
        """Do `turns` operations."""
        acts: list[tuple[Callable[[], object], int]] = [
            (self.upload, 30), (self.store, 15), (self.remove, 14), (self.copy, 8), (self.move, 10),
            (self.give_away, 5), (self.carry_out, 4), (self.carry_in, 4), (self.break_off, 5),
            (self.remove_from_all, 2), (self.add_many, 2), (self.change_plan, 3), (self.recount, 1),
        ]  # fmt: skip
        with self._server.open("supabase_storage_admin") as connection:
            self._connection = connection
            for act in self._random.choices([act for act, _ in acts], [often for _, often in acts], k=turns):
                self.outcomes[self._outcome(act)] += 1

    def _outcome(self, act: Callable[[], object]) -> str:
        for _ in range(50):
            try:
                act()
            except _AGAIN:
                self.outcomes["again"] += 1
                continue
            except psycopg.errors.InsufficientPrivilege as error:
                if not str(error).startswith("quota_exceeded"):
                    raise
                return f"{act.__name__} over quota"
            except (psycopg.errors.UniqueViolation, LookupError):
                return f"{act.__name__} in vain"
            return act.__name__
        raise AssertionError("fifty deadlocks in a row")

    @contextlib.contextmanager
    def _as(self, claims: dict[str, Any], operation: str, *, keep: bool = True) -> Iterator[Connection]:
        assert self._connection is not None
        settings = {**request_settings(claims, operation=operation), "storage.allow_delete_query": "true"}
        with self._connection.transaction(force_rollback=not keep):
            enter(self._connection, str(claims["role"]), settings)
            yield self._connection

    def _test(self, user: UUID, key: str, metadata: dict[str, Any], operation: str) -> None:
        with self._as(user_claims(user), operation, keep=False) as connection:
            connection.execute(_WRITE, [key, "1", Jsonb(metadata)])

    def _complete(self, key: str, metadata: dict[str, Any], operation: str) -> None:
        with self._as(_SERVICE, operation) as connection:
            connection.execute(_WRITE, [key, str(uuid4()), Jsonb(metadata)])

    def _somebody(self) -> tuple[UUID, str]:
        user = self._random.choice(self._users)
        return user, self._random.choice(self._keys[user])

    def _size(self) -> int:
        return self._random.choice([1, 100, 5_000, self._random.randint(1, 20_000), self._random.randint(1, 20_000)])

    def _read(self, connection: Connection, key: str) -> dict[str, Any]:
        row = connection.execute(
            "select metadata from storage.objects where bucket_id = 'audiofiles' and name = %s", [key]
        ).fetchone()
        if row is None:
            raise LookupError(key)
        return dict(row[0])

    def upload(self) -> None:
        """A new object or a larger or smaller one over it, in both steps, sometimes resumable."""
        user, key = self._somebody()
        size = self._size()
        tus = self._random.random() < 0.5
        operation = "storage.tus.upload.part" if tus else "storage.object.upload"
        self._test(user, key, {"mimetype": "audio/wav", "contentLength": size + (0 if tus else 300)}, operation)
        self._complete(key, stored(size), operation)

    def store(self) -> None:
        """The second step alone, as with a service key."""
        _, key = self._somebody()
        self._complete(key, stored(self._size()), "storage.s3.upload")

    def break_off(self) -> None:
        """A completion that is not committed."""
        _, key = self._somebody()
        with self._as(_SERVICE, "storage.object.upload", keep=False) as connection:
            connection.execute(_WRITE, [key, str(uuid4()), Jsonb(stored(self._size()))])

    def copy(self) -> None:
        """The owner copies an object over another or to a new key."""
        user, source = self._somebody()
        target = self._random.choice(self._keys[user])
        with self._as(user_claims(user), "storage.object.copy") as connection:
            metadata = self._read(connection, source)
        self._test(user, target, metadata, "storage.object.copy")
        self._complete(target, metadata, "storage.object.copy")

    def move(self) -> None:
        """To another key of the same person."""
        user, source = self._somebody()
        target = self._random.choice(self._keys[user])
        change = "update storage.objects set name = %s where bucket_id = 'audiofiles' and name = %s"
        with self._as(user_claims(user), "storage.object.move", keep=False) as connection:
            connection.execute(change, [target, source])
        with self._as(_SERVICE, "storage.object.move") as connection:
            connection.execute(change, [target, source])

    def give_away(self) -> None:
        """To a key of another person, as only the service may."""
        _, source = self._somebody()
        _, target = self._somebody()
        with self._as(_SERVICE, "storage.object.move") as connection:
            connection.execute(
                "update storage.objects set name = %s where bucket_id = 'audiofiles' and name = %s", [target, source]
            )

    def carry_out(self) -> None:
        """To another bucket."""
        self._carry("audiofiles", "elsewhere")

    def carry_in(self) -> None:
        """Back from there."""
        self._carry("elsewhere", "audiofiles")

    def _carry(self, source: str, target: str) -> None:
        _, key = self._somebody()
        with self._as(_SERVICE, "storage.object.move") as connection:
            connection.execute(
                "update storage.objects set bucket_id = %s where bucket_id = %s and name = %s", [target, source, key]
            )

    def remove(self) -> None:
        """One object or several of one person."""
        user, _ = self._somebody()
        keys = self._random.sample(self._keys[user], self._random.choice([1, 1, 3]))
        with self._as(user_claims(user), "storage.object.delete_many") as connection:
            connection.execute("delete from storage.objects where bucket_id = 'audiofiles' and name = any(%s)", [keys])

    def remove_from_all(self) -> None:
        """Objects of several people in one statement, in any order: it may deadlock, and is tried again."""
        keys = [self._somebody()[1] for _ in range(4)]
        with self._as(_SERVICE, "storage.object.delete_many") as connection:
            connection.execute("delete from storage.objects where name = any(%s)", [keys])

    def add_many(self) -> None:
        """New objects of several people in one statement, all or none."""
        users = self._random.sample(self._users, 2)
        keys = [key for user in users for key in self._random.sample(self._keys[user], 2)]
        with self._as(_SERVICE, "storage.object.upload") as connection:
            connection.execute(
                "insert into storage.objects (bucket_id, name, metadata) select 'audiofiles', name, %s"
                " from unnest(%s::text[]) as name",
                [Jsonb(stored(self._size())), keys],
            )

    def change_plan(self) -> None:
        """The last person's plan changes, up or down, regardless of what is stored."""
        own = self._random.choice([None, 0, QUOTA // 2, QUOTA])
        with self._as(_SERVICE, "") as connection:
            connection.execute("select public.set_user_plan(%s, 'free', %s)", [self._users[-1], own])

    def recount(self) -> None:
        """The operator recounts one person or all, and finds no difference."""
        who = self._random.choice([None, self._users[0]])
        with self._as(_SERVICE, "") as connection:
            assert connection.execute("select * from public.recount_user_storage(%s)", [who]).fetchall() == []


def play(server: Database, seed: int, turns: int) -> Counter[str]:
    """Let eight players play and compare. Returns what happened how often."""
    users = [server.add_user() for _ in range(5)]
    keys = {user: [key_of(user) for _ in range(8)] for user in users}
    with server.connect() as connection:
        connection.execute("insert into storage.buckets (id, name) values ('elsewhere', 'elsewhere')")
        for user in users[1:]:
            connection.execute("select public.set_user_plan(%s, 'free', %s)", [user, QUOTA])
    players = [Player(server, users, keys, seed * 100 + place) for place in range(CONNECTIONS)]
    errors = together([partial(player.play, turns // CONNECTIONS) for player in players])
    assert errors == [None] * CONNECTIONS
    assert difference(server) == []
    with server.connect() as connection:
        assert connection.execute("select * from public.recount_user_storage()").fetchall() == []
        over = connection.execute(
            "select from public.user_credits where user_id = any(%s) and storage_used_bytes > storage_quota_bytes",
            [users[1:-1]],
        )
        assert over.rowcount == 0
        days = connection.execute(
            "select from public.user_credits as credits join (select owner, sum(added_bytes - removed_bytes) as bytes,"
            " sum(added_objects - removed_objects) as objects from audiodesk.usage_day group by owner) as summed"
            " on summed.owner = credits.user_id where (summed.bytes, summed.objects)"
            " is distinct from (credits.storage_used_bytes::numeric, credits.storage_object_count::numeric)"
        )
        assert days.rowcount == 0
    return sum((player.outcomes for player in players), Counter())


def over_quota(outcomes: Counter[str]) -> int:
    return sum(often for name, often in outcomes.items() if name.endswith("over quota"))


@pytest.mark.slow
def test_a_tenth_of_the_random_operations_keeps_the_count(server: Database) -> None:
    outcomes = play(server, 1, 1_000)
    # How the eight connections take turns differs from run to run, so these only say that both happened often.
    assert outcomes["upload"] > 60
    assert over_quota(outcomes) > 15


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", [11, 12, 13])
def test_ten_thousand_random_operations_keep_the_count(server: Database, seed: int) -> None:
    outcomes = play(server, seed, 10_000)
    assert outcomes["upload"] > 600
    assert over_quota(outcomes) > 150
