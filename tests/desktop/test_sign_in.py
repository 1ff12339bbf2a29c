"""Signing in at the window: a real server, a real keyring, and nothing secret left in a widget."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from audiodesk.composition import Program
from audiodesk.domain.server.connection import Connection
from audiodesk.domain.words.server.connection_words import connection_word
from audiodesk.domain.words.server.sign_in_words import sign_in_lasts_until_close
from tests.desktop.sign_in import open_person
from tests.keyring_service import KeyringService
from tests.twin.fault_actions import stall, status
from tests.twin.faults import Fault
from tests.twin.twin import Twin, TwinUser

pytestmark = pytest.mark.slow
PASSWORD = "päss wörd 🎙 never-to-be-seen"


@pytest.fixture
def author(twin: Twin) -> TwinUser:
    """Somebody with an account; the settings name the server."""
    with Program(face="command") as program:
        program.settings_store.change(supabase_url=twin.url, supabase_anon_key=twin.publishable_key)
    return twin.add_user("anna@example.org", PASSWORD)


def _library(user: TwinUser, twin: Twin) -> Path:
    with Program(face="command") as program:
        return program.folders.account_library(twin.url.removeprefix("http://"), str(user.id))


def _texts() -> str:
    return "\n".join(line.text() for line in QApplication.allWidgets() if isinstance(line, QLineEdit))


def test_signed_in_by_password_and_the_account_s_library_opens(
    qtbot: QtBot, twin: Twin, author: TwinUser, keyring_service: KeyringService
) -> None:
    with open_person(qtbot) as person:
        assert person.account.button.text().strip() == "Sign in"
        assert person.desk.window.status.connection == connection_word(Connection.LOCAL)
        dialog = person.open_dialog()
        person.wait(lambda: "keeps the sign-in" in dialog._keyring_text.text())
        person.type_password(author.email, PASSWORD)
        person.wait(lambda: person.desk.next_library is not None)
        assert person.desk.next_library == _library(author, twin)
        assert PASSWORD not in _texts()
    assert len(keyring_service.secrets()) == 1
    with Program(face="window") as program:
        assert program.library_folder == _library(author, twin)
    grants = [record.query for record in twin.faults.log if record.path.endswith("/token")]
    assert grants == ["grant_type=password"]


def test_a_wrong_password_and_an_unknown_address_stand_under_their_fields(
    qtbot: QtBot, twin: Twin, author: TwinUser, keyring_service: KeyringService
) -> None:
    with open_person(qtbot) as person:
        dialog = person.open_dialog()
        person.type_password(author.email, "wrong")
        person.wait(lambda: dialog.form.noted_password.is_wrong)
        assert dialog.form.password.text() == "wrong"  # to be corrected
        dialog.form.email_line.setText("nobody@example.org")
        dialog.form.code_link.click()
        person.wait(lambda: dialog.form.noted_email.is_wrong)
        assert person.desk.next_library is None
        dialog.reject()
    assert keyring_service.secrets() == []
    assert twin.database is not None
    with Program(face="command") as program:
        assert program.accounts.all() == []


def test_signed_in_by_code(qtbot: QtBot, twin: Twin, author: TwinUser, keyring_service: KeyringService) -> None:
    codes: list[str] = []
    twin.auth.on_code = lambda _email, code: codes.append(code)
    with open_person(qtbot) as person:
        dialog = person.open_dialog()
        dialog.form.email_line.setText(author.email)
        dialog.form.code_link.click()
        person.wait(lambda: bool(codes) and dialog.code_form.isVisible())
        wrong = "0" * len(codes[0])
        dialog.code_form.code.setText(wrong if wrong != codes[0] else "1" * len(wrong))
        person.wait(lambda: dialog.code_form.noted.is_wrong)
        dialog.code_form.code.setText(codes[0])
        person.wait(lambda: person.desk.next_library is not None)
    assert len(keyring_service.secrets()) == 1


def test_a_server_is_typed_tested_and_used(qtbot: QtBot, twin: Twin, keyring_service: KeyringService) -> None:
    user = twin.add_user("ben@example.org", PASSWORD)
    with open_person(qtbot) as person:
        dialog = person.open_dialog()
        assert dialog.server.state == "missing"
        dialog.server.address.setText("http://127.0.0.1:9")
        dialog.server.key.setText(twin.publishable_key)
        dialog.server.test()
        person.wait(lambda: dialog.server.state == "wrong")
        dialog.server.address.setText(twin.url)
        dialog.server.test()
        person.wait(lambda: dialog.server.state == "tested")
        person.type_password(user.email, PASSWORD)
        person.wait(lambda: person.desk.next_library == _library(user, twin))


def test_too_many_sign_ins_count_down_and_are_tried_again_from_the_field(
    qtbot: QtBot, twin: Twin, author: TwinUser, keyring_service: KeyringService
) -> None:
    limit = {"code": "over_request_rate_limit", "message": "Request rate limit reached"}
    twin.faults.add(Fault(status(429, limit, retry_after=2), path="/token"))
    with open_person(qtbot) as person:
        dialog = person.open_dialog()
        person.type_password(author.email, PASSWORD)
        person.wait(lambda: "trying again in" in dialog._busy_text.text())
        person.wait(lambda: person.desk.next_library is not None)
    tokens = [record for record in twin.faults.log if record.path.endswith("/token")]
    assert len(tokens) == 2


@pytest.mark.usefixtures("no_keyring")
def test_without_a_keyring_the_sign_in_lasts_until_the_window_closes(
    qtbot: QtBot, twin: Twin, author: TwinUser
) -> None:
    with open_person(qtbot) as person:
        dialog = person.open_dialog()
        person.wait(lambda: dialog._keyring_text.text() == sign_in_lasts_until_close())
        person.type_password(author.email, PASSWORD)
        person.wait(lambda: person.desk.next_library is not None)
        (account,) = person.core.program.accounts.all()
        assert person.core.program.sessions.holds(account)
    with Program(face="window") as program:
        (account,) = program.accounts.all()
        assert not program.sessions.holds(account)
    assert any(record.path.endswith("/logout") for record in twin.faults.log)


def test_cancelled_while_the_server_thinks_nothing_is_kept(
    qtbot: QtBot, twin: Twin, author: TwinUser, keyring_service: KeyringService
) -> None:
    held = twin.faults.add(Fault(stall(), path="/token", phase="handled"))
    with open_person(qtbot) as person:
        dialog = person.open_dialog()
        person.type_password(author.email, PASSWORD)
        person.wait(lambda: any(record.path.endswith("/token") for record in twin.faults.log))
        dialog.reject()  # Esc ends the request
        assert dialog.sign_in_button.isEnabled()
        dialog.reject()  # Esc again is "Not now"
        person.wait(lambda: person.account.sign_in.dialog is None)
        held.release()
        person.wait(lambda: any(record.path.endswith("/logout") for record in twin.faults.log))
        person.wait(lambda: person.desk.tasks.is_idle)
        assert person.core.program.accounts.all() == []
    assert keyring_service.secrets() == []


def test_with_the_local_back_end_there_is_no_sign_in(
    qtbot: QtBot, twin: Twin, author: TwinUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORAGE_BACKEND", "local")
    with open_person(qtbot) as person:
        person.account.button.click()
        person.wait(lambda: "STORAGE_BACKEND" in person.desk.window.notice.sentence)
        assert person.account.sign_in.dialog is None
    assert twin.faults.log == []


def test_signed_in_again_in_the_open_library(
    qtbot: QtBot, twin: Twin, author: TwinUser, keyring_service: KeyringService
) -> None:
    with open_person(qtbot) as person:
        person.sign_in(author)
        person.wait(lambda: person.desk.next_library is not None)
    with Program(face="window") as program:
        program.signing_out.sign_out(program.signing_out.leaving())
    with open_person(qtbot) as person:
        assert person.core.library_folder == _library(author, twin)
        person.wait(lambda: person.desk.window.status.connection == connection_word(Connection.SIGNED_OUT))
        person.sign_in(author)
        person.wait(lambda: person.desk.window.status.connection == connection_word(Connection.ONLINE))
        assert person.desk.next_library is None
        assert person.account.button.text().strip() == author.email
