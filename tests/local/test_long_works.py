"""Long works beside a person's edits: what is on the disk when, and the log that is copied meanwhile."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import threading
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from audiodesk.domain.errors import OutsideError
from audiodesk.local.database import database as module
from audiodesk.local.database import log_copier
from audiodesk.local.database.connections import Connections
from audiodesk.local.database.database import Database
from tests.local.test_database import facts, put
from tests.support import code_of

pytestmark = pytest.mark.slow


def test_a_write_that_need_not_last_waits_for_no_disk_and_a_later_one_does(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_HURRIED", 0.0)  # no long work goes on

    def synchronous(connection: sqlite3.Connection) -> int:
        return int(connection.execute("pragma synchronous").fetchone()[0])

    normal, full = 1, 2
    found = [database.write(synchronous, lasting=lasting) for lasting in (True, False, False, True)]
    assert found == [full, normal, normal, full]


def test_a_log_begins_anew_although_somebody_wrote_while_it_was_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it grows until a commit has to copy all of it, and a person's edit waits for that."""
    monkeypatch.setattr(log_copier, "_LONG_LOG", 0)
    monkeypatch.setattr(log_copier, "_CHANGES_BETWEEN", 1)
    inside, copied = threading.Event(), threading.Event()

    def edit(connection: sqlite3.Connection) -> None:
        inside.set()
        copied.wait(10)
        fill(connection, "edit")

    def fill(connection: sqlite3.Connection, name: str, rows: int = 1) -> None:
        values = [(f"{name} {number}", "x" * 3000) for number in range(rows)]
        connection.executemany("insert into fact (name, value) values (?, ?)", values)

    class Interrupted(sqlite3.Connection):
        def execute(self, query: str, *arguments: Any) -> sqlite3.Cursor:
            if "wal_checkpoint" not in query or copied.is_set():
                return super().execute(query, *arguments)
            editor = threading.Thread(target=lambda: database.write(edit))
            editor.start()
            inside.wait(10)
            cursor = super().execute(query, *arguments)
            copied.set()
            editor.join()
            return cursor

    database = Database(tmp_path / "library.sqlite3", connect=partial(sqlite3.connect, factory=Interrupted))
    try:
        database.write(lambda connection: fill(connection, "pulled", 500))
        database.checkpoint()
        assert copied.wait(10)
        wait_for_copy(database)
        database.checkpoint()
        database.write(lambda connection: fill(connection, "next"))
        with contextlib.closing(sqlite3.connect(database.path)) as looking:
            frames = looking.execute("pragma wal_checkpoint(passive)").fetchone()[1]
    finally:
        database.close()
    assert frames < 50, "the log holds the last write only"


def wait_for_copy(database: Database) -> None:
    """Wait for the part of a log's copy that goes on beside the writes."""
    beside = database._copier._beside
    assert beside is not None
    beside.join(10)


def test_a_log_that_a_reader_needs_is_copied_in_part_and_soon_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("_LONG_LOG", 0), ("_CHANGES_BETWEEN", 100), ("_CHANGES_AFTER_PART", 1)):
        monkeypatch.setattr(log_copier, name, value)
    copies: list[tuple[bool, bool]] = []
    copy = Connections.checkpoint

    def checkpoint(connections: Connections, *, once: bool = False) -> bool:
        is_whole = copy(connections, once=once)
        copies.append((once, is_whole))
        return is_whole

    monkeypatch.setattr(Connections, "checkpoint", checkpoint)
    database = Database(tmp_path / "library.sqlite3")
    names = iter(range(10_000))

    def write(rows: int) -> None:
        values = [(str(next(names)), "x" * 3000) for _ in range(rows)]
        database.write(
            lambda connection: connection.executemany("insert into fact (name, value) values (?, ?)", values)
        )
        database.checkpoint()

    most, rest = True, False
    try:
        write(100)
        wait_for_copy(database)
        with database.read() as connection:
            connection.execute("select count(*) from fact").fetchone()
            write(1)
        assert copies == [(most, True), (rest, False)]
        write(1)  # soon, because a part was left
        wait_for_copy(database)
        write(1)
        assert copies[2:] == [(most, True), (rest, True)]
        write(1)  # the next copy is due after 100 rows
        assert len(copies) == 4
        assert database._copier._beside is None
    finally:
        database.close()


