"""The computers of an account: their rows are synced, but not the time of the last contact."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from tests.server.sync_calls import Caller, create, edit
from tests.twin.databases import Database


def _seen(caller: Caller, device: str | None) -> dict[str, Any]:
    answer: dict[str, Any] = caller.call("select public.device_seen(%s)", [device])
    return answer


def _devices(caller: Caller) -> list[dict[str, Any]]:
    answer = caller.call("select public.devices()", [])
    assert abs(answer["now"] - time.time() * 1000) < 60_000
    return list(answer["devices"])


def test_a_device_travels_like_any_row(caller: Caller) -> None:
    device = create("device", caller.device, title="Studio PC", platform="Linux")
    (row,) = caller.applied(device)
    assert (row["fields"]["title"], row["fields"]["platform"]) == ("Studio PC", "Linux")
    assert row["fields"]["changed_by"] == caller.device
    laptop = caller.same()
    laptop.applied(edit("device", row["id"], title="Booth"))
    assert [row["fields"]["title"] for row in laptop.pull()] == ["Booth"]


def test_being_seen_raises_no_counter_and_brings_no_row(caller: Caller) -> None:
    (row,) = caller.applied(create("device", caller.device))
    before = caller.push()
    answer = _seen(caller, caller.device)
    assert abs(answer["seen_at"] - time.time() * 1000) < 60_000
    assert (answer["result"], answer["code"], answer["message"]) == ("applied", None, None)
    after = caller.push()
    assert (after["seq"], after["tag"]) == (before["seq"], before["tag"])
    assert caller.pull() == [row]


def test_devices_are_listed_with_the_time_the_last_one_here_first(caller: Caller) -> None:
    ids = [str(uuid4()) for _ in range(4)]
    caller.applied(*[create("device", row_id, title=f"PC {n}", platform="Windows") for n, row_id in enumerate(ids)])
    caller.applied(edit("device", ids[3], deleted_at=True))
    for row_id in (ids[1], ids[0], ids[3]):
        _seen(caller, row_id)
        time.sleep(0.002)  # the times are in milliseconds
    found = _devices(caller)
    assert [device["title"] for device in found] == ["PC 0", "PC 1", "PC 2"]
    assert found[0]["seen_at"] > found[1]["seen_at"]
    assert found[2]["seen_at"] is None
    assert set(found[0]) == {"id", "title", "platform", "created_at", "seen_at"}
    again = _seen(caller, ids[1])
    assert _devices(caller)[0] == {**found[1], "seen_at": again["seen_at"]}


def test_only_ones_own_device_is_seen(caller: Caller) -> None:
    caller.applied(create("device", caller.device))
    _seen(caller, caller.device)
    other = caller.other()
    for unknown in (caller.device, str(uuid4())):
        answer = _seen(other, unknown)
        assert (answer["result"], answer["code"], answer["seen_at"]) == ("refused", "unknown_row", None)
        assert answer["message"].endswith(".")
    assert _devices(other) == []


def test_a_caller_who_is_not_signed_in_is_refused(server: Database) -> None:
    for call in ("select public.devices()", "select public.device_seen(gen_random_uuid())"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), server.as_anon() as connection:
            connection.execute(call.encode())
        with (
            pytest.raises(psycopg.errors.InsufficientPrivilege, match="Sign in first"),
            server.connect("authenticated", {"role": "authenticated"}) as connection,
        ):
            connection.execute(call.encode())
