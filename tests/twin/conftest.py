"""Fixtures of the stand-in's own tests: the Auth or the storage service alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.twin.auth_house import House
    from tests.twin.databases import Database, Databases
    from tests.twin.storage_stand import StorageStand


@pytest.fixture
def house(bare_server: Database) -> Iterator[House]:
    """A running Auth service."""
    from tests.twin.auth_house import House

    opened = House(bare_server)
    yield opened
    opened.close()


@pytest.fixture
def stand(bare_server: Database, tmp_path: Path) -> Iterator[StorageStand]:
    """A storage service with plain own-folder policies, of this test alone."""
    from tests.twin.storage_stand import serve

    with serve(bare_server, tmp_path / "storage") as running:
        yield running


@pytest.fixture(scope="module")
def shared_stand(postgres_server: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StorageStand]:
    """One storage service for all tests of a file; each uses keys of its own."""
    from tests.twin.storage_stand import serve

    database = postgres_server.create(migrations=False)
    with serve(database, tmp_path_factory.mktemp("storage")) as running:
        yield running
    postgres_server.drop(database)


@pytest.fixture
def shipped_stand(server: Database, tmp_path: Path) -> Iterator[StorageStand]:
    """A storage service before the shipped migrations: their bucket, policies and quota."""
    from tests.twin.storage_stand import serve

    with serve(server, tmp_path / "storage", policies="") as running:
        yield running
