"""The player bar shows what it is told and emits requests; its keys work only here and in the table."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QTableView, QTreeView, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from audiodesk.views.player.player_actions import rate_text
from audiodesk.views.player.player_bar import PlayerBar
from tests.views.dress import dress

pytestmark = pytest.mark.slow


class Window(QWidget):
    """A bar, a table whose keys play, a tree and a field whose keys must not."""

    def __init__(self) -> None:
        super().__init__()
        self.bar, self.table, self.tree, self.field = PlayerBar(), QTableView(), QTreeView(), QLineEdit()
        model = QStandardItemModel(self)
        for row in range(3):
            model.appendRow([QStandardItem(f"{row}.{column}") for column in range(3)])
        self.table.setModel(model)
        self.tree.setModel(model)
        self.bar.actions_of_playback.act_in(self.table)
        layout = QVBoxLayout(self)
        for widget in (self.field, self.tree, self.table, self.bar):
            layout.addWidget(widget)
        self.asked: list[Any] = []
        self.bar.play_pause_requested.connect(lambda: self.asked.append("play"))
        self.bar.step_requested.connect(self.asked.append)
        self.bar.previous_requested.connect(lambda: self.asked.append("previous"))
        self.bar.next_requested.connect(lambda: self.asked.append("next"))
        self.bar.rate_requested.connect(lambda rate: self.asked.append(("rate", rate)))
        self.bar.seek_requested.connect(lambda seconds: self.asked.append(("seek", seconds)))


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Window:
    dress(qapp)
    made = Window()
    qtbot.addWidget(made)
    made.resize(900, 500)
    made.bar.show_take("2.3 The Ferry", "take 3 of 3", 572.0, b"\x80" * 100)
    made.show()
    made.activateWindow()
    qtbot.waitActive(made)
    return made


_KEYS = [
    (Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, "play"),
    (Qt.Key.Key_K, Qt.KeyboardModifier.NoModifier, "play"),
    (Qt.Key.Key_J, Qt.KeyboardModifier.NoModifier, -10),
    (Qt.Key.Key_L, Qt.KeyboardModifier.NoModifier, 10),
    (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier, -5),
    (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, 5),
    (Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier, -1),
    (Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier, 1),
    (Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier, -30),
    (Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier, 30),
]


@pytest.mark.parametrize(("key", "modifier", "asked"), _KEYS)
@pytest.mark.parametrize("place", ["bar", "table"])
def test_the_keys_act_in_player_and_table(
    qtbot: QtBot, window: Window, place: str, key: Qt.Key, modifier: Qt.KeyboardModifier, asked: Any
) -> None:
    widget = window.table if place == "table" else window.bar.findChild(QWidget, "waveform")
    assert widget is not None
    widget.setFocus()
    QTest.keyClick(widget, key, modifier)
    assert window.asked == [asked]


@pytest.mark.parametrize(("key", "modifier", "asked"), _KEYS)
@pytest.mark.parametrize("place", ["tree", "field"])
def test_they_never_act_where_one_browses_or_types(
    qtbot: QtBot, window: Window, place: str, key: Qt.Key, modifier: Qt.KeyboardModifier, asked: Any
) -> None:
    widget = getattr(window, place)
    widget.setFocus()
    QTest.keyClick(widget, key, modifier)
    assert window.asked == []


def test_a_name_that_is_typed_into_the_table_gets_its_letters(qtbot: QtBot, window: Window) -> None:
    window.table.setFocus()
    index: QModelIndex = window.table.model().index(0, 0)
    window.table.setCurrentIndex(index)
    window.table.edit(index)
    editor = window.table.findChild(QLineEdit)
    assert editor is not None
    editor.selectAll()
    QTest.keyClicks(editor, "jk l")
    assert editor.text() == "jk l"
    assert window.asked == []


def test_space_presses_the_button_that_has_the_focus(qtbot: QtBot, window: Window) -> None:
    button = next(child for child in window.bar.findChildren(QWidget) if child.accessibleName() == "Next section")
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert window.asked == ["next"]


def test_it_says_what_plays_and_where(window: Window) -> None:
    window.bar.show_position(217.4)
    texts = [label.text() for label in window.bar.findChildren(QLabel)]
    assert "2.3 The Ferry" in texts
    assert "· take 3 of 3" in texts
    assert "3:37 / 9:32" in texts


def test_trouble_stands_in_place_of_the_take_until_it_is_over(window: Window) -> None:
    def shown() -> list[str]:
        QApplication.processEvents()
        return [label.text() for label in window.bar.findChildren(QLabel)]

    window.bar.show_trouble("No sound device was found.")
    assert "No sound device was found." in shown()
    window.bar.show_names("Another", "take 1 of 1")
    assert "No sound device was found." in shown()
    window.bar.show_trouble("")
    assert "· take 1 of 1" in shown()


def test_with_nothing_to_play_nothing_is_offered(window: Window) -> None:
    window.bar.show_nothing()
    actions = window.bar.actions_of_playback
    assert not any(action.isEnabled() for action in (actions.play_pause, actions.next, *actions.steps))


def test_a_long_title_gives_way_to_which_take_it_is(window: Window) -> None:
    title = "A very long chapter title " * 5
    window.bar.show_take(title, "take 3 of 3", 572.0, b"")
    window.resize(700, 500)
    QApplication.processEvents()
    labels = {label.accessibleName(): label for label in window.bar.findChildren(QLabel)}
    assert "…" in labels[title].text()
    assert labels[title].toolTip() == title
    assert labels["· take 3 of 3"].text() == "· take 3 of 3"


def test_the_button_says_what_it_will_do(window: Window) -> None:
    def names() -> list[str]:
        return [child.accessibleName() for child in window.bar.findChildren(QWidget)]

    assert "Play" in names()
    window.bar.show_playing(is_playing=True)
    assert "Pause" in names()
    assert window.bar.actions_of_playback.play_pause.text() == "Pause"


def test_the_menu_shows_the_sign_of_what_it_will_do(window: Window) -> None:
    act = window.bar.actions_of_playback.play_pause
    play = act.icon().pixmap(16).toImage()
    window.bar.show_playing(is_playing=True)
    assert act.icon().pixmap(16).toImage() != play
    window.bar.show_playing(is_playing=False)
    assert act.icon().pixmap(16).toImage() == play


def test_speeds_are_offered_and_marked(window: Window) -> None:
    actions = window.bar.actions_of_playback
    actions.rates[-1].trigger()
    assert window.asked == [("rate", 2.0)]
    window.bar.show_rate(1.25)
    assert [action.text() for action in actions.rates if action.isChecked()] == ["1.25×"]


@pytest.mark.parametrize(("rate", "text"), [(1.0, "1×"), (0.5, "0.5×"), (1.25, "1.25×"), (2.0, "2×")])
def test_a_speed_is_written_short(rate: float, text: str) -> None:
    assert rate_text(rate) == text


def test_a_click_into_the_waveform_seeks(qtbot: QtBot, window: Window) -> None:
    waveform = window.bar.findChild(QWidget, "waveform")
    assert waveform is not None
    QTest.mouseClick(
        waveform, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(waveform.width() // 2, 5)
    )
    assert window.asked[0][0] == "seek"
    assert window.asked[0][1] == pytest.approx(286, abs=2)


def test_every_control_has_a_name(window: Window) -> None:
    for child in window.bar.findChildren(QWidget):
        if child.focusPolicy() != Qt.FocusPolicy.NoFocus and child.isVisible():
            assert child.accessibleName(), child
