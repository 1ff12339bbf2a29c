"""What must hold when all computers of an account have synced: they agree, and nothing is lost or there twice."""

from __future__ import annotations

import itertools
import json
import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.sync.exchange import ServerRow
from audiodesk.local.rows.store import said_rows
from tests.server.sync_world import World
from tests.services.sync.computers import Computer
from tests.services.sync.person import TOO_LONG

__all__ = ["check_agreement", "check_each_change_once", "check_nothing_lost", "check_repeatable", "said"]

_SETTLED_BY_THE_SERVER = frozenset({"deleted_at", "purged_at", "created_at", "last_number"})
"""Fields of which the server does not keep what was sent last: times that it stamps, and a counter that never falls."""
_Edit = tuple[Ref, dict[str, Any]]


def check_agreement(world: World, computers: Sequence[Computer]) -> None:
    """The server's rows are kept by each computer as they are, and all computers show the same."""
    with world.database.open() as connection:
        rows = connection.execute('select "row"::jsonb from audiodesk.travelling where owner = %s', [world.user_id])
        server = {(row["entity"], row["id"]): row for (row,) in rows}
    shown = [computer.shown() for computer in computers]
    for computer, found in zip(computers, shown, strict=True):
        assert computer.is_done()
        with computer.database.read() as connection:
            kept = said(connection)
            assert connection.execute("select count(*) from recovered_row").fetchone()[0] == 0
            assert connection.execute("select count(*) from server_row").fetchone()[0] == 0
            assert connection.execute("select count(*) from orphan").fetchone()[0] == 0
        assert {(row.entity.value, row.id): (row.version, row.fields, row.stamps) for row in kept} == {
            key: (row["version"], row["fields"], row["stamps"]) for key, row in server.items()
        }
        assert {(ref.entity.value, ref.id) for ref in found} == set(server)
        assert found == shown[0]


def check_nothing_lost(computers: Sequence[Computer]) -> None:
    """Every row is there, and each field has what was set last on one of the computers that set it."""
    with computers[0].database.read() as connection:
        final = {row.ref: row.fields for row in said(connection)}
    by_computer: dict[tuple[Ref, str], dict[int, Any]] = defaultdict(dict)
    ever: dict[tuple[Ref, str], list[Any]] = defaultdict(list)
    with_refusals: set[Ref] = set()
    for number, computer in enumerate(computers):
        edits = _edits(computer)
        with_refusals |= {ref for ref, fields in edits if _is_too_long(fields)}
        refused = {change.change_id: change for change in computer.refused()}
        assert {change.code for change in refused.values()} <= {"too_long"}
        for change in refused.values():
            assert change.fields["title"] == TOO_LONG  # what was typed is kept
            assert change.ref in with_refusals
        too_long = {change_id for change_id, change in computer.server.sent.items() if _is_too_long(change["fields"])}
        assert too_long <= set(refused)
        for ref, fields in edits:
            if _is_too_long(fields):
                continue
            assert ref in final
            for name, value in fields.items():
                by_computer[ref, name][number] = value
                ever[ref, name].append(value)
    for (ref, name), values in by_computer.items():
        if name in _SETTLED_BY_THE_SERVER:
            continue
        possible = ever[ref, name] if ref in with_refusals else list(values.values())
        assert final[ref][name] in possible, (ref, name)


def check_each_change_once(world: World, computers: Sequence[Computer]) -> None:
    sent = {change_id for computer in computers for change_id in computer.server.sent}
    refused = {change.change_id for computer in computers for change in computer.refused()}
    with world.database.open() as connection:
        log = [str(row[0]) for row in connection.execute("select change_id from test.log order by position")]
    assert len(log) == len(set(log))
    assert set(log) == sent - refused, "each change that was ever sent was applied, once"


def check_repeatable(world: World, computers: Sequence[Computer]) -> None:
    """What was applied is answered as repeated, with the row as it is, and changes nothing."""
    with world.database.open() as connection:
        rows = connection.execute("select change_id from audiodesk.applied_changes where owner = %s", [world.user_id])
        applied = {str(change_id) for (change_id,) in rows}
    for computer in computers:
        server = computer.server
        with computer.database.read() as connection:
            kept = {row.ref: row for row in said(connection)}
        again = [change for change_id, change in server.sent.items() if change_id in applied]
        for change in itertools.islice(again, 40):
            answer = server.line.call("sync_push", [0, None, [change], computer.device])
            if answer["restored"]:
                break
            (result,) = answer["results"]
            assert result["result"] == "repeated"
            row = result["row"]
            assert row["fields"] == kept[Ref(Entity(row["entity"]), row["id"])].fields


def said(connection: sqlite3.Connection) -> list[ServerRow]:
    """Return what the server last said of each row."""
    found: list[ServerRow] = []
    after = ("", "")
    while (row := said_rows.said_after(connection, after)) is not None:
        found.append(row)
        after = (row.entity.value, row.id)
    return found


def _edits(computer: Computer) -> list[_Edit]:
    """Return what was edited on a computer, in order, as its database noted it."""
    with computer.database.read() as connection:
        found = connection.execute("select * from test_edit order by position").fetchall()
    return [(Ref(Entity(edit["entity"]), edit["row_id"]), json.loads(edit["fields"])) for edit in found]


def _is_too_long(fields: Mapping[str, Any]) -> bool:
    return len(fields.get("title") or "") >= len(TOO_LONG)
