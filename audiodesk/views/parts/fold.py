"""A part of a dialog that opens in place: a head with a chevron, and what lies below it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from audiodesk.views.parts import icons
from audiodesk.views.parts.labels import ElidedLabel
from audiodesk.views.parts.notice_card import Dot
from audiodesk.views.parts.theme import Role, scaled, set_tone

__all__ = ["Fold"]


class Fold(QWidget):
    """A hairline, a head that opens and closes the body, and beside the head what the body is about.

    ``body`` is a layout for the content.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self.head = QToolButton()
        self.head.setText(name)
        self.head.setCheckable(True)
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.head.setIconSize(QSize(scaled(16), scaled(16)))
        self.head.setProperty("kind", "fold")
        self.head.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        font = self.head.font()
        font.setWeight(QFont.Weight.DemiBold)
        self.head.setFont(font)
        self.head.toggled.connect(self._on_toggled)
        self._about = ElidedLabel()
        set_tone(self._about, "muted")
        self._sign = Dot()
        self._state = ElidedLabel()
        self._state.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        line = QFrame()
        line.setProperty("kind", "line")
        line.setFixedHeight(1)
        top = QHBoxLayout()
        top.setSpacing(scaled(8))
        top.addWidget(self.head)
        top.addWidget(self._about, 1)
        top.addWidget(self._sign)
        top.addWidget(self._state)
        self._inside = QWidget()
        self.body = QVBoxLayout(self._inside)
        self.body.setContentsMargins(scaled(24), scaled(4), 0, scaled(4))
        self.body.setSpacing(scaled(8))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(scaled(8))
        layout.addWidget(line)
        layout.addLayout(top)
        layout.addWidget(self._inside)
        self.show_about("")
        self._on_toggled(is_open=False)

    @property
    def is_open(self) -> bool:
        """Whether the body is shown."""
        return self.head.isChecked()

    def set_open(self, *, is_open: bool) -> None:
        """Show the body, or only the head."""
        self.head.setChecked(is_open)

    def show_about(self, about: str, state: str = "", icon: str = "", tone: Role = "muted") -> None:
        """Show beside the head what the body is about, and its state with an icon."""
        self._about.setText(about)
        self._state.setText(state)
        self._state.setVisible(bool(state))
        set_tone(self._state, tone)
        self._sign.setVisible(bool(icon))
        self._sign.show_icon(icon, tone)
        self.head.setAccessibleName(", ".join(part for part in (self._name, about, state) if part))

    def _on_toggled(self, is_open: bool) -> None:  # noqa: FBT001 - Qt's signal
        self._inside.setVisible(is_open)
        self.head.setIcon(icons.icon("chevron-down" if is_open else "chevron-right", "muted"))
