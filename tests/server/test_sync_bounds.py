"""What one push may cost the server, and whether a change or the server itself caused a failure."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.server.sync_calls import FILE_FACTS, Caller, create, edit
from tests.twin.databases import Database

LARGE: dict[str, Any] = {
    "tags": {"a": "x" * 262_000},
    "findings": ["x" * 262_000],
    "levels": {f"{n:064}": None for n in range(870)},
}
MOST_OF_AN_ANSWER = 6 * 1024 * 1024


@pytest.mark.parametrize("number", ["1e131071", "-1e131071", "0e-16383", "1e-16383", "1e99"])
def test_numbers_that_grow_when_written_out_are_not_written_out(caller: Caller, number: str) -> None:
    """Half a megabyte of them would be gigabytes of text. Refused as any request that is too large, in a moment."""
    text = f'[{{"a": [{", ".join([number] * 50_000)}]}}]'
    with caller.database.as_user(caller.user_id) as connection:
        connection.execute("set local statement_timeout = '2s'")
        with pytest.raises(psycopg.Error, match="At most 1 MB of changes is taken at once") as caught:
            connection.execute("select public.sync_push(0, null, %s::jsonb, null)", [text])
    assert caught.value.sqlstate == "PT413"


def test_a_few_such_numbers_are_the_fault_of_their_changes_alone(caller: Caller) -> None:
    sound = create("project")
    huge = create("take_file", take_id=str(uuid4()), seconds="HUGE")
    text = json.dumps([huge, sound]).replace('"HUGE"', "1e131071")
    answer = caller.call("select public.sync_push(0, null, %s::jsonb, null)", [text])
    assert [result["result"] for result in answer["results"]] == ["refused", "applied"]


@pytest.mark.slow
def test_an_answer_is_no_larger_than_its_bound_and_the_rest_can_be_sent_again(caller: Caller) -> None:
    (file,) = caller.applied(create("take_file", take_id=str(uuid4()), **LARGE))
    waiting = [edit("take_file", file["id"], part=part) for part in range(1, 21)]
    rounds = 0
    while waiting:
        results = caller.results(*waiting)
        assert len(json.dumps(results)) < MOST_OF_AN_ANSWER
        assert {result["result"] for result in results} == {"applied"}
        assert [result["change_id"] for result in results] == [sent["change_id"] for sent in waiting[: len(results)]]
        waiting = waiting[len(results) :]
        rounds += 1
    assert 2 < rounds < 10
    assert caller.row("take_file", file["id"])["fields"]["part"] == 20


@pytest.mark.slow
def test_many_fields_with_stamps_are_refused_in_a_moment(caller: Caller) -> None:
    names = [f"f{number}" for number in range(45_000)]
    change = {**create("take"), "fields": dict.fromkeys(names, 1), "stamps": dict.fromkeys(names, 1)}
    with caller.database.as_user(caller.user_id) as connection:
        connection.execute("set local statement_timeout = '2s'")
        row = connection.execute("select public.sync_push(0, null, %s, null)", [Jsonb([change])]).fetchone()
    assert row is not None
    assert row[0]["results"][0]["code"] == "unknown_field"


@pytest.mark.parametrize(
    "fault",
    [
        "revoke execute on function audiodesk.write_note(uuid, uuid, uuid, boolean, jsonb, jsonb) from authenticated",
        "revoke insert (owner) on audiodesk.note from authenticated",
        "alter function audiodesk.reach(uuid, text, boolean, jsonb, jsonb) rename to reached",
        "alter table audiodesk.applied_changes rename to applied",
    ],
)
def test_a_broken_server_fails_the_push_and_refuses_no_change(server: Database, fault: str) -> None:
    """A refused change is taken back on the screen. So a server that must be mended is an error of the whole push."""
    note = create("note", take_id=str(uuid4()))
    with server.open("authenticator") as line:
        caller = Caller(server, line)
        with server.open() as operator:
            operator.execute(fault.encode())
        with pytest.raises(psycopg.Error) as told:
            caller.push(create("project"), note)
        assert (told.value.sqlstate or "").startswith("42")
        assert caller.pull() == []


def test_the_facts_of_a_file_that_no_column_holds_are_refused_alone(caller: Caller) -> None:
    file = create("take_file", take_id=str(uuid4()), **{**FILE_FACTS, "seconds": "TINY"})
    text = json.dumps([file, create("project")]).replace('"TINY"', "1e-400")
    answer = caller.call("select public.sync_push(0, null, %s::jsonb, null)", [text])
    assert [(result["result"], result["code"]) for result in answer["results"]] == [
        ("refused", "not_possible"),
        ("applied", None),
    ]
