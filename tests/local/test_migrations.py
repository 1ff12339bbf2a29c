"""The steps of the schema: a copy first, one transaction each, a newer schema refused, a test for each step."""

from __future__ import annotations

import contextlib
import gzip
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from audiodesk.domain.errors import OutsideError
from audiodesk.domain.library.entities import LevelTarget
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.local.database.database import Database
from audiodesk.local.database.migrations import STEPS, migrate, statements
from audiodesk.local.rows.library import trash_repo
from audiodesk.local.rows.store import change_repo, said_rows
from audiodesk.local.rows.store.row_store import RowStore
from audiodesk.local.rows.sync import activity_repo, refused_change_repo, sync_place_repo

LIBRARIES = Path(__file__).parent / "libraries"
_FIRST = "create table letter (id integer primary key, text text);"
_SECOND = """
-- A trigger holds semicolons of its own; so does 'a;b'.
alter table letter add column sender text not null default 'a;b';
create trigger stamped after insert on letter begin
    update letter set sender = 'me;' where id = new.id;
    update letter set text = text || '!' where id = new.id;
end;
"""


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    opened = sqlite3.connect(tmp_path / "library.sqlite3", isolation_level=None)
    yield opened
    opened.close()


def version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("pragma user_version").fetchone()[0])


def test_every_step_has_a_test_here() -> None:
    for number in range(1, len(STEPS) + 1):
        assert f"test_step_{number:04}" in globals()


def test_step_0001(database: Database) -> None:
    with database.read() as connection:
        assert connection.execute("pragma user_version").fetchone()[0] == len(STEPS)
        tables = {
            row[0]
            for row in connection.execute("select name from sqlite_schema where type = 'table'")
            if not row[0].startswith(("sqlite_", "found_"))
        }
        kinds = {row["name"]: row for row in connection.execute("pragma table_list")}
    travelling = {"project", "chapter", "section", "take", "take_file", "note", "cover", "device"}
    assert travelling | {"change", "server_row", "fact", "history", "refusal", "findable"} <= tables
    for table in travelling:
        assert kinds[table]["strict"] == 1
        assert kinds[table]["wr"] == (table not in ("section", "take", "take_file"))  # those with most rows: step 6


def test_step_0002(connection: sqlite3.Connection, tmp_path: Path) -> None:
    migrate(connection, tmp_path / "library.sqlite3", steps=STEPS[:1])
    names = "id, order_key, created_at, take_id, role, sha256, size, kind, seconds, sample_rate, channels"
    for file_id, take_id, sha256, made in (("f1", "t1", "aa", 7), ("f2", "t2", "aa", 5), ("f3", "t3", "bb", 6)):
        row = (file_id, "a0", made, take_id, "original", sha256, 4, "wav", 1.0, 44100, 1)
        connection.execute(f"insert into take_file ({names}) values ({', '.join('?' * len(row))})", row)
    connection.execute("insert into emptied (entity, row_id, at) values ('take', 't3', 8)")
    migrate(connection, tmp_path / "library.sqlite3", steps=STEPS[:2])
    assert connection.execute("select * from vault_file").fetchall() == [("aa", "wav", 4, 5, None, None)]
    assert connection.execute("select * from leaving").fetchall() == []  # a file on the disk is offered and not removed


