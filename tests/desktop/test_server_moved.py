"""The window under a server's new address: the books stay in sight, nothing is sent, and a sign-in asks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
from pytestqt.qtbot import QtBot

from audiodesk.composition import Program
from audiodesk.domain.server.connection import Connection
from audiodesk.views.account.moved_dialog import MovedDialog
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
