"""Data roles beyond Qt's own that the table models offer to their delegate."""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtCore import Qt

__all__ = ["TableRole"]


class TableRole(IntEnum):
    """Roles of a cell."""

    VALUE = Qt.ItemDataRole.UserRole + 1
    """The whole row's value."""
    TONE = Qt.ItemDataRole.UserRole + 2
    """A ``theme.Role`` for text and icon."""
    ICON = Qt.ItemDataRole.UserRole + 3
    """The name of an icon in front of the text."""
    TAIL = Qt.ItemDataRole.UserRole + 4
    """Muted text behind the text."""
    STRONG = Qt.ItemDataRole.UserRole + 5
    """Whether the text is semibold."""
    ELIDE_END = Qt.ItemDataRole.UserRole + 6
    """Whether the text is cut at its end; else in its middle."""
    KEEP_NUMBER = Qt.ItemDataRole.UserRole + 7
    """Whether the text is shortened by whole parts, so that its number stays."""
