"""The widgets around the account in each of their states, for pictures: ``python -m tests.looks_account FOLDER``."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from audiodesk.domain import words
from audiodesk.domain.server.account import AccountFacts, KnownAccount
from audiodesk.domain.server.adoption import AdoptionQuestion, LibrarySize
from audiodesk.domain.server.connection import Connection
from audiodesk.domain.server.moved_server import MovedServer
from audiodesk.domain.settings import Settings
from audiodesk.domain.words import formats
from audiodesk.domain.words.server.account_words import books_in_sync, everywhere_question, removal_refused
from audiodesk.domain.words.server.sign_in_words import (
    keyring_waited_for,
    secret_key_refused,
    sign_in_lasts_until_close,
)
from audiodesk.views.account.account_acts import AccountActs
from audiodesk.views.account.account_button import AccountButton
from audiodesk.views.account.account_page import AccountPage
from audiodesk.views.account.adopt_dialog import AdoptDialog
from audiodesk.views.account.moved_dialog import MovedDialog
from audiodesk.views.account.sign_in_dialog import SignInDialog
from audiodesk.views.centre.head_bar import HeadBar
from audiodesk.views.conflicts.conflict_page import ConflictPage
from audiodesk.views.dialogs.server_settings import ServerSettings
from audiodesk.views.dialogs.settings_dialog import SettingsDialog
from audiodesk.views.dialogs.sure_dialog import SureDialog
from audiodesk.views.frame.main_window import MainWindow
from audiodesk.views.frame.status_bar import StatusBar
from audiodesk.views.parts.actions import Actions
from tests.views.account.samples import FACTS, SIGNED_OUT, activity, computers
from tests.views.conflicts.samples import conflicts
from tests.views.dress import dress

__all__ = ["pictures"]

_EMAIL = "jo.lindqvist@example.org"
_HOST = "audio.saltroad.example"
_ADDRESS = f"https://{_HOST}"


def pictures(parent: QWidget | None = None) -> Iterator[tuple[str, QWidget]]:
    """Return name and widget of each state, one after the other; each is shown already."""
    for name, bring in _SIGN_INS.items():
        dialog = SignInDialog(parent)
        dialog.set_known([KnownAccount(_HOST, "", "", "u1", _EMAIL)])
        dialog.set_server(_ADDRESS, "sb_publishable_3f9a2c71d04be55e", _HOST, is_tested=True)
        dialog.set_links(sign_up=f"{_ADDRESS}/join", reset=f"{_ADDRESS}/lost")
        dialog.form.password.setText("correct horse")
        dialog.show()
        bring(dialog)
        yield name, dialog
    yield "adopt", _shown(AdoptDialog(_adoption(), parent))
    for name, knows, answers in (("moved", True, False), ("moved-unsure", False, True)):
        former = KnownAccount("abcdefghijklmnopqrst.supabase.co", "", "", "u1", _EMAIL)
        size = LibrarySize(3, 214, 1946 * 1024**2, 94)
        yield name, _shown(MovedDialog(MovedServer(former, _HOST, size, 12, knows, answers), parent))
    for name, facts, window in (
        ("account", FACTS, (1440, 900)),
        ("account-small", FACTS, (1280, 720)),
        ("account-narrow", FACTS, (760, 640)),
        ("account-signed-out", SIGNED_OUT, (1280, 720)),
        ("account-none", None, (1280, 720)),
    ):
        yield name, _account(facts, window)
    yield (
        "account-remove",
        _shown(
            SureDialog(
                words.tr("Remove this library from here"),
                removal_refused(["2.4 Toll, take 2", "3.2 Crust, take 1"]),
                items=["2.4 Toll, take 2", "3.2 Crust, take 1"],
                parent=parent,
            )
        ),
    )
    yield (
        "account-everywhere",
        _shown(
            SureDialog(words.tr("Sign out everywhere"), everywhere_question(_EMAIL), words.tr("Sign out everywhere"))
        ),
    )
    yield "settings-server", _settings(parent)
    yield "frame", _frame(parent)
    yield "conflict", _conflict(parent, elsewhere=False)
    yield "conflict-elsewhere", _conflict(parent, elsewhere=True)


def _settings(parent: QWidget | None) -> QWidget:
    server = ServerSettings()
    dialog = SettingsDialog(Settings(), [(words.tr("Libraries"), "AudioDesk")], parent, server)
    server.show_server(_ADDRESS, "sb_publishable_3f9a2c71d04be55e", is_tested=True)
    server.show_tested("Answers, and is a Supabase project")
    server.show_backend("supabase", is_forced=True)
    server.show_account(FACTS)
    dialog.show()
    return dialog


def _frame(parent: QWidget | None) -> QWidget:
    """Return a status bar for each connection, below a head with the account's button."""
    whole = QWidget(parent)
    whole.setWindowFlag(Qt.WindowType.Dialog)
    acts = AccountActs(whole)
    button = AccountButton(acts)
    button.show_account(FACTS)
    head = HeadBar(Actions(whole))
    head.add_last(button)
    layout = QVBoxLayout(whole)
    layout.addWidget(head)
    for connection in Connection:
        bar = StatusBar()
        bar.show_connection(connection)
        bar.show_sentence("206 of 214 takes safe")
        layout.addWidget(bar)
    whole.resize(1000, 300)
    whole.show()
    return whole


