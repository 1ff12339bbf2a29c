"""Moments as the window writes them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QDateTime, QLocale, QTime

from audiodesk.views.parts.times import day, hour_moment

_MINUTE = 60_000


def _days_ago(days: int, hour: int, minute: int) -> int:
    date = QDateTime.currentDateTime().addDays(-days).date()
    return QDateTime(date, QTime(hour, minute)).toMSecsSinceEpoch()


@pytest.mark.parametrize("minutes", [0, 15, 59, 62])
def test_what_is_told_once_an_hour_was_within_the_last_one_until_it_is_due_again(minutes: int) -> None:
    assert hour_moment(QDateTime.currentMSecsSinceEpoch() - minutes * _MINUTE) == "within the last hour"


@pytest.mark.parametrize(("hour", "minute", "about"), [(14, 0, 15), (14, 32, 15), (14, 59, 15), (9, 5, 10)])
def test_before_that_it_is_rounded_to_an_hour_that_holds_whatever_followed(hour: int, minute: int, about: int) -> None:
    time = QLocale().toString(QTime(about, 0), QLocale.FormatType.ShortFormat)
    assert hour_moment(_days_ago(1, hour, minute)) == f"yesterday, about {time}"


def test_long_ago_is_a_day() -> None:
    at = _days_ago(9, 14, 32)
    assert hour_moment(at) == day(at)
