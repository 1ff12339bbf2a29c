"""A sign-out gets what closing has left over for it."""

from __future__ import annotations

import pytest

from audiodesk.system.farewell import Farewell


def test_it_gets_what_is_left() -> None:
    now = [100.0]
    farewell = Farewell(lambda: now[0])
    whole = farewell.left()
    assert 1 <= whole <= 2
    now[0] += 1000
    farewell.begin()
    assert farewell.left() == pytest.approx(whole)
    now[0] += 0.75
    assert farewell.left() == pytest.approx(whole - 0.75)
    now[0] += 9
    assert 0 < farewell.left() < 0.5, "what can be done at once is done"
