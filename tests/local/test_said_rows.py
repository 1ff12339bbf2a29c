"""What the server last said of a row: nothing is written twice, and nothing of it is lost."""

from __future__ import annotations

import base64
import sqlite3
from typing import Any

import pytest

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.section_status import SectionStatus
from audiodesk.domain.sync.exchange import ServerRow
from audiodesk.local.database.database import Database
from audiodesk.local.rows.store import change_repo, fact_repo, said_rows
from audiodesk.local.rows.store.edited_rows import EditedRows
from audiodesk.local.rows.store.row_store import RowStore
from audiodesk.local.rows.sync.arrived_rows import arrived
from audiodesk.local.rows.sync.new_rows import FirstRows
from audiodesk.local.rows.sync.server_rows import ServerRows

NOW = 1_700_000_000_000
COMMON = {"order_key": "a0", "created_at": 5, "deleted_at": None, "changed_by": "d"}
FIELDS: dict[Entity, dict[str, Any]] = {
    Entity.PROJECT: {
        "title": "Mär",
        "author": "",
        "narrator": "N",
        "language": "de",
        "notes": "x\ny",
        "upload_wanted": False,
        "level_target": "own",
        "level_limits": {"rms_min_db": -23, "channels": 1},
        "purged_at": None,
    },
    Entity.CHAPTER: {"project_id": "p", "title": "One", "purged_at": 8, "deleted_at": 7},
    Entity.SECTION: {
        "chapter_id": "c",
        "title": "S",
        "current_take_id": None,
        "status": "retake",
        "last_number": 3,
        "purged_at": None,
    },
    Entity.TAKE: {
        "section_id": "s",
        "title": "",
        "file_name": "a.wav",
        "notes": "",
        "number": 1,
        "purpose": "pickup",
        "replaces_take_id": "u",
        "device_id": "d",
        "upload_wanted": True,
        "purged_at": None,
    },
    Entity.TAKE_FILE: {
        "take_id": "t",
        "role": "original",
        "part": 0,
        "sha256": "ab",
        "size": 9007199254740991,
        "kind": "mp3",
        "seconds": 2,
        "sample_rate": 44100,
        "channels": 1,
        "bit_depth": None,
        "bit_rate": 192000,
        "cbr": False,
        "tags": {"title": "Salt"},
        "findings": [{"code": "junk", "params": {"bytes": 3}}],
        "levels": None,
        "analysis_version": 2,
        "object_key": "u/k.mp3",
        "verified_at": 9,
        "verified_how": "full",
        "purge_pending": True,
        "purged_at": None,
    },
    Entity.NOTE: {
        "take_id": "t",
        "at_seconds": 1.5,
        "until_seconds": None,
        "text": "breath",
        "tag": "noise",
        "page": "3",
        "said": "a",
        "should_be": "b",
        "done_at": 4,
        "answered_by_take_id": None,
    },
    Entity.COVER: {"project_id": "p", "mime": "image/png", "data": base64.b64encode(b"\x89PNG\0").decode()},
    Entity.DEVICE: {"title": "Studio PC", "platform": "linux"},
}
BOOK = Ref(Entity.PROJECT, "project")


@pytest.fixture(autouse=True)
def account(database: Database) -> None:
    database.write(lambda connection: fact_repo.remember(connection, fact_repo.ACCOUNT, "somebody"))


def row(
    entity: Entity, version: int = 7, *, stamps: dict[str, int] | None = None, without: str = "", **fields: Any
) -> dict[str, Any]:
    """Return a row as the server sends it, with all its fields."""
    sent = {**COMMON, **FIELDS[entity], **fields}
    sent.pop(without, None)
    stamps = stamps or {"*": version}
    return {"entity": entity.value, "id": entity.value, "seq": 1, "version": version, "stamps": stamps, "fields": sent}


def keep(connection: sqlite3.Connection, sent: dict[str, Any]) -> None:
    """Take it as from a later pull or an answer."""
    ServerRows(connection, NOW).keep([sent])


def pull_first(connection: sqlite3.Connection, sent: dict[str, Any]) -> None:
    """Take it as from a first pull."""
    ready = arrived(sent)
    assert ready is not None
    FirstRows().add(connection, [ready])


def said(database: Database, ref: Ref) -> ServerRow | None:
    with database.read() as connection:
        return said_rows.said(connection, ref)


def apart(database: Database) -> list[str]:
    """Return the rows of which it is kept apart what the server said."""
    with database.read() as connection:
        return [found[0] for found in connection.execute("select row_id from server_row order by 1")]


def edit(database: Database, ref: Ref, **fields: Any) -> None:
    database.write(lambda connection: EditedRows(connection, NOW).update(ref, **fields))


