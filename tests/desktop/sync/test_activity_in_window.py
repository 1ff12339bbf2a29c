"""Activity and the account's computers on an account page, over HTTP."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from audiodesk.domain.sync.activity_line import ActivityAct, ActivityKind, ActivityLine
from audiodesk.domain.sync.state import SyncCode, SyncState
from audiodesk.local.rows.store.edited_rows import EditedRows
from audiodesk.views.account.account_acts import AccountActs
from audiodesk.views.account.account_page import AccountPage
from audiodesk.views.parts.times import moment
from tests.desktop.sync.conftest import Computer, Computers
from tests.desktop.window import wait
from tests.services.sync.person import TOO_LONG
from tests.twin.fault_actions import stall
from tests.twin.faults import Fault
from tests.twin.twin import Twin

pytestmark = pytest.mark.slow  # the file as a whole


def open_page(qtbot: QtBot, computer: Computer) -> AccountPage:
    """Show an account page beside the window, as the account's controller does."""
    page = AccountPage(AccountActs(computer.desk.window))
    qtbot.addWidget(page)
    computer.desk.workbench.activity.fill(page)
    page.show()
    return page


def lines(page: AccountPage, kind: ActivityKind) -> list[ActivityLine]:
    return [line for line in page._lines if line.kind is kind]  # what the page was told


def press(page: AccountPage, words: str) -> None:
    next(link for link in page.activity.findChildren(QPushButton) if link.accessibleName() == words).click()


def unread(computer: Computer) -> int:
    account = computer.core.account
    assert account is not None
    return account.activity.unread()


def test_what_came_from_another_computer_is_listed_shown_and_read(qtbot: QtBot, computers: Computers) -> None:
    studio = computers("studio", window=True)
    studio.settle()
    page = open_page(qtbot, studio)
    laptop = computers("laptop")
    project = laptop.core.library.add_project("From the laptop")
    laptop.sync()
    studio.fetch()
    wait(qtbot, lambda: bool(lines(page, ActivityKind.CHANGED)))
    (line,) = lines(page, ActivityKind.CHANGED)
    assert "From the laptop" in line.sentence
    assert line.is_elsewhere
    assert line.acts == (ActivityAct.SHOW,)
    wait(qtbot, lambda: unread(studio) == 0)
    press(page, "Show")
    wait(qtbot, lambda: studio.desk.window.tree.current() == project)


def test_a_refused_edit_is_a_notice_can_be_copied_and_tried_again(
    qtbot: QtBot, computers: Computers, twin: Twin
) -> None:
    studio = computers("studio", window=True)
    project = studio.core.library.add_project("Book")
    studio.settle()
    studio.fetch()
    desk, database = studio.desk, studio.core.database
    database.write(lambda connection: EditedRows(connection, database.clock()).update(project, title=TOO_LONG))
    desk.window.acts.sync_now.trigger()
    wait(qtbot, lambda: "did not take over 1 edit" in desk.window.notice.sentence)
    asked: list[bool] = []
    desk.workbench.sync.activity_requested.connect(lambda: asked.append(True))
    desk.window.notice.action_requested.emit(desk.window.notice._key)  # the button of the notice
    assert asked == [True]
    page = open_page(qtbot, studio)
    wait(qtbot, lambda: len(lines(page, ActivityKind.REFUSED)) == 1)
    press(page, "Copy")
    assert TOO_LONG in QGuiApplication.clipboard().text()
    sent = twin.faults.add(Fault(stall(), path="sync_push"))
    press(page, "Try again")
    wait(qtbot, lambda: not lines(page, ActivityKind.REFUSED))
    node = studio.core.tree.node(project)
    assert node is not None
    assert node.title == TOO_LONG
    sent.release()
    wait(qtbot, lambda: len(lines(page, ActivityKind.REFUSED)) == 1)  # the server says no again


def test_computers_are_listed_this_one_first(qtbot: QtBot, computers: Computers) -> None:
    computers("laptop").sync()
    studio = computers("studio", window=True)
    studio.settle()
    page = open_page(qtbot, studio)
    wait(qtbot, lambda: bool(page.computers._shown))  # what the page was told
    shown = [line for line, _, _ in page.computers._shown]
    account = studio.core.account
    assert account is not None
    assert shown[0] == account.activity.this_computer() != ""
    assert len(set(shown)) == 2


