"""Work in the background that follows changes rests longer, the longer it takes."""

from __future__ import annotations

import time

import pytest
from pytestqt.qtbot import QtBot

from audiodesk.desktop.base.paced_timer import PacedTimer
from tests.desktop.window import wait


class Work:
    """Work of a given length, and the moments at which it began."""

    def __init__(self, seconds: float, *, delay_ms: int = 0, rest_ms: int = 0) -> None:
        self.seconds = seconds
        self.began: list[float] = []
        self.timer = PacedTimer(None, self.do, delay_ms=delay_ms, rest_ms=rest_ms)

    def do(self) -> None:
        self.began.append(time.monotonic())
        self.timer.began()
        end = time.monotonic() + self.seconds
        while time.monotonic() < end:
            pass
        self.timer.ended()


def test_after_a_pause_it_begins_at_once_however_long_the_last_one_took(qtbot: QtBot) -> None:
    work = Work(0.02)
    work.timer.soon()
    wait(qtbot, lambda: len(work.began) == 1)
    qtbot.wait(120)  # longer than its rest
    asked = time.monotonic()
    work.timer.soon()
    assert work.timer.interval() == 0
    wait(qtbot, lambda: len(work.began) == 2)
    assert work.began[1] >= asked


def test_long_work_takes_a_fifth_of_the_time(qtbot: QtBot) -> None:
    work = Work(0.05)
    work.timer.soon()
    wait(qtbot, lambda: len(work.began) == 1)
    work.timer.soon()
    wait(qtbot, lambda: len(work.began) == 2)
    assert work.began[1] - work.began[0] >= 0.24


def test_short_work_keeps_its_rest_and_calls_meanwhile_count_once(qtbot: QtBot) -> None:
    work = Work(0.0, rest_ms=150)
    for _ in range(3):
        work.timer.soon()
    wait(qtbot, lambda: len(work.began) == 1)
    for _ in range(3):
        work.timer.soon()
    wait(qtbot, lambda: len(work.began) == 2)
    assert work.began[1] - work.began[0] >= 0.14
    qtbot.wait(200)
    assert len(work.began) == 2


def test_it_waits_for_more_changes_if_it_is_to(qtbot: QtBot) -> None:
    work = Work(0.0, delay_ms=60)
    asked = time.monotonic()
    work.timer.soon()
    wait(qtbot, lambda: len(work.began) == 1)
    assert work.began[0] - asked >= 0.055


def test_no_rest_is_long_however_long_the_computer_slept(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    timer = PacedTimer(None, lambda: None)
    timer.began()
    now[0] += 7 * 86_400
    timer.ended()
    timer.soon()
    assert timer.interval() == 3000
    timer.stop()
