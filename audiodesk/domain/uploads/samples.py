"""Which pieces of a file are read back from the cloud to call it safe."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

__all__ = ["SAMPLED", "Piece", "sampled_pieces"]

SAMPLED = 256 * 1024
"""Bytes that are read back of a larger file; of a smaller one all."""
_PARTS = 4


class Piece(NamedTuple):
    """Bytes of a file: the first one's offset, and how many."""

    first: int
    length: int


def sampled_pieces(size: int, below: Callable[[int], int]) -> list[Piece]:
    """Return the first, the last and some random pieces of a file of ``size`` bytes, without overlaps, in order.

    ``below(n)`` returns a random number from 0 to n - 1. It must not be foreseeable, so that no piece is never read.
    """
    if size <= SAMPLED:
        return [Piece(0, size)] if size else []
    length = SAMPLED // _PARTS
    room = size - SAMPLED  # what the random pieces may be moved by together
    gaps = sorted(below(room + 1) for _ in range(_PARTS - 2))
    between = [Piece((number + 1) * length + gap, length) for number, gap in enumerate(gaps)]
    return [Piece(0, length), *between, Piece(size - length, length)]
