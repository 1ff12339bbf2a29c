"""The second step of the sign-in: the code from the mail."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from audiodesk.domain import words
from audiodesk.domain.server.mail_code import LONGEST, SHORTEST, digits_of
from audiodesk.domain.words.server.sign_in_words import code_link_explained, code_wait, mail_template_wanted
from audiodesk.views.parts import icons
from audiodesk.views.parts.field_note import NotedField
from audiodesk.views.parts.fold import Fold
from audiodesk.views.parts.labels import muted
from audiodesk.views.parts.links import copy_text, link_button
from audiodesk.views.parts.notice_card import Dot
from audiodesk.views.parts.theme import scaled, title_font

__all__ = ["CodeForm"]

_REST_MS = 800
"""How long after the last digit a code of unknown length counts as complete."""


class CodeForm(QWidget):
    """One field for the code, which sends itself when complete; another code after a wait; help with a link.

    Signals:
        changed: something was typed (nothing).
        completed: the code is complete (nothing).
        another_wanted: another code should be sent (nothing).
        password_wanted: the person would rather use the password (nothing).
    """

    changed = Signal()
    completed = Signal()
    another_wanted = Signal()
    password_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._length = 0
        self._had = 0
        self._host = ""
        self.code = QLineEdit()
        self.code.setMaxLength(4 * LONGEST)
        self.code.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.code.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly | Qt.InputMethodHint.ImhSensitiveData)
        self.code.setAccessibleName(words.tr("Code"))
        font = title_font()
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, scaled(8))
        font.setFeature(QFont.Tag("tnum"), 1)
        self.code.setFont(font)
        self.code.setProperty("size", "large")
        self.noted = NotedField(self.code, keeps_room=True)
        label = QLabel(words.tr("Code"))
        label.setBuddy(self.code)
        self._sign = Dot("clock", "muted")
        self._wait = muted()
        self.another = link_button(words.tr("Send another one"))
        self.another.clicked.connect(self.another_wanted)
        self.use_password = link_button(words.tr("Use my password"))
        self.use_password.clicked.connect(self.password_wanted)
        line = QHBoxLayout()
        line.setSpacing(scaled(6))
        line.addWidget(self._sign)
        line.addWidget(self._wait)
        line.addWidget(self.another)
        line.addStretch(1)
        line.addWidget(self.use_password)
        self.help = Fold(words.tr("The mail shows a link, not a code?"))
        self.help.body.addWidget(muted(code_link_explained(), wrapped=True))
        self.copy_button = QPushButton(icons.icon("copy"), " " + words.tr("Copy what they need to know"))
        self.copy_button.setAutoDefault(False)
        self.copy_button.clicked.connect(self._on_copy)
        self.help.body.addWidget(self.copy_button, 0, Qt.AlignmentFlag.AlignLeft)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(scaled(8))
        layout.addWidget(label)
        layout.addWidget(self.noted)
        layout.addLayout(line)
        layout.addSpacing(scaled(8))
        layout.addWidget(self.help)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self.completed)
        self.code.textChanged.connect(self._on_text)
        self.show_wait(0)

    @property
    def digits(self) -> str:
        """The digits that were typed."""
        return digits_of(self.code.text())

    @property
    def may_be_complete(self) -> bool:
        """Whether there are as many digits as a code has at least."""
        return len(self.digits) >= (self._length or SHORTEST)

    def ask(self, host: str, length: int) -> None:
        """Ask for a code that ``host`` sent; ``length`` is how many digits it has, 0 if that is not known."""
        self._host, self._length = host, length
        self.forget_code()
        self.noted.show_nothing()
        self.copy_button.setText(" " + words.tr("Copy what they need to know"))
        self.set_usable(is_usable=True)
        self.code.setFocus()

    def show_wait(self, seconds: int) -> None:
        """Show how long it takes until another code may be sent; with 0 it can be asked for."""
        self._wait.setText(code_wait(seconds) if seconds else "")
        self._sign.setVisible(seconds > 0)
        self._wait.setVisible(seconds > 0)
        self.another.setVisible(seconds <= 0)

    def show_field(self) -> NotedField:
        """Return the field, and go to it with what was typed selected."""
        self.set_usable(is_usable=True)
        self.code.setFocus()
        self.code.selectAll()
        return self.noted

    def forget_code(self) -> None:
        """Empty the field for good."""
        self._rest.stop()
        self.code.setText("")

    def set_usable(self, *, is_usable: bool) -> None:
        """Allow changes, or only looking."""
        for widget in (self.code, self.another, self.use_password):
            widget.setEnabled(is_usable)
        self._rest.stop()

    def _on_text(self, text: str) -> None:
        digits = digits_of(text)
        if digits != text:
            self.code.setText(digits)  # comes back here
            return
        is_pasted = len(digits) - self._had > 1
        self._had = len(digits)
        self.noted.show_nothing()
        self._rest.stop()
        self.changed.emit()
        if not self.may_be_complete:
            return
        if len(digits) in (self._length, LONGEST) or is_pasted:
            self.completed.emit()
        elif not self._length:
            self._rest.start()

    def _on_copy(self) -> None:
        copy_text(mail_template_wanted(self._host))
        self.copy_button.setText(" " + words.tr("Copied"))
