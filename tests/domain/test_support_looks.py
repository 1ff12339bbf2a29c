"""Support's looks, grouped into visits, and what a person reads about them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from audiodesk.domain.server.support_looks import SupportLook, SupportLooks, visits
from audiodesk.domain.words.server.support_look_words import look_lines

START = datetime(2026, 11, 23, 5, 50, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _two_hours_east(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "EET-2")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def _look(what: str, seconds: float, *, continued: bool = False) -> SupportLook:
    at = (START + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")
    return SupportLook(f"{what}@{seconds}", at, what, continued)


def _newest_first(*looks: SupportLook) -> SupportLooks:
    return SupportLooks(tuple(reversed(looks)))


VISIT = (
    _look("usage", 0),
    _look("problems", 1),
    _look("files", 2),
    _look("files", 40, continued=True),
    _look("files", 95, continued=True),
)


def test_no_looks() -> None:
    assert look_lines(SupportLooks()) == []


def test_one_visit_in_one_line_with_the_ids_for_the_operator() -> None:
    assert look_lines(_newest_first(*VISIT)) == [
        "Support looked at your storage on 2026-11-23 07:50: usage, problems, files",
        "  The operator can find out who it was, by these ids: usage@0, problems@1, files@2",
    ]
    assert look_lines(_newest_first(VISIT[0])) == [
        "Support looked at your storage on 2026-11-23 07:50: usage",
        "  The operator can find out who it was, by this id: usage@0",
    ]


@pytest.mark.parametrize(
    "looks",
    [
        (_look("usage", 0), _look("problems", 60)),
        (_look("usage", 0), _look("usage", 1)),  # maybe by another member of staff
        (_look("files", 0), _look("files", 1)),
        (_look("files", 0), _look("files", 60, continued=True)),
    ],
)
def test_another_visit(looks: tuple[SupportLook, ...]) -> None:
    newest, earlier = visits(_newest_first(*looks).looks)
    assert (earlier.looks, newest.looks) == (looks[:1], looks[1:])


def test_no_look_is_left_out_in_any_order() -> None:
    looks = [_look(what, second) for second in range(0, 200, 7) for what in ("files", "usage")]
    found = visits(_newest_first(*looks).looks)
    assert [look for visit in reversed(found) for look in visit.looks] == looks
    assert {visit_id for visit in found for visit_id in visit.ids} == {look.id for look in looks}


@pytest.mark.parametrize(
    ("count", "more", "last"),
    [
        (3, False, "  The operator can find out who it was, by this id: usage@0"),
        (4, False, "… and 1 earlier"),
        (9, False, "… and 6 earlier"),
        (9, True, "… and at least 6 earlier"),
        (3, True, "… and earlier ones"),
    ],
)
def test_the_latest_three(count: int, more: bool, last: str) -> None:
    looks = _newest_first(*(_look("usage", 3600 * number) for number in range(count)))
    lines = look_lines(SupportLooks(looks.looks, more))
    assert lines[-1] == last
    assert sum("Support looked" in line for line in lines) == 3
    newest = START.astimezone() + timedelta(hours=count - 1)
    assert lines[0] == f"Support looked at your storage on 2026-11-23 {newest:%H:%M}: usage"


def test_a_look_of_a_newer_server() -> None:
    (line, _) = look_lines(_newest_first(_look("history", 0)))
    assert line.endswith(": history")
