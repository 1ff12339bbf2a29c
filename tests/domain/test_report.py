"""The facts that a report gives about itself."""

from __future__ import annotations

import pytest

from audiodesk.domain.audio.report import seek_step


@pytest.mark.parametrize(
    ("seconds", "entries", "step"),
    [
        (0.0, 0, 10),
        (9.9, 1, 10),
        (10.0, 2, 10),
        (1199.99, 120, 10),
        (1200.02, 121, 10),
        (10199.9, 1020, 10),
        (10210.0, 511, 20),
        (20000.0, 1001, 20),
        (20401.0, 511, 40),
        (360000.0, 563, 640),
    ],
)
def test_the_step_of_a_seek_table_follows_from_length_and_entries(seconds: float, entries: int, step: int) -> None:
    assert seek_step(seconds, entries) == step
