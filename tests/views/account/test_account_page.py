"""The account's button, menu, page and questions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QStyle, QStyleOptionButton, QWidget
from pytestqt.qtbot import QtBot

from audiodesk.domain.server.account import KnownAccount
from audiodesk.domain.server.connection import Connection
from audiodesk.domain.sync.activity_line import ActivityAct
from audiodesk.domain.words.server.account_words import plan_words, removal_refused, sign_in_words
from audiodesk.domain.words.server.connection_words import connection_advice, connection_word
from audiodesk.views.account.account_acts import AccountActs
from audiodesk.views.account.account_button import AccountButton
from audiodesk.views.account.account_page import AccountPage
from audiodesk.views.dialogs.sure_dialog import SureDialog
from tests.desktop.test_accessible import nameless
from tests.views.accessible import spoken
from tests.views.account.samples import FACTS, SIGNED_OUT, activity, computers
from tests.views.dress import dress

_NOW = 1_790_000_000_000


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> QWidget:
    dress(qapp)
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def acts(window: QWidget) -> AccountActs:
    return AccountActs(window)


@pytest.fixture
def page(qtbot: QtBot, acts: AccountActs) -> AccountPage:
    made = AccountPage(acts)
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.show()
    return made


def _focus() -> QWidget:
    found = QApplication.focusWidget()
    assert found is not None
    return found


def _button(page: QWidget, name: str) -> QPushButton:
    return next(b for b in page.findChildren(QPushButton) if b.text() == name and b.isVisible())


def test_the_button_signs_in_or_opens_the_menu_of_who_is_signed_in(
    qtbot: QtBot, window: QWidget, acts: AccountActs
) -> None:
    button = AccountButton(acts, window)
    assert (button.text(), button.isEnabled()) == ("", False), "it is not known yet who is signed in"
    button.show_account(None)
    assert button.text().strip() == "Sign in"
    with qtbot.waitSignal(acts.sign_in.triggered):
        button.click()
    acts.show_account(FACTS, has_local_library=True)
    button.show_account(FACTS, "Books in sync · today, 15:06", "safe")
    assert button.text().strip() == "Jo Lindqvist"
    assert button.accessibleName() == "Account: Jo Lindqvist"
    assert button.menu() is button.account_menu
    button.show_account(replace(FACTS, name=""))
    assert FACTS.email in button.toolTip()
    acts.show_account(SIGNED_OUT)
    button.show_account(SIGNED_OUT)
    assert button.text().strip() == "Sign in"
    assert button.menu() is None


def test_the_head_of_the_menu_has_room_for_the_state_that_comes_later(
    qtbot: QtBot, window: QWidget, acts: AccountActs
) -> None:
    button = AccountButton(acts, window)
    button.show_account(FACTS)
    menu = button.account_menu
    before = menu.sizeHint().height()  # the menu measures its rows, and keeps what it found
    button.show_account(FACTS, "Online", "safe")
    assert menu.sizeHint().height() > before


def test_a_very_long_name_does_not_widen_the_window(window: QWidget, acts: AccountActs) -> None:
    button = AccountButton(acts, window)
    button.show_account(replace(FACTS, name="Maximiliane " * 30))
    assert button.sizeHint().width() < 320
    assert button.accessibleName().endswith("Maximiliane ")


def test_acts_are_possible_only_with_a_sign_in(acts: AccountActs) -> None:
    needs_sign_in = (acts.sync_now, acts.sign_out, acts.sign_out_everywhere, acts.bring_in)
    assert not [act.text() for act in (*needs_sign_in, acts.remove_library) if act.isEnabled()]
    acts.show_account(SIGNED_OUT, has_local_library=True)
    assert not [act.text() for act in needs_sign_in if act.isEnabled()]
    assert acts.remove_library.isEnabled()
    assert acts.sign_in.isVisible()
    acts.show_account(FACTS, has_local_library=True)
    assert all(act.isEnabled() for act in needs_sign_in)
    assert not acts.sign_in.isVisible()
    assert acts.sync_now.shortcut().toString() == "F5"


def test_another_known_account_can_be_changed_to(qtbot: QtBot, acts: AccountActs) -> None:
    ana = KnownAccount("audio.saltroad.example", "", "", "u2", "ana@example.org")
    acts.show_known([KnownAccount(FACTS.host, "", "", "u1", FACTS.email), ana], f"{FACTS.host}/u1")
    here, there = acts.change.actions()[:2]
    assert here.isChecked()
    assert not here.isEnabled()
    with qtbot.waitSignal(acts.account_requested) as asked:
        there.trigger()
    assert asked.args == [ana]
    assert acts.other_account in acts.change.actions()


def test_the_page_says_whose_library_it_is_and_keeps_activity_when_signed_out(page: AccountPage) -> None:
    page.show_account(FACTS)
    page.show_computers(computers(_NOW))
    page.show_activity(activity(_NOW))
    said = spoken(page)
    assert "Server: audio.saltroad.example · Online" in said
    assert "Plan: Free, 500.0 MB · 356.0 MB used" in said
    assert any(text.startswith("Studio PC, this computer, Linux") for text in said)
    assert nameless(page) == []
    page.show_account(SIGNED_OUT)
    page.show_computers(())
    said = spoken(page)
    assert "Signed out" in said
    assert any(text.endswith("2.3 The Ferry: take 3 added") for text in said)
    assert not page.computers.isVisible()


def test_a_refused_change_is_tried_again_or_copied(qtbot: QtBot, page: AccountPage) -> None:
    page.show_activity(activity(_NOW))
    with qtbot.waitSignal(page.act_requested) as asked:
        _button(page, "Try again").click()
    assert asked.args == ["4", ActivityAct.RETRY]
    copy = _button(page, "Copy")
    copy.setFocus()
    with qtbot.waitSignal(page.act_requested) as asked:
        QTest.keyClick(copy, Qt.Key.Key_Space)
    assert asked.args == ["4", ActivityAct.COPY]
    assert "your note on 2.2 Reeds" in copy.accessibleDescription()


def test_filters_show_a_part_and_say_what_would_be_there(page: AccountPage) -> None:
    page.show_account(FACTS)
    page.show_activity(activity(_NOW))
    assert page.refused.text() == "Not taken over  1"
    page.refused.click()
    assert not any("2.3 The Ferry" in text for text in spoken(page.activity))
    assert any("2.2 Reeds" in text for text in spoken(page.activity))
    page.elsewhere.click()
    assert not any("2.2 Reeds" in text for text in spoken(page.activity))
    page.show_activity(())
    assert page.refused.text() == "Not taken over"
    assert "What comes from your other computers will be listed here." in spoken(page)


def test_the_same_lines_again_keep_the_focus(qtbot: QtBot, page: AccountPage) -> None:
    page.show_activity(activity(_NOW))
    page.activateWindow()
    button = _button(page, "Choose")
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    page.show_activity(activity(_NOW))
    assert button.hasFocus()


def test_the_page_offers_the_acts_that_are_possible(qtbot: QtBot, page: AccountPage, acts: AccountActs) -> None:
    acts.show_account(FACTS)
    page.show_account(FACTS)
    with qtbot.waitSignal(acts.sign_out_everywhere.triggered):
        _button(page, "Sign out everywhere…").click()
    page.show_computers(computers(_NOW))
    qtbot.waitUntil(lambda: any(b.text() == "Rename…" and b.isVisible() for b in page.findChildren(QPushButton)))
    with qtbot.waitSignal(page.rename_requested):
        _button(page, "Rename…").click()
    acts.show_account(SIGNED_OUT)
    assert _button(page, "Sign in…")
    assert not [b for b in page.findChildren(QPushButton) if b.text() == "Sign out" and b.isVisible()]


def test_a_question_is_asked_once_and_enter_does_not_answer_yes(qtbot: QtBot, window: QWidget) -> None:
    dialog = SureDialog("Sign out everywhere", "All computers are signed out.", "Sign out everywhere")
    qtbot.addWidget(dialog)
    dialog.show()
    with qtbot.assertNotEmitted(dialog.confirmed):
        QTest.keyClick(dialog, Qt.Key.Key_Return)
    dialog.show()
    assert dialog.act_button is not None
    dialog.activateWindow()
    dialog.act_button.setFocus()  # a person who goes there by Tab means it
    qtbot.waitUntil(dialog.act_button.hasFocus)
    with qtbot.waitSignal(dialog.confirmed):
        QTest.keyClick(dialog.act_button, Qt.Key.Key_Return)


def test_what_is_not_safe_is_named_and_nothing_is_removed(qtbot: QtBot, window: QWidget) -> None:
    unsafe = [f"2.{number} Reeds, take 1" for number in range(20)]
    dialog = SureDialog("Remove this library from here", removal_refused(unsafe), items=unsafe)
    qtbot.addWidget(dialog)
    assert dialog.act_button is None
    said = spoken(dialog)
    assert removal_refused(unsafe) in said
    assert "… and 12 more" in said


def test_each_connection_has_its_own_words() -> None:
    assert len({connection_word(one) for one in Connection}) == len(Connection)
    assert len({connection_advice(one) for one in Connection}) == len(Connection)
    assert plan_words(SIGNED_OUT) == ""
    assert sign_in_words(replace(FACTS, keyring=""), "") == "Lasts until AudioDesk closes"
    assert sign_in_words(FACTS, "3 Mar 2026") == "Kept by GNOME Keyring, since 3 Mar 2026"


@pytest.mark.slow
def test_older_lines_follow_below(page: AccountPage) -> None:
    lines = [replace(activity(_NOW)[0], id=str(at), sentence=f"entry {at}") for at in range(250)]
    page.show_activity(lines)
    assert len(page.activity._shown) == 100
    assert page.older.text() == "Older: 150 more"
    page.older.click()
    page.older.click()
    assert len(page.activity._shown) == 250
    assert not page.older.isVisible()
    page.elsewhere.setChecked(True)
    page.all.setChecked(True)
    assert len(page.activity._shown) == 100, "another view begins at the newest"


@pytest.mark.parametrize("width", [340, 480, 640, 1100])
def test_it_fits_a_pane_of_any_width(qtbot: QtBot, page: AccountPage, acts: AccountActs, width: int) -> None:
    acts.show_account(FACTS, has_local_library=True)
    page.show_account(FACTS)
    page.show_computers(computers(_NOW))
    page.show_activity(activity(_NOW))
    page.resize(width, 600)
    inside = page.widget()
    assert inside is not None

    def cut() -> list[str]:
        """Return the buttons that are not shown as a whole."""
        return [
            button.text()
            for button in page.findChildren(QPushButton)
            if button.isVisible()
            and (
                button.mapTo(inside, button.rect().topRight()).x() > page.viewport().width()
                or button.width() < button.minimumSizeHint().width()
            )
        ]

    qtbot.waitUntil(lambda: inside.width() <= page.viewport().width() and not cut())
    assert not page.horizontalScrollBar().isVisible()
    assert any("Last sync: " in text for text in spoken(page.computers)), "said where no heading stands above it"


def _is_least(measured: Callable[[], int], least: int) -> bool:
    return measured() >= least


def test_the_words_of_the_checked_filter_are_whole(qtbot: QtBot, page: AccountPage) -> None:
    page.show_account(FACTS)
    page.show_activity(activity(_NOW))
    page.resize(900, 600)

    def room(button: QPushButton) -> int:
        option = QStyleOptionButton()
        button.initStyleOption(option)
        return button.style().subElementRect(QStyle.SubElement.SE_PushButtonContents, option, button).width()

    for button in (page.elsewhere, page.refused, page.all):
        button.setChecked(True)
        bold = button.font()
        bold.setWeight(QFont.Weight.DemiBold)
        needed = QFontMetrics(bold).horizontalAdvance(button.text())
        qtbot.waitUntil(partial(_is_least, partial(room, button), needed), timeout=2000)


def test_the_keys_go_from_line_to_line_and_do_what_a_line_offers(qtbot: QtBot, page: AccountPage) -> None:
    page.show_account(FACTS)
    page.show_activity(activity(_NOW))
    page.activateWindow()
    page.activity.focus_line()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)

    def said() -> str:
        return _focus().accessibleName()

    assert said().endswith("2.3 The Ferry: take 3 added")
    QTest.keyClick(_focus(), Qt.Key.Key_Down)
    assert said().endswith("4 sections have 2 new takes")
    with qtbot.waitSignal(page.act_requested) as asked:
        QTest.keyClick(_focus(), Qt.Key.Key_Return)
    assert asked.args == ["2", ActivityAct.CHOOSE]
    QTest.keyClick(_focus(), Qt.Key.Key_End)
    assert "كتاب" in said()
    QTest.keyClick(_focus(), Qt.Key.Key_Home)
    QTest.keyClick(_focus(), Qt.Key.Key_Up)
    assert said().endswith("take 3 added")


def test_a_new_line_leaves_the_others_and_the_focus_in_them(qtbot: QtBot, page: AccountPage) -> None:
    page.show_account(FACTS)
    lines = activity(_NOW)
    page.show_activity(lines[1:])
    page.activateWindow()
    button = _button(page, "Try again")
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    page.show_activity(lines)
    assert button.hasFocus()
    assert any(text.endswith("2.3 The Ferry: take 3 added") for text in spoken(page.activity))
    page.show_activity([line for line in lines if line.id != "4"])
    assert page.activity.isAncestorOf(_focus()), "the line is gone, the reader stays in the list"
