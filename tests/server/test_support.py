"""What support may see of a person's storage, that each look is recorded, and that no way leads to audio."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import errors

from tests.server.storage_book import StorageBook, put_object
from tests.twin.databases import Database, user_claims

pytestmark = pytest.mark.slow  # the file as a whole

SUPPORT = {"role": "support"}
FUNCTIONS = ("support_usage", "support_files", "support_problems")
HOURS = 60 * 60 * 1000


def ask(database: Database, caller: UUID, function: str, *arguments: Any, **claims: Any) -> Any:
    """Call a function as a signed-in user; returns its document."""
    places = ", ".join(["%s"] * len(arguments))
    with database.as_user(caller, **claims) as connection:
        row = connection.execute(f"select public.{function}({places})".encode(), list(arguments)).fetchone()
    assert row is not None
    return row[0]


@pytest.fixture
def support(server: Database) -> UUID:
    return server.add_user("help@example.org", app_metadata=SUPPORT)


@pytest.fixture
def author(server: Database) -> UUID:
    return server.add_user("author@example.org")


@pytest.fixture
def book(server: Database, author: UUID) -> StorageBook:
    return StorageBook(server, author, "The Sea")


def codes(document: dict[str, Any]) -> list[str]:
    return [problem["code"] for problem in document["problems"]]


def the_problem(document: dict[str, Any], code: str) -> dict[str, Any]:
    (found,) = (problem["params"] for problem in document["problems"] if problem["code"] == code)
    assert isinstance(found, dict)
    return found


# Who may look


@pytest.mark.parametrize("function", FUNCTIONS)
def test_only_support_may_look(server: Database, author: UUID, function: str) -> None:
    for caller in (author, server.add_user()):
        with pytest.raises(errors.InsufficientPrivilege, match="support staff"):
            ask(server, caller, function, "author@example.org")
    for role in ("anon", "service_role"):
        with (
            pytest.raises(errors.InsufficientPrivilege, match="permission denied for function"),
            server.connect(role, {"role": role}) as connection,
        ):
            connection.execute(f"select public.{function}('author@example.org')".encode())


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_tokens_claim_is_not_believed(server: Database, author: UUID, function: str) -> None:
    """A token may say support long after the operator said otherwise, and a forged one from the beginning."""
    for role in (None, "support"):
        with pytest.raises(errors.InsufficientPrivilege, match="support staff"):
            ask(server, author, function, str(author), app_metadata={"role": role or "support"})


def test_what_people_write_of_themselves_does_not_count(server: Database, author: UUID) -> None:
    with server.open("supabase_auth_admin") as connection:
        connection.execute(
            """update auth.users set raw_user_meta_data = '{"role": "support"}', role = 'support' where id = %s""",
            [author],
        )
    with pytest.raises(errors.InsufficientPrivilege):
        ask(server, author, "support_usage", str(author))


@pytest.mark.parametrize(
    "revocation",
    [
        "raw_app_meta_data = raw_app_meta_data - 'role'",
        """raw_app_meta_data = '{"role": "author"}'""",
        """raw_app_meta_data = '{"role": ["support"]}'""",
        "raw_app_meta_data = null",
        "banned_until = now() + interval '1 hour'",
        "deleted_at = now()",
    ],
)
def test_a_former_support_person_is_refused_at_once(
    server: Database, support: UUID, author: UUID, revocation: str
) -> None:
    assert ask(server, support, "support_usage", str(author), app_metadata=SUPPORT)["user"]["id"] == str(author)
    with server.open("supabase_auth_admin") as connection:
        connection.execute(f"update auth.users set {revocation} where id = %s".encode(), [support])
    for function in FUNCTIONS:
        with pytest.raises(errors.InsufficientPrivilege):
            ask(server, support, function, str(author), app_metadata=SUPPORT)


def test_a_ban_that_is_over_is_none(server: Database, support: UUID, author: UUID) -> None:
    with server.open("supabase_auth_admin") as connection:
        connection.execute("update auth.users set banned_until = now() - interval '1 s' where id = %s", [support])
    assert ask(server, support, "support_usage", str(author))


# Whom they look at


def test_a_person_is_found_by_address_in_any_case_and_by_id(server: Database, support: UUID, author: UUID) -> None:
    for who in ("author@example.org", " Author@Example.ORG\n", str(author), str(author).upper()):
        assert ask(server, support, "support_usage", who)["user"]["id"] == str(author)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_an_unknown_person_is_said_to_be_unknown(server: Database, support: UUID, function: str) -> None:
    for who in ("nobody@example.org", str(uuid4()), "%", "author@", "' or true --"):
        with pytest.raises(psycopg.Error, match="No account has this e-mail address or id") as caught:
            ask(server, support, function, who)
        assert caught.value.sqlstate == "PT404"


@pytest.mark.parametrize("who", [None, "", "  ", "a" * 321])
def test_no_person_named(server: Database, support: UUID, who: str | None) -> None:
    for function in FUNCTIONS:
        with pytest.raises(errors.InvalidParameterValue, match="by e-mail address or id"):
            ask(server, support, function, who)


def test_an_address_that_two_accounts_have_is_not_guessed(server: Database, support: UUID, author: UUID) -> None:
    twin = server.add_user("else@example.org")
    with server.open("supabase_auth_admin") as connection:
        connection.execute(
            "update auth.users set email = 'author@example.org', is_sso_user = true where id = %s", [twin]
        )
    with pytest.raises(psycopg.Error, match="Ask for the id") as caught:
        ask(server, support, "support_usage", "author@example.org")
    assert caught.value.sqlstate == "PT409"
    assert ask(server, support, "support_usage", str(twin))["user"]["id"] == str(twin)


# The record of looks


def test_each_look_is_recorded_and_the_person_can_read_it(server: Database, support: UUID, author: UUID) -> None:
    ask(server, support, "support_usage", "author@example.org")
    ask(server, support, "support_files", str(author))
    ask(server, support, "support_files", str(author), f"{author}/x")
    ask(server, support, "support_problems", str(author))
    document = ask(server, author, "support_access_log")
    assert [(look["what"], look["continued"]) for look in document["looks"]] == [
        ("problems", False),
        ("files", True),
        ("files", False),
        ("usage", False),
    ]
    assert document["more"] is False
    times = [look["at"] for look in document["looks"]]
    assert times == sorted(times, reverse=True)
    assert all(time.endswith("Z") for time in times)
    with server.connect() as connection:
        rows = connection.execute("select id::text, support_user, owner from audiodesk.support_access_log").fetchall()
    assert {row[1:] for row in rows} == {(support, author)}
    assert {row[0] for row in rows} == {look["id"] for look in document["looks"]}


def test_the_record_names_no_member_of_staff(server: Database, support: UUID, author: UUID) -> None:
    ask(server, support, "support_usage", str(author))
    text = str(ask(server, author, "support_access_log"))
    assert str(support) not in text
    assert "help@example.org" not in text


def test_nobody_reads_the_looks_at_somebody_else(server: Database, support: UUID, author: UUID) -> None:
    ask(server, support, "support_usage", str(author))
    nothing = {"looks": [], "more": False}
    assert ask(server, server.add_user(), "support_access_log") == nothing
    assert ask(server, support, "support_access_log") == nothing
    ask(server, support, "support_usage", str(support))
    assert len(ask(server, support, "support_access_log")["looks"]) == 1


def test_the_record_is_read_in_bounds(server: Database, support: UUID, author: UUID) -> None:
    for _ in range(3):
        ask(server, support, "support_usage", str(author))
    document = ask(server, author, "support_access_log", 2)
    assert (len(document["looks"]), document["more"]) == (2, True)
    assert ask(server, author, "support_access_log", 3)["more"] is False
    for limit in (0, -1, 1001, None):
        with pytest.raises(errors.InvalidParameterValue):
            ask(server, author, "support_access_log", limit)


@pytest.mark.parametrize(
    "statement",
    [
        "select * from audiodesk.support_access_log",
        "delete from audiodesk.support_access_log",
        "update audiodesk.support_access_log set owner = gen_random_uuid()",
        "truncate audiodesk.support_access_log",
        (
            "insert into audiodesk.support_access_log (support_user, owner, what)"
            " values (gen_random_uuid(), gen_random_uuid(), 'usage')"
        ),
        "select audiodesk.look('author@example.org', 'usage')",
        "select audiodesk.find_person('author@example.org')",
        "select audiodesk.objects_of(gen_random_uuid())",
        "select * from audiodesk.placed_file",
    ],
)
def test_the_record_and_what_is_inside_can_be_touched_by_nobody(
    server: Database, support: UUID, author: UUID, statement: str
) -> None:
    ask(server, support, "support_usage", str(author))
    for caller in (support, author):
        with pytest.raises(errors.InsufficientPrivilege), server.as_user(caller) as connection:
            connection.execute(statement.encode())
    for role in ("anon", "service_role"):
        with pytest.raises(errors.InsufficientPrivilege), server.connect(role, {"role": role}) as connection:
            connection.execute(statement.encode())
    assert len(ask(server, author, "support_access_log")["looks"]) == 1


def test_a_look_that_cannot_be_recorded_shows_nothing(server: Database, support: UUID, author: UUID) -> None:
    """A GET runs in a read-only transaction; so would a function that anybody calls to peep."""
    with (
        pytest.raises(errors.ReadOnlySqlTransaction),
        server.connect("authenticated", user_claims(support), settings={"transaction_read_only": "on"}) as connection,
    ):
        connection.execute("select public.support_usage(%s)", [str(author)])


def test_an_error_tells_nothing_that_is_not_recorded(server: Database, support: UUID, author: UUID) -> None:
    """Wrong arguments are refused alike whether the person exists or not, since their look would be rolled back."""
    for arguments in (("x" * 1025, 10), (None, 0), (None, 1001), (None, None)):
        said = set()
        for who in (str(author), str(uuid4())):
            with pytest.raises(errors.InvalidParameterValue) as caught:
                ask(server, support, "support_files", who, *arguments)
            said.add(str(caught.value.diag.message_primary))
        assert len(said) == 1


def test_a_deleted_account_leaves_the_record(server: Database, support: UUID, author: UUID) -> None:
    ask(server, support, "support_usage", str(author))
    with server.open("supabase_auth_admin") as connection:
        connection.execute("delete from auth.users where id in (%s, %s)", [author, support])
    with server.connect() as connection:
        assert connection.execute("select from audiodesk.support_access_log").rowcount == 1


# Usage


def test_usage_of_somebody_who_stored_nothing(server: Database, support: UUID, author: UUID) -> None:
    document = ask(server, support, "support_usage", str(author))
    assert document["user"]["email"] == "author@example.org"
    assert document["user"]["created_at"].endswith("Z")
    del document["user"]
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
def test_a_time_that_is_none_hides_nobody(
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
            "insert into audiodesk.take (owner, id, order_key, section_id, file_name, version, stamps)"
            " select %(owner)s, md5('t' || n)::uuid, 'a', %(section)s, n || '.mp3', 1, '{\"*\": 1}'"
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


# No way to audio


def test_support_reaches_no_object_by_any_verb(
    server: Database, support: UUID, author: UUID, book: StorageBook
) -> None:
    """As the storage server asks the database for them, with every operation's own statement."""
    book.upload("a.mp3")
    claims = user_claims(support, email="help@example.org", app_metadata=SUPPORT)
    reads = ("storage.object.get_authenticated", "storage.object.sign", "storage.object.list", "storage.object.info")
    for operation in reads:
        with server.as_storage(claims, operation) as connection:
            assert connection.execute("select from storage.objects").rowcount == 0
    for statement in (
        "delete from storage.objects",
        "update storage.objects set name = %(own)s",
        "update storage.objects set metadata = null",
    ):
        with server.as_storage(claims, "storage.object.delete") as connection:
            place = {"own": f"{support}/p/c/s/x-00000000.mp3"} if "%(own)s" in statement else None
            assert connection.execute(statement.encode(), place).rowcount == 0
    with (
        pytest.raises(errors.InsufficientPrivilege, match="row-level security"),
        server.as_storage(claims, "storage.object.upload") as connection,
    ):
        connection.execute(
            "insert into storage.objects (bucket_id, name, owner_id, version, metadata)"
            " values ('audiofiles', %s, %s, '1', '{\"mimetype\": \"audio/mpeg\", \"contentLength\": 1000}')",
            [book.key("b-00000000.mp3"), str(support)],
        )
    with server.connect() as connection:
        assert connection.execute("select from storage.objects where name = %s", [book.key("a.mp3")]).rowcount == 1
