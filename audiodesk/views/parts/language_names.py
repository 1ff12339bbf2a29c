"""Converts between the names of languages and the tags that projects store."""

from __future__ import annotations

from PySide6.QtCore import QLocale

__all__ = ["common_languages", "language_name"]

_TAGS = (
    "ar bg bn ca cs da de de-AT de-CH el en en-AU en-GB en-US es es-MX et eu fa fi fr fr-CA ga gl he hi hr hu id is it "
    "ja ko lt lv ms nb nl nl-BE nn pl pt pt-BR ro ru sk sl sq sr sv sw th tr uk ur vi zh zh-TW"
)


def language_name(tag: str) -> str:
    """Return "German" for "de", "Portuguese (Brazil)" for "pt-BR"; the tag itself where it is unknown."""
    if not tag:
        return ""
    locale = QLocale(tag)
    if locale.language() in (QLocale.Language.C, QLocale.Language.AnyLanguage):
        return tag
    name = QLocale.languageToString(locale.language())
    if "-" in tag:
        name += f" ({QLocale.territoryToString(locale.territory())})"
    return name


def common_languages() -> list[tuple[str, str]]:
    """Return (tag, name) pairs sorted by name, for a list to choose from."""
    return sorted(((tag, language_name(tag)) for tag in _TAGS.split()), key=lambda pair: pair[1])
