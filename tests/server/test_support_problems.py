"""The problems in a person's storage that support is shown."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.server.storage_book import StorageBook
from tests.server.support_calls import ask, codes, the_problem
from tests.twin.databases import Database

pytestmark = pytest.mark.slow  # the file as a whole


# Problems


def test_no_problems(server: Database, support: UUID, author: UUID, book: StorageBook) -> None:
    book.add_take("safe.mp3")
    book.upload("safe.mp3")
    book.add_take("just-made.mp3")
    book.add_take("kept-here.mp3", keyed=False, wanted=False)
    for name, field, value in (("purged.mp3", "purged_at", 1), ("going.mp3", "purge_pending", True)):
        _, file = book.add_take(name)
        book.age("take_file", file, hours=1000)
        book.change("take_file", file, **{field: value})
    document = ask(server, support, "support_problems", str(author))
    assert document["user"]["id"] == str(author)
    assert (document["problems"], document["counts"]) == ([], {})
    assert document["checked_at"].endswith("Z")


@pytest.mark.parametrize("keyed", [True, False])
def test_a_wanted_take_that_never_came_is_stuck_after_a_day(
    server: Database, support: UUID, author: UUID, book: StorageBook, keyed: bool
) -> None:
    take, file = book.add_take("late.mp3", 4000, keyed=keyed)
    book.age("take_file", file, hours=23.9)
    assert codes(ask(server, support, "support_problems", str(author))) == []
    book.age("take_file", file, hours=24.1)
    document = ask(server, support, "support_problems", str(author))
    assert document["counts"] == {"stuck_upload": 1}
    told = the_problem(document, "stuck_upload")
    assert told["take"] == str(take)
    assert told["object_key"] == (book.key("late.mp3") if keyed else None)
    assert (told["size"], told["take_title"], told["project_title"]) == (4000, "late.mp3", "The Sea")
    book.change("take", take, upload_wanted=False)
    assert "stuck_upload" not in codes(ask(server, support, "support_problems", str(author)))


def test_a_take_whose_copy_is_stored_is_not_stuck(
    server: Database, support: UUID, author: UUID, book: StorageBook
) -> None:
    take, file = book.add_take("big.wav", keyed=False)
    book.age("take_file", file, hours=50)
    book.add_file(take, "big.mp3")
    book.upload("big.mp3")
    assert codes(ask(server, support, "support_problems", str(author))) == []


@pytest.mark.parametrize("where", ["take_file", "take", "section", "chapter", "project"])
def test_what_lies_in_the_trash_is_not_stuck(
    server: Database, support: UUID, author: UUID, book: StorageBook, where: str
) -> None:
    take, file = book.add_take("late.mp3")
    book.age("take_file", file, hours=30)
    ids = {
        "take_file": file,
        "take": take,
        "section": book.section,
        "chapter": book.chapter,
        "project": book.project,
    }
    book.change(where, ids[where], deleted_at=1_700_000_000_000)
    assert codes(ask(server, support, "support_problems", str(author))) == ["row_without_object"]


def test_a_verified_file_that_is_gone_is_missing(
    server: Database, support: UUID, author: UUID, book: StorageBook
) -> None:
    _, file = book.add_take("gone.mp3")
    book.upload("gone.mp3")
    book.change("take_file", file, verified_at=1_700_000_000_000, verified_how="safe")
    assert codes(ask(server, support, "support_problems", str(author))) == []
    book.remove_object_rows()
    document = ask(server, support, "support_problems", str(author))
    assert the_problem(document, "missing_object")["object_key"] == book.key("gone.mp3")


def test_an_object_that_no_row_names(server: Database, support: UUID, author: UUID, book: StorageBook) -> None:
    book.upload("orphan.mp3", 77)
    told = the_problem(ask(server, support, "support_problems", str(author)), "object_without_row")
    assert (told["object_key"], told["stored_size"]) == (book.key("orphan.mp3"), 77)


def test_an_object_of_another_size(server: Database, support: UUID, author: UUID, book: StorageBook) -> None:
    book.add_take("a.mp3", 1000)
    book.upload("a.mp3", 999)
    told = the_problem(ask(server, support, "support_problems", str(author)), "size_differs")
    assert (told["size"], told["stored_size"]) == (1000, 999)


def test_what_should_be_gone_and_is_not(server: Database, support: UUID, author: UUID, book: StorageBook) -> None:
    take, purged = book.add_take("purged.mp3")
    book.upload("purged.mp3")
    book.change("take_file", purged, purged_at=1_700_000_000_000)
    old, _ = book.add_take("old.mp3")
    book.upload("old.mp3")
    book.change("take", old, deleted_at=1_700_000_000_000)
    document = ask(server, support, "support_problems", str(author))
    assert the_problem(document, "tombstone_stored")["take"] == str(take)
    assert the_problem(document, "trash_overdue")["take"] == str(old)
    assert document["counts"] == {"tombstone_stored": 1, "trash_overdue": 1}


def test_over_quota_comes_first_with_its_numbers(
    server: Database, support: UUID, author: UUID, book: StorageBook
) -> None:
    book.upload("orphan.mp3", 5000)
    with server.connect() as connection:
        connection.execute("select public.set_user_plan(%s, 'free', 1000)", [author])
    document = ask(server, support, "support_problems", str(author))
    assert codes(document) == ["over_quota", "object_without_row"]
    assert document["problems"][0]["params"] == {"used": 5000, "allowed": 1000, "over_by": 4000}
    assert document["counts"] == {"over_quota": 1, "object_without_row": 1}


def test_failures_that_the_program_reported_lately(server: Database, support: UUID, author: UUID) -> None:
    for code, size in (("over_quota", 10), ("over_quota", 30), ("too_large", 99)):
        ask(server, author, "report_failed_upload", code, size)
    with server.connect() as connection:
        connection.execute(
            "insert into audiodesk.failed_upload (owner, at, code) values (%s, now() - interval '8 days', 'old')",
            [author],
        )
    document = ask(server, support, "support_problems", str(author))
    told = [(p["params"]["reason"], p["params"]["count"], p["params"]["size"]) for p in document["problems"]]
    assert told == [("over_quota", 2, 30), ("too_large", 1, 99)]


def test_problems_of_others_are_not_told(server: Database, support: UUID, author: UUID, book: StorageBook) -> None:
    book.upload("orphan.mp3")
    ask(server, author, "report_failed_upload", "over_quota", 1)
    other = server.add_user()
    assert ask(server, support, "support_problems", str(other))["problems"] == []


def test_of_many_problems_two_hundred_are_told_and_all_are_counted(
    server: Database, support: UUID, author: UUID, book: StorageBook
) -> None:
    with server.as_service("storage.object.upload") as connection:
        connection.execute(
            "insert into storage.objects (bucket_id, name, metadata)"
            " select 'audiofiles', %s || 'o' || n, '{\"size\": 1}' from generate_series(1, 205) as n",
            [book.key("")],
        )
    document = ask(server, support, "support_problems", str(author))
    assert document["counts"] == {"object_without_row": 205}
    assert len(document["problems"]) == 200


@pytest.mark.slow
def test_sixty_thousand_takes_are_answered_within_the_time_limit(
    server: Database, support: UUID, author: UUID, book: StorageBook
) -> None:
    """The connection has authenticated's own 8 seconds, so an answer at all is the proof."""
    with server.connect("supabase_admin") as connection:
        connection.execute("set local session_replication_role = replica")
        connection.execute(
            "insert into audiodesk.take (owner, id, order_key, section_id, number, file_name, version, stamps)"
            " select %(owner)s, md5('t' || n)::uuid, 'a', %(section)s, n, n || '.mp3', 1, '{\"*\": 1}'"
            " from generate_series(1, 60000) as n",
            {"owner": author, "section": book.section},
        )
        connection.execute(
            "insert into audiodesk.take_file (owner, id, order_key, take_id, sha256, size, kind, seconds,"
            " sample_rate, channels, object_key, version, stamps)"
            " select %(owner)s, md5('f' || n)::uuid, 'a', md5('t' || n)::uuid, repeat('a', 64), 1000, 'mp3', 1, 1, 1,"
            " %(key)s || n || '.mp3', 1, '{\"*\": 1}' from generate_series(1, 60000) as n",
            {"owner": author, "key": book.key("")},
        )
        connection.execute(
            "insert into storage.objects (bucket_id, name, metadata)"
            " select 'audiofiles', %s || n || '.mp3', '{\"size\": 1000}' from generate_series(1, 59000) as n",
            [book.key("")],
        )
    assert ask(server, support, "support_usage", str(author))["user"]["id"] == str(author)
    assert ask(server, support, "support_problems", str(author))["counts"] == {"stuck_upload": 1000}
    after, seen = None, 0
    for _ in range(3):
        document = ask(server, support, "support_files", str(author), after)
        seen, after = seen + len(document["files"]), document["next"]
    assert seen == 3000
    assert len(ask(server, support, "support_files", str(author), book.key("5"))["files"]) == 1000
