"""Work in the background that follows changes rests longer, the longer it takes."""

from __future__ import annotations

import time

import pytest
from pytestqt.qtbot import QtBot

from audiodesk.desktop.base.paced_timer import PacedTimer
from tests.desktop.window import wait

DAY = 86_400.0


class Clock:
    """The monotonic clock, turned by the test."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(time, "monotonic", lambda: self.now)


@pytest.fixture
def clock(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def worked(clock: Clock, timer: PacedTimer, seconds: float) -> None:
    """Let work of this length begin and end."""
    timer.began()
    clock.now += seconds
    timer.ended()


def asked(timer: PacedTimer) -> int:
    """Return after how many milliseconds the work begins that is wanted now."""
    timer.stop()
    timer.soon()
    delay = timer.interval()
    timer.stop()
    return delay


@pytest.mark.parametrize(("seconds", "rest"), [(0.05, 200), (0.5, 2000), (5.0, 12_000), (7 * DAY, 12_000)])
def test_work_rests_four_times_as_long_as_it_took_and_not_for_ever(clock: Clock, seconds: float, rest: int) -> None:
    """The clock jumps where the computer sleeps in the midst of the work."""
    timer = PacedTimer(None, lambda: None)
    worked(clock, timer, seconds)
    assert asked(timer) == rest
    clock.now += rest / 2000
    assert asked(timer) == rest / 2


def test_after_its_rest_it_begins_at_once(clock: Clock) -> None:
    timer = PacedTimer(None, lambda: None)
    assert asked(timer) == 0
    worked(clock, timer, 0.2)
    clock.now += 1.0
    assert asked(timer) == 0


def test_where_what_changed_comes_to_its_end_it_rests_no_longer(clock: Clock) -> None:
    timer = PacedTimer(None, lambda: None, delay_ms=100)
    worked(clock, timer, 2.0)
    timer.soon()
    assert timer.interval() == 8000
    timer.hurry()
    assert timer.isActive()
    assert timer.interval() == 100
    timer.stop()
    timer.hurry()
    assert not timer.isActive()


def test_short_work_keeps_its_least_rest_and_its_delay(clock: Clock) -> None:
    timer = PacedTimer(None, lambda: None, rest_ms=200)
    worked(clock, timer, 0.001)
    assert asked(timer) == 200
    delayed = PacedTimer(None, lambda: None, delay_ms=150)
    assert asked(delayed) == 150
    worked(clock, delayed, 0.001)
    assert asked(delayed) == 150


def test_failed_work_is_tried_again_by_itself_later_and_later(clock: Clock) -> None:
    timer = PacedTimer(None, lambda: None, rest_ms=200)
    waits = []
    for _ in range(8):
        timer.began()
        timer.failed()
        assert timer.isActive()
        waits.append(timer.interval())
        timer.stop()
    assert waits == [2000, 4000, 8000, 16000, 32000, 60000, 60000, 60000]
    timer.failed()
    timer.soon()
    assert timer.interval() == 200, "somebody waits for it: only the usual rest"
    worked(clock, timer, 0.01)
    timer.failed()
    assert timer.interval() == 2000, "it has worked since"


def test_it_does_the_work_once_for_several_calls(qtbot: QtBot) -> None:
    done: list[str] = []
    timer = PacedTimer(None, lambda: done.append("work"))
    for _ in range(3):
        timer.soon()
    wait(qtbot, lambda: bool(done))
    assert done == ["work"]
    assert not timer.isActive()
