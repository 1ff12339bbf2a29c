"""The window under a server's new address: the books stay in sight, nothing is sent, and a sign-in asks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from audiodesk.composition import Core, Program
from audiodesk.desktop.start.application import Windows
from audiodesk.desktop.start.crash import CrashHook
from audiodesk.domain.server.connection import Connection
from audiodesk.system.locks import ProcessSign
from audiodesk.views.account.moved_dialog import MovedDialog
from audiodesk.views.dialogs.opening_dialog import OpeningDialog
from audiodesk.views.parts.theme import Theme
from tests.desktop.sign_in import Person, open_person
from tests.keyring_service import KeyringService
from tests.twin.twin import Twin, TwinUser

pytestmark = pytest.mark.slow


@pytest.fixture
def moved(twin: Twin, keyring_service: KeyringService) -> Iterator[tuple[TwinUser, Twin]]:
    """Somebody with a synced book, whose server has another address, which the settings name."""
    author = twin.add_user("anna@example.org", "never to be seen 5")
    with Program(face="command") as program:
        service = program.account_service
        service.set_server(service.try_server(twin.url, twin.publishable_key))
        service.keep(service.sign_in(author.email, author.password))
        with program.open() as core:
            core.library.add_project("The Salt Road")
            with closing(core.sign_in()) as account:
                account.one_sync.run(threading.Event())
    twin.stop()
    with Twin(twin.database, twin.folder) as other:
        with Program(face="command") as program:
            program.account_service.set_server(program.account_service.try_server(other.url, other.publishable_key))
        yield author, other


def _asked(person: Person, author: TwinUser) -> MovedDialog:
    person.wait(lambda: "Nothing is sent" in person.desk.window.notice.sentence)
    person.sign_in(author)
    person.wait(lambda: person.account.sign_in.question.dialog is not None)
    dialog = person.account.sign_in.question.dialog
    assert isinstance(dialog, MovedDialog)
    assert dialog.first.button.isChecked(), "the server knows the library"
    return dialog


def test_the_library_goes_on_in_the_window(qtbot: QtBot, moved: tuple[TwinUser, Twin]) -> None:
    author, twin = moved
    with open_person(qtbot) as person:
        dialog = _asked(person, author)
        assert person.account.facts is not None
        assert person.account.facts.connection is Connection.SIGNED_OUT
        assert twin.faults.log
        assert not any("/rpc/sync_push" in record.path for record in twin.faults.log)
        dialog.act_button.click()
        person.wait(person.is_leaving)
        folder = person.desk.next_library
    assert folder is not None
    with Program(face="window") as program:
        program.make_ready(folder)
        with program.open(folder) as core:
            assert [node.title for node in core.catalogue.children(None)] == ["The Salt Road"]
        assert program.library_folder == folder
    with open_person(qtbot) as person:
        person.wait(lambda: (facts := person.account.facts) is not None and facts.connection is Connection.ONLINE)
        assert person.account.facts is not None
        assert person.account.facts.host == twin.url.removeprefix("http://")


def test_cancelled_nothing_changes(qtbot: QtBot, moved: tuple[TwinUser, Twin]) -> None:
    author, twin = moved
    with open_person(qtbot) as person:
        before = person.core.program.accounts.all()
        dialog = _asked(person, author)
        dialog.reject()
        person.wait(lambda: any(record.path.endswith("/logout") for record in twin.faults.log))
        person.wait(lambda: person.desk.tasks.is_idle)
        assert person.core.program.accounts.all() == before
        assert not person.core.program.has_plans


@pytest.mark.parametrize("button", ["Later", "Leave it at", "Try again"])
def test_a_window_opens_although_the_library_cannot_follow(
    qtbot: QtBot, moved: tuple[TwinUser, Twin], button: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    author, _ = moved
    with Program(face="window") as program:
        service = program.account_service
        fresh = service.sign_in(author.email, author.password)
        found = service.moved(fresh)
        assert found is not None
        account = service.keep(fresh, moved=found)
        former, new = (program.folders.library_of(one) for one in (found.former, account))
        other = ProcessSign(former)
        said: list[str] = []

        def click(box: QMessageBox) -> int:
            said.append(f"{box.text()} {box.informativeText()}")
            if button == "Try again":
                other.close()
            for one in box.buttons():
                if one.text().startswith(button):
                    one.click()
            return 0

        monkeypatch.setattr(QMessageBox, "exec", click)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        windows = Windows(application, program, Theme(application), CrashHook(application))
        shown: list[tuple[Path, list[str]]] = []

        def show(core: Core) -> None:
            shown.append((core.library_folder, [node.title for node in core.catalogue.children(None)]))

        monkeypatch.setattr(windows, "_show", show)
        assert windows.run(program.library_choice.folder) == 0
        other.close()
        assert shown == [(new if button == "Try again" else former, ["The Salt Road"])]
        assert len(said) == 1
        assert "at work in this library" in said[0]
        assert found.former.host in said[0]
        assert program.has_plans is (button == "Later")
        assert program.library_folder == shown[0][0]


def test_a_window_over_a_library_that_waits_says_so_and_tries_again(qtbot: QtBot, moved: tuple[TwinUser, Twin]) -> None:
    author, _ = moved
    with Program(face="command") as program:
        service = program.account_service
        fresh = service.sign_in(author.email, author.password)
        account = service.keep(fresh, moved=service.moved(fresh))
        sign = ProcessSign(program.place_of(program.library_choice.folder))
        new = program.folders.library_of(account)
    with open_person(qtbot) as person:
        sign.close()
        notice = person.desk.window.notice
        person.wait(lambda: "could not be moved there yet" in notice.sentence)
        assert person.account.facts is not None
        assert not person.account.facts.is_signed_in
        notice._action.click()
        person.wait(person.is_leaving)
        assert person.desk.next_library == new


def test_an_empty_library_says_where_the_books_of_the_same_address_are(
    qtbot: QtBot, moved: tuple[TwinUser, Twin]
) -> None:
    """In a project that was made anew the same address has another id, so there is no library to go on with."""
    author, twin = moved
    with twin.database.open() as connection:
        connection.execute("delete from auth.users where email = %s", (author.email,))
    again = twin.add_user(author.email, author.password)
    with Program(face="command") as program:
        (former,) = program.accounts.all()
        service = program.account_service
        fresh = service.sign_in(again.email, again.password)
        assert service.moved(fresh) is None
        service.keep(fresh)
    with open_person(qtbot) as person:
        notice = person.desk.window.notice
        person.wait(lambda: "are still on this computer" in notice.sentence)
        notice._action.click()
        person.wait(person.is_leaving)
        assert person.desk.next_library == person.core.program.folders.library_of(former)


def test_where_the_disk_is_away_this_computer_s_library_can_be_opened(
    qtbot: QtBot, moved: tuple[TwinUser, Twin], monkeypatch: pytest.MonkeyPatch
) -> None:
    author, _ = moved
    with Program(face="window") as program:
        service = program.account_service
        fresh = service.sign_in(author.email, author.password)
        found = service.moved(fresh)
        assert found is not None
        account = service.keep(fresh, moved=found)
        folder = program.folders.library_of(found.former)
        folder.rename(folder.with_name("away"))
        asked: list[str] = []

        def later(box: QMessageBox) -> int:
            asked.append(box.text())
            for one in box.buttons():
                if one.text() == "Later":
                    one.click()
            return 0

        def other(dialog: OpeningDialog) -> int:
            asked.append("opening")
            (button,) = [
                one for one in dialog.findChildren(QPushButton) if one.text() == "Open this computer's library"
            ]
            button.click()
            return 1

        monkeypatch.setattr(QMessageBox, "exec", later)
        monkeypatch.setattr(OpeningDialog, "exec", other)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        windows = Windows(application, program, Theme(application), CrashHook(application))
        shown: list[Path] = []
        monkeypatch.setattr(windows, "_show", lambda core: shown.append(core.library_folder))
        assert windows.run(program.library_choice.folder) == 0
        assert shown == [program.folders.local_library]
        assert len(asked) == 2, "what is planned is asked about once"
        assert not program.folders.library_of(account).exists()
        folder.with_name("away").rename(folder)
        with program.open() as core:
            assert [node.title for node in core.catalogue.children(None)] == ["The Salt Road"]
            assert core.library_folder == program.folders.library_of(account)
