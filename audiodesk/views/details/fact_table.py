"""Shows pairs of a name and a value below each other, aligned in two columns."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from audiodesk.views.parts.labels import leading, muted
from audiodesk.views.parts.theme import scaled, tabular

__all__ = ["FactTable"]


class FactTable(QWidget):
    """A grid that gets all its pairs anew each time; it reuses its labels, so that nothing flickers."""

    def __init__(self, parent: QWidget | None = None, *, name_width: int = 72) -> None:
        """``name_width`` is the least width of the names, in LOOK.md's pixels."""
        super().__init__(parent)
        self._names: list[QLabel] = []
        self._values: list[QLabel] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(scaled(12))
        self._grid.setVerticalSpacing(scaled(8))
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnMinimumWidth(0, scaled(name_width))

    def show_pairs(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Show these pairs; values can be selected and copied, and long ones wrap."""
        while len(self._names) < len(pairs):
            self._add()
        for at, (name_label, value_label) in enumerate(zip(self._names, self._values, strict=True)):
            is_shown = at < len(pairs)
            name_label.setVisible(is_shown)
            value_label.setVisible(is_shown)
            if is_shown:
                name, value = pairs[at]
                name_label.setText(name)
                value_label.setText(value)
                value_label.setAccessibleName(f"{name}: {value}")
        self.setVisible(bool(pairs))

    def _add(self) -> None:
        row = len(self._names)
        name, value = muted(), leading(QLabel())
        value.setFont(tabular())
        value.setTextFormat(Qt.TextFormat.PlainText)
        value.setWordWrap(True)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(value, row, 1, Qt.AlignmentFlag.AlignTop)
        self._names.append(name)
        self._values.append(value)
