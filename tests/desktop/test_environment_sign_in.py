"""A window whose environment signs in somebody who was never on this computer."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from audiodesk.composition import Program
from audiodesk.desktop.account import environment_sign_in
from audiodesk.views.account.adopt_dialog import AdoptDialog
from tests.desktop.said_of_server import FALSE_FOR_AN_ACCOUNT, remember_what_is_said
from tests.desktop.sign_in import enter, open_person
from tests.desktop.window import Book
from tests.twin.twin import Twin, TwinUser
from tests.views.accessible import spoken

pytestmark = pytest.mark.slow


@pytest.fixture
def author(twin: Twin, monkeypatch: pytest.MonkeyPatch) -> TwinUser:
    """Somebody whom the environment signs in."""
    user = twin.add_user("anna@example.org", "never to be seen 6")
    enter(monkeypatch, twin)
    monkeypatch.setenv("STORAGE_BACKEND", "supabase")
    monkeypatch.setenv("AUDIODESK_EMAIL", user.email)
    monkeypatch.setenv("AUDIODESK_PASSWORD", user.password)
    return user


def test_the_account_s_library_opens(
    qtbot: QtBot, twin: Twin, author: TwinUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = remember_what_is_said(monkeypatch)
    with open_person(qtbot) as person:
        person.wait(person.is_leaving)
        folder = person.desk.next_library
        assert not [text for text in said if any(false in text for false in FALSE_FOR_AN_ACCOUNT)]
    host = twin.url.removeprefix("http://")
    with Program(face="window") as program:
        assert folder == program.folders.account_library(host, str(author.id)) == program.library_folder
        program.make_ready(folder)
        with program.open(folder) as core:
            assert core.account_id == str(author.id)
        (known,) = program.accounts.all()
        assert (known.keyring, known.signed_in) == ("", False)


def test_books_made_here_are_asked_for_first(qtbot: QtBot, author: TwinUser) -> None:
    with open_person(qtbot, Book) as person:
        person.wait(lambda: person.account.sign_in.question.dialog is not None)
        dialog = person.account.sign_in.question.dialog
        assert isinstance(dialog, AdoptDialog)
        dialog.reject()
        person.wait(lambda: person.desk.tasks.is_idle)
        assert person.desk.next_library is None
        assert person.core.program.accounts.all() == []
        person.wait(lambda: person.desk.window.status.connection == "On this computer")


def test_a_refused_password_is_said(qtbot: QtBot, author: TwinUser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIODESK_PASSWORD", "wrong")
    with open_person(qtbot) as person:
        person.wait(lambda: "password" in person.desk.window.notice.sentence.casefold())
        assert person.desk.next_library is None


def test_offline_nothing_waits_and_later_the_person_decides(
    qtbot: QtBot, twin: Twin, author: TwinUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment_sign_in, "_AGAIN_MS", 50)
    twin.stop()
    with open_person(qtbot) as person:
        person.wait(lambda: (asking := person.account._environment) is not None and not asking._is_first)
        assert person.desk.window.isVisible()
        person.wait(lambda: person.desk.window.status.connection == "On this computer")
        assert any("Nothing leaves this computer." in text for text in spoken(person.desk.window.first_run))
        twin.start()
        person.wait(lambda: "answers now" in person.desk.window.notice.sentence)
        assert person.desk.next_library is None, "not under the person's hands"
        person.desk.window.notice.action_requested.emit(person.desk.window.notice._key)
        person.wait(person.is_leaving)
