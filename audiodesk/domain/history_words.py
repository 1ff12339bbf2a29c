"""What happened to a take, said in the past tense."""

from __future__ import annotations

from collections.abc import Callable

from audiodesk.domain import formats
from audiodesk.domain.outline import HistoryEntry
from audiodesk.domain.words import tr

__all__ = ["history_sentence"]

_SENTENCES: dict[str, Callable[[], str]] = {
    "added": lambda: tr("Added from {file}"),
    "chosen": lambda: tr("Take {number} became the current take"),
    "trashed": lambda: tr("Moved to the trash"),
    "restored": lambda: tr("Restored from the trash"),
    "noted": lambda: tr("Notes changed"),
    "unnamed": lambda: tr("Own name taken away"),
    "renamed": lambda: tr("Renamed to “{title}”"),
    "numbered": lambda: tr("Is take {number} now; was take {former}"),
    "moved": lambda: tr("Moved here from “{section}”"),
}


def history_sentence(entry: HistoryEntry) -> str:
    """Return the sentence for one entry of a take's history."""
    what = "unnamed" if entry.what == "renamed" and not entry.params.get("title") else entry.what
    template = _SENTENCES.get(what)
    if template is None:
        return tr("Changed")
    params = {
        name: formats.number(value) if isinstance(value, (int, float)) else value
        for name, value in entry.params.items()
    }
    return template().format_map({"file": "", "number": "", "former": "", "title": "", "section": "", **params})
