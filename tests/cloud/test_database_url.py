"""The address of a database: what is accepted, what is refused, and that no message contains its password."""

from __future__ import annotations

import traceback

import pytest

from audiodesk.cloud.schema.database_url import read_database_url
from audiodesk.domain.errors import UserError
from tests.support import code_of

SECRET = "s3cr3t"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("postgresql://postgres:p%40ss@db.abc.supabase.co:5432/postgres", "db.abc.supabase.co:5432"),
        ("postgres://postgres.abc:p@a.pooler.supabase.com:6543/postgres", "a.pooler.supabase.com:6543"),
        (" postgresql://u:p@[::1]:5433/x ", "[::1]:5433"),
        ("postgresql://u:p@localhost/x", "localhost:5432"),
        ("postgresql:///x?host=/run/pg&port=5433&user=postgres", "/run/pg:5433"),
        ("postgresql:///x?host=%2Frun%2Fpg", "/run/pg:5432"),
    ],
)
def test_what_is_taken(text: str, place: str) -> None:
    assert read_database_url(text, environ={}).place == place


@pytest.mark.parametrize(
    ("password", "code"),
    [
        (f"a@{SECRET}", "db-url-unreadable"),
        (f"a/{SECRET}", "db-url-unreadable"),
        (f"a#{SECRET}", "db-url-unreadable"),
        (f"a?{SECRET}", "db-url-unreadable"),
        (f"a%{SECRET}", "db-url-unreadable"),
        (f"a {SECRET}", "db-url-unreadable"),
        ("[YOUR-PASSWORD]", "db-url-placeholder"),
        (f"a]{SECRET}[", "db-url-unreadable"),
    ],
)
def test_a_password_that_could_be_read_in_two_ways_is_refused_without_a_word_of_it(password: str, code: str) -> None:
    with pytest.raises(UserError) as caught:
        read_database_url(f"postgresql://postgres:{password}@db.abc.supabase.co:5432/postgres", environ={})
    assert caught.value.code == code
    said = "".join(traceback.format_exception(caught.value)) + caught.value.details + str(caught.value.params)
    assert SECRET not in said.replace(f"{password!r}", "")
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("https://abc.supabase.co", "db-url-no-postgresql"),
        ("host=localhost password=x", "db-url-no-postgresql"),
        ("", "db-url-no-postgresql"),
        ("postgresql://postgres:secret", "db-url-unreadable"),
        ("postgresql://u:p@h:99999/x", "db-url-unreadable"),
        ("postgresql://u:p@h:x/x", "db-url-unreadable"),
        ("postgresql://u:p@/x", "db-url-unreadable"),
        ("postgresql://u:p@a,b/x", "db-url-unreadable"),
        ("postgresql://u:p@h/x?port=a", "db-url-unreadable"),
        ("postgresql://u:p@h/x?sslmode", "db-url-unreadable"),
        ("postgresql://u:p@[::1/x", "db-url-unreadable"),
    ],
)
def test_what_is_refused(text: str, code: str) -> None:
    assert code_of(lambda: read_database_url(text, environ={})) == code


@pytest.mark.parametrize(
    ("host", "query", "environ", "sslmode"),
    [
        ("db.abc.supabase.co", "", {}, "require"),
        ("10.0.0.7", "", {}, "require"),
        ("db.abc.supabase.co", "?sslmode=disable", {}, None),
        ("db.abc.supabase.co", "", {"PGSSLMODE": "verify-full"}, None),
        ("localhost", "", {}, None),
        ("127.0.0.1", "", {}, None),
        ("[::1]", "", {}, None),
    ],
)
def test_strangers_on_the_way_hear_nothing(host: str, query: str, environ: dict[str, str], sslmode: str | None) -> None:
    url = read_database_url(f"postgresql://u:p@{host}/x{query}", environ=environ)
    assert url.options.get("sslmode") == sslmode


def test_it_does_not_show_itself() -> None:
    assert SECRET not in repr(read_database_url(f"postgresql://u:{SECRET}@h/x", environ={}))
