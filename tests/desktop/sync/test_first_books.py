"""An empty window of an account: what it says before the server has answered, and what it shows when books come."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from audiodesk.desktop.account import account_controller
from audiodesk.desktop.account.known import facts_of
from audiodesk.domain.server.connection import Connection
from audiodesk.views.account.account_button import AccountButton
from tests.desktop.said_of_server import FALSE_FOR_AN_ACCOUNT, remember_what_is_said
from tests.desktop.sync.conftest import Computers
from tests.desktop.window import open_desk, wait
from tests.twin.twin import Twin
from tests.views.accessible import spoken

pytestmark = pytest.mark.slow  # the file as a whole

_STAYS = "Nothing leaves this computer."
_AS_SOON = "The books of your account show here as soon as the server has answered."
_TRAVELS = "What you add shows on your other computers too; the audio stays here."


def test_an_account_is_not_told_that_nothing_leaves(qtbot: QtBot, computers: Computers, twin: Twin) -> None:
    studio = computers("studio", window=True)
    studio.settle()
    page = studio.desk.window.first_run
    assert page.isVisible()
    said = " ".join(label.text() for label in page.findChildren(QLabel))
    assert _STAYS not in said
    assert _TRAVELS in said
    wait(qtbot, lambda: _AS_SOON not in " ".join(label.text() for label in page.findChildren(QLabel)))


def test_nothing_false_is_said_until_the_sync_has_looked(computers: Computers, monkeypatch: pytest.MonkeyPatch) -> None:
    computers("studio")
    said = remember_what_is_said(monkeypatch)
    studio = computers("studio", window=True)
    studio.settle()
    assert said[0] == "Starting"
    assert "Online" in said
    assert not [text for text in said if any(false in text for false in FALSE_FOR_AN_ACCOUNT)]


def test_nobody_is_asked_to_sign_in_who_is_signed_in(computers: Computers, monkeypatch: pytest.MonkeyPatch) -> None:
    computers("studio")
    shown: list[str] = []
    paint = AccountButton.setText

    def remember(button: AccountButton, text: str) -> None:
        paint(button, text)
        shown.append(text.strip())

    monkeypatch.setattr(AccountButton, "setText", remember)
    computers("studio", window=True).settle()
    assert set(shown) == {"anna@example.org"}


def test_the_account_is_starting_before_it_is_online(computers: Computers, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Connection] = []

    def remember(account: Any, connection: Connection, usage: Any = None, **more: Any) -> Any:
        shown.append(connection)
        return facts_of(account, connection, usage, **more)

    monkeypatch.setattr(account_controller, "facts_of", remember)
    computers("studio", window=True).settle()
    assert shown[0] is Connection.STARTING
    assert {Connection.LOCAL, Connection.OFFLINE}.isdisjoint(shown)


def test_without_an_account_nothing_leaves(qtbot: QtBot) -> None:
    with open_desk(qtbot) as (_, desk):
        wait(qtbot, lambda: desk.window.status.connection == "On this computer")
        assert any(_STAYS in text for text in spoken(desk.window.first_run))


def test_while_the_server_has_not_answered_the_page_does_not_call_the_account_empty(
    qtbot: QtBot, computers: Computers, twin: Twin
) -> None:
    computers("studio")  # makes the account's library, and asks the server for nothing
    twin.stop()
    studio = computers("studio", window=True)
    assert any(_AS_SOON in text for text in spoken(studio.desk.window.first_run))
    twin.start()


def test_the_first_books_that_come_are_chosen(qtbot: QtBot, computers: Computers) -> None:
    laptop = computers("laptop")
    project = laptop.core.library.add_project("Book")
    laptop.core.library.add_project("Another")
    studio = computers("studio", window=True)
    studio.settle()
    assert studio.desk.window.is_first_run
    laptop.sync()
    studio.fetch()
    wait(qtbot, lambda: studio.desk.window.centre.ref == project)
    assert studio.desk.window.tree.chosen() == [project]
