"""verify_take_file, and what revokes a verification: an object that changes, moves or is removed."""

from __future__ import annotations

import threading
import time
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.server.storage_steps import over_an_older_one
from tests.server.sync_calls import Caller, create, edit
from tests.twin.databases import Database

pytestmark = pytest.mark.slow


class File:
    """A file with a key, and the object at it."""

    def __init__(self, caller: Caller, size: int = 1000) -> None:
        self.caller = caller
        self.database = caller.database
        change = create("take_file", take_id=str(uuid4()), size=size)
        self.id = change["id"]
        self.key = f"{caller.user_id}/{uuid4()}/{uuid4()}/{uuid4()}/a-{self.id[-8:]}.wav"
        caller.applied(change, edit("take_file", self.id, object_key=self.key))

    def upload(self, size: Any = 1000, name: str | None = None, version: str = "1") -> None:
        metadata = {"size": size, "mimetype": "audio/wav", "contentLength": 1000}
        with self.database.as_service("storage.object.upload") as connection:
            connection.execute(
                "insert into storage.objects (bucket_id, name, owner_id, metadata, version)"
                " values ('audiofiles', %s, %s, %s, %s)" + over_an_older_one(connection),
                [name or self.key, self.caller.user_id, Jsonb(metadata), version],
            )

    def change(self, statement: str) -> None:
        with self.database.as_service("storage.object.delete") as connection:
            connection.execute(statement.encode(), [self.key])

    def verified(self) -> tuple[Any, Any]:
        fields = self.caller.row("take_file", self.id)["fields"]
        return fields["verified_at"], fields["verified_how"]


@pytest.fixture(scope="module")
def shared_server(each_shared_server: Database) -> Database:
    """All of it on storage servers of either age."""
    return each_shared_server


@pytest.fixture
def file(caller: Caller) -> File:
    return File(caller)


@pytest.fixture
def safe(file: File) -> File:
    file.upload()
    assert file.caller.verify(file.id)["result"] == "applied"
    return file


def test_a_file_is_safe_when_its_object_has_its_size(file: File) -> None:
    file.upload()
    before = int(time.time() * 1000)
    answer = file.caller.verify(file.id)
    assert (answer["result"], answer["code"], answer["message"]) == ("applied", None, None)
    assert answer["row"] == file.caller.row("take_file", file.id)
    assert before <= answer["row"]["fields"]["verified_at"] <= int(time.time() * 1000)
    assert answer["row"]["fields"]["verified_how"] == "safe"
    assert answer["row"]["seq"] == answer["seq"] == file.caller.known[0] == 2
    assert "verified_at" not in answer["row"]["stamps"]


def test_fully_verified_is_never_lowered(file: File) -> None:
    file.upload()
    assert file.caller.verify(file.id, "full")["row"]["fields"]["verified_how"] == "full"
    at = file.verified()
    assert file.caller.verify(file.id, "safe")["result"] == "applied"
    assert file.verified() == at
    assert file.caller.verify(file.id, "full")["row"]["fields"]["verified_at"] >= at[0]


@pytest.mark.parametrize(
    ("size", "code"),
    [
        (999, "size_differs"),
        (1001, "size_differs"),
        (None, "size_differs"),
        ("1000 bytes", "size_differs"),
        ({}, "size_differs"),
    ],
)
def test_another_size_is_not_safe(file: File, size: Any, code: str) -> None:
    file.upload()
    with file.database.open("supabase_admin") as connection:  # no other role could write such a row
        connection.execute(
            "update storage.objects set metadata = metadata || %s where name = %s", [Jsonb({"size": size}), file.key]
        )
    answer = file.caller.verify(file.id)
    assert (answer["result"], answer["code"]) == ("refused", code)
    assert "1000" in answer["message"]
    assert file.verified() == (None, None)


def test_what_is_not_there_is_not_safe(caller: Caller, file: File) -> None:
    answer = caller.verify(file.id)
    assert (answer["result"], answer["code"]) == ("refused", "object_missing")
    assert answer["message"] == "The file is not in the cloud."
    keyless = create("take_file", take_id=str(uuid4()))
    caller.applied(keyless)
    assert caller.verify(keyless["id"])["code"] == "not_uploaded"
    answer = caller.verify(str(uuid4()))
    assert (answer["code"], answer["row"]) == ("unknown_row", None)
    file.upload()
    other = caller.other()
    assert other.verify(file.id)["code"] == "unknown_row"
    assert caller.known[0] == 2, "a refusal writes nothing"


@pytest.mark.parametrize("how", [None, "", "SAFE", "verified"])
def test_there_are_two_ways_to_be_verified(file: File, how: Any) -> None:
    with pytest.raises(psycopg.Error, match=r"verified as .safe. or as .full.") as caught:
        file.caller.verify(file.id, how)
    assert caught.value.sqlstate == "22023"


