"""What a take is called where nobody gave it a name."""

from __future__ import annotations

from audiodesk.domain import words
from audiodesk.domain.library.outline import TakeRow
from audiodesk.domain.words import formats

__all__ = [
    "NO_NUMBER",
    "damage_action",
    "damage_sentence",
    "labelled_title",
    "number_label",
    "numbered_title",
    "take_label",
    "take_title",
]

NO_NUMBER = "–"
"""The label of a take that came from elsewhere without a number."""

_SECOND = ord("b")
_LAST = ord("z")


def take_title(row: TakeRow) -> str:
    """Return the name a person gave the take, else "Take 3"."""
    return numbered_title(row.take.title, row.number, row.namesakes)


def take_label(row: TakeRow) -> str:
    """Return the number of a take as it is shown: "3", "3b" where another take of the section has it too, or "–"."""
    return number_label(row.number, row.namesakes)


def number_label(number: int, namesakes: int = 0) -> str:
    """Return a take's number as it is shown, ``NO_NUMBER`` for 0.

    ``namesakes`` takes of the section stand before it with the same one.
    """
    if number <= 0:
        return NO_NUMBER
    if namesakes == 0:
        return formats.number(number)
    letter = _SECOND + namesakes - 1
    return formats.number(number) + (chr(letter) if letter <= _LAST else f"-{namesakes + 1}")


def numbered_title(title: str, number: int, namesakes: int = 0) -> str:
    """Return ``title``, or "Take 3" where it is empty."""
    return title or labelled_title(number_label(number, namesakes))


def labelled_title(label: str) -> str:
    """Return "Take 3" for the label "3", and a name without a number for ``NO_NUMBER`` or nothing."""
    if label in ("", NO_NUMBER):
        return words.tr("Take without a number")
    return words.tr("Take {number}").format(number=label)


def damage_sentence(damage: str) -> str:
    """Return what is wrong with a take's file on this computer; ``damage`` as in ``TakeRow``."""
    if damage == "file_missing":
        return words.tr("The file of this take is missing on this computer.")
    return words.tr("The file of this take on this computer is damaged.")


def damage_action() -> str:
    """Return what heals it."""
    return words.tr("Add the original file to this section again: it takes the place of this one.")
