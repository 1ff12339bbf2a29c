"""The question about this computer's library: two choices in numbers, and one button."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from audiodesk.domain.server.adoption import AdoptionQuestion, LibrarySize
from audiodesk.domain.words.server.adopt_words import bring_in_words, keep_apart_words
from audiodesk.views.account.adopt_dialog import AdoptDialog
from tests.desktop.test_accessible import nameless
from tests.views.dress import dress

_MB = 1024 * 1024
_ADOPTION = AdoptionQuestion(
    email="jo.lindqvist@example.org",
    here=LibrarySize(3, 214, 1946 * _MB, 94, 1_700_000_000_000),
    there=LibrarySize(1, 30, 212 * _MB, 30, 1_700_000_000_000, "Studio PC"),
    equal_titles=("Kitchen Physics",),
    free=288 * _MB,
    plan="free",
)


@pytest.fixture
def dialog(qtbot: QtBot, qapp: QApplication) -> AdoptDialog:
    dress(qapp)
    made = AdoptDialog(_ADOPTION)
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is made.first.button)
    return made


def test_the_consequences_are_said_in_numbers() -> None:
    assert bring_in_words(_ADOPTION) == (
        "Your account then shows 4 books with 244 takes, here and on your other computers. “Kitchen Physics” is in "
        "both and stays two books. The recordings go up by themselves: 288.0 MB of the 1.90 GB fit into the "
        "free plan."
    )
    assert keep_apart_words(_ADOPTION).startswith("Only the account's 1 book opens.")
    roomy = replace(_ADOPTION, equal_titles=("A", "B"), free=4000 * _MB)
    assert "2 books have equal titles" in bring_in_words(roomy)
    assert bring_in_words(roomy).endswith("by themselves: all 1.90 GB fit into your plan.")
    full = "Your plan is full: the recordings, 1.90 GB, stay on this computer."
    assert bring_in_words(replace(_ADOPTION, free=0)).endswith(full)
    unasked = bring_in_words(replace(_ADOPTION, free=None))
    assert unasked.endswith("The recordings go up by themselves.")
    silent = replace(_ADOPTION, here=replace(_ADOPTION.here, size=0))
    assert "recordings" not in bring_in_words(silent)
    empty = replace(_ADOPTION, there=LibrarySize(0, 0, 0, 0))
    assert keep_apart_words(empty).startswith("The account's library opens, which is still empty.")


def test_the_button_carries_the_verb_of_the_choice_and_enter_presses_it(qtbot: QtBot, dialog: AdoptDialog) -> None:
    assert dialog.act_button.text() == "Bring it in"
    with qtbot.waitSignal(dialog.first_chosen):
        QTest.keyClick(dialog, Qt.Key.Key_Return)
    QTest.keyClick(dialog.first.button, Qt.Key.Key_Down)
    assert dialog.act_button.text() == "Keep them apart"
    with qtbot.waitSignal(dialog.second_chosen), qtbot.assertNotEmitted(dialog.first_chosen):
        QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.isVisible()


def test_a_click_on_a_consequence_chooses(qtbot: QtBot, dialog: AdoptDialog) -> None:
    QTest.mouseClick(dialog.second, Qt.MouseButton.LeftButton)
    assert dialog.second.button.isChecked()
    assert not dialog.first.button.isChecked()


def test_escape_cancels_the_sign_in_and_does_nothing_else(qtbot: QtBot, dialog: AdoptDialog) -> None:
    with qtbot.waitSignal(dialog.cancel_requested), qtbot.assertNotEmitted(dialog.first_chosen):
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_every_control_has_a_name_and_each_choice_its_consequence(dialog: AdoptDialog) -> None:
    assert nameless(dialog) == []
    assert dialog.first.button.accessibleDescription() == bring_in_words(_ADOPTION)
