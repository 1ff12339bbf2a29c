"""What the server's functions and its trigger cost, against bare SQL that moves the same rows."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from psycopg.types.json import Jsonb

from tests.benchmarks import Row
from tests.twin.databases import Connection, Database, Databases
from tests.twin.postgres import SUPERUSER, PostgresServer

__all__ = ["fill", "read_all", "run"]

_TAKES = 60_000
_PAGE = 1_000
_PULLS = 5
_PUSHES = 9
_INSERTS = 2_000

_FILL = """
insert into audiodesk.take (owner, id, order_key, created_at, section_id, title, number, file_name, notes,
                            device_id)
select %(owner)s, gen_random_uuid(), 'a' || lpad(n::text, 6, '0'), 1767225600000 + n, gen_random_uuid(),
       'Take ' || n, n, '07_Chapter-' || n || '.wav', '', 'device'
  from generate_series(%(first)s::integer, %(last)s::integer) as n
"""
_COLUMNS = (
    "id, seq, version, stamps, order_key, created_at, deleted_at, changed_by, section_id, title, file_name,"
    " notes, number, purpose, replaces_take_id, device_id, upload_wanted, purged_at"
)


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _row(name: str, limit: float, ours: list[float], base: list[float]) -> Row:
    our_seconds, base_seconds = statistics.median(ours), statistics.median(base)
    return Row(name, our_seconds / base_seconds, limit, our_seconds, base_seconds)


def fill(database: Database, owner: UUID) -> None:
    """Write the takes as 120 pushes would have: one transaction, one seq for each 500."""
    for first in range(1, _TAKES, 500):
        with database.open() as connection:
            connection.execute(_FILL, {"owner": owner, "first": first, "last": first + 499})
    with database.open(autocommit=True) as connection:
        connection.execute("vacuum analyze audiodesk.take")


def _pull_all(connection: Connection, after: tuple[int, UUID | None] = (0, None)) -> int:
    """Pull page by page to the empty one, as a client does; return how many rows came."""
    pulled, upto = 0, None
    while True:
        answer: Any = connection.execute(
            "select public.sync_pull(0, null, %s, %s, %s, %s)", [*after, upto, _PAGE]
        ).fetchone()
        page = answer[0] if isinstance(answer[0], dict) else json.loads(answer[0])
        upto = page["upto"]
        if not page["rows"]:
            return pulled
        pulled += len(page["rows"])
        after = (page["rows"][-1]["seq"], UUID(page["rows"][-1]["id"]))


def read_all(connection: Connection) -> int:
    """Read the same rows in the same order with one statement, row security on."""
    statement = f"select {_COLUMNS} from audiodesk.take order by seq, id"
    return len(connection.execute(statement.encode()).fetchall())


def _pulls(database: Database, owner: UUID) -> list[Row]:
    ours, base, nothing, bare = [], [], [], []
    for _ in range(_PULLS):
        with database.as_user(owner) as connection:
            base.append(_timed(lambda: _expect(read_all(connection))))
        with database.as_user(owner) as connection:
            ours.append(_timed(lambda: _expect(_pull_all(connection))))
    with database.as_user(owner) as connection:
        head = connection.execute("select seq from audiodesk.account").fetchone()
        assert head is not None
        for _ in range(200):
            nothing.append(_timed(lambda: _pull_all(connection, (head[0], None))))
            bare.append(
                _timed(
                    lambda: connection.execute(
                        "select id from audiodesk.take where seq > %s order by seq, id limit 1000", head
                    ).fetchall()
                )
            )
    return [
        _row(f"pull of {_TAKES} takes, {_PAGE} a page / reading the rows", 3.0, ours, base),
        _row("pull with nothing new / asking one table for newer rows", 5.0, nothing, bare),
    ]


def _expect(count: int) -> None:
    if count != _TAKES:
        raise AssertionError(count)


def _changes(section: UUID) -> list[dict[str, Any]]:
    return [
        {
            "change_id": str(uuid4()),
            "entity": "take",
            "id": str(uuid4()),
            "create": True,
            "base_version": 0,
            "fields": {
                "order_key": f"a{number:04}",
                "created_at": 1767225600000,
                "deleted_at": None,
                "section_id": str(section),
                "title": "",
                "number": number + 1,
                "purpose": "take",
                "file_name": f"07_Chapter-{number}.wav",
                "notes": "",
                "replaces_take_id": None,
                "device_id": "device",
                "upload_wanted": True,
            },
        }
        for number in range(500)
    ]


def _push(database: Database, owner: UUID) -> None:
    changes = Jsonb(_changes(uuid4()))
    with database.as_user(owner) as connection:
        answer: Any = connection.execute("select public.sync_push(0, null, %s, null)", [changes]).fetchone()
    if [result["result"] for result in answer[0]["results"]] != ["applied"] * 500:
        raise AssertionError(answer[0]["results"][0])


def _insert(database: Database, owner: UUID) -> None:
    """Write as many rows with one statement each: what any server does that keeps rows and nothing more."""
    changes = _changes(uuid4())
    with database.as_user(owner) as connection:
        for change in changes:
            fields = change["fields"]
            connection.execute(
                "insert into audiodesk.take (owner, id, order_key, created_at, section_id, title, number, file_name,"
                " notes, device_id) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                [
                    owner,
                    change["id"],
                    *(
                        fields[name]
                        for name in ("order_key", "created_at", "section_id", "title", "number", "file_name")
                    ),
                    fields["notes"],
                    fields["device_id"],
                ],
            )


def _pushes(database: Database) -> Row:
    ours, base = [], []
    for _ in range(_PUSHES):
        one, other = database.add_user(), database.add_user()
        base.append(_timed(lambda owner=other: _insert(database, owner)))  # type: ignore[misc]
        ours.append(_timed(lambda owner=one: _push(database, owner)))  # type: ignore[misc]
    return _row("push of 500 takes / inserting them one by one", 3.0, ours, base)


def _store(database: Database, owner: UUID) -> float:
    """Complete as many uploads as the storage server does: a transaction each."""
    folder = f"{owner}/{uuid4()}/{uuid4()}/{uuid4()}"
    metadata = Jsonb({"size": 1000, "mimetype": "audio/wav", "contentLength": 1000})
    with database.open("supabase_storage_admin", autocommit=True) as connection:
        connection.execute("set role service_role")
        started = time.perf_counter()
        for number in range(_INSERTS):
            connection.execute(
                "insert into storage.objects (bucket_id, name, owner_id, metadata, version)"
                " values ('audiofiles', %s, %s, %s, 'v') on conflict (bucket_id, name) do update"
                " set metadata = excluded.metadata, version = excluded.version",
                [f"{folder}/take-{number:08x}.wav", str(owner), metadata],
            )
        return time.perf_counter() - started


def _trigger(ours: Database, bare: Database) -> Row:
    """Insert with the triggers, and without, on projects that are the same otherwise."""
    with bare.open("supabase_storage_admin", autocommit=True) as connection:
        for (name,) in connection.execute(
            "select tgname from pg_trigger where tgrelid = 'storage.objects'::regclass and tgname like 'audiodesk%'"
        ).fetchall():
            connection.execute(f"alter table storage.objects disable trigger {name}".encode())
    with_trigger, without = [], []
    for _ in range(_PULLS):
        without.append(_store(bare, bare.add_user()))
        with_trigger.append(_store(ours, ours.add_user()))
    return _row("storing an object with the quota's triggers / without", 3.0, with_trigger, without)


def _takes_with_files(owner: UUID, section: UUID, count: int) -> list[dict[str, Any]]:
    """Return changes that make ``count`` takes, each with a file that has its key."""
    changes = []
    for _ in range(count):
        take, file = _change("take", section_id=str(section), number=1, file_name="07_Chapter.wav"), uuid4()
        key = f"{owner}/{uuid4()}/{uuid4()}/{section}/take-{file.hex[:8]}.wav"
        facts = {"sha256": "ab" * 32, "size": 1000, "kind": "wav", "seconds": 2.5, "sample_rate": 44100, "channels": 1}
        changes += [take, {**_change("take_file", take_id=take["id"], object_key=key, **facts), "id": str(file)}]
    return changes


def _change(entity: str, **fields: Any) -> dict[str, Any]:
    change: dict[str, Any] = {"change_id": str(uuid4()), "entity": entity, "id": str(uuid4()), "create": True}
    return {**change, "base_version": 0, "fields": {"order_key": "a0", **fields}}


def _first_push(database: Database) -> Row:
    """Push a whole library over one connection that keeps its plans, while nothing is ever analysed."""
    with database.open(SUPERUSER, autocommit=True) as connection:
        connection.execute("alter system set autovacuum = off")
        connection.execute("select pg_reload_conf()")
    owner, section = database.add_user(), uuid4()
    claims = json.dumps({"sub": str(owner), "role": "authenticated"})
    times = []
    known: tuple[int, str | None] = (0, None)
    try:
        with database.open("authenticator", autocommit=True) as connection:
            connection.execute(
                "select set_config('request.jwt.claims', %s, false), set_config('role', 'authenticated', false)",
                [claims],
            )
            for _ in range(0, _TAKES, 250):
                changes = Jsonb(_takes_with_files(owner, section, 250))
                started = time.perf_counter()
                found: Any = connection.execute(
                    "select public.sync_push(%s, %s, %s, null)", [*known, changes]
                ).fetchone()
                times.append(time.perf_counter() - started)
                known = (found[0]["seq"], found[0]["tag"])
                if {result["result"] for result in found[0]["results"]} != {"applied"}:
                    raise AssertionError(found[0]["results"][0])
    finally:
        with database.open(SUPERUSER, autocommit=True) as connection:
            connection.execute("alter system reset autovacuum")
            connection.execute("select pg_reload_conf()")
    return _row(f"the last pushes of {_TAKES} takes / the first ones", 1.5, times[-5:], times[:5])


def run() -> list[Row]:
    """Measure on one server of its own; ours and the base take turns."""
    server = PostgresServer()
    try:
        databases = Databases(server)
        try:
            first_push = _first_push(databases.create())
            filled, bare = databases.create(), databases.create()
            owner = filled.add_user()
            fill(filled, owner)
            return [*_pulls(filled, owner), _pushes(filled), first_push, _trigger(filled, bare)]
        finally:
            databases.close()
    finally:
        server.close()
