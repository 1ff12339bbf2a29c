"""Results arrive on the main thread, in order, and failures are reported."""

from __future__ import annotations

import threading

import pytest
from pytestqt.qtbot import QtBot

from audiodesk.desktop.base.tasks import Lane, Tasks
from audiodesk.domain.errors import AudioDeskError, BugError, UserError


@pytest.fixture
def tasks(qtbot: QtBot) -> Tasks:
    return Tasks()


def raising(error: Exception) -> object:
    raise error


def test_answers_come_on_the_main_thread_in_order(qtbot: QtBot, tasks: Tasks) -> None:
    seen: list[tuple[int, bool, bool]] = []
    main = threading.get_ident()

    def ask(number: int) -> None:
        tasks.start(lambda: (number, threading.get_ident() != main)).done(
            lambda answer: seen.append((*answer, threading.get_ident() == main))
        )

    for number in range(20):
        ask(number)
    qtbot.waitUntil(lambda: len(seen) == 20, timeout=30_000)
    assert seen == [(number, True, True) for number in range(20)]
    assert tasks.is_idle


def test_what_fails_goes_to_its_handler_else_to_the_window(qtbot: QtBot, tasks: Tasks) -> None:
    told: list[AudioDeskError] = []
    tasks.failed.connect(told.append)
    own: list[AudioDeskError] = []
    tasks.start(lambda: raising(UserError("title-empty"))).failed(own.append)
    tasks.start(lambda: raising(ValueError("boom")))
    qtbot.waitUntil(lambda: len(own) == 1 and len(told) == 1, timeout=30_000)
    assert own[0].code == "title-empty"
    assert isinstance(told[0], BugError)
    assert "boom" in told[0].details


def test_a_forgotten_answer_is_dropped(qtbot: QtBot, tasks: Tasks) -> None:
    seen: list[str] = []
    gate = threading.Event()
    tasks.start(lambda: gate.wait(10))
    tasks.start(lambda: "forgotten").done(seen.append).forget()
    tasks.start(lambda: "kept").done(seen.append)
    gate.set()
    qtbot.waitUntil(lambda: tasks.is_idle, timeout=30_000)
    assert seen == ["kept"]


def test_closing_does_the_edits_that_wait_and_drops_the_rest(qtbot: QtBot, tasks: Tasks) -> None:
    done: list[str] = []
    gate = threading.Event()

    def ask(lane: Lane) -> None:
        tasks.start(lambda: gate.wait(10), lane)
        tasks.start(lambda: done.append(lane), lane)

    ask("edit")
    ask("read")
    closing = threading.Timer(0.05, gate.set)
    closing.start()
    tasks.close()
    assert done == ["edit"]
    tasks.start(lambda: done.append("late"))
    assert done == ["edit"]


def test_closing_waits_for_an_edit_longer_than_for_anything_else(
    qtbot: QtBot, tasks: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audiodesk.desktop.base.tasks._OTHERS_END_SECONDS", 0.01)
    done: list[str] = []
    gate, never = threading.Event(), threading.Event()
    tasks.start(never.wait, "read")
    tasks.start(lambda: gate.wait(10), "edit")
    tasks.start(lambda: done.append("edit"), "edit")
    threading.Timer(0.3, gate.set).start()
    tasks.close()
    assert done == ["edit"]
    never.set()


def test_the_end_of_the_last_edit_is_told_after_its_handlers(qtbot: QtBot, tasks: Tasks) -> None:
    told: list[object] = []
    tasks.edits_finished.connect(told.append)
    again = lambda _result: tasks.start(lambda: None, "edit").done(lambda _result: told.append("second"))  # noqa: E731
    tasks.start(lambda: None, "edit").done(again)
    assert tasks.has_edits
    qtbot.waitUntil(lambda: bool(told) and not tasks.has_edits, timeout=30_000)
    assert told == ["second", False]
    tasks.start(lambda: raising(UserError("title-empty")), "edit").failed(lambda _error: told.append("failed"))
    qtbot.waitUntil(lambda: not tasks.has_edits, timeout=30_000)
    assert told[2:] == ["failed", True]
