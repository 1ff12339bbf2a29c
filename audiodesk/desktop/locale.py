"""Puts Qt's translations and the person's way of writing numbers and moments in the place of plain English."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from audiodesk.domain import formats, words

__all__ = ["install"]


def install() -> None:
    """Use ``QLocale`` for numbers and moments and Qt's translator for every sentence from now on."""
    locale = QLocale()
    formats.install(lambda value, decimals: locale.toString(float(value), "f", decimals), _moment)
    words.install(lambda text, count: QCoreApplication.translate("words", text, None, -1 if count is None else count))


def _moment(milliseconds: int, is_today: bool) -> str:  # noqa: FBT001 - the form that ``formats.install`` takes
    at = QDateTime.fromMSecsSinceEpoch(milliseconds)
    locale = QLocale()
    time = locale.toString(at.time(), QLocale.FormatType.ShortFormat)
    return time if is_today else f"{locale.toString(at.date(), 'd MMM yyyy')}, {time}"
