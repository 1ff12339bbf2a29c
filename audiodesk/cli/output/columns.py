"""Lists on a terminal: rows whose columns stand below each other."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from audiodesk.cli.output.answer import shown

__all__ = ["aligned"]

_WIDEST = 80
"""Cells of the terminal. A longer text moves the rest of its own row to the right, and no other row."""


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return one line for each row, with two spaces between the columns. All rows have the same number of columns."""
    texts = [[shown(cell) for cell in row] for row in rows]
    widths = [max(min(_width(cell), _WIDEST) for cell in column) for column in zip(*texts, strict=True)]
    return [_line(row, widths) for row in texts]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    *firsts, last = zip(row, widths, strict=True)
    return "  ".join([*(cell + " " * (width - _width(cell)) for cell, width in firsts), last[0]])


def _width(text: str) -> int:
    """Return how many cells a text takes: two for a wide character of East Asia, none for an accent on its own."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in ("W", "F")) for char in text
    )
