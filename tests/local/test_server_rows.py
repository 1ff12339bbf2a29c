"""Rows as the server knows them, shown under the edits that it has not confirmed."""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest

from audiodesk.domain.audio.contents import Kind, Tags
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.local.database.database import Database
from audiodesk.local.rows.library.find_repo import find
from audiodesk.local.rows.store import change_repo, fact_repo
from audiodesk.local.rows.store.edited_rows import EditedRows
from audiodesk.local.rows.store.row_store import RowStore
from audiodesk.local.rows.sync.server_rows import ServerRows

NOW = 1_700_000_000_000
BOOK = Ref(Entity.PROJECT, "p")
FILE = {"sha256": "ab", "size": 10, "kind": "wav", "seconds": 2, "sample_rate": 44100, "channels": 1}


@pytest.fixture(autouse=True)
def account(database: Database) -> None:
    database.write(lambda connection: fact_repo.remember(connection, fact_repo.ACCOUNT, "somebody"))


def said(entity: str, row_id: str, version: int, **fields: Any) -> dict[str, Any]:
    made = {"order_key": "a0", "created_at": 5, "deleted_at": None, **fields}
    return {"entity": entity, "id": row_id, "seq": version, "version": version, "stamps": {"*": 1}, "fields": made}


def keep(database: Database, *rows: dict[str, Any]) -> list[Ref]:
    return database.write(lambda connection: ServerRows(connection, NOW).keep(rows))


def edit(database: Database, work: Callable[[EditedRows], Any]) -> None:
    database.write(lambda connection: work(EditedRows(connection, NOW)))


def shown(database: Database, ref: Ref) -> Any:
    with database.read() as connection:
        return RowStore(connection).get(ref)


def test_a_row_from_another_computer_is_shown_and_found(database: Database) -> None:
    assert keep(database, said("project", "p", 7, title="Märchen", author="Ann")) == [BOOK]
    book = shown(database, BOOK)
    assert (book.title, book.author, book.notes, book.version, book.created_at) == ("Märchen", "Ann", "", 7, 5)
    with database.read() as connection:
        assert [hit.ref for hit in find(connection, ["marchen"], 9)] == [BOOK]


def test_an_unanswered_edit_lies_over_what_the_server_says(database: Database) -> None:
    keep(database, said("project", "p", 7, title="Old", author="Ann"))
    edit(database, lambda rows: rows.update(BOOK, title="Mine"))
    keep(database, said("project", "p", 8, title="Theirs", author="Ben"))
    book = shown(database, BOOK)
    assert (book.title, book.author, book.version) == ("Mine", "Ben", 8)


def test_what_the_server_says_shows_once_the_edit_is_answered(database: Database) -> None:
    keep(database, said("project", "p", 7, title="Old"))
    edit(database, lambda rows: rows.update(BOOK, title="Mine"))

    def refused(connection: sqlite3.Connection) -> None:
        connection.execute("delete from change")
        ServerRows(connection, NOW).show(BOOK)

    database.write(refused)
    assert shown(database, BOOK).title == "Old"


def test_late_news_is_passed_over_and_an_equal_version_taken(database: Database) -> None:
    keep(database, said("project", "p", 7, title="New"))
    assert keep(database, said("project", "p", 6, title="Late")) == []
    assert shown(database, BOOK).title == "New"
    assert keep(database, said("project", "p", 7, title="New")) == [BOOK]


def test_a_child_may_come_before_its_parent(database: Database) -> None:
    keep(database, said("chapter", "c", 3, project_id="p", title="1"), said("project", "p", 4, title="Book"))
    assert shown(database, Ref(Entity.CHAPTER, "c")).title == "1"


def test_all_kinds_of_fields_are_read(database: Database) -> None:
    picture = base64.b64encode(b"\x89PNG\0").decode()
    keep(
        database,
        said("project", "p", 1, title="Book"),
        said("chapter", "c", 1, project_id="p", title="1"),
        said("section", "s", 1, chapter_id="c", title="1"),
        said("cover", "v", 1, project_id="p", mime="image/png", data=picture),
        said("take", "t", 2, section_id="s", file_name="a.wav", upload_wanted=False),
        said(
            "take_file", "f", 3, take_id="t", tags={"title": "Salt"}, findings=[{"code": "junk", "params": {}}], **FILE
        ),
        said("note", "n", 4, take_id="t", text="breath", at_seconds=2),
    )
    assert shown(database, Ref(Entity.COVER, "v")).data == b"\x89PNG\0"
    assert shown(database, Ref(Entity.TAKE, "t")).upload_wanted is False
    file = shown(database, Ref(Entity.TAKE_FILE, "f"))
    assert (file.tags, file.kind, file.seconds, len(file.findings)) == (Tags(title="Salt"), Kind.WAV, 2.0, 1)
    assert shown(database, Ref(Entity.NOTE, "n")).at_seconds == 2.0
    with database.read() as connection:
        assert {hit.ref.id for word in ("salt", "breath") for hit in find(connection, [word], 9)} == {"t"}


def test_what_a_newer_server_says_beyond_our_columns_is_kept_and_not_shown(database: Database) -> None:
    keep(database, said("project", "p", 7, title="Book", colour="red"), said("playlist", "x", 8, title="?"))
    assert shown(database, BOOK).title == "Book"
    with database.read() as connection:
        kept = ServerRows(connection, NOW).kept(BOOK)
    assert kept is not None
    assert kept["colour"] == "red"


def test_a_trash_that_the_server_has_not_stamped_keeps_its_own_time(database: Database) -> None:
    keep(database, said("project", "p", 7, title="Book"))
    edit(database, lambda rows: rows.update(BOOK, deleted_at=1))
    keep(database, said("project", "p", 8, title="Renamed"))
    book = shown(database, BOOK)
    assert (book.title, book.deleted_at) == ("Renamed", NOW)
    keep(database, said("project", "p", 9, title="Renamed", deleted_at=NOW + 7))
    database.write(lambda connection: connection.execute("delete from change"))
    database.write(lambda connection: ServerRows(connection, NOW).show(BOOK))
    assert shown(database, BOOK).deleted_at == NOW + 7


def test_keeping_what_the_server_says_records_no_change(database: Database) -> None:
    keep(database, said("project", "p", 7, title="Book"))
    with database.read() as connection:
        assert change_repo.pending(connection) == []
