"""The settings about the server, and the connection in the status bar and the frame."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from audiodesk.domain.server.connection import Connection
from audiodesk.domain.settings import Settings
from audiodesk.domain.words.server.connection_words import connection_advice, connection_word
from audiodesk.views.account.account_acts import AccountActs
from audiodesk.views.account.account_button import AccountButton
from audiodesk.views.centre.head_bar import HeadBar
from audiodesk.views.dialogs.server_settings import ServerSettings
from audiodesk.views.dialogs.settings_dialog import SettingsDialog
from audiodesk.views.frame.status_bar import StatusBar
from audiodesk.views.parts.actions import Actions
from tests.desktop.test_accessible import nameless
from tests.views.accessible import spoken
from tests.views.account.samples import FACTS
from tests.views.dress import dress

_ADDRESS, _KEY = "https://audio.saltroad.example", "sb_publishable_0123456789"


@pytest.fixture
def server(qtbot: QtBot, qapp: QApplication) -> Iterator[ServerSettings]:
    dress(qapp)
    made = ServerSettings()
    dialog = SettingsDialog(Settings(), [("Libraries", "AudioDesk")], server=made)
    qtbot.addWidget(dialog)
    dialog.show()
    yield made
    dialog.close()


def test_a_server_is_tested_and_the_result_stands_under_its_field(qtbot: QtBot, server: ServerSettings) -> None:
    server.show_server(_ADDRESS, _KEY, is_tested=False)
    with qtbot.waitSignal(server.server_entered) as asked:
        server.fields.test_button.click()
    assert asked.args == [_ADDRESS, _KEY]
    assert not server.fields.test_button.isEnabled()
    server.show_tested("Answers, and is a Supabase project")
    assert "Answers, and is a Supabase project" in spoken(server)
    assert server.fields.test_button.isEnabled()
    server.show_trouble("key", "This key belongs to another project.", "401")
    assert server.fields.key.accessibleDescription() == "This key belongs to another project."
    assert server.fields.key.text() == _KEY
    QGuiApplication.clipboard().setText("sb_secret_x")
    server.fields.key.selectAll()
    server.fields.key.paste()
    assert server.fields.key.text() == ""


def test_where_changes_go_is_chosen_unless_the_environment_says_it(qtbot: QtBot, server: ServerSettings) -> None:
    with qtbot.assertNotEmitted(server.backend_chosen):
        server.show_backend("local")
    with qtbot.waitSignal(server.backend_chosen) as chosen:
        server.backend.setFocus()
        server.backend.setCurrentIndex(1)
        server.backend.activated.emit(1)
    assert chosen.args == ["supabase"]
    server.show_backend("local", is_forced=True)
    assert not server.backend.isEnabled()
    assert any("STORAGE_BACKEND" in text for text in spoken(server))


def test_the_account_is_a_click_away(qtbot: QtBot, server: ServerSettings) -> None:
    assert server.account_button.text() == "Sign in…"
    server.show_account(FACTS)
    assert FACTS.email in spoken(server)
    with qtbot.waitSignal(server.account_requested):
        server.account_button.click()
    assert nameless(server) == []


@pytest.mark.slow
@pytest.mark.parametrize("connection", list(Connection))
def test_the_status_bar_has_a_word_for_each_connection(
    qtbot: QtBot, qapp: QApplication, connection: Connection
) -> None:
    dress(qapp)
    bar = StatusBar()
    qtbot.addWidget(bar)
    assert bar.connection == "Starting"
    bar.show_connection(connection)
    bar.show_sentence("206 of 214 takes safe")
    assert bar.connection == connection_word(connection)
    assert connection_advice(connection) in spoken(bar)
    assert bar.text == "206 of 214 takes safe"


def test_the_button_stands_last_in_the_frame(qtbot: QtBot, qapp: QApplication) -> None:
    dress(qapp)
    window = QWidget()
    qtbot.addWidget(window)
    head = HeadBar(Actions(window), window)
    button = AccountButton(AccountActs(window))
    head.add_last(button)
    button.show_account(FACTS)
    head.resize(1200, 48)
    window.show()
    qtbot.waitUntil(lambda: button.x() > head.field.x())
    assert nameless(head) == []
