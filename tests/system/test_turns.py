"""Turns of threads and searches for garbage are set for the whole process."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator

import pytest

from audiodesk.system.turns import keep_turns_short


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    turn, garbage = sys.getswitchinterval(), gc.get_threshold()
    yield
    sys.setswitchinterval(turn)
    gc.set_threshold(*garbage)


def test_threads_take_turns_sooner_and_garbage_is_searched_for_less_often() -> None:
    sys.setswitchinterval(0.005)
    gc.set_threshold(700, 10, 10)
    keep_turns_short()
    assert sys.getswitchinterval() == pytest.approx(0.001)
    assert gc.get_threshold() == (5000, 20, 50)
