"""The sign-in: e-mail and password or a code from a mail, the server, and what stands in the way."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Literal

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedWidget, QWidget

from audiodesk.domain import words
from audiodesk.domain.server.account import KnownAccount
from audiodesk.domain.words.server.sign_in_words import (
    code_needs_new_mail,
    code_sent,
    keyring_keeps,
    server_first,
    server_wanted,
    sign_in_offer,
    trying_again,
)
from audiodesk.views.account.code_form import CodeForm
from audiodesk.views.account.password_form import PasswordForm
from audiodesk.views.dialogs.dialog import GrowingDialog
from audiodesk.views.dialogs.server_fields import ServerFields
from audiodesk.views.parts.countdown import Countdown
from audiodesk.views.parts.fold import Fold
from audiodesk.views.parts.labels import muted
from audiodesk.views.parts.links import link_button, open_page
from audiodesk.views.parts.notice_card import Dot
from audiodesk.views.parts.theme import Role, scaled

__all__ = ["SignInDialog", "SignInField"]

SignInField = Literal["server", "key", "email", "password", "code"]


class SignInDialog(GrowingDialog):
    """Asks for the sign-in and shows what came of it; it knows no server and keeps no secret.

    Password and code are in their fields alone, and are gone when the dialog closes. Esc cancels a request that is
    under way, else it is "Not now".

    Signals:
        password_entered: sign in with e-mail and password (str, str).
        code_requested: send a code to this e-mail (str).
        code_entered: sign in with e-mail and code (str, str).
        server_entered: test this address with this key (str, str).
        known_chosen: a known account was chosen, perhaps of another server (KnownAccount).
        cancel_requested: end the request that ``show_busy`` or ``show_wait`` shows (nothing).
        wait_finished: the wait of ``show_wait`` is over (nothing).
        not_now: the dialog was closed without a sign-in (nothing).
    """

    password_entered = Signal(str, str)
    code_requested = Signal(str)
    code_entered = Signal(str, str)
    server_entered = Signal(str, str)
    known_chosen = Signal(object)
    cancel_requested = Signal()
    wait_finished = Signal()
    not_now = Signal()

    def __init__(self, parent: QWidget | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock`` returns seconds since any moment; the waits are counted by it."""
        super().__init__(words.tr("Sign in"), sign_in_offer(), parent)
        self._is_busy = self._is_code_step = False
        self._signs_in_next = False
        """Whether Enter in the password waits for the test of the server."""
        self._host = self._sign_up = self._reset = ""
        self.form = PasswordForm()
        self.code_form = CodeForm()
        self._keyring_text = muted(keyring_keeps(), wrapped=True)
        self._keyring = _signed("key-round", "muted", self._keyring_text)
        self.server = ServerFields()
        self.server_fold = Fold(words.tr("Server"))
        self.server_fold.body.addWidget(self.server)
        self._no_account = QWidget()
        self.sign_up_link = link_button(words.tr("Create one on the web"))
        self.sign_up_link.clicked.connect(lambda: open_page(self._sign_up))
        self._fill_no_account()
        self._busy_text = QLabel()
        self._busy_text.setTextFormat(Qt.TextFormat.PlainText)
        self._busy_text.setWordWrap(True)
        self._busy = _signed("clock", "accent", self._busy_text)
        self._busy.setProperty("kind", "calm")
        # What is asked, and trouble, stand in the place of where the sign-in is kept: nothing moves under the mouse.
        self._below = QStackedWidget()
        for page in (self._keyring, self._busy, _signed("circle-x", "danger", self.trouble)):
            self._below.addWidget(page)
        for widget in (self.form, self.code_form, self._below, self.server_fold, self._no_account):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self.closing_button = self.add_button(words.tr("Not now"))
        self.closing_button.clicked.connect(self._on_closing)
        self.sign_in_button = self.add_button(words.tr("Sign in"), primary=True)
        self.sign_in_button.clicked.connect(self._go)
        self._try_again = Countdown(self, clock)
        self._try_sentence = ""
        self._next_code = Countdown(self, clock)
        self._connect()
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignTop)
        self._no_account.hide()
        self._show_step(is_code=False)
        self.setMinimumWidth(scaled(460))

    # -- what the dialog is told -----------------------------------------------------------------------------------

    def set_known(self, accounts: Sequence[KnownAccount], email: str = "") -> None:
        """Offer accounts that were signed in here before; ``email`` is filled in, else the first one's."""
        self.form.set_known(accounts, email)
        self.form.focus_first_empty()

    def set_links(self, *, sign_up: str = "", reset: str = "") -> None:
        """Offer the operator's pages for a new account and a lost password; without an address a link is hidden."""
        self._sign_up, self._reset = sign_up, reset
        self.form.reset_link.setVisible(bool(reset))
        self._no_account.setVisible(bool(sign_up) and not self._is_code_step)

    def set_keyring_sentence(self, sentence: str) -> None:
        """Show where the sign-in will be kept."""
        self._keyring_text.setText(sentence)

    def set_server(self, address: str, key: str, host: str, *, is_tested: bool) -> None:
        """Show the server that is set up; ``host`` is its short name. The part opens unless it was tested."""
        self._host = host
        self.server.show_server(address, key, is_tested=is_tested)
        self.server_fold.set_open(is_open=not is_tested)
        if not is_tested:
            self.server.focus_trouble()

    def show_server_tested(self, host: str, sentence: str) -> None:
        """Show that the server that was entered is right; then the sign-in goes on in its first empty field.

        Where Enter in the password began the test, the person is signed in.
        """
        self._host = host
        signs_in, self._signs_in_next = self._signs_in_next, False
        self._set_busy("")
        self.server.show_tested(sentence)
        self.form.focus_first_empty()
        if signs_in:
            self._go()

    def show_busy(self, sentence: str) -> None:
        """Show what is done now; the button cancels it."""
        self._try_again.stop()
        self._set_busy(sentence)

    def show_idle(self) -> None:
        """Accept input again, after a request was cancelled."""
        self._signs_in_next = False
        self._try_again.stop()
        self._set_busy("")
        if self._is_code_step:
            self.code_form.show_field()
        else:
            self.form.focus_first_empty()

    def show_field_error(self, field: SignInField, sentence: str, details: str = "", *, is_kept: bool = True) -> None:
        """Show under a field what is wrong, why, and what to do; ``details`` is the raw answer.

        What was typed stays, so that it can be corrected; with ``is_kept=False`` a key is taken out of its field.
        """
        self._signs_in_next = False
        self._try_again.stop()
        self._set_busy("")
        if field == "code":
            self._show_step(is_code=True)
            self.code_form.show_field().show_trouble(sentence, details)
            return
        if field == "server" or field == "key":
            self.server.show_trouble(field, sentence, details, is_kept=is_kept)
            self.server_fold.set_open(is_open=True)
            self.server.focus_trouble()
            return
        self._show_step(is_code=False)
        self.form.show_field(field).show_trouble(sentence, details)

    def show_error(self, sentence: str, details: str = "") -> None:
        """Show what went wrong that belongs to no field; it goes away with the next request."""
        super().show_error(sentence, details)
        self._update()

    def show_wait(self, seconds: float, sentence: str) -> None:
        """Count down until the request is tried again: "Too many sign-ins from this network – trying again in 20 s"."""
        self._try_sentence = sentence
        self._set_busy(sentence)
        self._try_again.start(seconds)

    def show_code_wait(self, seconds: float) -> None:
        """Count down until the server sends another code."""
        self._next_code.start(seconds)
        self._show_code_wait(self._next_code.left)

    def ask_code(self, email: str, *, wait: float = 60, length: int = 0) -> None:
        """Ask for the code that was sent to ``email``.

        ``wait`` is how many seconds later another one may be sent; ``length`` how many digits it has, 0 if unknown.
        """
        self._try_again.stop()
        self._set_busy("")
        if self.form.address != email:
            self.form.email_line.setText(email)
        self._show_step(is_code=True)
        self.code_form.ask(self._host, length)
        self.show_code_wait(wait)

    # -- Qt --------------------------------------------------------------------------------------------------------

    def reject(self) -> None:
        """Qt: Esc or the window's button: end the request that is under way, else close."""
        if self._is_busy:
            self._cancel()
            return
        super().reject()
        self.not_now.emit()

    def done(self, result: int) -> None:
        """Qt: the dialog closes: nothing that was secret stays in it."""
        self._try_again.stop()
        self._next_code.stop()
        self.form.forget_password()
        self.code_form.forget_code()
        super().done(result)

    def event(self, event: QEvent) -> bool:
        """Qt: do not leave a password readable while the person is elsewhere; keep the room of the longest sentence."""
        if event.type() == QEvent.Type.WindowDeactivate:
            self.form.hide_password()
        if event.type() in (QEvent.Type.Show, QEvent.Type.Resize, QEvent.Type.FontChange):
            self._hold_sentence()
        return super().event(event)

    # -- inside ----------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.form.changed.connect(self._update)
        self.form.password.returnPressed.connect(self._on_password_entered)
        self.form.code_wanted.connect(self._request_code)
        self.form.reset_wanted.connect(lambda: open_page(self._reset))
        self.form.known_chosen.connect(self.known_chosen)
        self.code_form.changed.connect(self._update)
        self.code_form.completed.connect(self._go)
        self.code_form.another_wanted.connect(self._request_code)
        self.code_form.password_wanted.connect(self._to_password)
        self.server.state_changed.connect(self._update)
        self.server.server_entered.connect(self._on_server)
        self._try_again.ticked.connect(self._show_try_again)
        self._try_again.finished.connect(self._on_waited)
        self._next_code.ticked.connect(self._show_code_wait)
        self._next_code.finished.connect(lambda: self._show_code_wait(0))

    def _fill_no_account(self) -> None:
        line = QHBoxLayout(self._no_account)
        line.setContentsMargins(scaled(24), 0, 0, 0)
        line.setSpacing(scaled(6))
        line.addWidget(muted(words.tr("No account yet?")))
        line.addWidget(self.sign_up_link)
        line.addStretch(1)

    def _on_password_entered(self) -> None:
        """Note what Enter means before it presses the default button, which may be the server's test."""
        is_untested = self.server.state == "untested"
        self._signs_in_next = is_untested and bool(self.form.address and self.form.password.text())

    def _go(self) -> None:
        """Do what Enter means here: test the server, sign in, or go to the field that is still empty."""
        if self._is_busy:
            return
        if self.server.state != "tested":
            self.server_fold.set_open(is_open=True)
            self.server.test()
        elif self._is_code_step:
            if self.code_form.may_be_complete:
                self.code_entered.emit(self.form.address, self.code_form.digits)
        elif self.form.address and self.form.password.text():
            self.form.hide_password()
            self.password_entered.emit(self.form.address, self.form.password.text())
        else:
            self.form.focus_first_empty()

    def _request_code(self) -> None:
        if self.server.state != "tested":
            self._go()
        elif self.form.address:
            self.code_requested.emit(self.form.address)
        else:
            self.form.show_field("email").show_trouble(words.tr("Type your e-mail address; the code is sent there."))

    def _on_server(self, address: str, key: str) -> None:
        self.server.show_testing()
        self._set_busy(words.tr("Asking the server…"))
        self.server_entered.emit(address, key)

    def _on_waited(self) -> None:
        self._set_busy(words.tr("Trying again…"))
        self.wait_finished.emit()

    def _on_closing(self) -> None:
        if self._is_code_step and not self._is_busy:
            self._to_password()
        else:
            self.reject()

    def _cancel(self) -> None:
        self.show_idle()
        self.cancel_requested.emit()

    def _to_password(self) -> None:
        self.code_form.forget_code()
        self._show_step(is_code=False)
        self.form.focus_first_empty()

    def _show_step(self, *, is_code: bool) -> None:
        self._is_code_step = is_code
        self.headline.setText(words.tr("Look in your mail") if is_code else words.tr("Sign in"))
        self.form.setVisible(not is_code)
        self.code_form.setVisible(is_code)
        self._no_account.setVisible(bool(self._sign_up) and not is_code)
        self._hold_sentence()
        self._update()

    def _hold_sentence(self) -> None:
        """Give the sentence the height of the longest that may stand there, so that the fields below do not move."""
        metrics, room = QFontMetrics(self.sentence.font()), QRect(0, 0, max(self.sentence.width(), 1), 10_000)
        heights = [
            metrics.boundingRect(room, int(Qt.TextFlag.TextWordWrap), text).height()
            for text in (sign_in_offer(), server_wanted(), server_first())
        ]
        self.sentence.setMinimumHeight(0 if self._is_code_step else max(heights))

    def _set_busy(self, sentence: str) -> None:
        is_busy = bool(sentence)
        was_busy, self._is_busy = self._is_busy, is_busy
        self._busy_text.setText(sentence)
        if is_busy:
            self.trouble.hide()
        if is_busy != was_busy:
            self.form.set_usable(is_usable=not is_busy)
            self.code_form.set_usable(is_usable=not is_busy)
            self.server.set_usable(is_usable=not is_busy)
            if not is_busy and self.server.state == "testing":
                self.server.show_untested()
        self._update()
        if is_busy:
            self.closing_button.setAccessibleDescription(sentence)
            self.closing_button.setFocus()

    def _show_try_again(self, seconds: int) -> None:
        self._busy_text.setText(trying_again(self._try_sentence, seconds))

    def _show_code_wait(self, seconds: int) -> None:
        self.code_form.show_wait(seconds)
        self.form.code_link.setToolTip(code_needs_new_mail(seconds) if seconds else "")
        self._update()

    def _update(self) -> None:
        """Say what the server's state means for the rest, and allow what is possible now."""
        state = self.server.state
        is_in_trouble = not self.trouble.isHidden()
        self._below.setCurrentIndex(1 if self._is_busy else 2 if is_in_trouble else 0)
        self._below.setVisible(self._is_busy or is_in_trouble or not self._is_code_step)
        is_tested, is_free = state == "tested", not self._is_busy
        if self._is_code_step:
            self.say(code_sent(self.form.address))
        else:
            asked = {"missing": server_wanted(), "wrong": server_first()}
            self.say(asked.get(state, sign_in_offer()))
        about, icon, tone = _STATES[state]
        self.server_fold.show_about(self._host if is_tested else "", words.tr(about), icon, tone)
        has_all = bool(self.form.address and self.form.password.text())
        if self._is_code_step:
            has_all = self.code_form.may_be_complete
            self.closing_button.setText(words.tr("Back") if is_free else words.tr("Cancel"))
        else:
            self.closing_button.setText(words.tr("Not now") if is_free else words.tr("Cancel"))
        self.sign_in_button.setEnabled(is_free and is_tested and has_all)
        self.form.code_link.setEnabled(is_free and is_tested and not self._next_code.left)
        # Enter presses the default button: while the server is not tested, that is its test.
        self.sign_in_button.setDefault(is_tested)
        self.server.test_button.setDefault(not is_tested)


_STATES: dict[str, tuple[str, str, Role]] = {
    "missing": (words.QT_TR_NOOP("Not set up"), "triangle-alert", "attention"),
    "untested": (words.QT_TR_NOOP("Not tested"), "circle-dashed", "muted"),
    "testing": (words.QT_TR_NOOP("Asking…"), "clock", "muted"),
    "tested": (words.QT_TR_NOOP("Tested"), "check", "safe"),
    "wrong": (words.QT_TR_NOOP("Needs you"), "triangle-alert", "attention"),
}
"""The states of the server: words, icon and tone."""


def _signed(icon: str, tone: Role, text: QLabel) -> QFrame:
    """Return a line of an icon and a text."""
    frame = QFrame()
    line = QHBoxLayout(frame)
    line.setContentsMargins(0, scaled(8), 0, scaled(8))
    line.setSpacing(scaled(8))
    line.addWidget(Dot(icon, tone), 0, Qt.AlignmentFlag.AlignTop)
    line.addWidget(text, 1)
    return frame
