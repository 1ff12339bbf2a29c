"""The fonts of a row, made once for each font of its view: a new font takes longer than the text that it draws."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtGui import QFont, QFontMetrics

from audiodesk.views.parts.theme import tabular

__all__ = ["Face", "RowFonts"]


class Face(NamedTuple):
    """A font and its measures."""

    font: QFont
    metrics: QFontMetrics


class RowFonts:
    """Plain and semibold, each also with digits of equal width (``figures``)."""

    def __init__(self) -> None:
        self._base: QFont | None = None
        self._faces: dict[tuple[bool, bool], Face] = {}

    def face(self, base: QFont, *, strong: bool = False, figures: bool = False) -> Face:
        """Return the face for a view whose font is ``base``."""
        if self._base is None or self._base != base:
            self._base, self._faces = QFont(base), {}
        found = self._faces.get((strong, figures))
        if found is None:
            font = tabular(base) if figures else QFont(base)
            if strong:
                font.setWeight(QFont.Weight.DemiBold)
            found = self._faces[strong, figures] = Face(font, QFontMetrics(font))
        return found
