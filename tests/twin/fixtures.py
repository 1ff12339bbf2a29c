"""Fixtures: a PostgreSQL server for the whole run of a process, and a fresh hosted project for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # tests of the window need not load psycopg
    from tests.twin.databases import Database, Databases
    from tests.twin.twin import Twin

__all__ = ["bare_server", "each_server", "newer_server", "postgres_server", "server", "twin"]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Databases]:
    """The databases of one throw-away server; each xdist worker has its own."""
    from tests.twin.databases import Databases
    from tests.twin.postgres import PostgresServer

    started = PostgresServer()
    try:
        databases = Databases(started)
        yield databases
        databases.close()
    finally:
        started.close()


@pytest.fixture
def server(postgres_server: Databases) -> Iterator[Database]:
    """A fresh project with all shipped migrations, of the older kind: what they do not revoke is granted."""
    database = postgres_server.create()
    yield database
    postgres_server.drop(database)


@pytest.fixture
def newer_server(postgres_server: Databases) -> Iterator[Database]:
    """A fresh project with all shipped migrations, of the newer kind: what they do not grant is refused."""
    database = postgres_server.create(newer=True)
    yield database
    postgres_server.drop(database)


@pytest.fixture(params=[False, True], ids=["older project", "newer project"])
def each_server(postgres_server: Databases, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A fresh project with all shipped migrations, once of each kind; the newer's storage has several rows of a key."""
    database = postgres_server.create(newer=request.param)
    yield database
    postgres_server.drop(database)


@pytest.fixture
def bare_server(postgres_server: Databases) -> Iterator[Database]:
    """A fresh project as it is before the first migration."""
    database = postgres_server.create(migrations=False)
    yield database
    postgres_server.drop(database)


@pytest.fixture
def twin(server: Database, tmp_path: Path) -> Iterator[Twin]:
    """A running stand-in on a fresh project with all shipped migrations."""
    from tests.twin.twin import Twin

    with Twin(server, tmp_path / "twin") as running:
        yield running
    assert running.failures == []
