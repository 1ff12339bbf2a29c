"""A server for several simulated computers: randomly slow, restored from backups, and with lost answers."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from tests.server.client_model import LostError
from tests.twin.database_session import enter, request_settings
from tests.twin.databases import Connection, Database, Databases, user_claims

__all__ = ["Line", "LostError", "World"]

_HOOKS = """
create schema test;
grant usage on schema test to authenticated;
create table test.log (position bigserial primary key, change_id uuid not null, seq bigint);
create table test.setting (naps double precision not null);
insert into test.setting values (0.05);
grant select on test.setting to authenticated;
create function test.nap() returns boolean language plpgsql volatile as $$
begin
    if random() < (select s.naps from test.setting s) then
        perform pg_sleep(random() * 0.01);
    end if;
    return true;
end $$;
create function test.nap_in_write() returns trigger language plpgsql security definer as $$
begin
    perform test.nap();
    return new;
end $$;
create function test.note_applied() returns trigger language plpgsql security definer as $$
begin
    insert into test.log (change_id) values (new.change_id);
    return new;
end $$;
create trigger nap before insert on audiodesk.lineage for each row execute function test.nap_in_write();
create trigger nap after insert or update on audiodesk.chapter for each row execute function test.nap_in_write();
create trigger note_applied after insert on audiodesk.applied_changes for each row execute function test.note_applied();
create policy nap on audiodesk.chapter as restrictive for select using ((select test.nap()));
create policy nap on audiodesk.account as restrictive for select using ((select test.nap()));
"""

_CALLS = {
    "sync_push": "select public.sync_push(%s, %s, %s, %s)",
    "sync_pull": "select public.sync_pull(%s, %s, %s, %s, %s, %s)",
}


class World:
    """One account on one server. Backups and restores wait until no client is connected, as on a real server."""

    def __init__(self, databases: Databases, database: Database, user_id: UUID | None = None) -> None:
        """Slow `database` down; copies of it are dropped by `close`. Without `user_id` the account is a new one."""
        self.databases = databases
        self.database = database
        self.user_id = user_id or database.add_user()
        with database.open() as connection:
            connection.execute(_HOOKS.encode())
        self.lines: list[Line] = []
        self.restores = 0
        self._backups: list[Database] = []
        self._copies: list[Database] = []
        self._calls = 0
        self._changed = threading.Condition()
        self._closed = False

    def back_up(self) -> None:
        """Keep a copy of the server as it is now."""
        with self._alone():
            self._backups.append(self._copy(self.database))

    def restore(self, rng: random.Random) -> None:
        """Put one of the backups in the server's place."""
        if not self._backups:
            return
        with self._alone():
            self.database = self._copy(rng.choice(self._backups))
            self.restores += 1

    def close(self) -> None:
        """Close what is open, and drop the copies."""
        for line in self.lines:
            line.settle()
            line.close()
        for copy in self._copies:
            self.databases.drop(copy)

    @contextmanager
    def connected(self) -> Iterator[Database]:
        """While this lasts, the server is not swapped."""
        with self._changed:
            self._changed.wait_for(lambda: not self._closed)
            self._calls += 1
        try:
            yield self.database
        finally:
            with self._changed:
                self._calls -= 1
                self._changed.notify_all()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self._changed:
            self._closed = True
            self._changed.wait_for(lambda: self._calls == 0)
        for line in self.lines:
            line.close()
        try:
            yield
        finally:
            with self._changed:
                self._closed = False
                self._changed.notify_all()

    def _copy(self, database: Database) -> Database:
        copy = self.databases.copy(database.name)
        self._copies.append(copy)
        return copy


class Line:
    """One computer's line to the server: a fifth of the answers are lost on it, some requests too, some come late."""

    def __init__(self, world: World, rng: random.Random) -> None:
        """Speak for the world's user; `rng` decides what is lost."""
        self.world = world
        self.user_id = world.user_id
        self.rng = rng
        self.lossy = True
        self.late = 0
        """How many requests reached the server after the computer had given them up."""
        self._connection: Connection | None = None
        self._claims = request_settings(user_claims(world.user_id))
        self._late: list[threading.Thread] = []
        world.lines.append(self)

    def call(self, name: str, arguments: list[Any]) -> dict[str, Any]:
        """Call a function in one transaction; raises LostError, with the transaction done or not."""
        fate = self.rng.random() if self.lossy else 1.0
        with self.world.connected() as database:
            if self._connection is None:
                self._connection = database.open("authenticator")
            connection = self._connection
            if fate < 0.02:
                raise LostError
            if fate < 0.05:
                self._send_late(name, arguments, self.rng.random() * 0.2)
                raise LostError
            with connection.transaction():
                answer = self._ask(connection, name, arguments)
                if fate < 0.08:
                    raise LostError
        if fate < 0.25:
            raise LostError
        return answer

    def settle(self) -> None:
        """Lose nothing from now on, and wait until what is late has arrived."""
        self.lossy = False
        for thread in self._late:
            thread.join()

    def _ask(self, connection: Connection, name: str, arguments: list[Any]) -> dict[str, Any]:
        enter(connection, "authenticated", self._claims)
        wrapped = [Jsonb(value) if isinstance(value, list) else value for value in arguments]
        row = connection.execute(_CALLS[name].encode(), wrapped).fetchone()
        assert row is not None
        answer: dict[str, Any] = row[0]
        return answer

    def _send_late(self, name: str, arguments: list[Any], seconds: float) -> None:
        """Let a request wait in the network: it arrives beside or after what is sent in its place."""

        def arrive() -> None:
            threading.Event().wait(seconds)
            with self.world.connected() as database, database.open("authenticator") as connection:
                self._ask(connection, name, arguments)

        self.late += 1
        self._late.append(threading.Thread(target=arrive, name="late request"))
        self._late[-1].start()

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
