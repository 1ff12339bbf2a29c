"""The storage server's writes in SQL, step by step: the test write as the user, rolled back; then the completion."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, LiteralString, NamedTuple
from uuid import UUID, uuid4

import psycopg
from psycopg.types.json import Jsonb

from tests.twin.databases import Connection, Database, user_claims

__all__ = [
    "FREE",
    "MIB",
    "PAID",
    "Usage",
    "announce",
    "complete",
    "copy",
    "difference",
    "key_of",
    "move",
    "over_an_older_one",
    "plan",
    "recount",
    "remove",
    "stored",
    "together",
    "until_somebody_waits",
    "upload",
    "usage",
]

MIB = 1024 * 1024
FREE = 500 * MIB
PAID = 5 * 1024 * MIB

_WRITE = """
    insert into storage.objects as known (bucket_id, name, owner, owner_id, version, metadata)
    values (%(bucket)s, %(name)s, %(owner)s::uuid, %(owner)s::text, %(version)s, %(metadata)s)
"""


class Usage(NamedTuple):
    """What user_credits says of a person."""

    used: int
    objects: int


def key_of(user: UUID | str, name: str | None = None) -> str:
    """A key of the shape that AudioDesk makes, in the folder of `user`."""
    return f"{user}/{uuid4()}/{uuid4()}/{uuid4()}/{name or f'take-{uuid4().hex[-8:]}.wav'}"


def stored(size: Any, mimetype: str = "audio/wav") -> dict[str, Any]:
    """The metadata of an object that is there."""
    return {"eTag": '"0"', "size": size, "mimetype": mimetype, "contentLength": size, "httpStatusCode": 200}


def over_an_older_one(connection: Connection) -> LiteralString:
    """The end of an insert that replaces what is at the key; it differs with the storage server's age."""
    kept = connection.execute(
        "select from pg_attribute where attrelid = 'storage.objects'::regclass and attname = 'archived_at'"
    ).rowcount
    target: LiteralString = " on conflict (bucket_id, name)" + (" where archived_at is null" if kept else "")
    return target + " do update set version = excluded.version, metadata = excluded.metadata"


def announce(
    server: Database,
    user: UUID,
    key: str,
    length: int | None,
    *,
    mimetype: str | None = "audio/wav",
    upsert: bool = False,
    operation: str = "storage.object.upload",
    role: str = "authenticated",
    bucket: str = "audiofiles",
) -> None:
    """Step 1: the row with what is announced, as the user, and rolled back. Raises psycopg's error if refused."""
    told = {"mimetype": mimetype, "contentLength": length}
    metadata = {name: value for name, value in told.items() if value is not None}
    with server.as_storage(user_claims(user, role=role), operation) as connection:
        _write(connection, bucket, key, user, metadata, upsert=upsert, version="1")
        connection.rollback()


def complete(
    server: Database,
    key: str,
    size: Any,
    *,
    owner: UUID | None = None,
    mimetype: str = "audio/wav",
    operation: str = "storage.object.upload",
    bucket: str = "audiofiles",
) -> None:
    """Step 2: the row with its exact size, as the service, over an older one. Raises psycopg's error if refused."""
    with server.as_service(operation) as connection:
        _write(connection, bucket, key, owner, stored(size, mimetype), upsert=True)


def upload(server: Database, user: UUID, key: str, size: int, *, upsert: bool = False, around: int = 0) -> None:
    """Both steps of a standard upload; `around` is what a multipart request has beside the file."""
    announce(server, user, key, size + around, upsert=upsert)
    complete(server, key, size, owner=user)


def copy(server: Database, user: UUID, source: str, target: str) -> None:
    """A copy: the test row holds all that is known of the source."""
    with server.as_storage(user_claims(user), "storage.object.copy") as connection:
        metadata = _metadata(connection, source)
        _write(connection, "audiofiles", target, user, metadata, upsert=False)
        connection.rollback()
    with server.as_service("storage.object.copy") as connection:
        _write(connection, "audiofiles", target, user, metadata, upsert=True)


