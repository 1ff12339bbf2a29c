"""Formats numbers, sizes, lengths and times: in English until ``desktop`` installs Qt's QLocale."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from audiodesk.domain import words

__all__ = [
    "duration",
    "install",
    "length",
    "moment",
    "number",
    "rfc3339",
    "size",
    "whole_seconds",
]

_MB = 1024 * 1024


def _plain_number(value: float, decimals: int) -> str:
    return f"{value:,.{decimals}f}".replace(",", "\u202f")


_number: Callable[[float, int], str] = _plain_number


def _plain_moment(milliseconds: int, is_today: bool) -> str:  # noqa: FBT001 - the signature that ``install`` takes
    at = datetime.fromtimestamp(milliseconds / 1000).astimezone()
    return f"{at:%H:%M}" if is_today else f"{at:%Y-%m-%d, %H:%M}"


_moment: Callable[[int, bool], str] = _plain_moment


def install(
    number_formatter: Callable[[float, int], str], moment_formatter: Callable[[int, bool], str] = _plain_moment
) -> None:
    """Use ``number_formatter(value, decimals)`` for every number from now on, and ``moment_formatter`` for moments.

    ``moment_formatter`` gets milliseconds since 1970 UTC, and whether that is today, so that the time of day is enough.
    """
    global _number, _moment
    _number, _moment = number_formatter, moment_formatter


def moment(milliseconds: int, now: int) -> str:
    """Return a moment in local time: "14:32" on the day of ``now``, else with its date.

    Both are in milliseconds since 1970 UTC.
    """
    days = [datetime.fromtimestamp(at / 1000).astimezone().date() for at in (milliseconds, now)]
    return _moment(milliseconds, days[0] == days[1])


def number(value: float, decimals: int = 0) -> str:
    """Return ``value`` with ``decimals`` places, and the person's group and decimal signs."""
    return _number(value, decimals)


def size(count: int) -> str:
    """Return bytes as "48.1 MB" (1024 x 1024), "12 KB" or "97 bytes"."""
    if count < 1024:
        return f"{number(count)} bytes" if count != 1 else f"{number(1)} byte"
    if count < _MB:
        return f"{number(count / 1024)} KB"
    if count < 1024 * _MB:
        return f"{number(count / _MB, 1)} MB"
    return f"{number(count / (1024 * _MB), 2)} GB"


def length(seconds: float, decimals: int = 0) -> str:
    """Return a length as "9:32", "1:02:07" or, with 3 decimals, "9:32.412"; rounded down."""
    scale = 10**decimals
    ticks = int(seconds * scale + 1e-6)
    whole, rest = divmod(ticks, scale)
    hours, whole = divmod(whole, 3600)
    minutes, secs = divmod(whole, 60)
    text = f"{hours}:{minutes:02}:{secs:02}" if hours else f"{minutes}:{secs:02}"
    return f"{text}.{rest:0{decimals}}" if decimals else text


def whole_seconds(seconds: float) -> int:
    """Return the seconds that ``length`` shows: rounded down."""
    return int(seconds + 1e-6)


def duration(seconds: float) -> str:
    """Return "10:02", or "0.4 s" under ten seconds, where minutes say nothing; parts are cut, as in ``length``."""
    if seconds >= 10:
        return length(seconds)
    return words.tr("{count} s").format(count=number(int(seconds * 10 + 1e-6) / 10, 1))


def sample_rate(hertz: int) -> str:
    """Return a sample rate as "44.1 kHz", with as many decimals as it needs, at most two."""
    khz = hertz / 1000
    decimals = 0 if khz == int(khz) else (1 if round(khz, 1) == khz else 2)
    return f"{number(khz, decimals)} kHz"


def rfc3339(milliseconds: int) -> str:
    """Return milliseconds since 1970 as RFC 3339 in UTC, for JSON."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
