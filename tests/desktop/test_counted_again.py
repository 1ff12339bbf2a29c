"""Counting that fails is tried again later, without another event."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from audiodesk.desktop.base import paced_timer
from audiodesk.domain.errors import OutsideError
from audiodesk.services.library.catalogue import Catalogue
from audiodesk.services.library.tree import Tree
from tests.desktop.window import Book, open_desk, wait

pytestmark = pytest.mark.slow  # the file as a whole


def failing(work: Callable[..., Any], calls: list[str], times: int) -> Callable[..., Any]:
    """Return ``work`` so that it fails as often; ``calls`` gets an entry for each call."""

    def attempt(*args: Any, **named: Any) -> Any:
        calls.append("call")
        if len(calls) <= times:
            raise OutsideError("disk-trouble", path="library.db")
        return work(*args, **named)

    return attempt


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paced_timer, "_FIRST_RETRY", 0.02)


def test_rows_that_could_not_be_counted_are_counted_later(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    monkeypatch.setattr(Tree, "counts", failing(Tree.counts, calls, 3))
    with open_desk(qtbot, Book) as (core, desk):
        (project,) = (node.ref for node in core.tree.children(None))
        chapters = [node.ref.id for node in core.tree.children(project)]
        desk.tree.read(project.id)

        def are_counted() -> bool:
            nodes = [desk.window.tree_model.node_of(row_id) for row_id in chapters]
            return all(node is not None and node.is_counted and node.sections == 2 for node in nodes)

        wait(qtbot, are_counted)
        assert len(calls) > 3


def test_the_status_is_counted_later(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    monkeypatch.setattr(Catalogue, "totals", failing(Catalogue.totals, calls, 2))
    with open_desk(qtbot, Book) as (_core, desk):
        wait(qtbot, lambda: desk.window.status.text == "No takes yet")
        assert len(calls) > 2


def test_failed_counting_rests_as_long_as_if_it_had_ended(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library that cannot be read is not asked without end while events come in."""
    monkeypatch.setattr(paced_timer, "_FIRST_RETRY", 60.0)
    with open_desk(qtbot, Book) as (_core, desk):
        status, calls = desk.workbench.status, list[str]()
        wait(qtbot, lambda: desk.window.status.text == "No takes yet")
        monkeypatch.setattr(Catalogue, "totals", failing(Catalogue.totals, calls, 1))
        status.count()
        status._timer._began -= 10.0  # it took long
        wait(qtbot, lambda: bool(calls) and desk.tasks.is_idle)
        status._timer.soon()
        assert status._timer.interval() > 2000
