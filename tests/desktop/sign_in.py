"""A window with a server to sign in to, for tests of the account."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from audiodesk.composition import Core
from audiodesk.desktop.account.account_controller import AccountController
from audiodesk.desktop.desk import Desk
from audiodesk.views.account.sign_in_dialog import SignInDialog
from tests.desktop.window import open_desk, wait
from tests.twin.twin import Twin, TwinUser

__all__ = ["Person", "enter", "open_person", "press_enter"]


class Person:
    """Somebody at the window of a library, with the sign-in at hand."""

    def __init__(self, qtbot: QtBot, core: Core, desk: Desk, book: object = None) -> None:
        self.qtbot, self.core, self.desk = qtbot, core, desk
        self.book = book
        """What the library was filled with."""

    @property
    def account(self) -> AccountController:
        """The controller of the account."""
        return self.desk.workbench.account

    @property
    def dialog(self) -> SignInDialog:
        """The open sign-in dialog."""
        dialog = self.account.sign_in.dialog
        assert dialog is not None
        return dialog

    def wait(self, until: Callable[[], bool]) -> None:
        """Run the event loop until something holds."""
        wait(self.qtbot, until)

    def is_leaving(self) -> bool:
        """Tell whether the window closed for another library."""
        return self.desk.next_library is not None

    def open_dialog(self) -> SignInDialog:
        """Click the button in the window's head."""
        self.account.button.click()
        self.qtbot.waitUntil(lambda: self.account.sign_in.dialog is not None)
        return self.dialog

    def type_password(self, email: str, password: str) -> None:
        """Fill in both fields and press Enter."""
        dialog = self.dialog
        dialog.form.email_line.setText(email)
        dialog.form.password.setText(password)
        press_enter(dialog)

    def sign_in(self, user: TwinUser) -> None:
        """Go the whole way, up to the change of library or the question before it."""
        self.open_dialog()
        self.type_password(user.email, user.password)
        self.wait(lambda: self.account.sign_in.dialog is None)


def press_enter(dialog: SignInDialog) -> None:
    """Press the button that Enter presses."""
    QTest.qWait(0)
    assert dialog.sign_in_button.isEnabled()
    dialog.sign_in_button.click()


@contextlib.contextmanager
def open_person(qtbot: QtBot, fill: Callable[[Core], object] | None = None) -> Iterator[Person]:
    """Open a window over the test's library."""
    filled: list[object] = []
    with open_desk(qtbot, None if fill is None else lambda core: filled.append(fill(core))) as (core, desk):
        yield Person(qtbot, core, desk, *filled)


def enter(monkeypatch: pytest.MonkeyPatch, twin: Twin) -> None:
    """Let the settings name the stand-in."""
    monkeypatch.setenv("SUPABASE_URL", twin.url)
    monkeypatch.setenv("SUPABASE_ANON_KEY", twin.publishable_key)
