"""What the first sync of a large library costs against bare SQL that reads the same rows, and what a person notices."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any
from uuid import UUID

from audiodesk.domain.server.computers import Computers
from audiodesk.domain.sync.exchange import Head, Place
from audiodesk.local.database.database import Database
from audiodesk.local.rows.library.conflict_repo import conflicts
from audiodesk.local.rows.sync import arrived_rows
from audiodesk.local.rows.sync.adoption import adopt
from audiodesk.services.bus import Bus
from audiodesk.services.library.find_filler import fill_find
from audiodesk.services.library.library import Library
from audiodesk.services.sync.engine import Engine
from audiodesk.system.turns import keep_turns_short
from tests.benchmarks import Row
from tests.benchmarks.environment import environment
from tests.benchmarks.server_library import ROWS, TAKES, fill_library, read_library
from tests.twin.databases import Connection, Databases
from tests.twin.databases import Database as ServerDatabase
from tests.twin.postgres import PostgresServer
from tests.twin.twin import Twin

__all__ = ["run"]

_TIMES = 3
_PAGE = 1000
_EDIT_LIMIT = 0.1
"""Seconds within which a local edit is committed while rows come."""
_CONFLICTS_LIMIT = 0.05


class _Server:
    """The server's functions over a connection of their own, without the network."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.pages = 0

    def push(self, known: Head, changes: Any, device: str) -> dict[str, Any]:
        raise NotImplementedError

    def pull(self, known: Head, place: Place) -> dict[str, Any]:
        self.pages += 1
        arguments = [known.seq, known.tag, place.seq, place.row_id, place.upto, _PAGE]
        row = self._connection.execute("select public.sync_pull(%s, %s, %s, %s, %s, %s)", arguments).fetchone()
        assert row is not None
        answer: dict[str, Any] = row[0]
        return answer

    def device_seen(self, device: str) -> int | None:
        raise NotImplementedError

    def devices(self) -> Computers:
        raise NotImplementedError


class _Times:
    """The seconds of each repetition."""

    def __init__(self) -> None:
        self.base: list[float] = []
        self.copy: list[float] = []
        self.sync: list[float] = []
        self.find: list[float] = []
        self.edits: list[float] = []
        self.conflicts: list[float] = []
        self.pages = 0


def run() -> list[Row]:
    """Measure on one server of its own, in about four minutes; ours and the bases take turns.

    The base is the strictest there is: one statement for each table reads all columns of the same rows over the same
    connection, with row security on. It makes no pages and writes nothing. The second base does what any program must
    do that keeps the rows: it pulls the same pages with the same function, and inserts them into tables of the same
    form with one statement for each row and one commit for each page. It keeps no place, shows nothing, answers no
    edit, and holds the write lock as long as it likes.
    """
    keep_turns_short()  # as the program does
    started = PostgresServer()
    try:
        databases = Databases(started)
        try:
            with tempfile.TemporaryDirectory() as folder:
                return _measure(databases.create(), Path(folder))
        finally:
            databases.close()
    finally:
        started.close()


def _measure(server: ServerDatabase, folder: Path) -> list[Row]:
    twin = Twin(server, folder / "objects")
    twin.start()
    try:
        user = twin.add_user("anna@example.org", "secret-of-anna")
        fill_library(server, user.id)
        times = _Times()
        for number in range(_TIMES):
            _base(server, user.id, folder / f"copy-{number}", times)
            _sync(server, user.id, folder / f"library-{number}", times)
        own = {
            "SUPABASE_URL": twin.url,
            "SUPABASE_ANON_KEY": twin.anon_key,
            "AUDIODESK_EMAIL": user.email,
            "AUDIODESK_PASSWORD": user.password,
            "STORAGE_BACKEND": "supabase",
        }
        window = _window(folder / "window", own)
        asked = sum(record.path.endswith("sync_pull") for record in twin.faults.log)
    finally:
        twin.stop()
    return _rows(times, window, asked)


def _base(server: ServerDatabase, owner: UUID, folder: Path, times: _Times) -> None:
    with server.as_user(owner) as connection:
        began = time.perf_counter()
        count = read_library(connection)
        times.base.append(time.perf_counter() - began)
    assert count == ROWS, count
    library = Database(folder / "library.sqlite3")
    try:
        with server.as_user(owner) as connection:
            began = time.perf_counter()
            _copy(_Server(connection), library)
            times.copy.append(time.perf_counter() - began)
    finally:
        library.close()


