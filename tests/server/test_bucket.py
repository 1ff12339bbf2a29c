"""The bucket audiofiles: made if missing, restricted if it exists, or a stop with an explanation."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.server.test_policies import migration
from tests.twin.databases import Database

STOPPED = psycopg.errors.ObjectNotInPrerequisiteState
TYPES = ["audio/mpeg", "audio/mp3", "audio/wav", "audio/x-wav"]
LARGEST = 52_428_800


def bucket(server: Database) -> tuple[Any, ...]:
    with server.connect() as connection:
        (row,) = connection.execute(
            "select id, name, public, file_size_limit, allowed_mime_types from storage.buckets where id = 'audiofiles'"
        ).fetchall()
    return tuple(row)


def run(server: Database) -> None:
    with server.connect() as connection:
        connection.execute(migration("_08_").read_bytes())


def make(server: Database, limit: int | None, types: list[str] | None, public: bool | None = False) -> None:
    with server.connect() as connection:
        connection.execute(
            "insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)"
            " values ('audiofiles', 'audiofiles', %s, %s, %s)",
            [public, limit, types],
        )


def test_a_new_bucket_is_private_and_takes_four_types_of_at_most_50_mb(server: Database) -> None:
    assert bucket(server) == ("audiofiles", "audiofiles", False, LARGEST, TYPES)


@pytest.mark.parametrize(
    ("limit", "types", "limit_after", "types_after"),
    [
        (None, None, LARGEST, TYPES),
        (LARGEST + 1, [], LARGEST, TYPES),
        (1000, TYPES, 1000, TYPES),
        (
            1000,
            ["audio/wav", "audio/flac"],
            1000,
            ["audio/wav", "audio/flac", "audio/mpeg", "audio/mp3", "audio/x-wav"],
        ),
        (None, TYPES[::-1], LARGEST, TYPES[::-1]),
    ],
)
def test_a_bucket_that_is_there_gets_what_is_missing(
    bare_server: Database, limit: int | None, types: list[str] | None, limit_after: int, types_after: list[str]
) -> None:
    make(bare_server, limit, types)
    for _ in range(2):
        run(bare_server)
        assert bucket(bare_server) == ("audiofiles", "audiofiles", False, limit_after, types_after)


def test_a_bucket_of_which_nothing_is_said_is_private(bare_server: Database) -> None:
    make(bare_server, LARGEST, TYPES, public=None)
    run(bare_server)
    assert bucket(bare_server)[2] is False


def test_a_public_bucket_stops_the_migration(bare_server: Database) -> None:
    make(bare_server, None, None, public=True)
    with pytest.raises(STOPPED, match="is public: anybody can hear what is in it") as stopped:
        run(bare_server)
    assert "Make it private" in str(stopped.value.diag.message_hint)
    assert bucket(bare_server) == ("audiofiles", "audiofiles", True, None, None)


@pytest.mark.parametrize(("made", "name"), [("audiofiles", "Audio"), ("audio", "audiofiles")])
def test_a_bucket_whose_id_and_name_differ_stops_the_migration(bare_server: Database, made: str, name: str) -> None:
    with bare_server.connect() as connection:
        connection.execute("insert into storage.buckets (id, name) values (%s, %s)", [made, name])
    with pytest.raises(STOPPED, match=f"id {made} and the name {name} is there already"):
        run(bare_server)


def test_other_buckets_are_left_alone(bare_server: Database) -> None:
    with bare_server.connect() as connection:
        connection.execute("insert into storage.buckets (id, name, public) values ('pictures', 'pictures', true)")
    run(bare_server)
    with bare_server.connect() as connection:
        row = connection.execute("select public, file_size_limit from storage.buckets where id = 'pictures'").fetchone()
    assert row == (True, None)
