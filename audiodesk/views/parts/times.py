"""Formats moments for the window: "14:32", "Yesterday", "22 Nov 2026, 14:51"; always in local time."""

from __future__ import annotations

from PySide6.QtCore import QDate, QDateTime, QLocale

from audiodesk.domain import words

__all__ = ["day", "full_moment", "hour_moment", "moment", "short_moment"]

_HOUR = 3_600_000
_LATE = 180_000
"""What is told once an hour is told with the next sync after it."""


def short_moment(milliseconds: int) -> str:
    """Return "14:32" for today, "Yesterday", "Mon" for this week, else a short date: for a narrow column."""
    at = QDateTime.fromMSecsSinceEpoch(milliseconds)
    days = at.date().daysTo(QDate.currentDate())
    locale = QLocale()
    if days == 0:
        return locale.toString(at.time(), QLocale.FormatType.ShortFormat)
    if days == 1:
        return words.tr("Yesterday")
    if at.date().year() == QDate.currentDate().year():
        return locale.toString(at.date(), "d MMM")
    return locale.toString(at.date(), "d MMM yyyy")


def moment(milliseconds: int) -> str:
    """Return "today, 14:32", "yesterday, 14:32" or "22 Nov 2026, 14:32": for the middle of a sentence."""
    at = QDateTime.fromMSecsSinceEpoch(milliseconds)
    time = QLocale().toString(at.time(), QLocale.FormatType.ShortFormat)
    days = at.date().daysTo(QDate.currentDate())
    if days == 0:
        return words.tr("today, {time}").format(time=time)
    if days == 1:
        return words.tr("yesterday, {time}").format(time=time)
    return f"{day(milliseconds)}, {time}"


def hour_moment(milliseconds: int) -> str:
    """Return "within the last hour", "today, about 15:00" or "22 Nov 2026", for what is told only once an hour.

    ``milliseconds`` is when it was told last: it may have happened again in the hour after that.
    """
    if QDateTime.currentMSecsSinceEpoch() - milliseconds < _HOUR + _LATE:
        return words.tr("within the last hour")
    at = QDateTime.fromMSecsSinceEpoch(milliseconds + _HOUR)  # half an hour on, then to the nearest hour
    at = at.addSecs(-60 * at.time().minute() - at.time().second())
    days = at.date().daysTo(QDate.currentDate())
    time = QLocale().toString(at.time(), QLocale.FormatType.ShortFormat)
    if days == 0:
        return words.tr("today, about {time}").format(time=time)
    if days == 1:
        return words.tr("yesterday, about {time}").format(time=time)
    return day(milliseconds)


def day(milliseconds: int) -> str:
    """Return "22 Nov 2026"."""
    return QLocale().toString(QDateTime.fromMSecsSinceEpoch(milliseconds).date(), "d MMM yyyy")


def full_moment(milliseconds: int) -> str:
    """Return "22 Nov 2026, 14:51", for today as well."""
    at = QDateTime.fromMSecsSinceEpoch(milliseconds)
    return f"{day(milliseconds)}, {QLocale().toString(at.time(), QLocale.FormatType.ShortFormat)}"