def _copy(server: _Server, library: Database) -> None:
    place = Place()
    while True:
        answer = server.pull(Head(), place)
        if not answer["rows"]:
            return
        rows = [row for given in answer["rows"] if (row := arrived_rows.arrived(given))]

        def write(connection: Any, rows: Any = rows) -> None:
            for row in rows:
                connection.execute(arrived_rows.insert_of(row.entity), row.columns)

        library.write(write)
        place = Place(answer["rows"][-1]["seq"], answer["rows"][-1]["id"], answer["upto"])


def _sync(server: ServerDatabase, owner: UUID, folder: Path, times: _Times) -> None:
    """Pull everything into a new library, while a person edits."""
    library_database = Database(folder / "library.sqlite3")
    over = threading.Event()
    bus = Bus()
    library = Library(library_database, bus)
    project = library.add_project("Mine")
    library_database.write(lambda connection: adopt(connection, 1, str(owner)))
    library_database.write(lambda connection: connection.execute("delete from change"))

    def edit() -> None:
        while not over.wait(0.1):
            began = time.perf_counter()
            library.rename(project, f"Mine {began}")
            times.edits.append(time.perf_counter() - began)

    editor = threading.Thread(target=edit)
    try:
        with server.as_user(owner) as connection:
            asked = _Server(connection)
            engine = Engine(library_database, asked, bus)
            editor.start()
            began = time.perf_counter()
            engine.pull_all()
            times.sync.append(time.perf_counter() - began)
            times.pages = asked.pages
            began = time.perf_counter()
            fill_find(library_database)
            times.find.append(time.perf_counter() - began)
        over.set()
        editor.join()
        with library_database.read() as read:
            (count,) = read.execute("select count(*) from take").fetchone()
            (found,) = read.execute("select count(*) from findable where entity = 'take'").fetchone()
            assert (count, found) == (TAKES, TAKES), (count, found)
            began = time.perf_counter()
            conflicts(read)
            times.conflicts.append(time.perf_counter() - began)
    finally:
        over.set()
        library_database.close()


def _window(home: Path, own: dict[str, str]) -> dict[str, float]:
    """Let a new computer's window sync over HTTP; return the figures of its timer, and of edits made meanwhile."""
    home.mkdir()
    command = [sys.executable, "-m", "tests.benchmarks.window_load", "first_sync", str(TAKES)]
    out = subprocess.run(command, env={**environment(home), **own}, stdout=subprocess.PIPE, check=True)
    found: dict[str, float] = json.loads(out.stdout)
    return found


def _rows(times: _Times, window: dict[str, float], asked: int) -> list[Row]:
    sync, base, copy = (statistics.median(found) for found in (times.sync, times.base, times.copy))
    find, clashes, slowest = statistics.median(times.find), statistics.median(times.conflicts), max(times.edits)
    name = f"first sync of {TAKES} takes, {ROWS} rows"
    return [
        Row(f"{name} / reading the rows", sync / base, 3.0, sync, base),
        Row(f"{name} / pulling and inserting them bare", sync / copy, 3.0, sync, copy),
        Row("their texts for find, afterwards / reading the rows", find / base, 3.0, find, base),
        Row("the slowest edit during it / 100 ms", slowest / _EDIT_LIMIT, 1.0, slowest, _EDIT_LIMIT),
        Row("reading the conflicts / 50 ms", clashes / _CONFLICTS_LIMIT, 1.0, clashes, _CONFLICTS_LIMIT),
        Row("in a window: 99.9 % of timer gaps, in 50 ms", window["p999"] / 0.05, 1.0, window["p999"], 0.05),
        Row("in a window: longest timer gap, in 100 ms", window["most"] / 0.1, 1.0, window["most"], 0.1),
        Row("in a window: the slowest edit / 100 ms", window["edit"] / _EDIT_LIMIT, 1.0, window["edit"], _EDIT_LIMIT),
        Row(
            "in a window: until all is here and found / reading the rows",
            window["seconds"] / base,
            9.0,
            window["seconds"],
            base,
        ),
        Row("in a window: pulls, for each page of the account", asked / times.pages, 1.5, asked, times.pages),
    ]
