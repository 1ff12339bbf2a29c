"""A server restored from copied files or a dump: push and pull notice it, apply nothing, and complete it again."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from psycopg.types.json import Jsonb

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from tests.server.client_model import ClientModel, LostError
from tests.server.sync_calls import create
from tests.twin.database_session import enter, request_settings
from tests.twin.databases import Database, Databases, user_claims

pytestmark = pytest.mark.slow  # the file as a whole

_CALLS = {
    "sync_push": "select public.sync_push(%s, %s, %s, %s)",
    "sync_pull": "select public.sync_pull(%s, %s, %s, %s, %s, %s)",
}


class Server:
    """What stands at the server's address: now one database, after a restore another."""

    def __init__(self, databases: Databases, database: Database) -> None:
        self.databases = databases
        self.database = database
        self.user_id = database.add_user()
        self.copies: list[Database] = []
        self.last: dict[str, Any] = {}

    def call(self, name: str, arguments: list[Any]) -> dict[str, Any]:
        with self.database.open("authenticator") as connection:
            enter(connection, "authenticated", request_settings(user_claims(self.user_id)))
            wrapped = [Jsonb(value) if isinstance(value, list) else value for value in arguments]
            row = connection.execute(_CALLS[name].encode(), wrapped).fetchone()
        assert row is not None
        self.last = row[0]
        return self.last

    def copied_files(self) -> Database:
        copy = self.databases.copy(self.database.name)
        self.copies.append(copy)
        return copy

    def dump(self) -> Database:
        """A dump put into a new project that has the platform and the accounts already, as Supabase's restore does."""
        tool = self.databases.server.binaries / "pg_dump"
        if not tool.exists():
            pytest.skip("this PostgreSQL comes without pg_dump")
        copy = self.databases.create(migrations=False)
        self.copies.append(copy)
        wanted = ["--schema=audiodesk", "--schema=public", "--inserts", "--no-owner"]
        dumped = subprocess.run([tool, *wanted, self.database.url], check=True, capture_output=True).stdout
        lines = [line for line in dumped.split(b"\n") if not line.startswith((b"\\", b"CREATE SCHEMA public"))]
        with copy.open() as connection:
            connection.execute(b"\n".join(lines))
        with copy.open("supabase_auth_admin") as connection:
            connection.execute("insert into auth.users (id, email) values (%s, 'author@example.org')", [self.user_id])
        return copy


@pytest.fixture
def restorable(postgres_server: Databases, server: Database) -> Iterator[Server]:
    made = Server(postgres_server, server)
    yield made
    for copy in made.copies:
        postgres_server.drop(copy)


def _new(client: ClientModel, entity: Entity = Entity.PROJECT, **fields: Any) -> Ref:
    ref = Ref(entity, str(uuid4()))
    client.edit(ref, create=True, **{**create(entity.value)["fields"], **fields})
    return ref


@pytest.fixture(params=["copied files", "a dump"])
def backup(request: pytest.FixtureRequest, restorable: Server) -> Callable[[], Database]:
    return restorable.copied_files if request.param == "copied files" else restorable.dump


def test_push_and_pull_notice_a_restore_and_apply_nothing(restorable: Server, backup: Callable[[], Database]) -> None:
    client = ClientModel(restorable.call)
    _new(client)
    client.sync()
    restorable_to = backup()
    _new(client)
    client.sync()
    restorable.database = restorable_to
    answer = restorable.call("sync_push", [*client.disk.known, [create("project")], None])
    assert (answer["restored"], answer["seq"], answer["results"]) == (True, 1, [])
    answer = restorable.call("sync_pull", [*client.disk.known, 0, None, None, 1000])
    assert (answer["restored"], answer["seq"], answer["rows"]) == (True, 1, [])
    with restorable_to.open() as connection:
        assert connection.execute("select count(*) from audiodesk.project").fetchone() == (1,)
        assert connection.execute("select seq from audiodesk.account").fetchone() == (1,)