def shown(database: Database, ref: Ref) -> Any:
    with database.read() as connection:
        return RowStore(connection).get(ref)


WAYS = pytest.mark.parametrize("take", [keep, pull_first])


@WAYS
@pytest.mark.parametrize("entity", FIELDS)
@pytest.mark.parametrize("stamps", [{"*": 7}, {"*": 3, "order_key": 7}])
def test_a_row_tells_itself_what_the_server_said(
    database: Database, take: Any, entity: Entity, stamps: dict[str, int]
) -> None:
    sent = row(entity, stamps=stamps)
    database.write(lambda connection: take(connection, sent))
    assert apart(database) == []
    assert said(database, Ref(entity, entity.value)) == ServerRow(entity, entity.value, 7, sent["fields"], stamps)


@WAYS
@pytest.mark.parametrize(
    "sent",
    [
        row(Entity.PROJECT, colour="red"),
        row(Entity.SECTION, without="last_number"),
        row(Entity.TAKE_FILE, tags={"title": "Salt", "mood": "calm"}),
        row(Entity.TAKE_FILE, findings=[{"code": "of-a-newer-version", "params": {}}]),
        row(Entity.TAKE_FILE, levels={"of_a_newer_version": 1.5}),
        row(Entity.COVER, data=base64.b64encode(b"\x89PNG\0").decode() + "\n"),
    ],
    ids=["field", "missing", "tag", "finding", "level", "base64"],
)
def test_what_the_columns_do_not_hold_is_kept_apart(database: Database, take: Any, sent: dict[str, Any]) -> None:
    ref = Ref(Entity(sent["entity"]), sent["id"])
    database.write(lambda connection: take(connection, sent))
    assert apart(database) == [ref.id]
    found = said(database, ref)
    assert found is not None
    assert found.fields == sent["fields"]
    assert shown(database, ref) is not None
    database.write(lambda connection: keep(connection, row(ref.entity, 8)))
    assert apart(database) == []
    assert said(database, ref) == ServerRow(ref.entity, ref.id, 8, row(ref.entity)["fields"], {"*": 8})


@WAYS
def test_a_word_of_a_newer_version_is_stored_as_it_is_and_shown_as_the_plain_one(database: Database, take: Any) -> None:
    database.write(lambda connection: take(connection, row(Entity.SECTION, status="polished")))
    ref = Ref(Entity.SECTION, "section")
    assert shown(database, ref).status is SectionStatus.TO_RECORD
    found = said(database, ref)
    assert found is not None
    assert found.fields["status"] == "polished"
    assert apart(database) == []


@WAYS
def test_an_edit_keeps_what_the_server_said_until_it_is_answered(database: Database, take: Any) -> None:
    database.write(lambda connection: take(connection, row(Entity.PROJECT, stamps={"*": 3, "title": 7})))
    before = said(database, BOOK)
    edit(database, BOOK, title="Mine")
    edit(database, BOOK, title="Mine again", deleted_at=1)
    assert apart(database) == [BOOK.id]
    assert said(database, BOOK) == before
    database.write(lambda connection: keep(connection, row(Entity.PROJECT, 8, author="Ben")))
    assert shown(database, BOOK).title == "Mine again"
    assert shown(database, BOOK).author == "Ben"
    newer = said(database, BOOK)
    assert newer is not None
    assert (newer.version, newer.fields["title"], newer.fields["deleted_at"]) == (8, "Mär", None)

    def answered(connection: sqlite3.Connection) -> None:
        change_repo.remove(connection, change_repo.pending(connection))
        keep(connection, row(Entity.PROJECT, 9, title="Mine again", deleted_at=NOW + 5))

    database.write(answered)
    assert apart(database) == []
    assert (shown(database, BOOK).title, shown(database, BOOK).deleted_at) == ("Mine again", NOW + 5)


def test_an_edit_in_a_library_without_an_account_keeps_nothing_apart(database: Database) -> None:
    database.write(lambda connection: fact_repo.forget(connection, fact_repo.ACCOUNT))
    database.write(lambda connection: keep(connection, row(Entity.PROJECT)))
    edit(database, BOOK, title="Mine")
    assert apart(database) == []


def test_of_a_row_made_here_the_server_said_nothing_yet(database: Database) -> None:
    def create(connection: sqlite3.Connection) -> None:
        rows = EditedRows(connection, NOW)
        rows.create(RowStore(connection).get(BOOK) or _book())
        rows.update(BOOK, title="Mine")

    database.write(create)
    assert said(database, BOOK) is None
    assert apart(database) == []
    database.write(lambda connection: keep(connection, row(Entity.PROJECT)))
    assert apart(database) == [BOOK.id]  # the changes still wait
    assert shown(database, BOOK).title == "Mine"