@pytest.mark.parametrize("number", [1, 2])
def test_step_0003(tmp_path: Path, number: int) -> None:
    """The files are libraries that programs of these versions made, with takes in the trash and emptied out of it."""
    path = tmp_path / "library.sqlite3"
    path.write_bytes(gzip.decompress((LIBRARIES / f"version-{number}.sqlite3.gz").read_bytes()))
    database = Database(path)
    takes = "select s.title, t.file_name, t.number, t.purged_at is not null from take t join section s"
    with database.read() as connection:
        assert connection.execute("pragma user_version").fetchone()[0] == len(STEPS)
        found = [tuple(row) for row in connection.execute(f"{takes} on s.id = t.section_id order by 1, 3")]
        sections = [
            tuple(row) for row in connection.execute("select title, status, last_number from section order by title")
        ]
        purged = {tuple(row) for row in connection.execute("select 'chapter', title from chapter where purged_at > 0")}
        assert connection.execute("select count(*) from change").fetchone()[0] == 0
        assert [item.title for item in trash_repo.items(connection)] == ["In the trash"]
        assert connection.execute("select 1 from sqlite_schema where name = 'emptied'").fetchone() is None
        project = RowStore(connection).children(None)[0]
    database.close()
    assert found == [
        ("Dawn", "dawn 1.wav", 1, 0),
        ("Dawn", "dawn 2.wav", 2, 1),
        ("Dawn", "dawn 3.wav", 3, 0),
        ("Ferry", "ferry 3.wav", 1, 0),
        ("Ferry", "ferry 1.wav", 2, 0),
        ("Ferry", "ferry 2.wav", 3, 0),
        ("Lost", "lost.wav", 1, 1),
        ("Reeds", "reeds.wav", 1, 1),
    ]
    assert sections == [
        ("Dawn", "recorded", 3),
        ("Ferry", "recorded", 3),
        ("Lost", "recorded", 1),
        ("Old", "to_record", 0),
        ("Reeds", "to_record", 1),
        ("Toll", "to_record", 0),
    ]
    assert purged == {("chapter", "Gone")}
    assert (project.title, project.upload_wanted, project.level_target, project.level_limits) == (
        *("The Salt Road", True),
        *(LevelTarget.NONE, None),
    )
    copy = sqlite3.connect(tmp_path / "backups" / f"version-{number}.sqlite3")
    assert (version(copy), copy.execute("select count(*) from emptied").fetchone()[0]) == (number, 5)
    copy.close()


def test_step_0004(tmp_path: Path) -> None:
    """What waited and what was kept before the step is there after it, and the copy made before it is whole."""
    path = tmp_path / "library.sqlite3"
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as older:
        migrate(older, path, steps=STEPS[:3])
        older.execute("insert into project (id, order_key, created_at, title) values ('p', 'a0', 1, 'Book')")
        older.execute(
            "insert into server_row (entity, row_id, version, seq, fields) values ('project', 'p', 7, 3, ?)",
            ['{"title":"Book"}'],
        )
        older.execute(
            "insert into change (change_id, entity, row_id, fields, made_at) values ('c', 'project', 'p', '{}', 1)"
        )
    database = Database(path)
    try:
        with database.read() as connection:
            assert version(connection) == len(STEPS)
            (change,) = change_repo.pending(connection)
            assert (change.change_id, change.stamps, change.sent) == ("c", None, False)
            kept = said_rows.said(connection, Ref(Entity.PROJECT, "p"))
            assert kept is not None
            assert (kept.version, kept.fields, kept.stamp("title")) == (7, {"title": "Book"}, 0)
            assert activity_repo.newest(connection) == []
            assert refused_change_repo.all_of(connection) == []
            assert sync_place_repo.head(connection).seq == 0
    finally:
        database.close()
    with contextlib.closing(sqlite3.connect(tmp_path / "backups" / "version-3.sqlite3")) as copy:
        assert version(copy) == 3
        assert copy.execute("select title from project").fetchall() == [("Book",)]


def test_step_0005(tmp_path: Path) -> None:
    """Files stay; two with one object key are refused, two without any are not; what the server said stays."""
    path = tmp_path / "library.sqlite3"
    names = (
        "id, order_key, created_at, take_id, role, sha256, size, kind, seconds, sample_rate, channels, tags, changed_by"
    )
    insert = f"insert into take_file ({names}, object_key) values ({', '.join('?' * 14)})"
    facts = ("original", "aa", 4, "wav", 1.5, 44100, 1, '{"title":"Ferry"}', "anna")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as older:
        migrate(older, path, steps=STEPS[:4])
        for row_id, key in (("f1", "u/1.wav"), ("f2", None)):
            older.execute(insert, (row_id, "a0", 7, "t1", *facts, key))
        older.execute("insert into project (id, order_key, version, created_at, title) values ('p', 'a', 7, 1, 'Mine')")
        older.execute("insert into server_row values ('project', 'p', 7, 3, ?, ?)", ['{"title":"Old"}', '{"*":5}'])
        before = [{**dict(row), "stamps": None} for row in _rows(older, "select * from take_file order by id")]
        migrate(older, path, steps=STEPS[:5])
        assert [dict(row) for row in _rows(older, "select * from take_file order by id")] == before
        book = said_rows.said(older, Ref(Entity.PROJECT, "p"))
        assert book is not None
        assert (book.version, book.fields, book.stamps) == (7, {"title": "Old"}, {"*": 5})
        assert version(sqlite3.connect(tmp_path / "backups" / "version-4.sqlite3")) == 4
        older.execute(insert, ("f3", "a0", 7, "t1", *facts, None))
        with pytest.raises(sqlite3.IntegrityError, match="object_key"):
            older.execute(insert, ("f4", "a0", 7, "t1", *facts, "u/1.wav"))
        (plan,) = older.execute("explain query plan select 1 from take_file where take_id = 't1'").fetchall()
        assert "take_file_of_take" in plan[-1]