def test_without_a_sign_in_the_page_shows_what_is_known_here(qtbot: QtBot, computers: Computers) -> None:
    laptop = computers("laptop")
    laptop.core.library.add_project("From the laptop")
    laptop.sync()
    computers("studio").sync()
    studio = computers("studio", window=True, AUDIODESK_EMAIL="", AUDIODESK_PASSWORD="")
    wait(qtbot, lambda: studio.desk.window.status.connection == "Signed out")
    page = open_page(qtbot, studio)
    wait(qtbot, lambda: bool(page._lines))
    assert page.computers.isVisible(), "as far as the library knows them"


def test_a_new_name_of_this_computer_reaches_the_other_one(qtbot: QtBot, computers: Computers) -> None:
    laptop = computers("laptop")
    laptop.sync()
    studio = computers("studio", window=True)
    studio.settle()
    page = open_page(qtbot, studio)
    wait(qtbot, lambda: len(page.computers._shown) == 2)
    first, second = (cells[0].text for _, cells, _ in page.computers._shown)
    assert {first, second} == {min(first, second, key=len), f"{min(first, second, key=len)} (2)"}, "told apart"
    next(link for link in page.computers.findChildren(QPushButton) if link.text() == "Rename…").click()
    dialog = studio.desk.workbench.activity.dialog
    assert dialog is not None
    assert dialog.line.text() == first
    dialog.line.clear()
    assert not dialog.button.isEnabled()
    dialog.line.setText("  Studio PC ")
    dialog.button.click()
    wait(qtbot, lambda: studio.desk.workbench.activity.dialog is None)
    wait(qtbot, lambda: "Studio PC" in {cells[0].text for _, cells, _ in page.computers._shown})
    wait(qtbot, studio.is_in_agreement)

    def arrived() -> bool:
        laptop.sync()
        account = laptop.core.account
        assert account is not None
        return "Studio PC" in {one.title for one in account.activity.known_computers()}

    wait(qtbot, arrived)


def test_what_was_emptied_elsewhere_says_on_which_computer(qtbot: QtBot, computers: Computers) -> None:
    laptop = computers("laptop")
    project = laptop.core.library.add_project("Old book")
    laptop.sync()
    account = laptop.core.account
    assert account is not None
    account.activity.rename_computer("Jo's laptop")
    studio = computers("studio", window=True)
    studio.settle()
    page = open_page(qtbot, studio)
    laptop.core.library.trash([project])
    laptop.sync()
    laptop.core.library.empty_trash([project])
    laptop.sync()
    studio.fetch()
    wait(qtbot, lambda: any("emptied" in line.sentence for line in lines(page, ActivityKind.EMPTIED)))
    (line,) = [line for line in lines(page, ActivityKind.EMPTIED) if "emptied" in line.sentence]
    assert (line.computer, line.is_elsewhere) == ("Jo's laptop", True)


def test_the_last_sync_of_this_computer_is_the_one_just_done(qtbot: QtBot, computers: Computers) -> None:
    studio = computers("studio", window=True)
    studio.settle()
    page = open_page(qtbot, studio)
    wait(qtbot, lambda: bool(page.computers._shown))
    later = studio.core.program.clock() + 30 * 60_000  # the server is told once an hour
    studio.desk.workbench.sync.state_changed.emit(SyncState(SyncCode.UP_TO_DATE, synced_at=later))
    ((_, cells, _),) = page.computers._shown
    assert any(moment(later).casefold() == cell.text.casefold() for cell in cells)


@pytest.mark.parametrize("hours", [-2, 2])
def test_the_last_sync_of_another_computer_is_said_as_roughly_as_it_is_known(
    qtbot: QtBot, computers: Computers, twin: Twin, hours: int
) -> None:
    with twin.database.connect() as connection:  # the server's clock is not that of this computer
        connection.execute(
            "create or replace function audiodesk.now_ms() returns bigint language sql volatile set search_path = '' "
            f"as $$ select floor(extract(epoch from clock_timestamp()) * 1000)::bigint + {hours * 3_600_000} $$"
        )
    computers("laptop").sync()
    studio = computers("studio", window=True)
    studio.settle()
    page = open_page(qtbot, studio)

    wait(qtbot, lambda: [bool(cells[2].text) for _, cells, _ in page.computers._shown] == [True, True])
    _, (_, cells, _) = page.computers._shown
    assert cells[2].text == "Within the last hour"
