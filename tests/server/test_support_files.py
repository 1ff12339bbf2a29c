"""What support sees of a person's usage and files: numbers and places, but no address of audio."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.server.storage_book import StorageBook, put_object
from tests.server.support_calls import FUNCTIONS, ask
from tests.twin.databases import Database

pytestmark = pytest.mark.slow  # the file as a whole


# Usage


def test_usage_of_somebody_who_stored_nothing(server: Database, support: UUID, author: UUID) -> None:
    document = ask(server, support, "support_usage", str(author))
    assert document["user"]["email"] == "author@example.org"
    assert document["user"]["created_at"].endswith("Z")
    del document["user"]
    assert document.pop("database")["rows"] == 0
    assert document == {
        "plan": "free",
        "used": 0,
        "allowed": 524_288_000,
        "objects": 0,
        "projects": [],
        "over_quota_by": 0,
        "last_upload_at": None,
    }


def test_usage_by_project(server: Database, support: UUID, author: UUID, book: StorageBook) -> None:
    book.add_take("a.mp3", 3000)
    book.upload("a.mp3", 3000)
    with server.connect() as connection:
        connection.execute("select public.set_user_plan(%s, 'paid', 1000)", [author])
    document = ask(server, support, "support_usage", str(author))
    assert (document["plan"], document["used"], document["allowed"], document["objects"]) == ("paid", 3000, 1000, 1)
    assert document["over_quota_by"] == 2000
    assert document["last_upload_at"].endswith("Z")
    (project,) = document["projects"]
    assert (project["id"], project["title"], project["used"]) == (str(book.project), "The Sea", 3000)


# Files


def test_a_file_is_told_with_its_place(server: Database, support: UUID, author: UUID, book: StorageBook) -> None:
    take, file = book.add_take("a.mp3", 3000)
    book.upload("a.mp3", 3000, sha256="ab" * 32)
    book.change("take_file", file, verified_at=1_700_000_000_000, verified_how="full")
    book.change("section", book.section, current_take_id=take)
    document = ask(server, support, "support_files", "author@example.org")
    assert document["next"] is None
    (told,) = document["files"]
    assert told["created_at"].endswith("Z")
    assert told["updated_at"].endswith("Z")
    del told["created_at"], told["updated_at"]
    assert told == {
        "object_key": book.key("a.mp3"),
        "stored": True,
        "size": 3000,
        "mimetype": "audio/mpeg",
        "object_sha256": "ab" * 32,
        "project": str(book.project),
        "project_title": "The Sea",
        "chapter": str(book.chapter),
        "chapter_title": "Chapter 1",
        "section": str(book.section),
        "section_title": "Opening",
        "take": str(take),
        "take_title": "a.mp3",
        "take_file": str(file),
        "current": True,
        "upload_wanted": True,
        "role": "original",
        "kind": "mp3",
        "seconds": 12.5,
        "row_size": 3000,
        "sha256": "ab" * 32,
        "verified_at": "2023-11-14T22:13:20.000Z",
        "verified_how": "full",
        "trashed_at": None,
        "purged_at": None,
    }


@pytest.mark.parametrize("moment", [2**63 - 1, -(2**63)])
def test_an_impossible_time_does_not_keep_support_from_looking(
    server: Database, support: UUID, author: UUID, book: StorageBook, moment: int
) -> None:
    """Where the schema audiodesk is exposed, people write their own rows past sync_push."""
    book.add_take("one.mp3")
    with server.as_user(author) as connection:
        assert connection.execute("update audiodesk.take_file set deleted_at = %s", [moment]).rowcount == 1
    (file,) = ask(server, support, "support_files", str(author))["files"]
    assert file["trashed_at"] is None
    assert ask(server, support, "support_problems", str(author))["problems"] is not None


def test_files_of_rows_and_of_objects_alone(server: Database, support: UUID, author: UUID, book: StorageBook) -> None:
    book.add_take("row.mp3")
    book.upload("object.mp3", 500)
    _, purged = book.add_take("purged.mp3")
    book.change("take_file", purged, purged_at=1)
    put_object(server, f"{author}-else/x", 7)
    put_object(server, f"{server.add_user()}/p/c/s/other.mp3", 7)
    with server.connect() as connection:
        connection.execute("insert into storage.buckets (id, name) values ('other', 'other')")
    put_object(server, book.key("elsewhere.mp3"), 7, bucket="other")
    files = ask(server, support, "support_files", str(author))["files"]
    assert [(f["object_key"], f["stored"], f["take_title"]) for f in files] == [
        (book.key("object.mp3"), True, None),
        (book.key("row.mp3"), False, "row.mp3"),
    ]


def test_files_come_in_pages_in_the_order_of_their_keys(
    server: Database, support: UUID, author: UUID, book: StorageBook
) -> None:
    names = ["Zebra.mp3", "a.mp3", "a-1.mp3", "a_2.mp3", "b.mp3", "B.mp3", "0.mp3"]
    for name in names:
        book.add_take(name)
    for name in [*names[::2], "orphan.mp3"]:
        book.upload(name)
    expected = sorted(book.key(name) for name in [*names, "orphan.mp3"])
    for size in (1, 2, 3, 8, 9):
        after, seen, pages = None, [], 0
        while True:
            document = ask(server, support, "support_files", str(author), after, size)
            assert len(document["files"]) <= size
            seen += [file["object_key"] for file in document["files"]]
            after, pages = document["next"], pages + 1
            if after is None:
                break
        assert seen == expected
        assert pages == len(expected) // size + 1
    assert ask(server, support, "support_files", str(author), "zzzz")["files"] == []
    assert len(ask(server, support, "support_files", str(author), "", 100)["files"]) == 8


def test_no_answer_holds_an_address_of_audio(server: Database, support: UUID, book: StorageBook) -> None:
    book.add_take("a.mp3")
    book.upload("a.mp3")
    for function in FUNCTIONS:
        text = str(ask(server, support, function, str(book.owner)))
        assert "token" not in text
        assert "http" not in text
        assert "/object/" not in text