def test_step_0006(tmp_path: Path) -> None:
    """Rows, columns with their defaults, and indexes stay; rows are kept in the order in which they come."""
    path = tmp_path / "library.sqlite3"
    tables = ("section", "take", "take_file")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as older:
        migrate(older, path, steps=STEPS[:5])
        columns = {table: _columns(older, table) for table in tables}
        indexes = _indexes(older, tables)
        for row_id in ("s2", "s1"):
            older.execute(
                "insert into section (id, order_key, created_at, chapter_id, title, stamps)"
                " values (?, 'a', 1, 'c', 'T', '{\"*\":1}')",
                (row_id,),
            )
        older.execute(
            "insert into take (id, order_key, created_at, section_id, file_name, number)"
            " values ('t', 'a', 1, 's1', 'f', 7)"
        )
        names = (
            "id, order_key, created_at, take_id, role, sha256, size, kind, seconds, sample_rate, channels, object_key"
        )
        file = ("f", "a0", 7, "t", "original", "aa", 4, "wav", 1.5, 44100, 1, "u/1.wav")
        older.execute(f"insert into take_file ({names}) values ({', '.join('?' * 12)})", file)
        before = {table: list(map(dict, _rows(older, f"select * from {table} order by id"))) for table in tables}
        migrate(older, path, steps=STEPS[:6])
        for table in tables:
            assert list(map(dict, _rows(older, f"select * from {table} order by id"))) == before[table]
            assert _columns(older, table) == columns[table]
        assert _indexes(older, tables) == indexes
        older.execute(
            "insert into section (id, order_key, created_at, chapter_id, title) values ('s0', 'a', 1, 'c', 'T')"
        )
        assert [row[0] for row in older.execute("select id from section order by rowid")] == ["s1", "s2", "s0"]
        with pytest.raises(sqlite3.IntegrityError, match=r"section\.id"):
            older.execute(
                "insert into section (id, order_key, created_at, chapter_id, title) values ('s0', 'a', 1, 'c', 'T')"
            )
        (plan,) = older.execute("explain query plan select title from section where id = 's1'").fetchall()
        assert "SEARCH" in plan[-1]


def test_step_0007(tmp_path: Path) -> None:
    """Uploads get a journal; the queue of earlier versions held nothing that was ever sent."""
    path = tmp_path / "library.sqlite3"
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as older:
        migrate(older, path, steps=STEPS[:6])
        older.execute("insert into upload (take_file_id, asked_at, position) values ('f', 1, 1)")
        older.execute("insert into take_file_shape (take_file_id, overview) values ('f', x'01')")
        migrate(older, path, steps=STEPS[:7])
        assert older.execute("select count(*) from upload").fetchone()[0] == 0
        older.execute("insert into upload (take_file_id, asked_at, position) values ('f', 1, 1)")
        (row,) = _rows(older, "select * from upload")
        assert (row["intent"], row["bytes_sent"], row["sent_key"], row["finished_at"]) == (None, 0, "", None)
        (shape,) = _rows(older, "select * from take_file_shape")
        assert (shape["overview"], shape["sent_at"]) == (b"\x01", None)
        query = "explain query plan select count(*) from upload where address is null and finished_at is null"
        (plan,) = older.execute(f"{query} and position <= 3").fetchall()
        assert "upload_waiting" in plan[-1]


def _columns(connection: sqlite3.Connection, table: str) -> list[tuple[Any, ...]]:
    """Return name, type and default of each column that is not the key, which is never null in either form."""
    found = connection.execute(f"pragma table_info({table})").fetchall()
    return sorted((name, kind, given) for _, name, kind, _, given, _ in map(tuple, found))


def _indexes(connection: sqlite3.Connection, tables: tuple[str, ...]) -> set[tuple[str, ...]]:
    query = "select name, tbl_name, sql from sqlite_schema where type = 'index' and sql is not null"
    return {tuple(row) for row in connection.execute(query).fetchall() if row[1] in tables}


def _rows(connection: sqlite3.Connection, query: str) -> list[sqlite3.Row]:
    connection.row_factory = sqlite3.Row
    return connection.execute(query).fetchall()


