"""The waveform shows the position, and a click seeks."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QAccessible, QColor, QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from audiodesk.views.parts import theme
from audiodesk.views.player.waveform import Waveform
from tests.views.dress import dress


@pytest.fixture
def waveform(qtbot: QtBot, qapp: QApplication) -> Waveform:
    dress(qapp)
    widget = Waveform()
    qtbot.addWidget(widget)
    widget.resize(400, 56)
    widget.show_wave(100.0, bytes([0] * 500 + [255] * 500))
    return widget


def sought(waveform: Waveform) -> list[float]:
    places: list[float] = []
    waveform.seek_requested.connect(places.append)
    return places


class Painted(QObject):
    """Watches how wide a part of a widget is painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.widths: list[int] = []
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if isinstance(event, QPaintEvent):
            self.widths.append(event.region().boundingRect().width())
        return super().eventFilter(watched, event)


def test_a_click_goes_there(qtbot: QtBot, waveform: Waveform) -> None:
    places = sought(waveform)
    QTest.mouseClick(waveform, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(100, 20))
    assert places == [25.0]
    assert waveform.position == 25.0


def test_a_drag_follows_and_stays_inside(qtbot: QtBot, waveform: Waveform) -> None:
    places = sought(waveform)
    QTest.mousePress(waveform, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(40, 20))
    waveform.grab()
    QTest.mouseMove(waveform, QPoint(200, 20))
    QTest.mouseMove(waveform, QPoint(900, 20))
    QTest.mouseRelease(waveform, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(900, 20))
    assert places[0] == 10.0
    assert places[-1] in (50.0, 100.0)  # offscreen platforms may merge the moves
    assert all(0 <= place <= 100 for place in places)


def test_being_told_a_place_asks_for_nothing(waveform: Waveform) -> None:
    places = sought(waveform)
    waveform.show_position(40.0)
    assert waveform.position == 40.0
    assert places == []


def test_without_a_take_there_is_nothing_to_seek(qtbot: QtBot, waveform: Waveform) -> None:
    waveform.show_wave(0.0, b"")
    places = sought(waveform)
    waveform.show_position(20.0)
    assert places == []
    assert waveform.position == 0.0
    assert not waveform.isEnabled()


def test_what_was_heard_is_in_the_accent_colour(waveform: Waveform) -> None:
    waveform.show_position(75.0)
    image = waveform.grab().toImage()
    at_top = {x: image.pixelColor(x, 6).name() for x in range(image.width())}
    assert theme.LIGHT.accent in {at_top[x] for x in range(205, 290)}
    assert theme.LIGHT.wave in {at_top[x] for x in range(310, 395)}
    assert theme.LIGHT.accent not in {at_top[x] for x in range(310, 395)}
    silent = {image.pixelColor(x, 6).name() for x in range(5, 190)}
    assert theme.LIGHT.accent not in silent  # the first half is silence: no bar reaches the top


def test_a_tick_paints_no_more_than_the_cursor_moved(qtbot: QtBot, waveform: Waveform) -> None:
    waveform.show()
    qtbot.waitExposed(waveform)
    waveform.show_position(10.0)
    waveform.grab()
    QApplication.processEvents()
    painted = Painted(waveform)

    def ticks_little() -> bool:
        waveform.show_position(waveform.position + 0.5)
        QApplication.processEvents()
        return bool(painted.widths) and painted.widths[-1] < 20

    qtbot.waitUntil(ticks_little, timeout=30_000)  # the window system may ask for a full repaint once or twice


def test_it_is_a_slider_to_assistive_technology(waveform: Waveform) -> None:
    seen = QAccessible.queryAccessibleInterface(waveform)
    assert seen is not None
    assert seen.role() == QAccessible.Role.Slider
    assert seen.text(QAccessible.Text.Name) == "Position"
    waveform.show_position(65.0)
    assert seen.text(QAccessible.Text.Description) == "1:05 / 1:40"
    places = sought(waveform)
    values = seen.valueInterface()
    if values is not None:
        values.setCurrentValue(30_000)
        assert places == [30.0]


def test_home_and_end_go_to_the_ends(qtbot: QtBot, waveform: Waveform) -> None:
    places = sought(waveform)
    QTest.keyClick(waveform, Qt.Key.Key_End)
    QTest.keyClick(waveform, Qt.Key.Key_Home)
    assert places == [100.0, 0.0]


def test_it_keeps_its_bars_when_it_grows(waveform: Waveform) -> None:
    before = waveform.grab().toImage()
    waveform.resize(800, 56)
    after = waveform.grab().toImage()
    assert after.width() == 2 * before.width()
    assert QColor(after.pixelColor(799 - 2, 28)).name() in (theme.LIGHT.wave, theme.LIGHT.frame)
    assert theme.LIGHT.wave in {after.pixelColor(x, 6).name() for x in range(410, 790)}
