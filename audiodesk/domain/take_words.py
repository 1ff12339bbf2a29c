"""What a take is called where nobody gave it a name."""

from __future__ import annotations

from audiodesk.domain import formats, words
from audiodesk.domain.outline import TakeRow

__all__ = ["damage_action", "damage_sentence", "number_label", "numbered_title", "take_label", "take_title"]

_SECOND = ord("b")
_LAST = ord("z")


def take_title(row: TakeRow) -> str:
    """Return the name a person gave the take, else "Take 3"."""
    return numbered_title(row.take.title, row.number, row.namesakes)


def take_label(row: TakeRow) -> str:
    """Return the number of a take as it is shown: "3", or "3b" where another take of the section has it too."""
    return number_label(row.number, row.namesakes)


def number_label(number: int, namesakes: int = 0) -> str:
    """Return a take's number as it is shown; ``namesakes`` takes of the section stand before it with the same one."""
    if namesakes == 0:
        return formats.number(number)
    letter = _SECOND + namesakes - 1
    return formats.number(number) + (chr(letter) if letter <= _LAST else f"-{namesakes + 1}")


def numbered_title(title: str, number: int, namesakes: int = 0) -> str:
    """Return ``title``, or "Take 3" where it is empty."""
    return title or words.tr("Take {number}").format(number=number_label(number, namesakes))


def damage_sentence(damage: str) -> str:
    """Return what is wrong with a take's file on this computer; ``damage`` as in ``TakeRow``."""
    if damage == "file_missing":
        return words.tr("The file of this take is missing on this computer.")
    return words.tr("The file of this take on this computer is damaged.")


def damage_action() -> str:
    """Return what heals it."""
    return words.tr("Add the original file to this section again: it takes the place of this one.")
