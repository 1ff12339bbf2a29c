"""The list of keys (F1), made from the actions themselves."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QScrollArea, QWidget

from audiodesk.domain import words
from audiodesk.views.dialogs.dialog import Dialog
from audiodesk.views.parts.labels import heading, muted
from audiodesk.views.parts.theme import scaled, tabular

__all__ = ["KeysDialog"]


_MEDIA_KEYS = frozenset(("Open", "New", "Undo", "Redo", "Copy", "Paste", "Cut", "Find", "Help", "Close", "Exit"))
"""Keys that few keyboards have; they are not listed."""
_MOST_KEYS = 2
"""At most this many keys are listed for an action: platforms define up to five."""


class KeysDialog(Dialog):
    """Groups of actions with their keys, and a field that filters them."""

    def __init__(self, groups: Sequence[tuple[str, Sequence[QAction]]], parent: QWidget | None = None) -> None:
        super().__init__(words.tr("Keys"), parent=parent)
        self.say(words.tr("Playback keys act in the player and in the table; the tree keeps its arrows."))
        self._rows: list[tuple[str, list[QWidget]]] = []
        self.field = QLineEdit()
        self.field.setPlaceholderText(words.tr("Find a key"))
        self.field.setAccessibleName(words.tr("Find a key"))
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(self._on_text)
        inside = QWidget()
        inside.setProperty("pane", "frame")
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, scaled(12), 0)
        grid.setHorizontalSpacing(scaled(24))
        grid.setVerticalSpacing(scaled(6))
        grid.setColumnStretch(0, 1)
        for name, acts in groups:
            self._add_group(grid, name, [act for act in acts if act.shortcuts()])
        grid.setRowStretch(grid.rowCount(), 1)
        area = QScrollArea()
        area.setProperty("pane", "frame")
        area.setAccessibleName(words.tr("Keys"))
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        self.body.addWidget(self.field)
        self.body.addWidget(area, 1)
        self.add_closing(words.tr("Close"), primary=True)
        self.resize(scaled(520), scaled(600))

    def _add_group(self, grid: QGridLayout, name: str, acts: Sequence[QAction]) -> None:
        if not acts:
            return
        head = heading(name)
        head.setContentsMargins(0, scaled(8), 0, 0)
        at = grid.rowCount()
        grid.addWidget(head, at, 0, 1, 2)
        all_text = ""
        for act in acts:
            at += 1
            keys = dict.fromkeys(k.toString(QKeySequence.SequenceFormat.NativeText) for k in act.shortcuts())
            shown = QLabel("   ".join([key for key in keys if key and key not in _MEDIA_KEYS][:_MOST_KEYS]))
            shown.setFont(tabular())
            said = muted(str(act.property("plain") or act.text()), tone="text")
            grid.addWidget(said, at, 0)
            grid.addWidget(shown, at, 1, Qt.AlignmentFlag.AlignRight)
            text = f"{said.text()} {shown.text()}".casefold()
            all_text += text
            self._rows.append((text, [said, shown]))
        self._rows.append((all_text, [head]))

    def _on_text(self, text: str) -> None:
        for content, widgets in self._rows:
            for widget in widgets:
                widget.setVisible(text.casefold() in content)
