"""The fields for the server's address and public key, with a test and what came of it."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from audiodesk.domain import words
from audiodesk.domain.words.server.sign_in_words import key_explained, secret_key_refused
from audiodesk.views.parts.field_note import NotedField
from audiodesk.views.parts.labels import muted
from audiodesk.views.parts.links import link_button
from audiodesk.views.parts.theme import scaled

__all__ = ["ServerField", "ServerFields", "ServerState"]

ServerField = Literal["server", "key"]
ServerState = Literal["missing", "untested", "testing", "tested", "wrong"]

_SECRET, _TOKEN = "sb_secret_", "eyJ"
"""How secret keys begin: the newer ones, and those of older projects."""
_LONGEST = 2048


class ServerFields(QWidget):
    """Address and key; they are tested on request, and every change makes the test void.

    A secret key is taken out of its field as soon as it is recognized.

    Signals:
        server_entered: test this address with this key (str, str).
        server_left: a field with changed text was left, or Enter pressed in it: test both meanwhile (str, str).
        state_changed: ``state`` has changed (nothing).
    """

    server_entered = Signal(str, str)
    server_left = Signal(str, str)
    state_changed = Signal()

    def __init__(self, parent: QWidget | None = None, *, tests_when_left: bool = False) -> None:
        """``tests_when_left``: emit ``server_left``; else only the button and the owner ask for a test."""
        super().__init__(parent)
        self._state: ServerState = "missing"
        self._asked = ("", "")
        """Address and key as they were last shown or tested."""
        self.address = QLineEdit()
        self.address.setPlaceholderText("https://…")
        self.address.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.key = QLineEdit()
        self.key.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        hints = Qt.InputMethodHint.ImhNoAutoUppercase | Qt.InputMethodHint.ImhNoPredictiveText
        for field in (self.address, self.key):
            field.setMaxLength(_LONGEST)
            field.setInputMethodHints(hints)
        self._fields: dict[ServerField, NotedField] = {
            "server": NotedField(self.address),
            "key": NotedField(self.key),
        }
        form = QFormLayout()
        form.setHorizontalSpacing(scaled(16))
        form.setVerticalSpacing(scaled(12))
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for name, noted in (
            (words.tr("Address"), self._fields["server"]),
            (words.tr("Public key"), self._fields["key"]),
        ):
            form.addRow(noted.label(name), noted)
        self.test_button = QPushButton(words.tr("Test"))
        self.test_button.setAutoDefault(False)
        self.test_button.clicked.connect(self.test)
        self.where = link_button(words.tr("Where is this key?"))
        self.where.setCheckable(True)
        self._where_text = muted(key_explained(), wrapped=True)
        self._where_text.setVisible(False)
        self.where.toggled.connect(self._where_text.setVisible)
        acts = QHBoxLayout()
        acts.setSpacing(scaled(8))
        acts.addWidget(self.test_button)
        acts.addWidget(self.where)
        acts.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(scaled(8))
        layout.addLayout(form)
        layout.addLayout(acts)
        layout.addWidget(self._where_text)
        self.address.textEdited.connect(lambda _text: self._on_edited("server"))
        self.key.textEdited.connect(lambda _text: self._on_edited("key"))
        self.key.textChanged.connect(self._refuse_secret)
        if tests_when_left:
            for field in (self.address, self.key):
                field.installEventFilter(self)
                field.editingFinished.connect(self._on_left)
        self._set_state("missing")

    @property
    def state(self) -> ServerState:
        """What is known about address and key."""
        return self._state

    def show_server(self, address: str, key: str, *, is_tested: bool) -> None:
        """Show the server that is set up."""
        self.address.setText(address)
        self.key.setText(key)
        self.key.setPlaceholderText("")
        self._asked = self._typed()
        for field in (self.address, self.key):
            field.setCursorPosition(0)
        for noted in self._fields.values():
            noted.show_nothing()
        is_whole = bool(address and self.key.text())
        self._set_state(("tested" if is_tested else "untested") if is_whole else "missing")

    def show_testing(self) -> None:
        """Show that the server is being asked."""
        self._set_state("testing")

    def show_untested(self) -> None:
        """Show that the server was not asked to the end."""
        self._set_state("untested")

    def show_tested(self, sentence: str) -> None:
        """Show that both are right; ``sentence`` says what answered."""
        self._fields["server"].show_fine(sentence)
        self._fields["key"].show_nothing()
        self._set_state("tested")

    def show_trouble(self, field: ServerField, sentence: str, details: str = "", *, is_kept: bool = True) -> None:
        """Show what is wrong with address or key; what was typed stays unless it must not be kept."""
        if field == "key" and self._fields["server"].is_wrong:
            self._fields["server"].show_nothing()
        if not is_kept:
            self._forget_key()
        self._fields[field].show_trouble(sentence, details)
        self._set_state("wrong")

    def focus_trouble(self) -> None:
        """Go to the field that is wrong, else to the first empty one."""
        wrong = [noted.field for noted in self._fields.values() if noted.is_wrong]
        empty = [field for field in (self.address, self.key) if not field.text()]
        for field in (*wrong, *empty, self.address):
            field.setFocus()
            return

    def test(self) -> None:
        """Ask for a test of what was typed; what is missing is asked for first."""
        address, key = self._typed()
        if self._state == "testing" and self._asked == (address, key):
            return
        if not address:
            self.show_trouble("server", words.tr("Type the address of the server."))
        elif not key:
            self.show_trouble("key", words.tr("Paste the public key of the server."))
        else:
            for noted in self._fields.values():
                noted.show_nothing()
            self._asked = address, key
            self.server_entered.emit(address, key)
            return
        self.focus_trouble()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt: Enter in a field with changed text tests it, and does not close the dialog."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if is_enter and self._is_changed():
                self._test_meanwhile()
                return True
        return super().eventFilter(watched, event)

    def set_usable(self, *, is_usable: bool) -> None:
        """Allow changes, or only looking."""
        for widget in (self.address, self.key, self.test_button):
            widget.setEnabled(is_usable)

    def _typed(self) -> tuple[str, str]:
        return self.address.text().strip(), self.key.text().strip()

    def _is_changed(self) -> bool:
        """Tell whether both are there, and not as they were last shown or tested."""
        typed = self._typed()
        return all(typed) and typed != self._asked

    def _on_left(self) -> None:
        """Test what was changed, unless that is what the mouse is about to do, or the dialog is closing."""
        presses_test = QApplication.focusWidget() is self.test_button and bool(QApplication.mouseButtons().value)
        if self.isVisible() and self._is_changed() and not presses_test:
            self._test_meanwhile()

    def _test_meanwhile(self) -> None:
        for noted in self._fields.values():
            noted.show_nothing()
        self._asked = self._typed()
        self.server_left.emit(*self._asked)

    def _on_edited(self, field: ServerField) -> None:
        self._fields[field].show_nothing()
        if self._state == "testing":
            self._asked = ("", "")  # the answer to what was there before is dropped
        if self._state == "tested":
            self._fields["server"].show_nothing()
        if self._state != "wrong" or not any(noted.is_wrong for noted in self._fields.values()):
            self._set_state("untested")

    def _refuse_secret(self, text: str) -> None:
        if text.strip().strip("\"'").startswith(_SECRET):
            self._forget_key()
            self._fields["key"].show_trouble(secret_key_refused())
            self._set_state("wrong")

    def _forget_key(self) -> None:
        """Empty the field, and show of which form the key was: ``setText`` also drops what undo would bring back."""
        key = self.key.text().strip().strip("\"'")
        self.key.setText("")
        form = next((form for form in (_SECRET, _TOKEN) if key.startswith(form)), "")
        self.key.setPlaceholderText(f"{form}••••••••" if form else "")

    def _set_state(self, state: ServerState) -> None:
        self._state = state
        tested_before = state in ("tested", "wrong")
        self.test_button.setText(words.tr("Test again") if tested_before else words.tr("Test"))
        if state == "testing":
            self.test_button.setText(words.tr("Asking…"))
        self.state_changed.emit()
