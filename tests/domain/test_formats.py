"""How numbers, sizes, lengths and times are written."""

from __future__ import annotations

import pytest

from audiodesk.domain.words import formats


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (9.999, "0:09"), (59.99999, "0:59"), (572.412, "9:32"), (3727, "1:02:07"), (360000, "100:00:00")],
)
def test_a_length_is_cut_never_rounded_up(seconds: float, text: str) -> None:
    assert formats.length(seconds) == text


def test_a_length_with_thousandths_shows_all_three() -> None:
    assert formats.length(572.412, 3) == "9:32.412"
    assert formats.length(2.0, 3) == "0:02.000"


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (1023, "1\u202f023 bytes"),
        (1024, "1 KB"),
        (50_436_505, "48.1 MB"),
        (52_428_800, "50.0 MB"),
        (5_368_709_120, "5.00 GB"),
    ],
)
def test_sizes_count_in_1024(count: int, text: str) -> None:
    assert formats.size(count) == text


def test_json_times_are_rfc_3339_in_utc() -> None:
    assert formats.rfc3339(0) == "1970-01-01T00:00:00.000Z"
    assert formats.rfc3339(1_795_000_000_123) == "2026-11-18T11:06:40.123Z"


def test_another_formatter_can_be_put_in_place() -> None:
    plain = formats._number
    try:
        formats.install(lambda value, decimals: f"{value:.{decimals}f}".replace(".", ","))
        assert formats.size(50_436_505) == "48,1 MB"
    finally:
        formats.install(plain)
