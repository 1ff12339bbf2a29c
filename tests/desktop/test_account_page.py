"""The account page takes the place of centre and details, and goes away as if it had never been there."""

from __future__ import annotations

from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from audiodesk.domain.sync.activity_line import ActivityAct
from audiodesk.views.account.account_page import AccountPage
from tests.desktop.sign_in import Person, open_person
from tests.desktop.test_accessible import nameless
from tests.desktop.window import Book

pytestmark = pytest.mark.slow  # the file as a whole


def _open(person: Person) -> AccountPage:
    person.account.acts.open_page.trigger()
    page = person.account.opening.page
    assert page is not None
    person.wait(page.isVisible)
    return page


def _shown_windows() -> list[QWidget]:
    return [one for one in QApplication.topLevelWidgets() if one.isVisible()]


def _focus() -> QWidget:
    found = QApplication.focusWidget()
    assert found is not None
    return found


def _choose_chapter(person: Person) -> Book:
    book = cast("Book", person.book)
    person.desk.window.acts.expand_all.trigger()
    person.desk.reveal(book.chapters[0])
    person.wait(lambda: person.desk.window.centre.ref == book.chapters[0])
    person.wait(lambda: person.desk.tasks.is_idle)
    return book


def test_esc_goes_back_to_what_was_shown(qtbot: QtBot) -> None:
    with open_person(qtbot, Book) as person:
        book = _choose_chapter(person)
        window = person.desk.window
        window.acts.focus_table.trigger()
        window.centre.nodes.choose([book.sections[1].id])
        assert window.chosen.works_in_table
        assert window.acts.trash.isEnabled()
        page = _open(person)
        assert not window.centre.isVisible()
        assert not window.details.isVisible()
        assert page.isAncestorOf(_focus()) or _focus() is page
        assert _shown_windows() == [window]
        assert not window.acts.trash.isEnabled(), "what would be trashed cannot be seen"
        assert not window.acts.mark_approved.isEnabled()
        assert nameless(page) == []
        QTest.keyClick(_focus(), Qt.Key.Key_Escape)
        assert person.account.opening.page is None
        person.wait(window.centre.isVisible)
        assert window.details.isVisible()
        assert [ref.id for ref in window.centre.nodes.chosen()] == [book.sections[1].id]
        assert window.centre.nodes.hasFocus()
        assert window.acts.trash.isEnabled()


def test_a_choice_in_the_tree_goes_back(qtbot: QtBot) -> None:
    with open_person(qtbot, Book) as person:
        book = _choose_chapter(person)
        window = person.desk.window
        tree, model = window.tree, window.tree_model
        _open(person)
        place = tree.visualRect(model.index_of(book.chapters[0].id)).center()
        QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert window.centre.isVisible(), "the row that was chosen before"
        _open(person)
        place = tree.visualRect(model.index_of(book.chapters[1].id)).center()
        QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert window.centre.isVisible()
        person.wait(lambda: window.centre.ref == book.chapters[1])
        _open(person)
        window.acts.focus_tree.trigger()
        assert person.account.opening.page is not None, "only looking is no choice"
        QTest.keyClick(tree, Qt.Key.Key_Up)
        assert window.centre.isVisible()
        _open(person)
        window.acts.focus_tree.trigger()
        QTest.keyClick(tree, Qt.Key.Key_Escape)
        assert window.centre.isVisible()


def test_what_changes_elsewhere_leaves_the_page_open(qtbot: QtBot) -> None:
    with open_person(qtbot, Book) as person:
        book = _choose_chapter(person)
        window = person.desk.window
        page = _open(person)
        person.core.library.trash([book.chapters[0]])
        person.wait(lambda: window.tree.current() != book.chapters[0])
        assert page.isVisible()


def test_a_search_closes_it_and_results_come_back_after_it(qtbot: QtBot) -> None:
    with open_person(qtbot, Book) as person:
        _choose_chapter(person)
        window = person.desk.window
        _open(person)
        window.head.field.setText("Dusk")
        person.wait(window.found.isVisible)
        assert person.account.opening.page is None
        _open(person)
        assert not window.found.isVisible()
        QTest.keyClick(_focus(), Qt.Key.Key_Escape)
        assert window.found.isVisible()


def test_it_opens_over_an_empty_library_too(qtbot: QtBot) -> None:
    with open_person(qtbot) as person:
        window = person.desk.window
        shown = [window.is_first_run]
        page = _open(person)
        shown.append(window.is_first_run)
        QTest.keyClick(page, Qt.Key.Key_Escape)
        assert [*shown, window.is_first_run] == [True, False, True]


def test_opened_twice_it_is_there_once(qtbot: QtBot) -> None:
    with open_person(qtbot, Book) as person:
        page = _open(person)
        assert _open(person) is page
        person.account.acts.open_page.trigger()
        assert page.isVisible()


def test_the_acts_of_a_line_lead_back_to_the_book(qtbot: QtBot) -> None:
    with open_person(qtbot, Book) as person:
        book = _choose_chapter(person)
        page = _open(person)
        page.act_requested.emit(book.sections[3].id, ActivityAct.CHOOSE)
        person.wait(lambda: person.desk.window.centre.ref == book.sections[3])
        assert person.account.opening.page is None
