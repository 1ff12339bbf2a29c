"""Words about further recordings in the file of a take."""

from __future__ import annotations

from audiodesk.domain import words

__all__ = ["further_done", "further_verb"]


def further_verb(count: int) -> str:
    """Return the label of the button that makes takes of ``count`` further recordings."""
    return words.tr("Add as a take") if count == 1 else words.tr("Add as takes")


def further_done(count: int) -> str:
    """Return the message after those takes were made."""
    return words.tr("It is a take of its own.") if count == 1 else words.tr("They are takes of their own.")
