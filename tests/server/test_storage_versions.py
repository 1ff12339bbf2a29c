"""Storage servers that keep several rows for a key: lookups see only the current one."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.server.storage_book import StorageBook
from tests.server.storage_steps import complete
from tests.server.support_calls import SUPPORT
from tests.twin.databases import Database, user_claims

pytestmark = pytest.mark.slow  # the file as a whole


@pytest.fixture
def author(newer_server: Database) -> UUID:
    return newer_server.add_user("author@example.org")


def _archive(server: Database, key: str) -> None:
    """Archive the present row, as the storage server does with versioning before it writes the new one."""
    with server.as_service("storage.object.upload") as connection:
        changed = connection.execute(
            "update storage.objects set archived_at = now(), is_versioned = true"
            " where name = %s and archived_at is null",
            [key],
        )
    assert changed.rowcount == 1


def _mark_deleted(server: Database, key: str) -> None:
    _archive(server, key)
    with server.as_service("storage.object.delete") as connection:
        connection.execute(
            "insert into storage.objects (bucket_id, name, version, is_delete_marker, is_versioned)"
            " values ('audiofiles', %s, %s, true, true)",
            [key, str(uuid4())],
        )


def _write(server: Database, key: str, size: int) -> None:
    with server.as_service("storage.object.upload") as connection:
        connection.execute(
            "insert into storage.objects (bucket_id, name, version, metadata, is_versioned)"
            " values ('audiofiles', %s, %s, jsonb_build_object('size', %s::int, 'mimetype', 'audio/mpeg'), true)",
            [key, str(uuid4()), size],
        )


def _asked(server: Database, user: UUID, query: str, *arguments: Any) -> Any:
    with server.connect("authenticated", user_claims(user)) as connection:
        row = connection.execute(query.encode(), list(arguments)).fetchone()
    assert row is not None
    return row[0]


def _verified(server: Database, file: UUID) -> str | None:
    with server.connect() as connection:
        row = connection.execute("select verified_how from audiodesk.take_file where id = %s", [file]).fetchone()
    assert row is not None
    return row[0] if row[0] is None else str(row[0])


def test_lookups_by_key_take_the_current_row(newer_server: Database, author: UUID) -> None:
    book = StorageBook(newer_server, author)
    _, file = book.add_take("one.mp3", 1000)
    key = book.key("one.mp3")
    for size in (777, 888):
        _write(newer_server, key, size)
        _archive(newer_server, key)
    _write(newer_server, key, 1000)
    answer = _asked(newer_server, author, "select public.verify_take_file(%s, 'full')", file)
    assert answer["result"] == "applied"
    told = _asked(newer_server, author, "select public.storage_usage()")
    assert told["projects"] == [{"id": str(book.project), "title": "Book", "used": 1000, "takes": 1}]
    assert told["used"] == 777 + 888 + 1000, "what was replaced is still stored"
    helper = newer_server.add_user(app_metadata=SUPPORT)
    files = _asked(newer_server, helper, "select public.support_files('author@example.org')")["files"]
    assert [(row["object_key"], row["size"], row["stored"]) for row in files] == [(key, 1000, True)]
    problems = _asked(newer_server, helper, "select public.support_problems('author@example.org')")
    assert problems["counts"] == {}


def test_what_is_marked_as_deleted_is_not_there(newer_server: Database, author: UUID) -> None:
    book = StorageBook(newer_server, author)
    _, file = book.add_take("one.mp3", 1000)
    _write(newer_server, book.key("one.mp3"), 1000)
    _asked(newer_server, author, "select public.verify_take_file(%s, 'full')", file)
    assert _verified(newer_server, file) == "full"
    _mark_deleted(newer_server, book.key("one.mp3"))
    assert _verified(newer_server, file) is None
    answer = _asked(newer_server, author, "select public.verify_take_file(%s, 'full')", file)
    assert answer["code"] == "object_missing"
    assert _asked(newer_server, author, "select public.storage_usage()")["projects"] == []
    helper = newer_server.add_user(app_metadata=SUPPORT)
    (row,) = _asked(newer_server, helper, "select public.support_files('author@example.org')")["files"]
    assert not row["stored"]


def test_archiving_alone_takes_the_verification_back(newer_server: Database, author: UUID) -> None:
    book = StorageBook(newer_server, author)
    _, file = book.add_take("one.mp3", 1000)
    _write(newer_server, book.key("one.mp3"), 1000)
    _asked(newer_server, author, "select public.verify_take_file(%s, 'full')", file)
    _archive(newer_server, book.key("one.mp3"))
    assert _verified(newer_server, file) is None


def test_columns_that_come_with_an_update_are_seen_at_once(server: Database) -> None:
    """The storage server is brought up to date under connections that have plans already."""
    author = server.add_user("author@example.org")
    book = StorageBook(server, author)
    book.add_take("one.mp3", 1000)
    complete(server, book.key("one.mp3"), 1000)
    with server.open("authenticator", autocommit=True) as line:
        claims = f'{{"sub": "{author}", "role": "authenticated"}}'
        line.execute(
            "select set_config('request.jwt.claims', %s, false), set_config('role', 'authenticated', false)", [claims]
        )
        ask = "select jsonb_array_length(public.storage_usage() -> 'projects')"
        for _ in range(7):
            assert line.execute(ask).fetchall() == [(1,)]
        with server.open("supabase_storage_admin") as connection:
            connection.execute("alter table storage.objects add archived_at timestamptz, add is_delete_marker boolean")
            connection.execute("update storage.objects set archived_at = now()")
        assert line.execute(ask).fetchall() == [(0,)]


@pytest.mark.parametrize(
    ("status", "told"), [("DISABLED", "DISABLED"), ("ENABLED", "ENABLED"), ("SUSPENDED", "SUSPENDED")]
)
def test_the_health_check_tells_the_buckets_versioning(newer_server: Database, status: str, told: str) -> None:
    user = newer_server.add_user()
    with newer_server.connect("supabase_storage_admin") as connection:
        connection.execute("update storage.buckets set versioning_status = %s where id = 'audiofiles'", [status])
    health = _asked(newer_server, user, "select public.backend_health()")
    assert health["bucket"]["versioning"] == told


def test_a_storage_server_without_the_column_keeps_no_versions(server: Database) -> None:
    assert _asked(server, server.add_user(), "select public.backend_health()")["bucket"]["versioning"] == "DISABLED"
