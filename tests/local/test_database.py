"""The database: one writer, many readers, two processes; every failure is one of our errors."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from audiodesk.domain.errors import BugError, OutsideError, UserError
from audiodesk.local.database import connections
from audiodesk.local.database import database as module
from audiodesk.local.database.database import Database
from audiodesk.local.database.writer_thread import WriterThread
from tests.support import Clock, FailingCalls, code_of

pytestmark = pytest.mark.slow

_ROOT = Path(__file__).parents[2]
_FACTS = "select * from fact where name <> 'library_id'"


def put(name: str, value: str) -> Callable[[sqlite3.Connection], None]:
    def work(connection: sqlite3.Connection) -> None:
        connection.execute("insert or replace into fact values (?, ?)", (name, value))

    return work


def facts(database: Database) -> dict[str, str]:
    with database.read() as connection:
        return {row["name"]: row["value"] for row in connection.execute(_FACTS)}


def test_a_write_is_read_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "a folder, ü#%?" / "library.sqlite3"
    database = Database(path)
    assert database.write(lambda connection: connection.execute("select 7").fetchone()[0]) == 7
    database.write(put("a", "1"))
    assert facts(database) == {"a": "1"}
    database.close()
    database.close()
    again = Database(path)
    assert facts(again) == {"a": "1"}
    again.close()


def test_it_is_durable(database: Database) -> None:
    def pragmas(connection: sqlite3.Connection) -> list[object]:
        return [
            connection.execute(f"pragma {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]

    assert database.write(pragmas) == ["wal", 2, 1, 10_000]


def test_on_a_mac_all_that_writes_goes_past_the_drive_s_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also the copy of the log into the list, because the log is written over after it."""
    flushed: dict[str, tuple[int, int]] = {}

    class Watched(sqlite3.Connection):
        def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
            for name in ("begin immediate", "pragma wal_checkpoint"):
                if sql.startswith(name):
                    fully, synchronous = super().execute("pragma fullfsync"), super().execute("pragma synchronous")
                    flushed[name] = (fully.fetchone()[0], synchronous.fetchone()[0])
            return super().execute(sql, *parameters)

    monkeypatch.setattr(connections, "sys", SimpleNamespace(platform="darwin"))
    database = Database(tmp_path / "library.sqlite3", connect=partial(sqlite3.connect, factory=Watched))
    database.write(put("a", "b"))
    database._connections.checkpoint()
    database.close()
    assert flushed == {"begin immediate": (1, 2), "pragma wal_checkpoint": (1, 2)}


def test_any_exception_in_the_work_undoes_all_of_it(database: Database) -> None:
    database.write(put("a", "1"))

    class Unforeseen(BaseException):
        pass

    for error in (UserError("title-empty"), ValueError("x"), Unforeseen()):

        def work(connection: sqlite3.Connection, error: BaseException = error) -> None:
            put("a", "2")(connection)
            put("b", "2")(connection)
            raise error

        with pytest.raises(type(error)) as caught:
            database.write(work)
        assert caught.value is error
        assert facts(database) == {"a": "1"}
    database.write(put("a", "3"))  # the writer thread goes on
    assert facts(database) == {"a": "3"}


def test_a_mistake_in_sql_is_a_bug_of_ours(database: Database) -> None:
    with pytest.raises(BugError) as caught:
        database.write(lambda connection: connection.execute("insert into nowhere values (1)"))
    assert "nowhere" in caught.value.details


def test_a_read_is_one_moment_and_cannot_write(database: Database) -> None:
    database.write(put("a", "1"))
    with database.read() as connection:
        assert len(connection.execute(_FACTS).fetchall()) == 1
        database.write(put("b", "1"))
        assert len(connection.execute(_FACTS).fetchall()) == 1
    assert len(facts(database)) == 2
    with pytest.raises(OutsideError) as caught, database.read() as connection:
        put("c", "1")(connection)
    assert caught.value.code == "library-read-only"


