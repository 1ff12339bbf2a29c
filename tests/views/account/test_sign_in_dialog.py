"""The sign-in dialog: keys, steps, errors under their fields, waits, and secrets that leave nothing behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from audiodesk.domain.server.account import KnownAccount
from audiodesk.domain.words.server.sign_in_words import secret_key_refused, server_first, sign_in_lasts_until_close
from audiodesk.views.account.sign_in_dialog import SignInDialog
from tests.desktop.test_accessible import nameless
from tests.views.accessible import spoken, tab_order
from tests.views.dress import dress

pytestmark = pytest.mark.slow

_PASSWORD = "correct horse 7"
_ADDRESS, _KEY, _HOST = "https://audio.saltroad.example", "sb_publishable_0123456789", "audio.saltroad.example"
_EMAIL = "jo.lindqvist@example.org"


class _Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


@pytest.fixture
def dialog(qtbot: QtBot, qapp: QApplication, clock: _Clock) -> Iterator[SignInDialog]:
    dress(qapp)
    made = SignInDialog(clock=clock)
    qtbot.addWidget(made)
    made.set_server(_ADDRESS, _KEY, _HOST, is_tested=True)
    made.set_known([KnownAccount(_HOST, "", "", "u1", _EMAIL), KnownAccount(_HOST, "", "", "u2", "ana@example.org")])
    made.show()
    made.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is made.form.password)
    yield made
    made.close()


def _type(text: str) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClicks(focus, text)


def _press(key: Qt.Key) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, key)


def test_enter_signs_in_with_what_was_typed(qtbot: QtBot, dialog: SignInDialog) -> None:
    assert not dialog.sign_in_button.isEnabled()
    _type(_PASSWORD)
    with qtbot.waitSignal(dialog.password_entered) as sent:
        _press(Qt.Key.Key_Return)
    assert sent.args == [_EMAIL, _PASSWORD]
    assert dialog.isVisible()


def test_escape_is_not_now_and_while_a_request_runs_it_cancels_that(qtbot: QtBot, dialog: SignInDialog) -> None:
    _type(_PASSWORD)
    dialog.show_busy("Signing in…")
    assert not dialog.form.password.isEnabled()
    assert dialog.closing_button.text() == "Cancel"
    with qtbot.waitSignal(dialog.cancel_requested), qtbot.assertNotEmitted(dialog.not_now):
        _press(Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert dialog.form.password.text() == _PASSWORD
    with qtbot.waitSignal(dialog.not_now):
        _press(Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_no_secret_stays_in_the_dialog_or_can_be_read_from_it(qtbot: QtBot, dialog: SignInDialog) -> None:
    _type(_PASSWORD)
    dialog.show_field_error("password", "The password does not fit this e-mail.")
    assert dialog.form.password.text() == _PASSWORD  # so that a slip can be corrected
    assert not [text for text in spoken(dialog) if _PASSWORD in text]
    assert _PASSWORD not in repr(dialog) + repr(vars(dialog)) + repr(vars(dialog.form))
    dialog.reject()
    for line in dialog.findChildren(QLineEdit):
        assert _PASSWORD not in line.text()
        assert not line.isUndoAvailable()


def test_the_password_is_readable_only_until_something_happens(qtbot: QtBot, dialog: SignInDialog) -> None:
    _type(_PASSWORD)
    eye = dialog.form.password.actions()[0]
    assert eye.text() == "Show the password"
    eye.trigger()
    assert dialog.form.password.echoMode() is QLineEdit.EchoMode.Normal
    dialog.show_busy("Signing in…")
    assert dialog.form.password.echoMode() is QLineEdit.EchoMode.Password


def test_tab_goes_from_the_top_to_the_bottom(dialog: SignInDialog) -> None:
    dialog.form.password.setText("x")
    dialog.set_links(sign_up="https://saltroad.example/join", reset="https://saltroad.example/lost")
    assert tab_order(dialog) == [
        dialog.form.password,
        dialog.form.code_link,
        dialog.form.reset_link,
        dialog.server_fold.head,
        dialog.sign_up_link,
        dialog.closing_button,
        dialog.sign_in_button,
        dialog.form.email,
    ]


def test_every_control_has_a_name_in_each_state(dialog: SignInDialog) -> None:
    assert nameless(dialog) == []
    dialog.server_fold.set_open(is_open=True)
    assert nameless(dialog) == []
    dialog.ask_code(_EMAIL)
    dialog.code_form.help.set_open(is_open=True)
    assert nameless(dialog) == []
    assert dialog.server_fold.head.accessibleName() == f"Server, {_HOST}, Tested"


def test_links_are_shown_only_where_the_operator_gave_them(
    qtbot: QtBot, dialog: SignInDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not dialog.form.reset_link.isVisible()
    assert not dialog.sign_up_link.isVisible()
    opened: list[str] = []

    def open_url(url: QUrl) -> bool:
        opened.append(url.toString())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    dialog.set_links(sign_up="https://saltroad.example/join", reset="file:///etc/passwd")
    dialog.sign_up_link.click()
    dialog.form.reset_link.click()
    assert opened == ["https://saltroad.example/join"]


def test_a_code_is_asked_for_and_sends_itself_when_it_was_pasted(qtbot: QtBot, dialog: SignInDialog) -> None:
    with qtbot.waitSignal(dialog.code_requested) as asked:
        dialog.form.code_link.click()
    assert asked.args == [_EMAIL]
    dialog.ask_code(_EMAIL)
    assert dialog.headline.text() == "Look in your mail"
    assert QApplication.focusWidget() is dialog.code_form.code
    QGuiApplication.clipboard().setText(" 417-926\n")
    with qtbot.waitSignal(dialog.code_entered) as sent:
        dialog.code_form.code.paste()
    assert sent.args == [_EMAIL, "417926"]


def test_a_code_of_known_length_sends_itself_with_its_last_digit(qtbot: QtBot, dialog: SignInDialog) -> None:
    dialog.ask_code(_EMAIL, length=8)
    with qtbot.assertNotEmitted(dialog.code_entered):
        _type("4179263")
    assert not dialog.sign_in_button.isEnabled()
    with qtbot.waitSignal(dialog.code_entered) as sent:
        _type("5")
    assert sent.args == [_EMAIL, "41792635"]


def test_a_typed_code_of_unknown_length_sends_itself_after_a_rest_or_by_enter(
    qtbot: QtBot, dialog: SignInDialog
) -> None:
    dialog.ask_code(_EMAIL)
    with qtbot.assertNotEmitted(dialog.code_entered):
        for digit in "٤١٧٩٢٦":
            dialog.code_form.code.insert(digit)  # as an Arabic keyboard does; Qt's tests know only Latin keys
    assert dialog.code_form.digits == "417926"
    with qtbot.waitSignal(dialog.code_entered, timeout=5000) as sent:
        pass
    assert sent.args == [_EMAIL, "417926"]
    dialog.show_field_error("code", "This code is wrong or too old. Ask for another one.")
    assert dialog.code_form.code.selectedText() == "417926"
    with qtbot.waitSignal(dialog.code_entered):
        _press(Qt.Key.Key_Return)


def test_another_code_can_be_asked_for_after_the_servers_wait(
    qtbot: QtBot, dialog: SignInDialog, clock: _Clock
) -> None:
    dialog.ask_code(_EMAIL, wait=42)
    form = dialog.code_form
    assert form._wait.text() == "Send another one in 0:42"
    assert not form.another.isVisible()
    clock.now += 12
    qtbot.waitUntil(lambda: form._wait.text() == "Send another one in 0:30")
    clock.now += 31
    qtbot.waitUntil(form.another.isVisible)
    with qtbot.waitSignal(dialog.code_requested) as asked:
        form.another.click()
    assert asked.args == [_EMAIL]


def test_a_link_in_the_mail_is_explained_in_place_and_copied_for_the_operator(
    qtbot: QtBot, dialog: SignInDialog
) -> None:
    dialog.ask_code(_EMAIL)
    form = dialog.code_form
    assert not form.copy_button.isVisible()
    form.help.head.setFocus()
    _press(Qt.Key.Key_Space)
    assert form.copy_button.isVisible()
    form.copy_button.click()
    copied = QGuiApplication.clipboard().text()
    assert _HOST in copied
    assert "{{ .Token }}" in copied
    assert form.copy_button.text().strip() == "Copied"


def test_back_and_use_my_password_return_to_the_password(qtbot: QtBot, dialog: SignInDialog) -> None:
    for button in (dialog.closing_button, dialog.code_form.use_password):
        dialog.ask_code(_EMAIL)
        _type("41")
        button.click()
        assert dialog.headline.text() == "Sign in"
        assert dialog.isVisible()
        assert dialog.code_form.code.text() == ""
        assert QApplication.focusWidget() is dialog.form.password


def test_an_error_stands_under_its_field_until_that_is_changed(qtbot: QtBot, dialog: SignInDialog) -> None:
    _type(_PASSWORD)
    dialog.show_field_error("email", "No account has this address.", '{"error_code": "otp_disabled"}')
    noted = dialog.form.noted_email
    assert noted.note.text == "No account has this address."
    assert dialog.form.email.accessibleDescription() == "No account has this address."
    assert dialog.form.email_line.selectedText() == _EMAIL
    assert (
        noted.mapTo(dialog, noted.rect().bottomLeft()).y()
        < dialog.form.password.mapTo(dialog, dialog.form.password.rect().topLeft()).y()
    )
    _type("ana@example.org")
    assert noted.note.text == ""
    assert dialog.form.password.text() == _PASSWORD


def test_the_server_part_is_folded_when_tested_and_opens_when_missing_or_wrong(
    qtbot: QtBot, dialog: SignInDialog
) -> None:
    assert not dialog.server_fold.head.isChecked()
    dialog.show_field_error("server", f"{_HOST} cannot be reached.")
    assert dialog.server_fold.is_open
    assert QApplication.focusWidget() is dialog.server.address
    assert dialog.server.address.text() == _ADDRESS
    dialog.set_server("", "", "", is_tested=False)
    assert dialog.server_fold.is_open
    assert QApplication.focusWidget() is dialog.server.address
    assert not dialog.sign_in_button.isEnabled()


def test_enter_tests_a_server_first_and_then_goes_on_with_the_sign_in(qtbot: QtBot, dialog: SignInDialog) -> None:
    dialog.set_server("", "", "", is_tested=False)
    _press(Qt.Key.Key_Return)
    assert dialog.server.address.property("wrong")
    _type(f" {_ADDRESS} ")
    dialog.server.key.setFocus()
    _type(_KEY)
    with qtbot.waitSignal(dialog.server_entered) as asked:
        _press(Qt.Key.Key_Return)
    assert asked.args == [_ADDRESS, _KEY]
    assert not dialog.server.address.isEnabled()
    dialog.show_server_tested(_HOST, "Answers, and is a Supabase project")
    assert QApplication.focusWidget() is dialog.form.password
    dialog.server.address.setFocus()
    _type("x")
    assert dialog.server.state == "untested"


def test_enter_in_the_password_tests_the_server_and_signs_in(qtbot: QtBot, dialog: SignInDialog) -> None:
    dialog.set_server("", "", "", is_tested=False)
    _type(_ADDRESS)
    dialog.server.key.setFocus()
    _type(_KEY)
    dialog.form.password.setFocus()
    _type("secret")
    with qtbot.waitSignal(dialog.server_entered), qtbot.assertNotEmitted(dialog.password_entered):
        _press(Qt.Key.Key_Return)
    with qtbot.waitSignal(dialog.password_entered):
        dialog.show_server_tested(_HOST, "Answers")


def test_the_test_button_alone_signs_nobody_in(qtbot: QtBot, dialog: SignInDialog) -> None:
    """Neither does a test after Enter in the password came to nothing."""
    dialog.server_fold.set_open(is_open=True)
    dialog.server.address.setFocus()
    _type("x")
    dialog.form.password.setFocus()
    _type("secret")
    _press(Qt.Key.Key_Return)
    dialog.show_field_error("server", f"{_HOST} cannot be reached.")
    with qtbot.assertNotEmitted(dialog.password_entered):
        dialog.server.test_button.click()
        dialog.show_server_tested(_HOST, "Answers")


def test_a_secret_key_is_never_kept(qtbot: QtBot, dialog: SignInDialog) -> None:
    secret = "sb_secret_do-not-keep-me"
    dialog.server_fold.set_open(is_open=True)
    key = dialog.server.key
    key.setFocus()
    key.selectAll()
    QGuiApplication.clipboard().setText(f"  {secret}")
    with qtbot.assertNotEmitted(dialog.server_entered):
        key.paste()
        assert dialog.server.state == "wrong"
        _press(Qt.Key.Key_Return)
    assert key.text() == ""
    assert key.placeholderText().startswith("sb_secret_•")
    key.undo()
    assert key.text() == ""
    assert not [text for text in spoken(dialog) if "do-not-keep-me" in text]
    key.setText("eyJ.service.role")
    dialog.show_field_error("key", secret_key_refused(), is_kept=False)
    assert key.text() == ""
    assert key.placeholderText().startswith("eyJ•")
    assert not key.isUndoAvailable()
    assert dialog.server_fold.is_open
    key.setText("\"'other")
    dialog.show_field_error("key", secret_key_refused(), is_kept=False)
    assert key.placeholderText() == ""


def test_nothing_jumps_back_while_the_person_types_asks_and_waits(qtbot: QtBot, dialog: SignInDialog) -> None:
    def places() -> tuple[int, ...]:
        QApplication.processEvents()
        parts = (dialog.form.password, dialog.form.code_link, dialog.sign_in_button)
        return dialog.height(), *(part.mapTo(dialog, part.rect().topLeft()).y() for part in parts)

    before = places()
    dialog.show_error("audio.example.org did not answer in time. Try again in a moment.")
    assert dialog.trouble.isVisible()
    assert places() == before
    dialog.show_busy("Asking audio.example.org…")
    assert places() == before
    dialog.show_idle()
    assert not dialog.trouble.isVisible(), "it was about the request before"
    dialog.show_field_error("password", "The server does not accept this e-mail address and password.")
    qtbot.waitUntil(lambda: places()[0] > before[0])
    assert places()[1] == before[1], "what is above stays"
    after = places()
    _type("other")
    assert dialog.form.noted_password.note.text == ""
    assert places() == after
    dialog.show_wait(20, "Too many sign-ins from this network")
    assert places() == after
    dialog.show_field_error("password", "The server does not accept this e-mail address and password.")
    assert places() == after


def test_a_wait_is_counted_down_and_can_be_cancelled(qtbot: QtBot, dialog: SignInDialog, clock: _Clock) -> None:
    _type(_PASSWORD)
    dialog.show_wait(20, "Too many sign-ins from this network")
    assert "Too many sign-ins from this network – trying again in 20 s" in spoken(dialog)
    clock.now += 19
    qtbot.waitUntil(lambda: "Too many sign-ins from this network – trying again in 1 s" in spoken(dialog))
    with qtbot.waitSignal(dialog.wait_finished):
        clock.now += 1
    dialog.show_wait(20, "Too many sign-ins from this network")
    with qtbot.waitSignal(dialog.cancel_requested):
        _press(Qt.Key.Key_Escape)
    with qtbot.assertNotEmitted(dialog.wait_finished, wait=400):
        clock.now += 30
    assert dialog.form.password.text() == _PASSWORD


def test_the_line_about_the_keyring_can_change(dialog: SignInDialog) -> None:
    dialog.set_keyring_sentence(sign_in_lasts_until_close())
    assert [text for text in spoken(dialog) if text.startswith("The sign-in lasts until AudioDesk closes")]


def test_a_known_account_is_chosen_with_the_keyboard(qtbot: QtBot, dialog: SignInDialog) -> None:
    dialog.form.email.setFocus()
    with qtbot.waitSignal(dialog.known_chosen) as chosen:
        _press(Qt.Key.Key_Down)
    assert chosen.args is not None
    assert chosen.args[0].email == "ana@example.org"
    assert dialog.form.address == "ana@example.org"


def test_nothing_that_a_person_is_at_moves_while_something_is_asked_or_wrong(
    qtbot: QtBot, dialog: SignInDialog
) -> None:
    dialog.resize(480, dialog.height())
    dialog.server_fold.set_open(is_open=True)

    def places() -> list[int]:
        QApplication.processEvents()
        widgets = (dialog.form.email, dialog.form.password, dialog.server.address, dialog.closing_button)
        return [widget.mapTo(dialog, widget.rect().topLeft()).y() for widget in widgets]

    before = places()
    dialog.show_busy("Asking the server…")
    assert "Asking the server…" in spoken(dialog)
    assert places() == before
    dialog.show_idle()
    assert places() == before
    dialog.show_field_error("server", "Cannot be reached.")
    assert dialog.sentence.text() == server_first()
    assert places()[:3] == before[:3]


def test_a_label_stays_beside_its_field_when_a_note_comes(qtbot: QtBot, dialog: SignInDialog) -> None:
    label = next(one for one in dialog.findChildren(QLabel) if one.buddy() is dialog.form.password)

    def distance() -> int:
        QApplication.processEvents()
        field = dialog.form.password
        middle = field.mapTo(dialog, field.rect().center()).y()
        return label.mapTo(dialog, label.rect().center()).y() - middle

    assert abs(distance()) <= 1
    dialog.show_field_error("password", "The server does not accept this e-mail address and password. " * 3)
    assert abs(distance()) <= 1


def test_a_changed_address_is_neither_tested_nor_the_former_server(qtbot: QtBot, dialog: SignInDialog) -> None:
    dialog.show_server_tested(_HOST, f"{_HOST} answers")
    assert {"Tested", _HOST, f"{_HOST} answers"} <= set(spoken(dialog))
    dialog.server.address.setFocus()
    QTest.keyClicks(dialog.server.address, "x")
    assert {"Tested", _HOST, f"{_HOST} answers"}.isdisjoint(spoken(dialog))
    assert "Not tested" in spoken(dialog)