def move(server: Database, user: UUID, source: str, target: str) -> None:
    """A move: an update as the user, rolled back, and again as the service."""
    change = "update storage.objects set name = %s, version = %s where bucket_id = 'audiofiles' and name = %s"
    with server.as_storage(user_claims(user), "storage.object.move") as connection:
        _metadata(connection, source)
        if connection.execute(change, [target, str(uuid4()), source]).rowcount == 0:
            raise LookupError(source)
        connection.rollback()
    with server.as_service("storage.object.move") as connection:
        connection.execute(change, [target, str(uuid4()), source])


def remove(server: Database, user: UUID, keys: Sequence[str]) -> int:
    """A deletion of one or many, in one transaction as the user. Returns how many went."""
    with server.as_storage(user_claims(user), "storage.object.delete_many") as connection:
        return connection.execute(
            "delete from storage.objects where bucket_id = 'audiofiles' and name = any(%s)", [list(keys)]
        ).rowcount


def usage(server: Database, user: UUID) -> Usage:
    """The counters of a person; nothing where there is no row."""
    with server.connect() as connection:
        row = connection.execute(
            "select storage_used_bytes, storage_object_count from public.user_credits where user_id = %s", [user]
        ).fetchone()
    return Usage(*row) if row else Usage(0, 0)


def difference(server: Database) -> list[tuple[Any, ...]]:
    """What a recount that is written down here once more, in other words, finds wrong. Nothing, if all is well."""
    with server.connect() as connection:
        return connection.execute(
            """
            select coalesce(counted.owner, credits.user_id::text), counted.bytes, credits.storage_used_bytes,
                   counted.objects, credits.storage_object_count
              from (select path_tokens[1] as owner, sum((metadata ->> 'size')::numeric) as bytes, count(*) as objects
                      from storage.objects where bucket_id = 'audiofiles' group by 1) as counted
              full join public.user_credits as credits on credits.user_id::text = counted.owner
             where coalesce(counted.bytes, 0) <> coalesce(credits.storage_used_bytes, 0)
                or coalesce(counted.objects, 0) <> coalesce(credits.storage_object_count, 0)
            """
        ).fetchall()


def plan(server: Database, user: UUID, name: str = "free", own: int | None = None) -> dict[str, Any]:
    """Give a person a plan, or a number of their own, as the operator. Returns what is told."""
    with server.connect() as connection:
        row = connection.execute("select public.set_user_plan(%s, %s, %s)", [user, name, own]).fetchone()
    assert row is not None
    return dict(row[0])


def recount(server: Database, repair: bool = True) -> list[tuple[Any, ...]]:
    """The operator's recount of everybody."""
    with server.connect() as connection:
        return connection.execute("select * from public.recount_user_storage(null, %s)", [repair]).fetchall()


def together(work: Sequence[Callable[[], object]]) -> list[BaseException | None]:
    """Do all at once, each on a thread of its own. Returns the errors, in the order of the work."""
    start = threading.Barrier(len(work))

    def run(one: Callable[[], object]) -> None:
        start.wait(timeout=30)
        one()

    with ThreadPoolExecutor(len(work)) as pool:
        futures = [pool.submit(run, one) for one in work]
        return [future.exception(timeout=600) for future in futures]


def until_somebody_waits(server: Database, waiting: Future[Any]) -> None:
    """Return as soon as somebody waits for a lock in this database; `waiting` is who should, and must not be done."""
    query = "select from pg_stat_activity where wait_event_type = 'Lock' and datname = %s"
    with server.open("supabase_admin", autocommit=True) as looking:
        while not looking.execute(query, [server.name]).rowcount:
            if waiting.done():
                raise AssertionError(f"did not wait: {waiting.exception() or waiting.result()}")


def _write(
    connection: Connection,
    bucket: str,
    key: str,
    owner: UUID | None,
    metadata: dict[str, Any],
    *,
    upsert: bool,
    version: str | None = None,
) -> None:
    connection.execute(
        (_WRITE + (over_an_older_one(connection) if upsert else "")).encode(),
        {
            "bucket": bucket,
            "name": key,
            "owner": owner,
            "version": version or str(uuid4()),
            "metadata": Jsonb(metadata),
        },
    )


def _metadata(connection: psycopg.Connection[Any], key: str) -> dict[str, Any]:
    row = connection.execute(
        "select metadata from storage.objects where bucket_id = 'audiofiles' and name = %s", [key]
    ).fetchone()
    if row is None:
        raise LookupError(key)
    return dict(row[0])
