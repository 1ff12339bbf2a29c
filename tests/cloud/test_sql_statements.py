"""SQL is split into statements as PostgreSQL and the supabase CLI split it."""

from __future__ import annotations

import pytest

from audiodesk.cloud.schema.sql_statements import split_statements


def _texts(script: str) -> list[str]:
    return [statement.text for statement in split_statements(script)]


@pytest.mark.parametrize(
    "whole",
    [
        "select 'a;b'",
        "select 'it''s; so'",
        r"select E'a\';b'",
        r"select e'\\', 1",
        'create table "odd;name" (a int)',
        'select "a"";b"',
        "do $$ begin perform 1; end $$",
        "do $body$ begin perform $$;$$; end $body$",
        "select $1, price$x, 2",
        "select $é$;$é$",
        "select 1 -- here; and 'there\n, 2",
        "select 1 /* a ; /* b ; */ ' */ , 2",
        "create rule r as on insert to t do also (select 1; select 2)",
        "select 1 - 2 / 3 * -4",
        "select date'2026-01-01;', tablee'x;'",
        "comment on table t is 'It''s (here;) – so'",
    ],
)
def test_a_semicolon_inside_ends_nothing(whole: str) -> None:
    assert _texts(f"{whole};select 2;") == [whole, "select 2"]


def test_they_are_trimmed_and_empty_ones_left_out() -> None:
    assert _texts("\n\n select 1 ;; ; \n\n;select 2") == ["select 1", "select 2"]
    assert _texts("") == []
    assert _texts(" \n ; ") == []


def test_comments_belong_to_what_follows() -> None:
    found = split_statements("-- One.\n\ncreate table a ();\n-- Two; yes.\n/* more */\nselect 1;\n-- The end.\n")
    assert [(statement.line, statement.empty) for statement in found] == [(1, False), (4, False), (7, True)]
    assert found[1].text == "-- Two; yes.\n/* more */\nselect 1"


def test_what_is_never_closed_goes_to_the_end() -> None:
    for script in ("select 'a;", "select $x$ ;", "/* ;", 'select "a;'):
        assert len(_texts(script)) >= 1


def test_lines_are_counted_through_strings() -> None:
    found = split_statements("select 'a\n;\nb';\n\n  select\n2;")
    assert [statement.line for statement in found] == [1, 5]
