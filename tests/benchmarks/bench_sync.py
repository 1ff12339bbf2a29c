"""What the first sync of a large library costs, against bare SQL that reads the same rows; and an edit meanwhile."""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import Any
from uuid import UUID

from audiodesk.domain.library.sync import Head, Place
from audiodesk.domain.server.computers import Computers
from audiodesk.local.database.database import Database
from audiodesk.local.rows.sync.adoption import adopt
from audiodesk.services.bus import Bus
from audiodesk.services.library.library import Library
from audiodesk.services.sync.engine import Engine
from tests.benchmarks import Row
from tests.benchmarks.bench_server import fill, read_all
from tests.twin.databases import Connection, Databases
from tests.twin.databases import Database as ServerDatabase
from tests.twin.postgres import PostgresServer

__all__ = ["run"]

_TIMES = 3
_PAGE = 1000
_EDIT_LIMIT = 0.1
"""Seconds within which a local edit is committed while rows come."""


class _Server:
    """The server's functions over a connection of their own, without the network."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def push(self, known: Head, changes: Any, device: str) -> dict[str, Any]:
        raise NotImplementedError

    def pull(self, known: Head, place: Place) -> dict[str, Any]:
        arguments = [known.seq, known.tag, place.seq, place.row_id, place.upto, _PAGE]
        row = self._connection.execute("select public.sync_pull(%s, %s, %s, %s, %s, %s)", arguments).fetchone()
        assert row is not None
        answer: dict[str, Any] = row[0]
        return answer

    def device_seen(self, device: str) -> int | None:
        raise NotImplementedError

    def devices(self) -> Computers:
        raise NotImplementedError


def _sync(server: ServerDatabase, owner: UUID, folder: Path) -> tuple[float, list[float]]:
    """Pull everything into a new library; return the seconds, and those of each edit made meanwhile."""
    library_database = Database(folder / "library.sqlite3")
    edits: list[float] = []
    over = threading.Event()
    bus = Bus()
    library = Library(library_database, bus)
    project = library.add_project("Book")
    library_database.write(lambda connection: adopt(connection, 1, str(owner)))
    library_database.write(lambda connection: connection.execute("delete from change"))

    def edit() -> None:
        while not over.wait(0.1):
            started = time.perf_counter()
            library.rename(project, f"Book {started}")
            edits.append(time.perf_counter() - started)

    editor = threading.Thread(target=edit)
    try:
        with server.as_user(owner) as connection:
            engine = Engine(library_database, _Server(connection), bus)
            editor.start()
            started = time.perf_counter()
            engine.pull_all()
            seconds = time.perf_counter() - started
        over.set()
        editor.join()
        with library_database.read() as read:
            (count,) = read.execute("select count(*) from take").fetchone()
            assert count == 60_000, count
    finally:
        over.set()
        library_database.close()
    return seconds, edits


def run() -> list[Row]:
    """Measure on one server of its own; ours and the base take turns."""
    started = PostgresServer()
    ours, base, edits = [], [], []
    try:
        databases = Databases(started)
        try:
            server = databases.create()
            owner = server.add_user()
            fill(server, owner)
            for _ in range(_TIMES):
                with server.as_user(owner) as connection:
                    before = time.perf_counter()
                    read_all(connection)
                    base.append(time.perf_counter() - before)
                with tempfile.TemporaryDirectory() as folder:
                    seconds, waits = _sync(server, owner, Path(folder))
                    ours.append(seconds)
                    edits += waits
        finally:
            databases.close()
    finally:
        started.close()
    our_seconds, base_seconds = statistics.median(ours), statistics.median(base)
    slowest = max(edits)
    return [
        Row("first sync of 60000 takes / reading the rows", our_seconds / base_seconds, 3.0, our_seconds, base_seconds),
        Row("the slowest edit during it / 100 ms", slowest / _EDIT_LIMIT, 1.0, slowest, _EDIT_LIMIT),
    ]
