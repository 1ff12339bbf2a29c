"""Computers of one account: each has a real library and the shipped synchronizer, and may be killed at any moment."""

from __future__ import annotations

import random
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn, Protocol, TypeVar
from uuid import UUID, uuid4

from audiodesk.domain.errors import OutsideError
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.server.computers import Computers
from audiodesk.domain.sync.activity import RefusedChange
from audiodesk.domain.sync.exchange import Head, Place
from audiodesk.local.database.database import Database
from audiodesk.local.rows.store import change_repo, fact_repo
from audiodesk.local.rows.store.edited_rows import EditedRows
from audiodesk.local.rows.store.row_codec import CLASSES, from_field
from audiodesk.local.rows.store.row_store import RowStore
from audiodesk.local.rows.sync import refused_change_repo, sync_place_repo
from audiodesk.local.rows.sync.adoption import adopt
from audiodesk.local.rows.sync.server_rows import ServerRows
from audiodesk.services.bus import Bus
from audiodesk.services.library.library import Library
from audiodesk.services.sync.engine import Engine
from tests.server.sync_world import LostError

__all__ = ["Calling", "Computer", "KilledError", "LineServer"]

T = TypeVar("T")

_LOG = """
create table test_edit (position integer primary key autoincrement, entity text, row_id text, fields text, added int);
create trigger test_edited after insert on change when new.stamps is null begin
    insert into test_edit (entity, row_id, fields, added) values (new.entity, new.row_id, new.fields, new.is_create);
end;
create trigger test_folded after update of fields on change begin
    insert into test_edit (entity, row_id, fields, added) values (new.entity, new.row_id, new.fields, new.is_create);
end;
"""
"""What was edited on this computer, whatever becomes of it: written by the database itself."""


_STAMPED = frozenset({"deleted_at", "purged_at", "created_at"})
"""Times that the server stamps: they are sent as true, and shown as this computer's time until then."""


class KilledError(BaseException):
    """The process was killed: nothing of it goes on."""


def _raise_killed() -> NoReturn:
    raise KilledError


class Calling(Protocol):
    """A line over which the account's functions are called."""

    user_id: UUID

    def call(self, name: str, arguments: list[Any]) -> dict[str, Any]:
        """Call a function; raises LostError or OutsideError."""

    def settle(self) -> None:
        """Lose nothing from now on."""


class LineServer:
    """The server behind a bad line, as the synchronizer sees it."""

    def __init__(self, line: Calling, *, page: int = 1000) -> None:
        self.line = line
        self.page = page
        self.calls = 0
        self.sent: dict[str, Mapping[str, Any]] = {}
        self.before_answer: Callable[[], None] = lambda: None
        self.unanswered = 0
        self._one = threading.Lock()
        """Pages are read ahead, and a line takes one request at a time."""

    def push(self, known: Head, changes: Sequence[Mapping[str, Any]], device: str) -> dict[str, Any]:
        self.sent.update({change["change_id"]: change for change in changes})
        answer = self._call("sync_push", [known.seq, known.tag, list(changes), device])
        if not answer["restored"]:
            self.unanswered += len(changes) - len(answer["results"])
        return answer

    def pull(self, known: Head, place: Place) -> dict[str, Any]:
        arguments = [known.seq, known.tag, place.seq, place.row_id, place.upto, self.page]
        answer = self._call("sync_pull", arguments)
        assert len(answer["rows"]) <= self.page
        return answer

    def device_seen(self, device: str) -> int | None:
        raise NotImplementedError

    def devices(self) -> Computers:
        raise NotImplementedError

    def _call(self, name: str, arguments: list[Any]) -> dict[str, Any]:
        self.calls += 1
        try:
            with self._one:
                answer = self.line.call(name, arguments)
        except LostError:
            raise OutsideError("connection-lost", host="test", retry_after=1) from None
        self.before_answer()
        return answer


class _Disk(Database):
    """A library's database that may be the place where the process is killed: before a commit, or after it."""

    step: Callable[[], object] = staticmethod(lambda: None)

    def write(self, work: Callable[[sqlite3.Connection], T], *, lasting: bool = True) -> T:
        def dying(connection: sqlite3.Connection) -> T:
            result = work(connection)
            self.step()
            return result

        result = super().write(dying, lasting=lasting)
        self.step()
        return result


