"""Orders siblings by fractional indexes: new rows get keys between their neighbours."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from fractional_indexing import FIError, generate_n_keys_between

__all__ = ["Placed", "Sibling", "can_move", "place"]


class Sibling(NamedTuple):
    """One row among its siblings. They are ordered by key, compared bytewise, then by id."""

    key: str
    id: str


class Placed(NamedTuple):
    """``keys`` for the new rows, in order, and new keys by id for siblings that had to make room."""

    keys: list[str]
    rekeyed: dict[str, str]


def place(siblings: Sequence[Sibling], before: str | None, count: int) -> Placed:
    """Return keys for ``count`` new rows before the sibling with the id ``before``; None: at the end.

    ``siblings`` are in order. If the neighbours have equal keys (chosen on two computers), only the later siblings with
    that key get new, higher keys. If any key is not a fractional index, all siblings get new keys.
    """
    index = next((i for i, sibling in enumerate(siblings) if sibling.id == before), len(siblings))
    low = siblings[index - 1].key if index else None
    run = index
    while run < len(siblings) and siblings[run].key == low:
        run += 1
    high = siblings[run].key if run < len(siblings) else None
    moved = siblings[index:run]
    try:
        keys: list[str] = generate_n_keys_between(low, high, count + len(moved))
    except (FIError, ValueError, IndexError):
        return _all_anew(siblings, index, count)
    return Placed(keys[:count], {sibling.id: key for sibling, key in zip(moved, keys[count:], strict=True)})


def can_move(siblings: Sequence[str], moving: Collection[str]) -> tuple[bool, bool]:
    """Return whether one place up and one place down would change the order of these ids.

    Rows that are not all ``siblings`` move nowhere.
    """
    count = len(moving)
    if not count or not set(siblings).issuperset(moving):
        return False, False
    return set(siblings[:count]) != set(moving), set(siblings[len(siblings) - count :]) != set(moving)


def _all_anew(siblings: Sequence[Sibling], index: int, count: int) -> Placed:
    keys: list[str] = generate_n_keys_between(None, None, len(siblings) + count)
    kept = keys[:index] + keys[index + count :]
    return Placed(keys[index : index + count], {sibling.id: key for sibling, key in zip(siblings, kept, strict=True)})
