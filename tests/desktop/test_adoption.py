"""The question after the first sign-in: the library without an account comes in, stays apart, or nothing happens."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox
from pytestqt.qtbot import QtBot

from audiodesk.composition import Core, Program
from audiodesk.desktop.account.bringing_in import BringingIn, bring_in
from audiodesk.desktop.start.application import Windows
from audiodesk.desktop.start.crash import CrashHook
from audiodesk.domain.errors import OutsideError
from audiodesk.domain.server.account import KnownAccount
from audiodesk.system.locks import ProcessSign
from audiodesk.views.account.two_ways_dialog import TwoWaysDialog
from audiodesk.views.parts.theme import Theme
from tests.desktop.sign_in import Person, open_person
from tests.desktop.window import Book
from tests.keyring_service import KeyringService
from tests.support import code_of
from tests.twin.twin import Twin, TwinUser

pytestmark = pytest.mark.slow


@pytest.fixture
def author(twin: Twin, keyring_service: KeyringService) -> TwinUser:
    """Somebody with an account; the settings name the server."""
    with Program(face="command") as program:
        program.settings_store.change(supabase_url=twin.url, supabase_anon_key=twin.publishable_key)
    return twin.add_user("anna@example.org", "never to be seen 2")


def _asked(person: Person, author: TwinUser) -> TwoWaysDialog:
    person.sign_in(author)
    person.wait(lambda: person.account.sign_in.question.dialog is not None)
    dialog = person.account.sign_in.question.dialog
    assert dialog is not None
    return dialog


def _titles(core: Core) -> list[str]:
    return [node.title for node in core.catalogue.children(None)]


def test_brought_in_the_library_belongs_to_the_account(
    qtbot: QtBot, author: TwinUser, keyring_service: KeyringService
) -> None:
    with open_person(qtbot, Book) as person:
        dialog = _asked(person, author)
        dialog.act_button.click()
        person.wait(lambda: person.desk.next_library is not None)
        folder = person.desk.next_library
    assert folder is not None
    with Program(face="window") as program:
        assert bring_in(lambda tell: program.make_ready(folder, tell))
        assert not program.folders.local_library.exists()
        with program.open(folder) as core:
            assert core.account_id == str(author.id)
            assert _titles(core) == ["The Salt Road"]


def test_kept_apart_both_libraries_stay_and_it_can_come_in_later(
    qtbot: QtBot, author: TwinUser, keyring_service: KeyringService
) -> None:
    with open_person(qtbot, Book) as person:
        dialog = _asked(person, author)
        dialog.second.button.click()
        dialog.act_button.click()
        person.wait(lambda: person.desk.next_library is not None)
    with open_person(qtbot) as person:
        assert _titles(person.core) == []
        person.wait(lambda: person.account.acts.bring_in.isEnabled())
        person.account.acts.bring_in.trigger()
        person.wait(lambda: person.account.sign_in.question.dialog is not None)
        later = person.account.sign_in.question.dialog
        assert later is not None
        assert later.closing_button.text() == "Cancel"
        later.act_button.click()
        person.wait(lambda: person.desk.next_library is not None)
        folder = person.desk.next_library
    assert folder is not None
    with Program(face="window") as program:
        assert program.folders.local_library.exists()
        assert bring_in(lambda tell: program.make_ready(folder, tell))
        assert not program.folders.local_library.exists()
        with program.open(folder) as core:
            assert _titles(core) == ["The Salt Road"]


def test_the_question_knows_both_libraries_before_any_audio_is_in_the_cloud(
    qtbot: QtBot, twin: Twin, author: TwinUser, keyring_service: KeyringService, tmp_path: Path
) -> None:
    other = {
        "SUPABASE_URL": twin.url,
        "SUPABASE_ANON_KEY": twin.publishable_key,
        "AUDIODESK_EMAIL": author.email,
        "AUDIODESK_PASSWORD": author.password,
        "STORAGE_BACKEND": "supabase",
        "AUDIODESK_HOME": str(tmp_path / "laptop"),
        "XDG_CONFIG_HOME": str(tmp_path / "laptop-config"),
    }
    with Program(other, face="command") as program, program.open() as core:
        for title in ("the salt road ", "Another"):
            core.library.add_project(title)
        with closing(core.sign_in()) as account:
            account.activity.rename_computer("Jo's laptop")
            account.one_sync.run(threading.Event())
    with open_person(qtbot, Book) as person:
        dialog = _asked(person, author)
        said = " ".join(label.text() for label in dialog.findChildren(QLabel))
        assert "“The Salt Road” is in both and stays two books." in said
        assert "fit into your plan" not in said, "there are no recordings"
        assert "from Jo's laptop" in said
        assert "Your account then shows 3 books" in said
        dialog.reject()


def test_cancelled_nothing_is_kept(qtbot: QtBot, twin: Twin, author: TwinUser, keyring_service: KeyringService) -> None:
    with open_person(qtbot, Book) as person:
        dialog = _asked(person, author)
        dialog.reject()
        person.wait(lambda: any(record.path.endswith("/logout") for record in twin.faults.log))
        person.wait(lambda: person.desk.tasks.is_idle)
        assert person.core.program.accounts.all() == []
        assert person.desk.next_library is None
    assert keyring_service.secrets() == []
    with Program(face="window") as program:
        assert program.library_folder == program.folders.local_library


def test_the_work_shows_its_progress_and_can_be_stopped(qtbot: QtBot) -> None:
    go_on = threading.Event()
    seen: list[str] = []

    def work(tell: Callable[[int, int], None]) -> None:
        for number in range(200):
            tell(number, 200)
            go_on.wait(0.02)
        raise AssertionError("it was not stopped")

    def look() -> None:
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, BringingIn) and widget.isVisible() and widget.bar.maximum() == 200:
                seen.append(widget._work_text.text())
                widget.reject()
                return
        QTimer.singleShot(20, look)

    QTimer.singleShot(20, look)
    assert not bring_in(work)
    assert "of 200 takes" in seen[0]


def test_a_fault_of_the_work_is_raised() -> None:
    def work(_tell: object) -> None:
        raise OutsideError("disk-full")

    assert code_of(lambda: bring_in(work)) == "disk-full"


@pytest.mark.parametrize(("button", "stays"), [("Later", True), ("Leave it apart", False)])
def test_a_window_opens_although_a_library_cannot_be_brought_in(
    qtbot: QtBot, button: str, *, stays: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = KnownAccount("example.org", "https://example.org", "k", "0f8fad5b-d9cb-469f-a165-70867728950e", "a@b.c")
    with Program(face="window") as program:
        program.open().close()
        folder = program.folders.account_library(anna.host, anna.user_id)
        program.adoption.keep_apart(anna)
        program.adoption.plan(anna)
        other = ProcessSign(program.folders.local_library)
        said: list[str] = []

        def click(box: QMessageBox) -> int:
            said.append(box.text())
            for one in box.buttons():
                if one.text() == button:
                    one.click()
            return 0

        monkeypatch.setattr(QMessageBox, "exec", click)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        windows = Windows(application, program, Theme(application), CrashHook(application))
        shown: list[Path] = []
        monkeypatch.setattr(windows, "_show", lambda core: shown.append(core.library_folder))
        assert windows.run(folder) == 0
        other.close()
        assert shown == [folder]
        assert said == ["Another AudioDesk is at work in this library."]
        assert program.adoption.is_planned is stays
        assert program.folders.local_library.exists()
