"""What happened to a take, said in the past tense."""

from __future__ import annotations

from audiodesk.domain import formats, words
from audiodesk.domain.outline import HistoryEntry

__all__ = ["history_sentence"]

_SENTENCES: dict[str, str] = {
    "added": words.QT_TR_NOOP("Added from {file}"),
    "chosen": words.QT_TR_NOOP("Take {number} became the current take"),
    "trashed": words.QT_TR_NOOP("Moved to the trash"),
    "restored": words.QT_TR_NOOP("Restored from the trash"),
    "noted": words.QT_TR_NOOP("Notes changed"),
    "unnamed": words.QT_TR_NOOP("Own name taken away"),
    "renamed": words.QT_TR_NOOP("Renamed to “{title}”"),
    "numbered": words.QT_TR_NOOP("Is take {number} now; was take {former}"),
    "moved": words.QT_TR_NOOP("Moved here from “{section}”"),
}


def history_sentence(entry: HistoryEntry) -> str:
    """Return the sentence for one entry of a take's history."""
    what = "unnamed" if entry.what == "renamed" and not entry.params.get("title") else entry.what
    template = _SENTENCES.get(what)
    if template is None:
        return words.tr("Changed")
    params = {
        name: formats.number(value) if isinstance(value, (int, float)) else value
        for name, value in entry.params.items()
    }
    return words.tr(template).format_map({"file": "", "number": "", "former": "", "title": "", "section": "", **params})