@pytest.mark.parametrize(
    "statement",
    [
        "delete from storage.objects where name = %s",
        "update storage.objects set version = '2' where name = %s",
        "update storage.objects set metadata = metadata || '{\"size\": 999}' where name = %s",
        "update storage.objects set name = name || '.wav' where name = %s",
    ],
)
def test_an_object_that_changes_or_goes_is_no_longer_safe(safe: File, statement: str) -> None:
    before = safe.caller.known[0]
    safe.change(statement)
    assert safe.verified() == (None, None)
    (row,) = safe.caller.pull(after_seq=before)
    assert (row["id"], row["seq"]) == (safe.id, before + 1), "and all computers hear of it"


def test_an_overwritten_object_is_no_longer_safe(safe: File) -> None:
    safe.upload(version="2")
    assert safe.verified() == (None, None)


@pytest.mark.parametrize(
    "statement",
    [
        "update storage.objects set last_accessed_at = now() where name = %s",
        'update storage.objects set user_metadata = \'{"sha256": "ab"}\' where name = %s',
        "delete from storage.objects where name = %s || '0'",
    ],
)
def test_what_leaves_the_bytes_alone_leaves_the_word_too(safe: File, statement: str) -> None:
    before = safe.verified()
    safe.change(statement)
    assert safe.verified() == before != (None, None)


def test_an_upload_that_was_only_tried_takes_nothing_back(safe: File) -> None:
    before = safe.verified()
    with safe.database.as_service("storage.object.upload") as connection:
        connection.execute("update storage.objects set version = '2' where name = %s", [safe.key])
        connection.rollback()
    assert safe.verified() == before


def test_emptying_the_whole_table_is_noticed(server: Database) -> None:
    with server.open("authenticator") as line:
        file = File(Caller(server, line))
        file.upload()
        file.caller.verify(file.id)
        with server.open("supabase_admin") as connection:
            connection.execute("truncate storage.objects cascade")
        assert file.verified() == (None, None)


def test_a_row_whose_bytes_become_others_is_no_longer_safe(safe: File) -> None:
    safe.caller.applied(edit("take_file", safe.id, sha256="cd" * 32))
    assert safe.verified() == (None, None)


def test_bookkeeping_revives_nothing(safe: File) -> None:
    safe.caller.applied(edit("take_file", safe.id, deleted_at=True))
    assert safe.caller.verify(safe.id, "full")["result"] == "applied"
    safe.change("delete from storage.objects where name = %s")
    assert safe.caller.row("take_file", safe.id)["fields"]["deleted_at"] is not None


def test_a_delete_while_it_is_verified_wins(file: File) -> None:
    """The one who verifies still sees the object; the delete waits for the account and takes the word back."""
    file.upload()
    deleting = threading.Thread(target=file.change, args=["delete from storage.objects where name = %s"])
    with file.database.as_user(file.caller.user_id) as connection:
        row = connection.execute("select public.verify_take_file(%s, 'safe')", [file.id]).fetchone()
        assert row is not None
        assert row[0]["result"] == "applied"
        deleting.start()
        with file.database.open("supabase_admin", autocommit=True) as watch:
            waiting = (
                "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
            )
            while watch.execute(waiting).fetchone() == (0,):
                deleting.join(0.01)
    deleting.join()
    assert file.verified() == (None, None)


def test_an_error_while_noting_a_change_fails_no_upload_and_no_delete(server: Database) -> None:
    with server.open("authenticator") as line:
        file = File(Caller(server, line))
        file.upload()
        file.caller.verify(file.id)
        with server.open() as connection:
            connection.execute(
                "create function audiodesk.broken() returns trigger language plpgsql as"
                " $$ begin raise exception 'broken'; end $$"
            )
            connection.execute(
                "create trigger broken before update on audiodesk.take_file for each row"
                " execute function audiodesk.broken()"
            )
        file.change("delete from storage.objects where name = %s")
        with server.open() as connection:
            assert connection.execute("select count(*) from storage.objects").fetchone() == (0,)
        file.upload()
        with server.open() as connection:
            assert connection.execute("select count(*) from storage.objects").fetchone() == (1,)


def test_many_files_are_verified_at_once_and_one_that_is_refused_holds_up_no_other(caller: Caller) -> None:
    files = [File(caller) for _ in range(3)]
    for file in (files[0], files[2]):
        file.upload()
    unknown = str(uuid4())
    answer = caller.verify_many([files[0].id, files[1].id, unknown, files[2].id])
    assert [result["code"] for result in answer["results"]] == [None, "object_missing", "unknown_row", None]
    assert answer["results"][0]["row"] == caller.row("take_file", files[0].id)
    assert answer["seq"] == caller.known[0]
    assert [file.verified()[1] for file in files] == ["safe", None, "safe"]


@pytest.mark.parametrize(("count", "how"), [(201, "safe"), (1, "seen")])
def test_what_cannot_be_meant_is_refused_as_a_whole(caller: Caller, count: int, how: str) -> None:
    with pytest.raises(psycopg.errors.InvalidParameterValue):
        caller.verify_many([str(uuid4())] * count, how)
