"""The toolbar: the next thing to do, a new project, the transfers, and the find field."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QWidget

from audiodesk.domain import words
from audiodesk.domain.words import formats
from audiodesk.views.parts import icons
from audiodesk.views.parts.actions import Actions
from audiodesk.views.parts.theme import Role, scaled, set_tone

__all__ = ["HeadBar"]

_TYPING_MS = 120
"""How long after the last key a search begins."""


class HeadBar(QFrame):
    """Buttons for three actions, and the find field.

    Signals:
        find_changed: the text changed, and the person has paused typing (str).
        find_accepted: Enter was pressed in the field.
        find_stepped: Down or Up was pressed in the field (int: 1 or -1).
    """

    find_changed = Signal(str)
    find_accepted = Signal()
    find_stepped = Signal(int)

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "frame")
        self.field = QLineEdit()
        self.field.setPlaceholderText(words.tr("Find a title, file or note"))
        self.field.setAccessibleName(words.tr("Find"))
        self.field.setClearButtonEnabled(True)
        self.field.addAction(icons.icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self.field.setMinimumWidth(scaled(160))
        self.field.setMaximumWidth(scaled(280))
        self.field.setMaxLength(200)
        self.field.installEventFilter(self)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_TYPING_MS)
        self._rest.timeout.connect(lambda: self.find_changed.emit(self.field.text()))
        self.field.textChanged.connect(self._on_text)
        line = QHBoxLayout(self)
        line.setContentsMargins(scaled(16), scaled(4), scaled(16), scaled(8))
        line.setSpacing(scaled(8))
        for act, icon, is_primary in (
            (actions.add_files, "plus", True),
            (actions.new_project, "book", False),
            (actions.show_transfers, "arrow-down-up", False),
        ):
            button = self._button(act, icon, is_primary=is_primary)
            line.addWidget(button)
            if act is actions.show_transfers:
                self._transfers, self._transfers_tip = button, button.toolTip()
        line.addStretch(1)
        line.addWidget(self.field, 2)
        self._line = line

    @property
    def is_resting(self) -> bool:
        """Whether ``find_changed`` has been emitted for all that was typed."""
        return not self._rest.isActive()

    def add_last(self, widget: QWidget) -> None:
        """Put a widget after the find field: the account's button."""
        self._line.addWidget(widget)

    def show_needs_you(self, count: int) -> None:
        """Show on the Transfers button how many files need the person."""
        name = self._transfers.text().partition("·")[0].rstrip()
        badge = formats.number(count) if count else ""
        self._transfers.setText(f"{name} · {badge}" if badge else name)
        said = words.tr("{count} files were not added", "{count} file was not added", count).format(count=badge)
        self._transfers.setToolTip(f"{self._transfers_tip}\n{said}" if badge else self._transfers_tip)
        self._transfers.setAccessibleName(f"{name.strip()}: {said}" if badge else name.strip())
        set_tone(self._transfers, "attention" if badge else "text")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt: handle the keys in the field that lead to the results."""
        if watched is self.field and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.find_accepted.emit()
                return True
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self.find_stepped.emit(1 if event.key() == Qt.Key.Key_Down else -1)
                return True
            if event.key() == Qt.Key.Key_Escape and self.field.text():
                self.field.clear()
                return True
        return super().eventFilter(watched, event)

    def _on_text(self, text: str) -> None:
        if text:
            self._rest.start()
        else:  # return to the former view at once
            self._rest.stop()
            self.find_changed.emit("")

    def _button(self, act: QAction, icon: str, *, is_primary: bool) -> QPushButton:
        role: Role = "on_accent" if is_primary else "text"
        # A style sheet leaves 4 px between icon and text: the space widens this to the 8 px of the grid.
        button = QPushButton(icons.icon(icon, role), f" {act.text()}")
        button.setAccessibleName(act.text())
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if is_primary:
            button.setProperty("kind", "primary")
        keys = act.shortcut().toString(act.shortcut().SequenceFormat.NativeText)
        button.setToolTip(f"{act.text()} ({keys})" if keys else act.text())
        button.setCheckable(act.isCheckable())
        button.setChecked(act.isChecked())
        button.clicked.connect(act.trigger)
        if act.isCheckable():
            act.toggled.connect(button.setChecked)
        return button
