"""What the status bar says: the one truthful sentence about a whole library, or what just happened to it."""

from __future__ import annotations

from collections.abc import Sequence

from audiodesk.domain import formats
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.library_place_words import not_writable
from audiodesk.domain.outline import Totals
from audiodesk.domain.words import tr, trn

__all__ = ["brought_back_sentence", "status_sentence", "with_trouble"]


def status_sentence(totals: Totals) -> str:
    """Return what the status bar and ``status`` say of a library without an account."""
    if totals.takes == 0:
        return tr("No takes yet")
    if totals.unsound:
        said = trn("{takes} take", "{takes} takes", totals.takes).format(takes=formats.number(totals.takes))
        unsound = trn(
            "the audio of {count} is missing or damaged: add the recording again",
            "the audio of {count} is missing or damaged: add the recordings again",
            totals.unsound,
        ).format(count=formats.number(totals.unsound))
        return f"{said}; {unsound}"
    takes = trn("{takes} take, on this computer", "{takes} takes, all on this computer", totals.takes)
    return takes.format(takes=formats.number(totals.takes))


def with_trouble(sentence: str, trouble: AudioDeskError | None) -> str:
    """Return the status sentence of a library that cannot be written for ``trouble``: "Read-only · 214 takes, …"."""
    if trouble is None:
        return sentence
    return " · ".join(part for part in (not_writable(trouble.code), sentence) if part)


def brought_back_sentence(titles: Sequence[str]) -> str:
    """Return what is told when an edit of something in the trash brought it, and what holds it, back."""
    listed = ", ".join(tr("“{title}”").format(title=title) for title in titles)
    return tr("Brought back from the trash: {titles}").format(titles=listed)
