"""Who may look at a person's storage; each look is recorded, and none gives access to audio."""

from __future__ import annotations

from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import errors

from tests.server.storage_book import StorageBook
from tests.server.support_calls import FUNCTIONS, SUPPORT, ask
from tests.twin.databases import Database, user_claims

pytestmark = pytest.mark.slow  # the file as a whole


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


# Which person they look at


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


def test_people_read_only_the_looks_at_their_own_storage(server: Database, support: UUID, author: UUID) -> None:
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
def test_no_role_reads_or_writes_the_access_log(server: Database, support: UUID, author: UUID, statement: str) -> None:
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


# No access to audio


def test_support_reaches_no_object_by_any_verb(
    server: Database, support: UUID, author: UUID, book: StorageBook
) -> None:
    """Run the statement of each operation as the storage server runs it."""
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