def test_reads_from_many_threads_while_writing(database: Database) -> None:
    seen: list[int] = []

    def read() -> None:
        seen.extend(len(facts(database)) for _ in range(50))

    threads = [threading.Thread(target=read) for _ in range(6)]
    for thread in threads:
        thread.start()
    for number in range(50):
        database.write(put(str(number), ""))
    for thread in threads:
        thread.join()
    assert len(seen) == 300
    assert len(facts(database)) == 50


def test_writes_from_many_threads_all_arrive(database: Database) -> None:
    def add(connection: sqlite3.Connection) -> None:
        value = int((connection.execute("select value from fact where name = 'n'").fetchone() or ("0",))[0])
        put("n", str(value + 1))(connection)

    threads = [threading.Thread(target=lambda: [database.write(add) for _ in range(20)]) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert facts(database) == {"n": "100"}


def test_a_write_inside_a_write_is_refused_instead_of_waiting_for_ever(database: Database) -> None:
    with pytest.raises(BugError) as caught:
        database.write(lambda _: database.write(put("a", "1")))
    assert caught.value.code == "nested-write"


def test_a_closed_library_says_so(tmp_path: Path) -> None:
    database = Database(tmp_path / "library.sqlite3")
    database.close()
    with pytest.raises(BugError):
        database.write(put("a", "1"))
    with pytest.raises(BugError), database.read():
        pass


@pytest.mark.parametrize(
    ("error", "code", "again"),
    [
        (sqlite3.SQLITE_BUSY, "library-busy", True),
        (sqlite3.SQLITE_FULL, "disk-full", False),
        (sqlite3.SQLITE_IOERR_WRITE, "disk-failed", False),
        (sqlite3.SQLITE_CORRUPT, "library-damaged", False),
        (sqlite3.SQLITE_READONLY, "library-read-only", False),
        (sqlite3.SQLITE_CANTOPEN, "library-unreachable", False),
    ],
)
def test_troubles_have_names(tmp_path: Path, error: int, code: str, again: bool) -> None:
    failing = FailingCalls(error)
    database = Database(tmp_path / "library.sqlite3", connect=failing)
    failing.arm(2)
    with pytest.raises(OutsideError) as caught:
        database.write(put("a", "1"))
    failing.arm(None)
    assert caught.value.code == code
    assert (caught.value.retry_after is not None) is again
    assert "made to fail" in caught.value.details
    assert facts(database) == {}
    database.close()


def test_any_call_may_fail_and_nothing_is_half_done(tmp_path: Path) -> None:
    failing = FailingCalls()
    database = Database(tmp_path / "library.sqlite3", connect=failing)

    def work(connection: sqlite3.Connection) -> None:
        put("a", "1")(connection)
        put("b", "1")(connection)

    for for_good in (False, True):
        for number in range(1, 10):
            failing.arm(number, for_good=for_good)
            outcome = code_of(lambda: database.write(work))
            failing.arm(None)
            assert outcome in ("", "disk-full")
            assert facts(database) == ({} if outcome else {"a": "1", "b": "1"})
            database.write(lambda connection: connection.execute("delete from fact"))
    database.close()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutsideError) as caught:
        Database(tmp_path / "file" / "library" / "library.sqlite3")
    assert caught.value.code == "not-a-folder"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"this is no database, it is a letter to the editor" * 100, "library-not-one"),
        (b"SQLite format 3\0" + b"x" * 8000, "library-damaged"),
    ],
)
def test_a_damaged_library_is_told_and_left_alone(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "library.sqlite3"
    path.write_bytes(content)
    with pytest.raises(OutsideError) as caught:
        Database(path)
    assert caught.value.code == code
    assert path.read_bytes() == content


_OPENER = """
import os, pathlib, sys
from audiodesk.domain.errors import OutsideError
from audiodesk.local.database.database import Database
if os.geteuid() == 0:  # root may write anywhere: go on as somebody else
    os.setgid(65534)
    os.setuid(65534)
database = Database(pathlib.Path(sys.argv[1]))
with database.read() as connection:
    print(connection.execute("select count(*) from fact where name <> 'library_id'").fetchone()[0])
try:
    database.write(lambda connection: None)
except OutsideError as error:
    print(error.code)
database.close()
"""


@pytest.mark.skipif(os.name == "nt", reason="permissions are others there")
def test_a_library_without_the_right_to_write_is_read_and_told(tmp_path: Path) -> None:
    path = tmp_path / "library" / "library.sqlite3"
    database = Database(path)
    database.write(put("a", "1"))
    database.close()
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.geteuid() and folder != Path("/tmp"):
            folder.chmod(folder.stat().st_mode | 0o055)
    path.chmod(0o444)
    path.parent.chmod(0o555)
    try:
        done = subprocess.run(
            [sys.executable, "-c", _OPENER, str(path)], capture_output=True, text=True, check=False, cwd=_ROOT
        )
    finally:
        path.parent.chmod(0o755)
    assert done.stdout.split() == ["1", "library-read-only"], done.stderr


_OTHER = """
import sys, pathlib
from audiodesk.local.database.database import Database
database = Database(pathlib.Path(sys.argv[1]))
database.write(lambda connection: connection.execute("insert into fact values ('other', 'process')").close())
database.close()
"""


def test_the_commits_of_another_process_are_noticed_and_ours_are_not(database: Database) -> None:
    assert not database.changed_elsewhere()
    database.write(put("a", "1"))
    assert not database.changed_elsewhere()
    subprocess.run([sys.executable, "-c", _OTHER, str(database.path)], check=True, cwd=_ROOT)
    assert database.changed_elsewhere()
    assert not database.changed_elsewhere()
    database.write(put("a", "2"))
    assert not database.changed_elsewhere()
    assert facts(database) == {"a": "2", "other": "process"}


def test_watching_asks_sqlite_nothing_while_nothing_happens(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_UNSETTLED", 0.0)
    database.write(put("a", "1"))
    database.changed_elsewhere()
    monkeypatch.setattr(database, "_data_version", lambda: pytest.fail("it was asked"))
    assert not database.changed_elsewhere()


def test_a_commit_that_was_in_the_log_before_it_counted_is_noticed(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a slow disk, the log's time and size change before other connections can see the commit."""
    database.write(put("a", "1"))
    mark = (1, 1)
    monkeypatch.setattr(database, "_wal_mark", lambda: mark)
    assert not database.changed_elsewhere()
    subprocess.run([sys.executable, "-c", _OTHER, str(database.path)], check=True, cwd=_ROOT)
    assert database.changed_elsewhere()
    assert not database.changed_elsewhere()


def test_two_connections_of_two_cores_write_one_library(database: Database, clock: Clock) -> None:
    other = Database(database.path, clock=clock)
    for number in range(20):
        database.write(put(f"a{number}", ""))
        other.write(put(f"b{number}", ""))
    assert len(facts(database)) == 40
    assert other.changed_elsewhere()
    other.close()
    assert database.changed_elsewhere()


def test_a_lock_that_is_held_is_waited_for_and_then_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.1)
    database = Database(tmp_path / "library.sqlite3")
    blocker = sqlite3.connect(database.path, isolation_level=None)
    blocker.execute("begin immediate")
    with pytest.raises(OutsideError) as caught:
        database.write(put("a", "1"))
    assert caught.value.code == "library-busy"
    assert caught.value.retry_after
    blocker.execute("rollback")
    blocker.close()
    database.write(put("a", "1"))
    assert facts(database) == {"a": "1"}
    database.close()


def test_a_write_that_comes_while_the_library_closes_waits_for_no_thread_that_ended() -> None:
    writer = WriterThread("library writer")
    closing = threading.Thread(target=writer.close)
    has_ended = threading.Event()
    jobs = writer._jobs

    class Jobs:
        get = jobs.get

        def put(self, job: Any) -> None:
            if job is None:
                jobs.put(None)
                has_ended.set()
            else:
                closing.start()
                has_ended.wait(0.3)  # nothing comes in between
                jobs.put(job)

    writer._jobs = Jobs()  # type: ignore[assignment]
    done: list[str] = []
    asking = threading.Thread(target=lambda: done.append(writer.ask(lambda: "done")), daemon=True)
    asking.start()
    asking.join(10)
    closing.join(10)
    assert done == ["done"]
