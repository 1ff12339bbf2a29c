"""The status bar: one sentence about the library, about what was just done, or about what a drag would do."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStatusBar, QWidget

from audiodesk.domain import words
from audiodesk.domain.server.connection import Connection
from audiodesk.domain.words.server.connection_words import connection_advice, connection_word
from audiodesk.views.parts.labels import ElidedLabel
from audiodesk.views.parts.notice_card import Dot
from audiodesk.views.parts.theme import Role, scaled, set_tone

__all__ = ["StatusBar"]

_SAID_MS = 6000
_CONNECTIONS: dict[Connection, tuple[str, Role]] = {
    Connection.STARTING: ("clock", "muted"),
    Connection.LOCAL: ("hard-drive", "muted"),
    Connection.SIGNED_OUT: ("circle-user-round", "attention"),
    Connection.OFFLINE: ("cloud-off", "muted"),
    Connection.UNREACHABLE: ("cloud-off", "attention"),
    Connection.BLOCKED: ("cloud-off", "attention"),
    Connection.BUSY: ("cloud-off", "muted"),
    Connection.KEYRING: ("key-round", "attention"),
    Connection.HERE: ("triangle-alert", "attention"),
    Connection.NEEDS_OPERATOR: ("triangle-alert", "attention"),
    Connection.ONLINE: ("cloud", "safe"),
    Connection.SYNCING: ("refresh-cw", "accent"),
}


class StatusBar(QStatusBar):
    """Three sentences share one place: a drag's effect goes first, then what was just done, then the general truth."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sentence = self._said = self._hint = ""
        self.setSizeGripEnabled(False)
        self._sign = Dot("clock", "muted")
        self._where = QLabel()
        self._text = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        set_tone(self._text, "muted")
        self._text.setAccessibleName(words.tr("Status"))
        # Before the labels get a place, which polishes them: to polish one again PySide makes all of QStyle's enums,
        # 4 % of the time until the first paint.
        self.show_connection(Connection.STARTING)
        inside = QWidget()
        line = QHBoxLayout(inside)
        line.setContentsMargins(scaled(12), scaled(4), scaled(12), scaled(4))
        line.setSpacing(scaled(6))
        line.addWidget(self._sign)
        line.addWidget(self._where)
        line.addSpacing(scaled(10))
        line.addWidget(self._text, 1)
        self.addWidget(inside, 1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SAID_MS)
        self._timer.timeout.connect(self._forget_said)

    @property
    def text(self) -> str:
        """The text that is visible now."""
        return self._text.text()

    @property
    def connection(self) -> str:
        """The word for the connection that is visible now."""
        return self._where.text()

    def show_connection(self, connection: Connection, why: str = "") -> None:
        """Show in a word how this computer stands to its server; the tooltip says who can act, and ``why``."""
        icon, tone = _CONNECTIONS[connection]
        self._sign.show_icon(icon, tone)
        set_tone(self._where, tone)
        self._where.setText(connection_word(connection))
        advice = "\n".join(part for part in (connection_advice(connection), why) if part)
        self._where.setToolTip(advice)
        self._where.setAccessibleDescription(advice)

    def show_sentence(self, sentence: str) -> None:
        """Show the general sentence about the library."""
        self._sentence = sentence
        self._show()

    def say(self, sentence: str) -> None:
        """Show what was just done, for some seconds."""
        self._said = sentence
        self._timer.start()
        self._show()

    def show_hint(self, sentence: str) -> None:
        """Show what a drag would do; an empty text removes it."""
        if sentence != self._hint:
            self._hint = sentence
            self._show()

    def _forget_said(self) -> None:
        self._said = ""
        self._show()

    def _show(self) -> None:
        text = self._hint or self._said or self._sentence
        set_tone(self._text, "text" if self._hint or self._said else "muted")
        self._text.setText(text)
        self._text.setAccessibleName(text)
