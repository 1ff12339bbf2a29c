"""Two new takes: heard in turn by one key, kept by a digit, and chosen for many sections at once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea
from pytestqt.qtbot import QtBot

from audiodesk.domain.library.conflict import Keep, chosen_take
from audiodesk.domain.words.library.conflict_words import difference
from audiodesk.views.conflicts.conflict_page import ConflictPage
from tests.desktop.test_accessible import nameless
from tests.views.accessible import spoken
from tests.views.conflicts.samples import conflicts
from tests.views.dress import dress

_NOW = 1_790_000_000_000


@pytest.fixture
def page(qtbot: QtBot, qapp: QApplication) -> ConflictPage:
    dress(qapp)
    made = ConflictPage()
    qtbot.addWidget(made)
    found = conflicts(_NOW)
    made.show_conflict(found[0])
    made.show_all(found)
    made.resize(900, 700)
    made.show()
    made.activateWindow()
    made.list.table.setFocus()
    qtbot.waitUntil(made.list.table.hasFocus)
    return made


def test_x_changes_over_and_the_heard_card_is_marked(qtbot: QtBot, page: ConflictPage) -> None:
    page.show_heard("a0")
    with qtbot.waitSignal(page.hear_requested) as asked:
        QTest.keyClick(page.list.table, Qt.Key.Key_X)
    assert asked.args == ["b0"]
    page.show_heard("b0")
    assert [card.property("heard") for card in page.cards] == [False, True]
    assert page.cards[1].accessibleName() == "Take 2b, Jo's laptop, current, You hear this one"
    assert page.cards[0].accessibleName() == "Take 2, Studio PC"
    with qtbot.waitSignal(page.hear_requested) as asked:
        QTest.keyClick(page.list.table, Qt.Key.Key_X)
    assert asked.args == ["a0"]


@pytest.mark.parametrize(("key", "take"), [(Qt.Key.Key_1, "a0"), (Qt.Key.Key_2, "b0")])
def test_a_digit_keeps_that_card(qtbot: QtBot, page: ConflictPage, key: Qt.Key, take: str) -> None:
    with qtbot.waitSignal(page.keep_requested) as asked:
        QTest.keyClick(page.list.table, key)
    assert asked.args == [conflicts(_NOW)[0].section, take]


def test_audio_that_is_elsewhere_is_said_and_cannot_be_played(qtbot: QtBot, page: ConflictPage) -> None:
    offers = [label for label in page.findChildren(QLabel) if label.text() in ("X", "hear the other at the same place")]
    assert [part.isVisible() for part in (*offers, page.same_loudness)] == [True] * 3
    page.show_conflict(conflicts(_NOW, elsewhere=True)[0])
    assert [part.isVisible() for part in (*offers, page.same_loudness)] == [False] * 3
    assert "Take 2b cannot be heard here: its audio is on Jo's laptop." in spoken(page)
    assert "On another computer – not uploaded yet" in spoken(page)
    card = page.cards[1]
    assert not card.wave.isEnabled()
    page.show_heard("a0")
    with qtbot.assertNotEmitted(page.hear_requested), qtbot.assertNotEmitted(page.seek_requested):
        QTest.mouseClick(card, Qt.MouseButton.LeftButton)
        with qtbot.waitSignal(page.not_here) as told:
            page.hear_next()
    assert told.args == [card.take]
    with qtbot.waitSignal(page.keep_requested):
        card.keep.click()
    page.show_conflict(conflicts(_NOW)[0])
    assert [part.isVisible() for part in (*offers, page.same_loudness)] == [True] * 3
    assert not any("cannot be heard" in text for text in spoken(page))


def test_one_choice_is_applied_to_the_ticked_sections(qtbot: QtBot, page: ConflictPage) -> None:
    rules = [page.list.rule.itemText(at) for at in range(page.list.rule.count())]
    assert rules == ["Studio PC's", "Jo's laptop's", "the newer", "the longer"]
    page.list.rule.setCurrentIndex(3)
    page.list.table.setCurrentCell(2, 0)
    QTest.keyClick(page.list.table, Qt.Key.Key_Space)
    assert page.list.apply_button.text() == "Apply to 2"
    last = page.list.table.columnCount() - 1
    said = [item.text() for row in range(3) if (item := page.list.table.item(row, last)) is not None]
    assert said == ["Jo's laptop", "Studio PC", "Not chosen yet"]
    with qtbot.waitSignal(page.apply_requested) as asked:
        page.list.apply_button.click()
    assert asked.args == [[(conflicts(_NOW)[0].section, "b0"), (conflicts(_NOW)[1].section, "a1")]]
    page.show_all(conflicts(_NOW)[1:])
    assert page.list.rule.currentText() == "the longer"
    assert page.list.apply_button.text() == "Apply to 1"


def test_a_row_of_the_list_shows_its_cards_and_a_single_section_needs_no_list(qtbot: QtBot, page: ConflictPage) -> None:
    with qtbot.waitSignal(page.section_requested) as asked:
        QTest.keyClick(page.list.table, Qt.Key.Key_Down)
    assert asked.args == [conflicts(_NOW)[1].section]
    page.show_all(conflicts(_NOW)[:1])
    assert not page.list.isVisible()


def test_the_same_loudness_can_be_turned_off(qtbot: QtBot, page: ConflictPage) -> None:
    with qtbot.waitSignal(page.loudness_matched) as asked:
        page.same_loudness.click()
    assert asked.args == [False]


def test_every_control_has_a_name(page: ConflictPage) -> None:
    assert nameless(page) == []


def test_rules_decide_only_what_they_can() -> None:
    conflict = conflicts(_NOW)[0]
    first, second = conflict.takes
    assert chosen_take(conflict, Keep.NEWER) is second
    assert chosen_take(conflict, Keep.LONGER) is second
    assert chosen_take(conflict, Keep.COMPUTER, "Studio PC") is first
    assert chosen_take(conflict, Keep.COMPUTER, "Edit room") is None
    assert difference(first, second) == "6 s shorter · 1.7 dB quieter"
    assert difference(first, first) == ""


@pytest.mark.parametrize(
    ("mine", "theirs", "said"),
    [
        ((5.8, -20.64), (5.4, -20.56), ""),
        ((5.5, -20.6), (5.4, None), ""),
        ((6.1, None), (5.9, -20.6), "1 s longer"),
        ((5.0, -20.66), (5.0, -20.64), "0.1 dB quieter"),
    ],
)
def test_a_difference_is_that_of_the_numbers_shown(
    mine: tuple[float, float | None], theirs: tuple[float, float | None], said: str
) -> None:
    first, second = conflicts(_NOW)[0].takes
    one, other = (
        replace(take, seconds=seconds, rms_db=level) for take, (seconds, level) in ((first, mine), (second, theirs))
    )
    assert difference(one, other) == said


def test_in_a_low_pane_the_cards_scroll_instead_of_being_cut(qtbot: QtBot, page: ConflictPage) -> None:
    page.resize(640, 220)
    area = page.findChildren(QScrollArea)[0]
    qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() > 0)
    for card in page.cards:
        assert card.height() >= card.minimumSizeHint().height()
        area.ensureWidgetVisible(card.keep)
        top = card.keep.mapTo(area.viewport(), card.keep.rect().topLeft()).y()
        assert 0 <= top <= area.viewport().height() - card.keep.height()


def test_in_a_narrow_pane_the_cards_stand_below_each_other(qtbot: QtBot, page: ConflictPage) -> None:
    assert page.cards[0].y() == page.cards[1].y()
    page.resize(320, 700)
    qtbot.waitUntil(lambda: page.cards[1].y() > page.cards[0].y())
    parts = (*page.cards, page.list.apply_button, page.list.rule)
    qtbot.waitUntil(lambda: all(one.mapTo(page, one.rect().topRight()).x() < page.width() for one in parts))
    table = page.list.table
    assert [table.isColumnHidden(column) for column in range(4)] == [False, True, True, False], "the cards tell them"
    page.show_all(conflicts(_NOW)[:2])
    assert [table.isColumnHidden(column) for column in range(4)] == [False, True, True, False]
    page.resize(900, 700)
    qtbot.waitUntil(lambda: page.cards[0].y() == page.cards[1].y())
    assert not any(table.isColumnHidden(column) for column in range(4))


def test_no_line_ends_between_a_number_and_its_unit(page: ConflictPage) -> None:
    said = [text for text in spoken(page) if "dB" in text]
    assert said
    assert not [text for text in said if " dB" in text or " s " in text]
