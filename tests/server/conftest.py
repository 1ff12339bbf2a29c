"""Fixtures for the tests of the schema."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest

from tests.server.storage_book import StorageBook
from tests.server.support_calls import SUPPORT
from tests.server.sync_calls import Caller
from tests.twin.databases import Connection, Database, Databases


@pytest.fixture(scope="module")
def shared_server(postgres_server: Databases) -> Iterator[Database]:
    """One fresh project for all tests of a module: for those that keep to users of their own."""
    database = postgres_server.create()
    yield database
    postgres_server.drop(database)


@pytest.fixture(scope="module", params=[False, True], ids=["older project", "newer project"])
def each_shared_server(postgres_server: Databases, request: pytest.FixtureRequest) -> Iterator[Database]:
    """The same, once of each kind; the newer's storage may have several rows of a key."""
    database = postgres_server.create(newer=request.param)
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


@pytest.fixture
def support(server: Database) -> UUID:
    """A member of staff."""
    return server.add_user("help@example.org", app_metadata=SUPPORT)


@pytest.fixture
def author(server: Database) -> UUID:
    """Somebody who makes narration."""
    return server.add_user("author@example.org")


@pytest.fixture
def book(server: Database, author: UUID) -> StorageBook:
    """A book of the author's, empty yet."""
    return StorageBook(server, author, "The Sea")
