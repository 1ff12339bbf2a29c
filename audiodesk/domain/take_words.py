"""What a take is called where nobody gave it a name."""

from __future__ import annotations

from audiodesk.domain import formats
from audiodesk.domain.outline import TakeRow
from audiodesk.domain.words import tr

__all__ = ["damage_action", "damage_sentence", "numbered_title", "take_title"]


def take_title(row: TakeRow) -> str:
    """Return the name a person gave the take, else "Take 3"."""
    return numbered_title(row.take.title, row.number)


def numbered_title(title: str, number: int) -> str:
    """Return ``title``, or "Take 3" where it is empty."""
    return title or tr("Take {number}").format(number=formats.number(number))


def damage_sentence(damage: str) -> str:
    """Return what is wrong with a take's file on this computer; ``damage`` as in ``TakeRow``."""
    if damage == "file_missing":
        return tr("The file of this take is missing on this computer.")
    return tr("The file of this take on this computer is damaged.")


def damage_action() -> str:
    """Return what heals it."""
    return tr("Add the original file to this section again: it takes the place of this one.")
