"""The bar below the toolbar that reports trouble calmly: one sentence, one action, details on request."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from audiodesk.domain import words
from audiodesk.views.parts import icons
from audiodesk.views.parts.labels import muted
from audiodesk.views.parts.notice_card import Dot
from audiodesk.views.parts.theme import Role, repolish, scaled

__all__ = ["NoticeBar"]


class NoticeBar(QFrame):
    """Shows the newest notice; hidden while there is none.

    Signals:
        action_requested: the action's button was pressed (its key, str).
    """

    action_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "notice")
        self._key = ""
        self._sign = Dot("triangle-alert", "attention")
        self._sentence = QLabel()
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence.setWordWrap(True)
        self._sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._action = QPushButton(words.tr("Show"))
        self._action.setProperty("kind", "notice")
        self._action.clicked.connect(lambda: self.action_requested.emit(self._key))
        self._other_key = ""
        self._other = QPushButton(words.tr("Look…"))
        self._other.setProperty("kind", "notice")
        self._other.clicked.connect(lambda: self.action_requested.emit(self._other_key))
        self._more = QPushButton(words.tr("Details"))
        self._more.setProperty("kind", "notice")
        self._more.setCheckable(True)
        self._details = muted(wrapped=True)
        self._details.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._more.toggled.connect(self._details.setVisible)
        cross = QToolButton()
        cross.setIcon(icons.icon("x", "muted"))
        cross.setAccessibleName(words.tr("Dismiss"))
        cross.setToolTip(words.tr("Dismiss"))
        cross.clicked.connect(self.hide)
        line = QHBoxLayout()
        line.setSpacing(scaled(8))
        line.addWidget(self._sign)
        line.addWidget(self._sentence, 1)
        line.addWidget(self._action)
        line.addWidget(self._other)
        line.addWidget(self._more)
        line.addWidget(cross)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(16), scaled(6), scaled(12), scaled(6))
        layout.addLayout(line)
        layout.addWidget(self._details)
        self.hide()

    def show_notice(
        self,
        sentence: str,
        *,
        action: str = "",
        key: str = "",
        other: str = "",
        other_key: str = "",
        details: str = "",
        icon: str = "triangle-alert",
        tone: Role = "attention",
    ) -> None:
        """Show ``sentence`` with buttons ``action`` and ``other``, where given, and ``details`` behind "Details".

        A notice that asks for nothing (``tone`` is neither attention nor danger) has a calm background.
        """
        self._key, self._other_key = key, other_key
        self._show_ground("notice" if tone in ("attention", "danger") else "calm")
        self._sign.show_icon(icon, tone)
        self._sentence.setText(sentence)
        self.setAccessibleName(sentence)
        if action:
            self._action.setText(action)
        self._action.setVisible(bool(action))
        self._other.setText(other)
        self._other.setVisible(bool(other))
        self._details.setText(details)
        self._details.hide()
        self._more.setChecked(False)
        self._more.setVisible(bool(details))
        self.show()

    def _show_ground(self, kind: str) -> None:
        if self.property("kind") != kind:
            self.setProperty("kind", kind)
            repolish(self)

    @property
    def sentence(self) -> str:
        """The sentence that is shown; empty if there is none."""
        return "" if self.isHidden() else self._sentence.text()
