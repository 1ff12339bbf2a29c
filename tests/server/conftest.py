"""What the tests of the schema share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.server.sync_calls import Caller
from tests.twin.databases import Connection, Database, Databases


@pytest.fixture(scope="module")
def shared_server(postgres_server: Databases) -> Iterator[Database]:
    """One fresh project for all tests of a module: for those that keep to users of their own."""
    database = postgres_server.create()
    yield database
    postgres_server.drop(database)


@pytest.fixture(scope="module")
def shared_line(shared_server: Database) -> Iterator[Connection]:
    """One connection, kept open as PostgREST keeps its own: plans made for one test serve the next."""
    with shared_server.open("authenticator") as connection:
        yield connection


@pytest.fixture
def caller(shared_server: Database, shared_line: Connection) -> Caller:
    """A computer of a new user."""
    return Caller(shared_server, shared_line)