def test_a_restored_server_that_caught_up_is_noticed_by_its_tags(
    restorable: Server, backup: Callable[[], Database]
) -> None:
    """The counter has the old height again; only the tag tells that it came there by another way."""
    first, second = ClientModel(restorable.call), ClientModel(restorable.call)
    shared = _new(first, title="One")
    first.sync()
    second.sync()
    restorable_to = backup()
    first.edit(shared, title="Two")
    first.sync()
    restorable.database = restorable_to
    second.edit(shared, author="Me")
    second.sync()
    assert second.disk.known[0] == first.disk.known[0] == 2
    first.pull()
    assert restorable.last["restored"] is True
    first.sync()
    second.sync()
    fields = first.shown()[shared]
    assert (fields["title"], fields["author"]) == ("Two", "Me")
    assert first.disk.rows == second.disk.rows


def test_lost_rows_come_back_from_each_computer_that_has_them(
    restorable: Server, backup: Callable[[], Database]
) -> None:
    first, second, third = (ClientModel(restorable.call, page=1) for _ in range(3))
    book, gone = _new(first, title="Before"), _new(first)
    chapter = _new(first, Entity.CHAPTER, project_id=book.id)
    first.sync()
    second.sync()
    third.sync()
    restorable_to = backup()
    first.edit(chapter, title="First's")
    first.edit(gone, deleted_at=True)
    new = _new(first, Entity.SECTION, chapter_id=chapter.id, title="New")
    first.sync()
    second.sync()
    second.edit(new, title="Renamed")
    second.edit(chapter, order_key="b1")
    second.sync()
    third.edit(book, author="Unsent")
    restorable.database = restorable_to
    for _ in range(2):
        for client in (third, first, second):
            client.sync()
    assert first.disk.rows == second.disk.rows == third.disk.rows
    shown = third.shown()
    assert (shown[chapter]["title"], shown[chapter]["order_key"]) == ("First's", "b1")
    assert shown[new]["title"] == "Renamed"
    assert shown[book]["author"] == "Unsent"
    assert shown[gone]["deleted_at"] is not None, "what was trashed before is in the trash again, with its own stamp"
    assert first.refused == second.refused == third.refused == []


def test_the_healing_survives_crashes_and_a_second_restore(restorable: Server) -> None:
    client = ClientModel(restorable.call, page=1, batch=1)
    restorable_to = restorable.copied_files()
    again = restorable.copied_files()
    refs = [_new(client, title=f"{n}") for n in range(4)]
    client.sync()
    for ref in refs:
        client.edit(ref, notes="later")
    client.sync()
    restorable.database = restorable_to
    calls = 0

    def call(name: str, arguments: list[Any]) -> dict[str, Any]:
        nonlocal calls
        calls += 1
        answer = restorable.call(name, arguments)
        if calls == 7:
            restorable.database = again
        if calls % 2:
            raise LostError
        return answer

    flaky = ClientModel(call, page=1, batch=1)
    flaky.disk = client.disk
    for _ in range(200):
        try:
            flaky.sync()
        except LostError:
            continue
        break
    assert restorable.database is again
    shown = flaky.shown()
    assert [(shown[ref]["title"], shown[ref]["notes"]) for ref in refs] == [(f"{n}", "later") for n in range(4)]
    other = ClientModel(restorable.call)
    other.sync()
    assert other.disk.rows == flaky.disk.rows


def test_a_number_of_a_transaction_that_comes_again_raises_the_counter(restorable: Server) -> None:
    """In a database made from a dump transactions are numbered anew."""
    client = ClientModel(restorable.call)
    _new(client)
    client.sync()
    with restorable.database.open() as connection:
        connection.execute("update audiodesk.account set raised_by = pg_current_xact_id()")
        before = connection.execute("select seq, raised_by = pg_current_xact_id() from audiodesk.account").fetchone()
        assert before == (1, True)
        connection.execute("update audiodesk.project set title = 'x'")
        assert connection.execute("select seq from audiodesk.account").fetchone() == (2,)
