"""Applies the person's language and formats of numbers and moments instead of plain English."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QDateTime, QLibraryInfo, QLocale, QTranslator

from audiodesk.domain import words
from audiodesk.domain.words import formats

__all__ = ["install"]

_WRITTEN_IN = frozenset({"en", "C"})
"""The language of the source texts: people who prefer it need no translation."""


def install(application: QCoreApplication, translations: Path) -> None:
    """Use ``QLocale`` for numbers and moments and Qt's translators for every sentence from now on.

    ``translations`` is the folder with ``audiodesk_de.qm`` and the like. The first of the person's languages that it
    has is used, also for Qt's own dialogs. If it has none of them, the sentences stay English.
    """
    locale = QLocale()
    formats.install(lambda value, decimals: locale.toString(float(value), "f", decimals), _moment)
    words.install(lambda text, one, count: QCoreApplication.translate(words.CONTEXT, text, one, count))
    if translations.is_dir():
        _install_language(application, locale, translations)


def _install_language(application: QCoreApplication, locale: QLocale, translations: Path) -> None:
    qt_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    for tag in locale.uiLanguages():
        name = tag.replace("-", "_")
        if name.partition("_")[0] in _WRITTEN_IN:
            return
        own = QTranslator(application)
        # Check the name first: ``load`` would also try it without its country, which the list has as a tag of its own.
        if not (translations / f"audiodesk_{name}.qm").is_file() or not own.load(
            f"audiodesk_{name}", str(translations)
        ):
            continue
        qt = QTranslator(application)
        if qt.load(f"qtbase_{name}", qt_folder):
            application.installTranslator(qt)
        application.installTranslator(own)
        return


def _moment(milliseconds: int, is_today: bool) -> str:  # noqa: FBT001 - the form that ``formats.install`` takes
    at = QDateTime.fromMSecsSinceEpoch(milliseconds)
    locale = QLocale()
    time = locale.toString(at.time(), QLocale.FormatType.ShortFormat)
    return time if is_today else f"{locale.toString(at.date(), 'd MMM yyyy')}, {time}"
