"""The server's versions, times and stamps do not depend on a computer's clock."""

from __future__ import annotations

import time
from uuid import uuid4

from tests.server.sync_calls import Caller, create, edit


def test_the_clock_of_a_computer_is_never_trusted(caller: Caller) -> None:
    now = int(time.time() * 1000)
    year = 365 * 86_400_000
    claims = {"past": now - year, "future": now + year, "zero": 0, "below": -5, "half": now - year + 0.5, "huge": 1e30}
    changes = {name: create("project", created_at=claim) for name, claim in claims.items()}
    rows = dict(zip(changes, caller.applied(*changes.values()), strict=True))
    assert rows["past"]["fields"]["created_at"] == claims["past"]
    assert rows["half"]["fields"]["created_at"] == now - year
    for name in ("future", "zero", "below", "huge"):
        assert now <= rows[name]["fields"]["created_at"] <= int(time.time() * 1000)
    assert all(abs(row["version"] - now) < 60_000 for row in rows.values())
    file = create("take_file", take_id=str(uuid4()), purged_at=now + year)
    (row,) = caller.applied(file)
    assert now <= row["fields"]["purged_at"] <= int(time.time() * 1000)


def test_versions_grow_even_when_the_servers_clock_stands_behind(caller: Caller) -> None:
    project = create("project")
    caller.applied(project)
    ahead = int(time.time() * 1000) + 3_600_000
    (row,) = caller.applied(edit("project", project["id"], {"title": ahead}, title="From before the restore"))
    assert row["version"] == ahead + 1
    (row,) = caller.applied(edit("project", project["id"], title="Now"))
    assert row["version"] == ahead + 2
    assert row["stamps"]["title"] == ahead + 2


def test_the_value_with_the_higher_stamp_wins(caller: Caller) -> None:
    project = create("project", title="One")
    (made,) = caller.applied(project)
    later, latest = made["version"] + 1000, made["version"] + 2000
    (row,) = caller.applied(
        edit("project", project["id"], {"title": latest, "author": 5}, title="Latest", author="Old")
    )
    assert (row["fields"]["title"], row["fields"]["author"]) == ("Latest", "")
    assert row["stamps"]["title"] == latest
    assert row["version"] > latest
    (row,) = caller.applied(edit("project", project["id"], {"title": later}, title="Later"))
    assert (row["fields"]["title"], row["stamps"]["title"]) == ("Latest", latest)


def test_a_lost_row_is_brought_back_by_several_computers_field_by_field(caller: Caller) -> None:
    project = create("project", title="A", author="A")
    (row,) = caller.applied({**project, "stamps": {"order_key": 100, "title": 100, "author": 300}})
    assert row["stamps"] == {"*": 0, "order_key": 100, "title": 100, "author": 300}
    again = {**create("project", project["id"], title="B", author="B", notes="N")}
    (row,) = caller.applied({**again, "stamps": {"order_key": 100, "title": 200, "author": 200, "notes": 50}})
    fields = row["fields"]
    assert (fields["title"], fields["author"], fields["notes"]) == ("B", "A", "N")


def test_a_stamp_is_limited_to_a_day_from_now(caller: Caller) -> None:
    project = create("project")
    caller.applied(project)
    (row,) = caller.applied(edit("project", project["id"], {"title": 10**17}, title="Far"))
    day = int(time.time() * 1000) + 86_400_000
    assert day - 60_000 < row["stamps"]["title"] <= day
    assert row["version"] == row["stamps"]["title"] + 1
