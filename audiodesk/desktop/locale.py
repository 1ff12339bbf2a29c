"""Puts Qt's translations and the person's way of writing numbers in the place of plain English."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale

from audiodesk.domain import formats, words

__all__ = ["install"]


def install() -> None:
    """Use ``QLocale`` for numbers and Qt's translator for every sentence from now on."""
    locale = QLocale()
    formats.install(lambda value, decimals: locale.toString(float(value), "f", decimals))
    words.install(lambda text, count: QCoreApplication.translate("words", text, None, -1 if count is None else count))