@pytest.mark.skipif(not hasattr(os, "fdatasync"), reason="the system flushes no file from another handle")
def test_an_edit_beside_a_long_work_waits_for_the_disk_by_itself_while_the_work_goes_on(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    syncing, may_end = threading.Event(), threading.Event()
    to_disk = os.fdatasync

    def slow(handle: int) -> None:
        if threading.current_thread().name == "editor":
            syncing.set()
            assert may_end.wait(10)
        to_disk(handle)

    monkeypatch.setattr(os, "fdatasync", slow)
    database.write(put("a", "pulled"), lasting=False)
    done = threading.Event()

    def edit() -> None:
        database.write(put("b", "edited"))
        done.set()

    editor = threading.Thread(target=edit, name="editor")
    editor.start()
    assert syncing.wait(10)
    database.write(put("c", "pulled too"), lasting=False)
    assert facts(database).keys() == {"a", "b", "c"}
    assert not done.is_set(), "it is not said to be stored before it is on the disk"
    may_end.set()
    editor.join(10)
    assert done.is_set()


def wait_for_flush(database: Database) -> None:
    """Wait for the flush that a write which need not last began."""
    with database._flusher._is_busy:
        pass


def fails(_handle: int) -> None:
    """Fail as ``os.fdatasync`` does."""
    raise OSError(errno.EIO, "Input/output error")


@pytest.mark.skipif(not hasattr(os, "fdatasync"), reason="the system flushes no file from another handle")
def test_after_a_flush_that_failed_sqlite_flushes_the_edits(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system told the flush of the failure, and tells it to no handle that is opened later: SQLite has its own."""
    synchronous: list[int] = []

    def edit(connection: sqlite3.Connection) -> None:
        synchronous.append(connection.execute("pragma synchronous").fetchone()[0])

    with monkeypatch.context() as failing:
        failing.setattr(os, "fdatasync", fails)
        database.write(put("a", "pulled"), lasting=False)
        wait_for_flush(database)
    database.write(edit)
    assert synchronous == [2]


@pytest.mark.skipif(not hasattr(os, "fdatasync"), reason="the system flushes no file from another handle")
def test_an_edit_of_which_a_flush_beside_it_failed_says_so(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    database.write(put("a", "pulled"), lasting=False)
    wait_for_flush(database)

    def told_another(handle: int) -> None:
        if threading.current_thread() is threading.main_thread():
            database._flusher.flush()
            wait_for_flush(database)
        else:
            fails(handle)

    monkeypatch.setattr(os, "fdatasync", told_another)
    assert code_of(database.write, put("b", "edited")) == "disk-failed"


@pytest.mark.skipif(not hasattr(os, "fdatasync"), reason="the system flushes no file from another handle")
def test_an_edit_whose_log_was_copied_and_removed_by_closing_is_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "library.sqlite3"
    database = Database(path)
    database.write(put("a", "pulled"), lasting=False)
    wait_for_flush(database)
    flush = database._flusher.flush_now

    def closed_meanwhile() -> None:
        database.close()
        assert not path.with_name(path.name + "-wal").exists()
        flush()

    monkeypatch.setattr(database._flusher, "flush_now", closed_meanwhile)
    database.write(put("b", "edited"))
    again = Database(path)
    assert facts(again)["b"] == "edited"
    again.close()


@pytest.mark.skipif(not hasattr(os, "fdatasync"), reason="the system flushes no file from another handle")
def test_an_edit_whose_library_went_away_before_it_was_on_the_disk_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "library"
    database = Database(folder / "library.sqlite3")
    database.write(put("a", "pulled"), lasting=False)
    wait_for_flush(database)
    flush = database._flusher.flush_now

    def gone_meanwhile() -> None:
        folder.rename(tmp_path / "elsewhere")
        flush()

    monkeypatch.setattr(database._flusher, "flush_now", gone_meanwhile)
    assert code_of(database.write, put("b", "edited")) == "library-gone"
    database.close()


def test_one_thread_copies_the_log_and_none_after_it_is_closed(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pull and the texts for find may both be long, each on a thread of its own."""
    monkeypatch.setattr(log_copier, "_LONG_LOG", 0)
    monkeypatch.setattr(log_copier, "_CHANGES_BETWEEN", 1)
    copies: list[str] = []
    copying, may_end = threading.Event(), threading.Event()

    def checkpoint(_connections: Connections, *, once: bool = False) -> bool:
        copies.append("most" if once else "rest")
        if not once:
            copying.set()
            assert may_end.wait(10)
        return True

    monkeypatch.setattr(Connections, "checkpoint", checkpoint)
    database.write(put("a", "b"))
    copier = log_copier.LogCopier(database.path.with_name(database.path.name + "-wal"), database._connections)
    copier.look(1000)
    most = copier._beside
    assert most is not None
    most.join(10)
    pulling = threading.Thread(target=copier.look, args=(2000,))
    pulling.start()
    assert copying.wait(10)
    copier.look(9000)
    assert copies == ["most", "rest"]
    may_end.set()
    pulling.join(10)
    copier.close()
    copier.look(90_000)
    assert copier._beside is None
    assert copies == ["most", "rest"]


@pytest.mark.skipif(not hasattr(os, "fdatasync"), reason="the system flushes no file from another handle")
def test_an_edit_that_the_disk_does_not_take_says_so(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    database.write(put("a", "pulled"), lasting=False)
    wait_for_flush(database)
    monkeypatch.setattr(os, "fdatasync", fails)
    with pytest.raises(OutsideError) as raised:
        database.write(put("b", "edited"))
    assert raised.value.code == "disk-failed"