def test_changes_of_a_library_with_an_account_are_kept(connection: sqlite3.Connection, tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite3"
    migrate(connection, path, steps=STEPS[:2])
    connection.execute("insert into fact (name, value) values ('account', 'somebody')")
    columns = "change_id, entity, row_id, fields, made_at"
    connection.execute(f"insert into change ({columns}) values ('c', 'project', 'p', '{{}}', 1)")
    migrate(connection, path, steps=STEPS[:3])
    assert connection.execute("select change_id from change").fetchall() == [("c",)]


def test_a_new_library_is_not_copied(connection: sqlite3.Connection, tmp_path: Path) -> None:
    assert migrate(connection, tmp_path / "library.sqlite3", steps=[_FIRST, _SECOND]) is None
    assert version(connection) == 2
    assert not (tmp_path / "backups").exists()


def test_an_older_library_is_copied_and_then_upgraded(connection: sqlite3.Connection, tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite3"
    migrate(connection, path, steps=[_FIRST])
    connection.execute("insert into letter (text) values ('Salt')")
    copy = migrate(connection, path, steps=[_FIRST, _SECOND])
    assert connection.execute("select text, sender from letter").fetchall() == [("Salt", "a;b")]
    connection.execute("insert into letter (text) values ('Toll')")
    assert connection.execute("select text, sender from letter where id = 2").fetchone() == ("Toll!", "me;")
    assert copy is not None
    with sqlite3.connect(copy) as kept:
        assert kept.execute("select * from letter").fetchall() == [(1, "Salt")]
        assert version(kept) == 1
    kept.close()
    assert migrate(connection, path, steps=[_FIRST, _SECOND]) is None


def test_an_earlier_copy_is_kept(connection: sqlite3.Connection, tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite3"
    migrate(connection, path, steps=[_FIRST])
    (tmp_path / "backups").mkdir()
    earlier = tmp_path / "backups" / "version-1.sqlite3"
    earlier.write_bytes(b"earlier")
    copy = migrate(connection, path, steps=[_FIRST, _SECOND])
    assert copy is not None
    assert copy != earlier
    assert earlier.read_bytes() == b"earlier"


def test_a_newer_library_is_refused_and_left_alone(connection: sqlite3.Connection, tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite3"
    migrate(connection, path, steps=[_FIRST, _SECOND])
    connection.execute("pragma user_version = 9")
    before = path.read_bytes()
    with pytest.raises(OutsideError) as caught:
        migrate(connection, path, steps=[_FIRST, _SECOND])
    assert (caught.value.code, caught.value.params) == ("library-newer", {"found": 9, "known": 2})
    assert path.read_bytes() == before


def test_the_database_refuses_a_newer_one_too(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite3"
    Database(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("pragma user_version = 99")
    connection.close()
    with pytest.raises(OutsideError) as caught:
        Database(path)
    assert caught.value.code == "library-newer"


def test_a_step_that_fails_leaves_the_version_before_it(connection: sqlite3.Connection, tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite3"
    migrate(connection, path, steps=[_FIRST])
    bad = "create table other (id integer); insert into nowhere values (1);"
    with pytest.raises(sqlite3.Error):
        migrate(connection, path, steps=[_FIRST, _SECOND, bad])
    assert version(connection) == 2
    assert connection.execute("select 1 from sqlite_schema where name = 'other'").fetchone() is None
    assert not connection.in_transaction


def test_two_processes_upgrading_at_once_do_each_step_once(connection: sqlite3.Connection, tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite3"
    migrate(connection, path, steps=[_FIRST])
    other = sqlite3.connect(path, isolation_level=None)

    class Late:
        """Looks before the other process upgrades, and goes on after it."""

        def __init__(self) -> None:
            self.first = True

        def execute(self, query: str, *arguments: object) -> sqlite3.Cursor:
            if query == "begin immediate" and self.first:
                self.first = False
                migrate(other, path, steps=[_FIRST, _SECOND])
            return connection.execute(query, *arguments)  # type: ignore[arg-type]  # whatever was given

        def __getattr__(self, name: str) -> object:
            return getattr(connection, name)

    migrate(Late(), path, steps=[_FIRST, _SECOND])  # type: ignore[arg-type]  # as much of a connection as is used
    assert version(connection) == 2
    other.close()


def test_statements_are_cut_where_sqlite_would() -> None:
    found = [" ".join(statement.split()) for statement in statements(_SECOND)]
    assert len(found) == 2
    assert found[1].endswith("end;")
