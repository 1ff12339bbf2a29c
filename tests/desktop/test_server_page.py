"""The server in the settings is tested when a field is left, beside what the person does, once for the same values."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from audiodesk.desktop.desk import Desk
from audiodesk.services.account.account_service import AccountService
from audiodesk.views.dialogs.server_settings import ServerSettings
from audiodesk.views.dialogs.settings_dialog import SettingsDialog
from tests.desktop.window import open_desk, wait
from tests.twin.twin import Twin
from tests.views.accessible import spoken

pytestmark = pytest.mark.slow


class Page:
    """The settings of a window, and which servers were tested."""

    def __init__(self, qtbot: QtBot, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        self.qtbot, self.desk = qtbot, desk
        self.tested: list[tuple[str, str]] = []
        self.may_answer = threading.Event()
        self.may_answer.set()
        try_server = AccountService.try_server

        def remember(service: AccountService, address: str, key: str) -> object:
            self.tested.append((address, key))
            self.may_answer.wait(30)
            return try_server(service, address, key)

        monkeypatch.setattr(AccountService, "try_server", remember)
        desk.dialogs.open_settings()
        dialog = desk.dialogs.dialog
        assert isinstance(dialog, SettingsDialog)
        assert dialog.server is not None
        self.dialog, self.part = dialog, dialog.server
        dialog.activateWindow()
        wait(qtbot, lambda: QApplication.activeWindow() is dialog)

    @property
    def kept(self) -> tuple[str, str]:
        settings = self.desk.dialogs._core.program.settings
        return settings.supabase_url, settings.supabase_anon_key

    def type(self, address: str, key: str) -> None:
        for field, text in ((self.part.fields.address, address), (self.part.fields.key, key)):
            field.setFocus()
            field.selectAll()
            QTest.keyClicks(field, text)

    def is_tested(self, part: ServerSettings) -> bool:
        return part.fields.state == "tested"


@pytest.fixture
def page(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    for name in ("SUPABASE_URL", "SUPABASE_ANON_KEY", "STORAGE_BACKEND"):
        monkeypatch.delenv(name, raising=False)
    with open_desk(qtbot) as (_core, desk):
        made = Page(qtbot, desk, monkeypatch)
        yield made
        made.may_answer.set()


def test_leaving_the_fields_tests_once_and_nothing_is_blocked(page: Page, twin: Twin) -> None:
    page.type(twin.url, twin.anon_key)
    assert page.tested == [], "the key was still missing when the address was left"
    page.may_answer.clear()
    page.dialog.scheme.setFocus()
    assert page.part.fields.state == "testing"
    assert page.part.fields.address.isEnabled()
    assert page.part.fields.key.isEnabled()
    assert page.dialog.scheme.hasFocus()
    page.part.fields.key.setFocus()
    page.dialog.scheme.setFocus()
    page.part.fields.test_button.click()
    page.may_answer.set()
    wait(page.qtbot, lambda: page.part.fields.state == "tested")
    wait(page.qtbot, lambda: page.desk.tasks.is_idle)
    assert page.kept == (twin.url, twin.anon_key)
    page.part.fields.address.setFocus()
    page.dialog.scheme.setFocus()
    assert page.tested == [(twin.url, twin.anon_key)]


def test_the_mouse_on_test_and_enter_test_once(page: Page, twin: Twin) -> None:
    page.type(twin.url, twin.anon_key)
    QTest.mousePress(page.part.fields.test_button, Qt.MouseButton.LeftButton)
    assert page.part.fields.state == "untested", "the click will test it"
    QTest.mouseRelease(page.part.fields.test_button, Qt.MouseButton.LeftButton)
    wait(page.qtbot, lambda: page.part.fields.state == "tested")
    assert len(page.tested) == 1
    page.type(twin.url, twin.anon_key + "x")
    QTest.keyClick(page.part.fields.key, Qt.Key.Key_Return)
    wait(page.qtbot, lambda: page.part.fields.state == "wrong")
    assert page.dialog.isVisible(), "Enter does not close the dialog with a server that was not tested"
    assert len(page.tested) == 2
    page.dialog.scheme.setFocus()
    assert len(page.tested) == 2
    assert page.kept == (twin.url, twin.anon_key)


def test_an_answer_to_what_was_typed_before_is_dropped(page: Page, twin: Twin) -> None:
    page.type(twin.url, twin.anon_key)
    page.may_answer.clear()
    page.dialog.scheme.setFocus()
    page.part.fields.address.setFocus()
    QTest.keyClicks(page.part.fields.address, "x")
    page.may_answer.set()
    wait(page.qtbot, lambda: page.desk.tasks.is_idle)
    assert page.part.fields.state == "untested"
    assert page.kept == ("", "")
    QTest.keyClick(page.part.fields.address, Qt.Key.Key_Backspace)
    page.dialog.scheme.setFocus()
    wait(page.qtbot, lambda: page.part.fields.state == "tested")
    assert page.kept == (twin.url, twin.anon_key)


def test_trouble_is_said_without_taking_the_focus(page: Page, twin: Twin) -> None:
    page.type(twin.url, "sb_publishable_of_another_project")
    page.dialog.scheme.setFocus()
    wait(page.qtbot, lambda: page.part.fields.state == "wrong")
    assert page.dialog.scheme.hasFocus()
    assert page.part.fields.key.accessibleDescription() or page.part.fields.address.accessibleDescription()


def test_closing_by_a_click_keeps_a_server_that_is_right_and_says_what_is_wrong(page: Page, twin: Twin) -> None:
    page.type(twin.url, twin.anon_key)
    page.may_answer.clear()
    close = next(button for button in page.dialog.findChildren(QPushButton) if button.text() == "Close")
    close.setFocus(Qt.FocusReason.MouseFocusReason)
    close.click()
    page.may_answer.set()
    wait(page.qtbot, lambda: page.kept == (twin.url, twin.anon_key))
    page.desk.dialogs.open_settings()
    dialog = page.desk.dialogs.dialog
    assert isinstance(dialog, SettingsDialog)
    assert dialog.server is not None
    page.dialog, page.part = dialog, dialog.server
    wait(page.qtbot, lambda: QApplication.activeWindow() is dialog)
    page.type(twin.url, "sb_publishable_of_another_project")
    page.may_answer.clear()
    dialog.scheme.setFocus()
    dialog.reject()
    page.may_answer.set()
    wait(page.qtbot, lambda: page.desk.window.notice.isVisible())
    assert any("key" in text for text in spoken(page.desk.window.notice))
    assert page.kept == (twin.url, twin.anon_key)
