"""What each role may do with an owner's object, by every verb of Storage over HTTP: a table in words, all tried."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.server.matrix import ACTORS, Stage, read_matrix
from tests.server.storage_verbs import OPERATIONS, VERBS
from tests.twin import storage
from tests.twin.databases import Databases

pytestmark = pytest.mark.slow  # the file as a whole

# A number is the code of a refusal; "nothing" is an answer without the object. Two results are due to Storage itself:
# any token with the address of a resumable upload (which is random) can ask for its progress, and a link made by the
# owner opens for everybody. No upload addresses are signed, because such an upload does not check the sender again.
STORAGE = read_matrix("""
    verb                           owner  other    support  former   anon     expired
    upload                         done   403      403      403      403      403
    upload over                    done   403      403      403      403      403
    put                            done   403      403      403      403      403
    begin a resumable upload       done   403      403      403      403      403
    resumable upload over          done   403      403      403      403      403
    go on with a resumable upload  done   403      403      403      403      403
    ask how far it is              done   done     done     done     done     400
    give it up                     done   403      403      403      403      403
    sign an upload                 403    403      403      403      403      403
    upload by an address           400    400      400      400      400      400
    read                           sees   404      404      404      404      403
    read as signed in              sees   404      404      404      404      403
    read as in public              404    404      404      404      404      404
    look                           sees   400      400      400      400      400
    info                           sees   404      404      404      404      404
    sign a link                    link   404      404      404      404      403
    sign links                     link   nothing  nothing  nothing  nothing  403
    open the owner's link          sees   sees     sees     sees     sees     sees
    list a folder                  sees   nothing  nothing  nothing  nothing  403
    list all                       sees   nothing  nothing  nothing  nothing  403
    move away                      done   404      404      404      404      403
    move into                      done   403      403      403      404      403
    copy away                      done   404      404      404      404      403
    copy into                      done   403      403      403      404      403
    remove                         done   403      403      403      403      403
    remove many                    done   nothing  nothing  nothing  nothing  403
    list buckets                   nothing  nothing  nothing  nothing  nothing  403
    get the bucket                 404    404      404      404      404      403
    make a bucket                  403    403      403      403      403      403
    open the bucket to all         404    404      404      404      404      403
    remove the bucket              404    404      404      404      404      403
    empty the bucket               404    404      404      404      404      403
""")


@pytest.fixture(scope="module")
def stage(postgres_server: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One project for all; each verb gets an object of its own."""
    database = postgres_server.create()
    made = Stage(database, tmp_path_factory.mktemp("objects"))
    yield made
    made.close()
    postgres_server.drop(database)


def test_the_table_knows_every_verb() -> None:
    assert list(VERBS) == list(STORAGE)
    assert {route.operation for route in storage._ROUTES} == set(OPERATIONS)
    assert set(OPERATIONS.values()) <= set(VERBS)


def _owners_objects(stage: Stage) -> list[tuple[Any, ...]]:
    return [row for row in stage.objects() if str(row[0]).startswith(str(stage.owner))]


@pytest.mark.parametrize("verb", STORAGE)
def test_what_each_may_do_with_an_object(stage: Stage, verb: str) -> None:
    found = {}
    for actor in ACTORS:
        key = stage.add_object()
        before = _owners_objects(stage)
        found[actor] = VERBS[verb](stage, actor, key)
        if actor != "owner":
            assert _owners_objects(stage) == before, f"{verb} by {actor} changed something of the owner's"
    assert found == STORAGE[verb]


def test_nothing_was_made_public_or_taken_away(stage: Stage) -> None:
    with stage.database.open() as connection:
        assert connection.execute("select id, public from storage.buckets").fetchall() == [("audiofiles", False)]