class Computer:
    """One computer of the account: a library in ``folder``, edits in it, and the synchronizer.

    ``die`` ends it at the step that ``kill_after`` names: in a transaction, after it, or after an answer.
    """

    def __init__(
        self,
        folder: Path,
        line: Calling,
        *,
        page: int = 1000,
        batch: int = 500,
        logged: bool = True,
        die: Callable[[], NoReturn] = _raise_killed,
    ) -> None:
        self.path = folder / "library.sqlite3"
        self.server = LineServer(line, page=page)
        self.batch = batch
        self.skew = 0
        self.kills = 0
        self.bus = Bus()
        self.events: list[Any] = []
        self.bus.subscribe_to_all(self.events.append)
        self._kill_in: int | None = None
        self._die = die
        self._open()
        if self.account() is None:
            self.database.write(self._begin_logged if logged else self._begin)

    @property
    def device(self) -> str:
        """The computer's id."""
        return self.engine.device

    def account(self) -> str | None:
        """Return the account whose library this is."""
        with self.database.read() as connection:
            return fact_repo.known(connection, fact_repo.ACCOUNT)

    def kill_after(self, steps: int | None) -> None:
        """Be killed at the step with this number from now; None: not at all."""
        self._kill_in = steps

    def restart(self) -> None:
        """Be dead, and start again from what is on the disk."""
        self._kill_in = None
        self.kills += 1
        self.database.close()
        self._open()

    def sync(self) -> Any:
        """Sync until nothing is left."""
        return self.engine.run()

    def close(self) -> None:
        """End."""
        self.database.close()

    def edit(self, ref: Ref, **fields: Any) -> None:
        """Set fields, given as JSON values, as an edit of a person does."""
        values = {name: from_field(name, value) for name, value in fields.items()}
        self.database.write(lambda connection: EditedRows(connection, self.database.clock()).update(ref, **values))

    def create(self, entity: Entity, **fields: Any) -> Ref:
        """Make a row with these fields, given as JSON values."""
        row_id = str(uuid4())
        values = {name: from_field(name, value) for name, value in fields.items()}
        row = CLASSES[entity](id=row_id, **values)
        self.database.write(lambda connection: EditedRows(connection, self.database.clock()).create(row))
        return Ref(entity, row_id)

    def get(self, ref: Ref) -> Any:
        """Return the row as it is shown."""
        with self.database.read() as connection:
            return RowStore(connection).get(ref)

    def refs(self) -> list[Ref]:
        """Return all rows that are here, but for the computers."""
        with self.database.read() as connection:
            return [
                Ref(entity, row["id"])
                for entity in CLASSES
                if entity is not Entity.DEVICE
                for row in connection.execute(f"select id from {entity.value} order by id")
            ]

    def shown(self) -> dict[Ref, Any]:
        """Return every row as it is shown, computers included."""
        with self.database.read() as connection:
            rows = RowStore(connection)
            found = {}
            for entity in CLASSES:
                for row in connection.execute(f"select id from {entity.value}"):
                    found[Ref(entity, row["id"])] = rows.get(Ref(entity, row["id"]))
            return found

    def waiting(self) -> list[Any]:
        """Return the queue."""
        with self.database.read() as connection:
            return change_repo.pending(connection, 10_000)

    def refused(self) -> list[RefusedChange]:
        """Return the refused changes that are kept."""
        with self.database.read() as connection:
            return refused_change_repo.all_of(connection)

    def check_shown(self) -> None:
        """Every edit that the server has not answered is shown, whatever came meanwhile."""
        with self.database.read() as connection:
            edited: dict[Ref, dict[str, Any]] = {}
            for change in change_repo.in_order(connection):
                edited.setdefault(Ref(change.entity, change.row_id), {}).update(change.fields)
            for ref, fields in edited.items():
                shown = RowStore(connection).get(ref)
                for name in fields.keys() - _STAMPED:
                    assert getattr(shown, name) == from_field(name, fields[name]), (ref, name)

    def is_on_server(self, ref: Ref) -> bool:
        """Tell whether the server has sent the row."""
        with self.database.read() as connection:
            return ServerRows(connection, 0).kept(ref) is not None

    def is_done(self) -> bool:
        """Tell whether nothing waits to be sent or recovered."""
        with self.database.read() as connection:
            return not change_repo.count(connection) and sync_place_repo.recovery(connection) is None

    def _open(self) -> None:
        rng = random.Random(0)
        self.database = _Disk(self.path, clock=lambda: 1_760_000_000_000 + self.skew + rng.randint(0, 9))
        self.database.step = self._step
        self.library = Library(self.database, self.bus)
        self.engine = Engine(self.database, self.server, self.bus, most_changes=self.batch)
        self.server.before_answer = self._step

    def _step(self) -> None:
        if self._kill_in is None:
            return
        self._kill_in -= 1
        if self._kill_in < 0:
            self._die()

    def _begin(self, connection: sqlite3.Connection) -> None:
        adopt(connection, self.database.clock(), str(self.server.line.user_id))

    def _begin_logged(self, connection: sqlite3.Connection) -> None:
        from audiodesk.local.database.migrations import statements

        self._begin(connection)
        for statement in statements(_LOG):
            connection.execute(statement)
