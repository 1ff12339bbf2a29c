"""Settings read from files with any content."""

from __future__ import annotations

from typing import Any

import pytest

from audiodesk.domain.settings import Settings


def test_an_empty_file_is_a_valid_one() -> None:
    assert Settings.from_mapping({}) == Settings()


def test_what_was_written_is_read_back() -> None:
    settings = Settings(scheme="dark", playback_rate=1.25, supabase_url="https://x.test")
    assert Settings.from_mapping(settings.to_mapping()) == settings


@pytest.mark.parametrize(
    "data",
    [
        {"scheme": "pink"},
        {"scheme": 3},
        {"playback_rate": 9.0},
        {"playback_rate": True},
        {"playback_rate": float("nan")},
        {"volume": "loud"},
        {"supabase_url": None},
        {"trash_reminder": 1},
        {"unknown": 1},
    ],
)
def test_what_does_not_fit_falls_back_to_the_default(data: dict[str, Any]) -> None:
    assert Settings.from_mapping(data) == Settings()


def test_a_whole_number_is_a_rate() -> None:
    assert Settings.from_mapping({"playback_rate": 2}).playback_rate == 2
