"""What the table models offer to their delegate beyond Qt's own roles."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import Qt

from audiodesk.views.parts.theme import Role

__all__ = ["Cell", "TableRole"]


class TableRole(IntEnum):
    """Roles of a cell."""

    VALUE = Qt.ItemDataRole.UserRole + 1
    """The whole row's value."""
    CELL = Qt.ItemDataRole.UserRole + 2
    """All that is painted in the cell, a ``Cell``."""


@dataclass(frozen=True, slots=True)
class Cell:
    """All that is painted in a cell.

    One value, because a delegate's question to a model goes through Qt and back, and a table paints hundreds of cells.
    """

    text: str = ""
    tone: Role = "text"
    """For text and icon."""
    icon: str | None = None
    """The name of an icon in front of the text."""
    tail: str | None = None
    """Muted text behind the text."""
    strong: bool = False
    """Whether the text is semibold."""
    at_right: bool = False
    """Whether the text is aligned at the right, as numbers are."""
    elide_end: bool = False
    """Whether the text is cut at its end; else in its middle."""
    keep_number: bool = False
    """Whether the text is shortened by whole parts, so that its number stays."""
