"""Order among siblings as fractional indexes: keys for newcomers between their neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from fractional_indexing import FIError, generate_n_keys_between

__all__ = ["Placed", "Sibling", "place"]


class Sibling(NamedTuple):
    """One row among its siblings. They stand in order of key, compared bytewise, then of id."""

    key: str
    id: str


class Placed(NamedTuple):
    """``keys`` for the newcomers, in order, and new keys for those siblings that had to make room, by id."""

    keys: list[str]
    rekeyed: dict[str, str]


def place(siblings: Sequence[Sibling], before: str | None, count: int) -> Placed:
    """Return keys for ``count`` newcomers before the sibling with the id ``before``; None: at the end.

    ``siblings`` are in order. Where the neighbours have equal keys (two computers chose the same), the later equals
    are re-keyed upward, and only they. A key that is no fractional index makes all of them be keyed anew.
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


def _all_anew(siblings: Sequence[Sibling], index: int, count: int) -> Placed:
    keys: list[str] = generate_n_keys_between(None, None, len(siblings) + count)
    kept = keys[:index] + keys[index + count :]
    return Placed(keys[index : index + count], {sibling.id: key for sibling, key in zip(siblings, kept, strict=True)})
