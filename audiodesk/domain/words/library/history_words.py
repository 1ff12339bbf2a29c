"""Sentences for a take's history, in the past tense."""

from __future__ import annotations

from audiodesk.domain import words
from audiodesk.domain.library.listings import HistoryEntry
from audiodesk.domain.words import formats
from audiodesk.domain.words.library.take_words import NO_NUMBER

__all__ = ["history_sentence"]

_SENTENCES: dict[str, str] = {
    "added": words.QT_TR_NOOP("Added from {file}"),
    "chosen": words.QT_TR_NOOP("Take {number} became the current take"),
    "chosen-without-number": words.QT_TR_NOOP("A take without a number became the current take"),
    "trashed": words.QT_TR_NOOP("Moved to the trash"),
    "restored": words.QT_TR_NOOP("Restored from the trash"),
    "noted": words.QT_TR_NOOP("Notes changed"),
    "unnamed": words.QT_TR_NOOP("Own name taken away"),
    "renamed": words.QT_TR_NOOP("Renamed to “{title}”"),
    "numbered": words.QT_TR_NOOP("Is take {number} now; was take {former}"),
    "numbered-first": words.QT_TR_NOOP("Is take {number} now; had no number"),
    "moved": words.QT_TR_NOOP("Moved here from “{section}”"),
}

_NONE = ("", NO_NUMBER, 0, "0")
"""Values that stand for a missing number of a take."""


def history_sentence(entry: HistoryEntry) -> str:
    """Return the sentence for one entry of a take's history."""
    template = _SENTENCES.get(_special(entry))
    if template is None:
        return words.tr("Changed")
    params = {
        name: formats.number(value) if isinstance(value, (int, float)) else value
        for name, value in entry.params.items()
    }
    return words.tr(template).format_map({"file": "", "number": "", "former": "", "title": "", "section": "", **params})


def _special(entry: HistoryEntry) -> str:
    """Return the code of the sentence: the entry's own, or a special one if a value is missing."""
    if entry.what == "renamed" and not entry.params.get("title"):
        return "unnamed"
    if entry.what == "chosen" and entry.params.get("number", "") in _NONE:
        return "chosen-without-number"
    if entry.what == "numbered" and entry.params.get("former", "") in _NONE:
        return "numbered-first"
    return entry.what
