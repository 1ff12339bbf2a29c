"""The three panes side by side: where the window is narrow, those at the sides give way before the centre does."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from audiodesk.views.parts.theme import scaled

__all__ = ["Panes"]

_CENTRE = 460
"""Pixels at 100 % that the centre keeps while a pane beside it can give way: titles stay readable."""
_SIDES = (200, 0, 256)
"""Pixels at 100 % down to which the panes give way by themselves; a person may make them narrower."""


class Panes(QSplitter):
    """Tree, centre and details. The widths that a person gave the panes at the sides come back with the room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._wanted = [scaled(276), scaled(724), scaled(320)]
        self.splitterMoved.connect(lambda *_: self._note())

    def wanted(self) -> list[int]:
        """Return the widths that the panes have where there is room, also while they are not shown."""
        return list(self._wanted)

    def want(self, widths: Sequence[int]) -> None:
        """Give the panes these widths, as far as there is room."""
        self._wanted = list(widths)
        self.setSizes(self._wanted)
        self._share()

    def show_pane(self, at: int, *, is_shown: bool) -> None:
        """Show or hide a pane; shown again it has its former width, as far as there is room."""
        pane = self.widget(at)
        if pane is not None:
            pane.setVisible(is_shown)
            self._share()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: the window has another width."""
        super().resizeEvent(event)
        self._share()

    def _note(self) -> None:
        """Keep the widths after a person moved a handle."""
        for at, width in enumerate(self.sizes()):
            if not self._is_hidden(at):
                self._wanted[at] = width

    def _is_hidden(self, at: int) -> bool:
        pane = self.widget(at)
        return pane is None or pane.isHidden()

    def _share(self) -> None:
        if self.count() != len(self._wanted) or not self.width():
            return
        left, right = (0 if self._is_hidden(at) else self._wanted[at] for at in (0, 2))
        room = self.width() - self.handleWidth() * sum(not self._is_hidden(at) for at in (0, 2))
        lack = scaled(_CENTRE) - (room - left - right)
        least = [scaled(width) for width in _SIDES]
        for_right = min(max(lack, 0), max(right - least[2], 0))
        for_left = min(max(lack - for_right, 0), max(left - least[0], 0))
        left, right = left - for_left, right - for_right
        shared = [left, room - left - right, right]
        if shared != self.sizes():  # a width of 0 would make a hidden pane collapse
            self.setSizes([width or wanted for width, wanted in zip(shared, self._wanted, strict=True)])