def _conflict(parent: QWidget | None, *, elsewhere: bool) -> QWidget:
    now = round(time.time() * 1000)
    page = ConflictPage(parent)
    page.setWindowFlag(Qt.WindowType.Dialog)
    found = conflicts(now, elsewhere=elsewhere)
    page.show_conflict(found[0])
    page.show_all(found)
    page.show_heard("a0")
    page.resize(840, 640)
    page.show()
    page.show_position(96.0)
    return page


def _shown(dialog: QWidget) -> QWidget:
    dialog.show()
    return dialog


def _account(facts: AccountFacts | None, size: tuple[int, int]) -> QWidget:
    """Return a window whose centre shows the page, with the account's menu open where there is room."""
    now = round(time.time() * 1000)
    window = MainWindow()
    window.complete()
    acts = AccountActs(window, window.acts.sync_now)
    button, page = AccountButton(acts), AccountPage(acts)
    window.head.add_last(button)
    acts.show_account(facts, has_local_library=True)
    acts.show_known([KnownAccount(_HOST, "", "", "u1", _EMAIL)], "u1")
    page.show_account(facts)
    if facts is not None:
        page.show_activity(activity(now))
        page.show_computers(computers(now))
        window.status.show_connection(facts.connection)
    window.open_page(page)
    window.resize(*size)
    window.show()
    if facts is not None and facts.is_signed_in:
        button.show_account(facts, books_in_sync(formats.moment(now, now)), "safe")
        if size[0] > 1300:
            menu = button.account_menu
            menu.setWindowFlags(Qt.WindowType.Widget)
            menu.setParent(window)
            QApplication.processEvents()
            at = button.mapTo(window, button.rect().bottomRight())
            menu.resize(menu.sizeHint())
            menu.move(at.x() - menu.sizeHint().width(), at.y() + 6)
            menu.show()
    return window


def _adoption() -> AdoptionQuestion:
    now = round(time.time() * 1000)
    return AdoptionQuestion(
        _EMAIL,
        LibrarySize(3, 214, 1946 * 1024**2, 94, now),
        LibrarySize(1, 30, 212 * 1024**2, 30, now - 86_400_000, "Studio PC"),
        equal_titles=("Kitchen Physics",),
        free=288 * 1024**2,
        plan="free",
    )


def _code(dialog: SignInDialog) -> None:
    dialog.ask_code(_EMAIL, wait=42)
    dialog.code_form.code.setText("41792")
    dialog.code_form.help.set_open(is_open=True)


def _wrong_code(dialog: SignInDialog) -> None:
    dialog.ask_code(_EMAIL, wait=0)
    dialog.code_form.code.setText("417926")
    dialog.show_field_error("code", "This code is wrong or too old. Ask for another one.")


def _secret(dialog: SignInDialog) -> None:
    dialog.server.address.setText(_ADDRESS)
    dialog.show_server_tested(_HOST, "Answers, and is a Supabase project")
    dialog.show_field_error("key", secret_key_refused(), is_kept=False)


def _no_account(dialog: SignInDialog) -> None:
    dialog.set_keyring_sentence(sign_in_lasts_until_close())
    dialog.show_field_error(
        "email", "No account has this address. Check it, or ask the person who runs the server.", "422 otp_disabled"
    )


_SIGN_INS: dict[str, Callable[[SignInDialog], None]] = {
    "sign-in": lambda _dialog: None,
    "sign-in-code": _code,
    "sign-in-code-wrong": _wrong_code,
    "sign-in-secret-key": _secret,
    "sign-in-no-account": _no_account,
    "sign-in-no-server": lambda dialog: dialog.set_server("", "", "", is_tested=False),
    "sign-in-wait": lambda dialog: dialog.show_wait(20, "Too many sign-ins from this network"),
    "sign-in-keyring": lambda dialog: dialog.show_busy(keyring_waited_for()),
}


def main(arguments: list[str]) -> int:
    """Make the pictures in ``arguments[0]``, in each scheme, scale and length of texts; the rest are names."""
    if not arguments:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    if arguments[0] == "--one":
        return _one(arguments[1], Path(arguments[2]), set(arguments[3:]))
    failed = 0
    for way, scale in (("light", 1), ("dark", 1), ("long", 1), ("fine", 2), ("rtl", 1)):
        own = {**os.environ, "QT_SCALE_FACTOR": str(scale)}
        command = [sys.executable, "-m", "tests.looks_account", "--one", way, *arguments]
        failed += subprocess.run(command, env=own, check=False).returncode != 0
    return 1 if failed else 0


def _one(way: str, folder: Path, wanted: set[str]) -> int:
    from tests.looks import Longer  # which itself shows these pictures

    application = QApplication(["looks"])
    if "Inter" in QFontDatabase.families():
        font = QFont("Inter")
        font.setPixelSize(13)
        application.setFont(font)
    theme = dress(application)
    theme.choose("dark" if way == "dark" else "light")
    if way == "rtl":
        application.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    if way == "long":
        longer = Longer(application)
        words.install(lambda text, one, count: longer.translate("words", text, one, count))
    folder.mkdir(parents=True, exist_ok=True)
    for name, widget in pictures():
        if wanted and name not in wanted:
            widget.close()
            continue
        for _ in range(5):
            application.processEvents()
        widget.grab().save(str(folder / f"{way}-{name}.png"))
        widget.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
