"""What a take is called where nobody gave it a name."""

from __future__ import annotations

from audiodesk.domain import formats
from audiodesk.domain.outline import TakeRow
from audiodesk.domain.words import tr

__all__ = ["numbered_title", "take_title"]


def take_title(row: TakeRow) -> str:
    """Return the name a person gave the take, else "Take 3"."""
    return numbered_title(row.take.title, row.number)


def numbered_title(title: str, number: int) -> str:
    """Return ``title``, or "Take 3" where it is empty."""
    return title or tr("Take {number}").format(number=formats.number(number))
