"""The name of a take without a title of its own, and its number as shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from audiodesk.domain import words
from audiodesk.domain.words import formats

if TYPE_CHECKING:  # the tree must appear first, and shows no takes
    from audiodesk.domain.library.listings import TakeRow

__all__ = [
    "NO_NUMBER",
    "damage_action",
    "damage_sentence",
    "labelled_title",
    "number_label",
    "numbered_title",
    "take_among",
    "take_label",
    "take_title",
]

NO_NUMBER = "–"
"""The label of a take that came from another computer without a number."""

_SECOND = ord("b")
_LAST = ord("z")


def take_title(row: TakeRow) -> str:
    """Return the person's name for the take, else "Take 3"."""
    return numbered_title(row.take.title, row.number, row.namesakes)


def take_label(row: TakeRow) -> str:
    """Return a take's number as shown: "3"; "3b" if another take of the section has it too; or "–"."""
    return number_label(row.number, row.namesakes)


def number_label(number: int, namesakes: int = 0) -> str:
    """Return a take's number as shown, ``NO_NUMBER`` for 0.

    ``namesakes`` takes with the same number come before it in the section.
    """
    if number <= 0:
        return NO_NUMBER
    if namesakes == 0:
        return formats.number(number)
    letter = _SECOND + namesakes - 1
    return formats.number(number) + (chr(letter) if letter <= _LAST else f"-{namesakes + 1}")


def numbered_title(title: str, number: int, namesakes: int = 0) -> str:
    """Return ``title``, or "Take 3" if it is empty."""
    return title or labelled_title(number_label(number, namesakes))


def labelled_title(label: str) -> str:
    """Return "Take 3" for the label "3", and a name without a number for ``NO_NUMBER`` or an empty label."""
    if label in ("", NO_NUMBER):
        return words.tr("Take without a number")
    return words.tr("Take {number}").format(number=label)


def take_among(row: TakeRow, takes: Iterable[TakeRow]) -> str:
    """Return which take of its section this is: "take 3 of 5", where 5 is the highest number.

    Where not every take has a number of its own, the highest one says nothing: "take 1b, one of 2".
    """
    others = {known.take.id: known for known in takes}
    others[row.take.id] = row
    if row.number <= 0:
        return words.tr("take without a number")
    if all(known.number > 0 and not known.namesakes for known in others.values()):
        highest = max(known.number for known in others.values())
        return words.tr("take {number} of {count}").format(number=take_label(row), count=formats.number(highest))
    if len(others) == 1:
        return words.tr("take {number}").format(number=take_label(row))
    return words.tr("take {number}, one of {count}").format(number=take_label(row), count=formats.number(len(others)))


def damage_sentence(damage: str) -> str:
    """Return what is wrong with a take's file on this computer; ``damage`` as in ``TakeFacts``."""
    if damage == "file_missing":
        return words.tr("The file of this take is missing on this computer.")
    return words.tr("The file of this take on this computer is damaged.")


def damage_action() -> str:
    """Return what repairs the damage."""
    return words.tr("Add the original file to this section again: it takes the place of this one.")
