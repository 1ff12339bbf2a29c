"""Puts the person's language and way of writing numbers and moments in the place of plain English."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QDateTime, QLibraryInfo, QLocale, QTranslator

from audiodesk.domain import words
from audiodesk.domain.words import formats

__all__ = ["install"]

_WRITTEN_IN = frozenset({"en", "C"})
"""The language of the sentences themselves: whoever prefers it to another one needs no translation."""


def install(application: QCoreApplication, translations: Path) -> None:
    """Use ``QLocale`` for numbers and moments and Qt's translators for every sentence from now on.

    ``translations`` is the folder of ``audiodesk_de.qm`` and the like. The first language of the person that it has is
    taken; Qt's own dialogs are translated into the same one. Without any of them the sentences stay English.
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
        # ``load`` would look for the name without its country as well; that comes as a tag of its own.
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
