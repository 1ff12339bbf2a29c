"""The one truthful sentence about a whole library."""

from __future__ import annotations

from audiodesk.domain import formats
from audiodesk.domain.outline import Totals
from audiodesk.domain.words import tr, trn

__all__ = ["status_sentence"]


def status_sentence(totals: Totals) -> str:
    """Return what the status bar and ``status`` say of a library without an account."""
    if totals.takes == 0:
        return tr("No takes yet")
    takes = trn("{takes} take, on this computer", "{takes} takes, all on this computer", totals.takes)
    return takes.format(takes=formats.number(totals.takes))
