"""Leaving at the window: signing out, changing the account, removing a library, and a sign-in that the server ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from audiodesk.cloud.sign_in.token_claims import user_id_of
from audiodesk.composition import Core, Program
from audiodesk.desktop.account import account_controller
from audiodesk.domain.errors import OutsideError
from audiodesk.domain.server.account import KnownAccount
from audiodesk.domain.server.connection import Connection, connection_after
from audiodesk.domain.words.server.connection_words import connection_word
from audiodesk.local.rows.library.library_size_repo import not_sent
from audiodesk.views.parts.times import day
from tests import media
from tests.desktop.sign_in import Person, open_person
from tests.desktop.window import Book, open_desk, wait
from tests.keyring_service import KeyringService
from tests.twin.fault_actions import auth_refusal, status
from tests.twin.faults import Fault
from tests.twin.twin import Twin
from tests.views.accessible import spoken

pytestmark = pytest.mark.slow
PASSWORD = "never to be seen 1"
_ONLINE = connection_word(Connection.ONLINE)

SignedIn = Callable[..., KnownAccount]


@pytest.fixture
def signed_in(twin: Twin, keyring_service: KeyringService) -> SignedIn:
    """Sign in as somebody, before the window opens."""

    def sign_in(email: str = "anna@example.org") -> KnownAccount:
        user = twin.add_user(email, PASSWORD)
        with Program(face="window") as program:
            program.settings_store.change(supabase_url=twin.url, supabase_anon_key=twin.publishable_key)
            service = program.account_service
            return service.keep(service.sign_in(user.email, user.password))

    return sign_in


def _is_sent(core: Core) -> bool:
    with core.database.read() as connection:
        return not not_sent(connection)


def _connection(person: Person) -> str:
    return person.desk.window.status.connection


def test_signed_out_at_once_also_offline_and_the_library_stays(
    qtbot: QtBot, twin: Twin, signed_in: SignedIn, keyring_service: KeyringService
) -> None:
    account = signed_in()
    with open_person(qtbot, Book) as person:
        person.wait(lambda: _connection(person) == connection_word(Connection.ONLINE))
        assert person.account.button.text().strip() == account.email
        twin.stop()
        person.core.library.add_project("Offline")
        person.account.acts.sign_out.trigger()
        person.wait(lambda: "could not be told" in person.desk.window.notice.sentence)
        assert "1 edit was not sent yet." in person.desk.window.notice.sentence
        assert str(person.core.library_folder) in person.desk.window.notice.sentence
        person.wait(lambda: _connection(person) == connection_word(Connection.SIGNED_OUT))
        assert keyring_service.secrets() == []
        assert person.account.acts.sign_in.isVisible()
        assert person.core.catalogue.children(None)
    twin.start()


def test_a_window_leaves_its_own_account_whoever_signed_in_elsewhere(
    qtbot: QtBot, signed_in: SignedIn, keyring_service: KeyringService
) -> None:
    anna = signed_in()
    with open_person(qtbot) as person:
        person.wait(lambda: _connection(person) == connection_word(Connection.ONLINE))
        ben = signed_in("ben@example.org")
        program, folder = person.core.program, person.core.library_folder
        assert program.accounts.in_use() == ben
        with program.sign_in(folder) as sign_in:
            assert user_id_of(sign_in.server.session.access_token()) == anna.user_id
        person.account.acts.sign_out.trigger()
        person.wait(lambda: not person.account.acts.sign_out.isEnabled())
        person.wait(lambda: str(folder) in person.desk.window.notice.sentence)
        known = {one.email: one.signed_in for one in program.accounts.all()}
        assert known == {anna.email: False, ben.email: True}
        assert len(keyring_service.secrets()) == 1
        person.core.database.write(lambda connection: connection.execute("delete from change"))
        person.account.acts.remove_library.trigger()
        person.wait(lambda: person.account.leaving.dialog is not None)
        dialog = person.account.leaving.dialog
        assert dialog is not None
        assert dialog.act_button is not None
        dialog.act_button.click()
        person.wait(lambda: person.desk.next_library is not None)
        after_closing = person.desk.after_closing
        there = program.folders.account_library(ben.host, ben.user_id)
    assert after_closing is not None
    with Program(face="window") as program:
        program.open().close()
        assert there.is_dir()
        program.remove_library(anna)
        assert not folder.exists()
        assert there.is_dir()
        assert program.accounts.in_use() == program.accounts.named(ben.host, ben.user_id)


def test_a_new_sign_in_is_the_one_that_syncs(qtbot: QtBot, signed_in: SignedIn, twin: Twin) -> None:
    """Also where the window was signed in, or synced nothing: what was built before would keep the former sign-in."""
    signed_in()
    with open_person(qtbot) as person:
        person.wait(lambda: _connection(person) == connection_word(Connection.ONLINE))
        program, before = person.core.program, person.core.account
        assert before is not None
        service = program.account_service
        service.keep(service.sign_in("anna@example.org", PASSWORD))
        person.wait(lambda: person.core.account is not before and _connection(person) == _ONLINE)
        now = person.core.account
        assert now is not None
        account = program.account_of(person.core.library_folder)
        assert account is not None
        assert now.sign_in.server.session is program.sessions.of(account)
        program.signing_out.sign_out(account)
        program.settings_store.change(storage_backend="local")
        person.wait(lambda: person.account.acts.sign_in.isVisible())
        service.keep(service.sign_in("anna@example.org", PASSWORD))
        person.wait(lambda: person.core.account is not now and _connection(person) == _ONLINE)


def test_a_window_that_stopped_goes_on_after_a_sign_in_in_a_terminal(
    qtbot: QtBot, signed_in: SignedIn, keyring_service: KeyringService
) -> None:
    """With no hand on the window, which told its person that the sign-in is over."""
    account = signed_in()
    signed_out = connection_word(Connection.SIGNED_OUT)
    with open_person(qtbot, Book) as person:
        person.wait(lambda: _connection(person) == _ONLINE)
        before = person.core.account
        with Program(face="command") as terminal:
            terminal.signing_out.sign_out(account)
        assert keyring_service.secrets() == []
        person.desk.window.acts.sync_now.trigger()
        person.wait(lambda: _connection(person) == signed_out and person.account.acts.sign_in.isVisible())
        with Program(face="command") as terminal:
            service = terminal.account_service
            service.keep(service.sign_in(account.email, PASSWORD))
        person.wait(lambda: person.core.account is not before and _connection(person) == _ONLINE)
        person.wait(lambda: person.account.acts.sign_out.isVisible())


def test_the_notice_of_the_sign_out_goes_with_the_next_sign_in(qtbot: QtBot, signed_in: SignedIn) -> None:
    account = signed_in()
    with open_person(qtbot, Book) as person:
        person.wait(lambda: _connection(person) == _ONLINE)
        person.account.acts.sign_out.trigger()
        notice = person.desk.window.notice
        person.wait(lambda: str(person.core.library_folder) in notice.sentence)
        service = person.core.program.account_service
        service.keep(service.sign_in(account.email, PASSWORD))
        person.wait(lambda: _connection(person) == _ONLINE and not notice.isVisible())


def test_accounts_of_one_id_at_two_servers_are_two(qtbot: QtBot, signed_in: SignedIn) -> None:
    account = signed_in()
    with open_person(qtbot) as person:
        copy = replace(account, host="copy.example.org", address="https://copy.example.org")
        person.core.program.accounts.remember(copy)
        person.account.read()
        acts = person.account.acts

        def offered() -> dict[str, bool]:
            return {act.text(): act.isEnabled() for act in acts.change.actions() if " · " in act.text()}

        person.wait(lambda: bool(offered()))
        assert offered() == {f"{account.email} · {account.host}": False, f"{copy.email} · {copy.host}": True}


def test_signed_out_everywhere_is_asked_once(qtbot: QtBot, twin: Twin, signed_in: SignedIn) -> None:
    signed_in()
    with open_person(qtbot) as person:
        person.wait(lambda: person.account.acts.sign_out_everywhere.isEnabled())
        person.account.acts.sign_out_everywhere.trigger()
        dialog = person.account.leaving.dialog
        assert dialog is not None
        assert dialog.act_button is not None
        assert not any(record.path.endswith("/logout") for record in twin.faults.log)
        dialog.act_button.click()
        person.wait(lambda: "within an hour of being online" in person.desk.window.notice.sentence)
    (told,) = [record for record in twin.faults.log if record.path.endswith("/logout")]
    assert "scope=global" in told.query


def test_takes_of_another_computer_are_not_lost_with_this_ones_library(qtbot: QtBot, signed_in: SignedIn) -> None:
    signed_in()

    def fill(core: Core) -> None:
        book = Book(core)
        wave = media.wav(core.library_folder.parent / "dawn.wav", seconds=1.0)
        core.importer.import_files(core.planner.plan([str(wave)], book.sections[0]))
        core.database.write(lambda connection: connection.execute("delete from vault_file"))

    with open_person(qtbot, fill) as person:
        person.wait(lambda: _is_sent(person.core))
        person.account.acts.remove_library.trigger()
        person.wait(lambda: person.account.leaving.dialog is not None)
        dialog = person.account.leaving.dialog
        assert dialog is not None
        assert dialog.act_button is not None
        assert "Nothing of anna@example.org is only on this computer" in dialog.sentence.text()
        dialog.reject()


def test_what_would_be_lost_is_named_before_a_library_is_removed(qtbot: QtBot, signed_in: SignedIn) -> None:
    account = signed_in()
    with open_person(qtbot, Book) as person:
        folder = person.core.library_folder
        person.wait(lambda: person.account.acts.remove_library.isEnabled())
        person.account.acts.remove_library.trigger()
        person.wait(lambda: person.account.leaving.dialog is not None)
        dialog = person.account.leaving.dialog
        assert dialog is not None
        assert dialog.act_button is None
        dialog.reject()
    assert folder.is_dir()
    assert account.user_id in str(folder)


def test_a_library_that_is_safe_is_removed_between_two_windows(qtbot: QtBot, signed_in: SignedIn) -> None:
    signed_in()
    with open_person(qtbot) as person:
        folder, desk, program = person.core.library_folder, person.desk, person.core.program
        person.core.database.write(lambda connection: connection.execute("delete from change"))
        person.wait(lambda: person.account.acts.remove_library.isEnabled())
        person.account.acts.remove_library.trigger()
        person.wait(lambda: person.account.leaving.dialog is not None)
        dialog = person.account.leaving.dialog
        assert dialog is not None
        assert dialog.act_button is not None
        dialog.act_button.click()
        person.wait(lambda: desk.next_library is not None)
        assert desk.next_library == program.folders.local_library
    assert desk.after_closing is not None
    with Program(face="window") as after:
        account = after.account_of(folder)
        assert account is not None
        assert after.remove_library(account) == folder
        assert not folder.exists()
        assert after.library_folder == after.folders.local_library


def test_changed_to_another_account_and_back(qtbot: QtBot, signed_in: SignedIn) -> None:
    anna, ben = signed_in(), signed_in("ben@example.org")
    for now, other in ((ben, anna), (anna, ben)):
        with open_person(qtbot) as person:
            there = person.core.program.folders.account_library
            assert person.core.library_folder == there(now.host, now.user_id)
            acts = person.account.acts
            person.wait(acts.without_account.isEnabled)
            (act,) = [act for act in acts.change.actions() if act.text() == other.email]
            act.trigger()
            person.wait(person.is_leaving)
            assert person.desk.next_library == there(other.host, other.user_id)
    with Program(face="window") as program:
        assert [one.signed_in for one in program.accounts.all()] == [True, True]


def test_a_sign_in_that_the_server_ended_is_said_and_nothing_else_changes(
    qtbot: QtBot, twin: Twin, signed_in: SignedIn
) -> None:
    account = signed_in()
    with open_person(qtbot, Book) as person:
        person.wait(lambda: _connection(person) == connection_word(Connection.ONLINE))
        twin.faults.add(Fault(auth_refusal("session_not_found"), path="/token", nth="every"))
        session = person.core.program.sessions.of(account)
        session.refused(session.access_token())
        person.account.asking.ask()
        person.wait(lambda: _connection(person) == connection_word(Connection.SIGNED_OUT))
        person.wait(lambda: "one computer at a time" in person.desk.window.notice.sentence)
        assert person.core.catalogue.children(None)
        person.desk.window.notice._action.click()
        person.wait(lambda: person.account.sign_in.dialog is not None)
        assert person.dialog.form.address == account.email


def test_an_error_of_the_server_does_not_sign_out(qtbot: QtBot, twin: Twin, signed_in: SignedIn) -> None:
    signed_in()
    twin.faults.add(Fault(status(540, {"message": "project paused"}), path="/rest", nth="every"))
    with open_person(qtbot) as person:
        person.wait(lambda: _connection(person) == connection_word(Connection.NEEDS_OPERATOR))
        assert person.account.acts.sign_out.isEnabled()
        assert not person.account.acts.sign_in.isVisible()


def test_the_page_says_whose_library_it_is(qtbot: QtBot, signed_in: SignedIn) -> None:
    account = signed_in()
    with open_person(qtbot) as person:
        person.wait(lambda: _connection(person) == connection_word(Connection.ONLINE))
        person.account.acts.open_page.trigger()
        page = person.account.opening.page
        assert page is not None
        assert page._title.text() == account.email
        assert account.since > 0
        assert f"since {day(account.since)}" in " ".join(spoken(page)), "which keyring holds it, and since when"
        person.wait(lambda: any("used" in text for text in spoken(page)))
        assert person.account.acts.sync_now is person.desk.window.acts.sync_now


def test_a_server_is_set_in_the_settings(qtbot: QtBot, twin: Twin) -> None:
    with open_person(qtbot) as person:
        person.desk.dialogs.open_settings()
        part = person.account._servers[0]
        part.fields.address.setText(twin.url)
        part.fields.key.setText(twin.secret_key)
        part.fields.key.setText(twin.publishable_key)
        part.fields.test()
        person.wait(lambda: part.fields.state == "tested")
        assert person.core.program.settings.supabase_url == twin.url
        part.backend_chosen.emit("local")
        person.wait(lambda: person.core.program.settings.storage_backend == "local")


@pytest.mark.parametrize(
    ("code", "connection"),
    [
        ("no-network", Connection.OFFLINE),
        ("server-name-unknown", Connection.UNREACHABLE),
        ("server-paused", Connection.NEEDS_OPERATOR),
        ("sign-in-one-computer", Connection.SIGNED_OUT),
        ("server-certificate", Connection.BLOCKED),
        ("keyring-silent", Connection.KEYRING),
        ("disk-full", Connection.HERE),
        ("not-found", None),
    ],
)
def test_each_trouble_has_its_word(code: str, connection: Connection | None) -> None:
    assert connection_after(OutsideError(code)) is connection


def test_a_sign_in_can_be_tried_where_the_accounts_cannot_be_read(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_core: object) -> None:
        raise OutsideError("disk-trouble", path="accounts.json")

    monkeypatch.setattr(account_controller, "read_state", fail)
    with open_desk(qtbot) as (_core, desk):
        wait(qtbot, lambda: desk.window.notice.isVisible())
        button = desk.workbench.account.button
        assert button.isEnabled()
        assert button.text().strip() == "Sign in"