def _book() -> Any:
    from audiodesk.domain.library.entities import Project

    return Project(id=BOOK.id, order_key="a0", title="New")


def test_a_row_that_a_restored_server_does_not_have_was_never_said(database: Database) -> None:
    database.write(lambda connection: keep(connection, row(Entity.PROJECT)))
    database.write(lambda connection: ServerRows(connection, NOW).put(BOOK, None))
    assert said(database, BOOK) is None
    assert shown(database, BOOK).title == "Mär"


def test_all_that_the_server_said_is_read_in_the_order_of_nouns_and_ids(database: Database) -> None:
    def fill(connection: sqlite3.Connection) -> None:
        for entity in FIELDS:
            for name in ("b", "a"):
                keep(
                    connection,
                    {**row(entity, object_key=None), "id": name}
                    if entity is Entity.TAKE_FILE
                    else {**row(entity), "id": name},
                )
        EditedRows(connection, NOW).update(Ref(Entity.NOTE, "a"), text="Mine")
        ServerRows(connection, NOW).put(Ref(Entity.TAKE, "a"), None)

    database.write(fill)
    found: list[tuple[str, str]] = []
    with database.read() as connection:
        while (one := said_rows.said_after(connection, found[-1] if found else ("", ""))) is not None:
            found.append((one.entity.value, one.id))
            assert one.entity is not Entity.NOTE or one.fields["text"] == "breath"
    everything = [(entity.value, name) for entity in FIELDS for name in ("a", "b")]
    assert found == sorted(set(everything) - {("take", "a")})


def told(database: Database, ref: Ref) -> ServerRow:
    found = said(database, ref)
    assert found is not None
    return found


def test_a_field_of_a_newer_server_is_kept_of_a_row_that_was_here_before(database: Database) -> None:
    database.write(lambda c: keep(c, row(Entity.PROJECT, 7)))
    database.write(lambda c: keep(c, row(Entity.PROJECT, 8, colour="red")))
    assert told(database, BOOK).fields["colour"] == "red"


def test_a_picture_is_kept_as_it_was_sent_of_a_row_that_was_here_before(database: Database) -> None:
    sent = row(Entity.COVER, 8, data=base64.b64encode(b"\x89PNG\0").decode() + "\n")
    database.write(lambda c: keep(c, row(Entity.COVER, 7)))
    database.write(lambda c: keep(c, sent))
    assert told(database, Ref(Entity.COVER, "cover")).fields == sent["fields"]


def test_an_edited_row_that_a_restored_server_does_not_have_was_never_said(database: Database) -> None:
    database.write(lambda c: keep(c, row(Entity.PROJECT)))
    edit(database, BOOK, title="Mine")
    database.write(lambda c: ServerRows(c, NOW).put(BOOK, None))
    assert said(database, BOOK) is None
    assert apart(database) == []


def test_stamps_that_come_with_the_same_version_are_kept(database: Database) -> None:
    database.write(lambda c: keep(c, row(Entity.PROJECT)))
    database.write(lambda c: keep(c, row(Entity.PROJECT, stamps={"*": 3, "title": 7})))
    assert told(database, BOOK).stamps == {"*": 3, "title": 7}


def test_a_row_without_stamps_counts_as_older_than_any_edit(database: Database) -> None:
    sent = row(Entity.PROJECT)
    del sent["stamps"]
    database.write(lambda c: keep(c, sent))
    assert told(database, BOOK).stamps == {"*": 0}


def test_a_library_of_an_older_version_keeps_its_stamps_through_an_edit(database: Database) -> None:
    def older(c: sqlite3.Connection) -> None:
        keep(c, row(Entity.PROJECT))
        c.execute("update project set stamps = null")
        said_rows.keep_apart(c, ServerRow.from_json(row(Entity.PROJECT, stamps={"*": 3, "title": 7})))

    database.write(older)
    assert told(database, BOOK).stamps == {"*": 3, "title": 7}
    edit(database, BOOK, title="Mine")
    assert told(database, BOOK).fields["title"] == "Mär"
    database.write(lambda c: ServerRows(c, NOW).show(BOOK))
    assert shown(database, BOOK).title == "Mine"

    def answered(c: sqlite3.Connection) -> None:
        change_repo.remove(c, change_repo.of_row(c, BOOK))
        ServerRows(c, NOW).show(BOOK)

    database.write(answered)
    assert shown(database, BOOK).title == "Mär"
    assert told(database, BOOK).stamps == {"*": 3, "title": 7}
    assert apart(database) == []
