"""Two windows beside each other: what a person reads stays readable in half a screen."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.states import ParentState, StateCode, TakeState
from audiodesk.views.centre.about_label import AboutLabel
from audiodesk.views.centre.centre_pane import CentrePane
from audiodesk.views.centre.drop_area import DropArea
from audiodesk.views.centre.node_model import NodeColumn, NodeModel
from audiodesk.views.centre.table_view import NodeTable, TakeTable
from audiodesk.views.centre.take_model import TakeColumn, TakeModel
from audiodesk.views.frame.panes import Panes
from audiodesk.views.parts.state_look import state_look
from audiodesk.views.parts.theme import scaled
from tests.looks import Longer
from tests.views.dress import dress
from tests.views.samples import chapter, project, section, take
from tests.views.test_column_fit import drawn


@pytest.fixture
def panes(qtbot: QtBot, qapp: QApplication) -> Panes:
    dress(qapp)
    made = Panes()
    for least in (180, 320, 220):
        pane = QWidget()
        pane.setMinimumWidth(scaled(least))
        made.addWidget(pane)
    made.setHandleWidth(1)
    made.want([276, 724, 320])
    qtbot.addWidget(made)
    made.resize(1400, 400)
    made.show()
    return made


def test_the_panes_at_the_sides_give_way_and_come_back(qtbot: QtBot, panes: Panes) -> None:
    qtbot.waitUntil(lambda: panes.sizes()[0] == 276 and panes.sizes()[2] == 320)
    panes.resize(950, 400)
    qtbot.waitUntil(lambda: panes.sizes()[1] == 460)
    assert panes.sizes()[2] == 256
    assert panes.wanted()[2] == 320
    panes.resize(1400, 400)
    qtbot.waitUntil(lambda: panes.sizes()[0] == 276 and panes.sizes()[2] == 320)


def test_a_width_that_a_person_chose_stays_and_a_hidden_pane_takes_no_room(qtbot: QtBot, panes: Panes) -> None:
    panes.moveSplitter(400, 1)
    qtbot.waitUntil(lambda: panes.wanted()[0] == 400)
    panes.show_pane(2, is_shown=False)
    panes.resize(900, 400)
    qtbot.waitUntil(lambda: panes.sizes()[0] == 400)
    assert panes.wanted()[2] == 320
    panes.show_pane(2, is_shown=True)
    qtbot.waitUntil(lambda: panes.sizes()[1] >= 320 and panes.sizes()[2] == 256)
    panes.resize(1500, 400)
    qtbot.waitUntil(lambda: panes.sizes()[0] == 400 and panes.sizes()[2] == 320)


def test_the_title_is_whole_before_anything_is_said_beside_it(qtbot: QtBot, qapp: QApplication) -> None:
    dress(qapp)
    pane = CentrePane()
    qtbot.addWidget(pane)
    node = chapter(title="1 · The Old Well behind the ferry")
    pane.resize(360, 500)
    pane.show_nodes(node, (), [], "12 of 30 sections recorded, 5:12:07, 41 takes, 3 wait for your choice")
    pane.show()
    title = next(label for label in pane.findChildren(QLabel) if label.text() == node.title)
    about = pane.findChildren(AboutLabel)[0]
    qtbot.waitUntil(lambda: title.width() >= title.sizeHint().width())
    assert about.shown() == ""
    assert about.toolTip().startswith("12 of 30")
    pane.resize(760, 500)
    qtbot.waitUntil(lambda: about.shown() != "")
    assert about.shown().startswith("12 of 30 sections recorded")
    assert not about.shown().endswith(",")


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("width", [1440, 1180, 1000, 760])
def test_titles_stay_readable_beside_the_states(qtbot: QtBot, qapp: QApplication, width: int, language: str) -> None:
    """760 is the least width of the window. German words are longer by two fifths."""
    dress(qapp)
    longer = Longer(qapp)
    if language == "de":
        qapp.installTranslator(longer)
    try:
        pane = CentrePane()
        panes = Panes()
        qtbot.addWidget(panes)
        for least, inside in ((180, QWidget()), (320, pane), (220, QWidget())):
            inside.setMinimumWidth(scaled(least))
            panes.addWidget(inside)
        panes.setHandleWidth(1)
        panes.want([276, 724, 320])
        panes.resize(scaled(width), 400)
        panes.show()
        table = pane.nodes
        states = ParentState({(StateCode.LOCAL, ""): 4, (StateCode.CONFLICT, ""): 2}, cloud=True)
        row = dataclasses.replace(chapter(title="3 · Night crossing in the rain"), warnings=12, repaired=2)
        pane.show_nodes(project(), (), [row], "")
        pane.show_nodes(project(), (), [dataclasses.replace(row, states=states)], "")
        assert not table.isColumnHidden(NodeColumn.STATE)
        qtbot.waitUntil(lambda: table.columnWidth(NodeColumn.TITLE) >= scaled(160))
        assert table.horizontalScrollBar().maximum() == 0
        shown = drawn(table, pane.node_model.index(0, NodeColumn.STATE))
        assert "…" not in shown
        assert shown.startswith("6 takes")
        assert table.isColumnHidden(NodeColumn.LENGTH) is (width < 1440)
    finally:
        qapp.removeTranslator(longer)


@pytest.mark.parametrize("width", [1440, 1180, 1000])
def test_the_state_of_a_take_is_seen_whole_beside_its_file(qtbot: QtBot, qapp: QApplication, width: int) -> None:
    dress(qapp)
    pane, panes = CentrePane(), Panes()
    qtbot.addWidget(panes)
    for least, inside in ((180, QWidget()), (320, pane), (220, QWidget())):
        inside.setMinimumWidth(scaled(least))
        panes.addWidget(inside)
    panes.setHandleWidth(1)
    panes.want([276, 724, 320])
    panes.resize(scaled(width), 400)
    panes.show()
    look = state_look(TakeState(StateCode.WAITING, "elsewhere"))
    pane.show_takes(section(), (), [take(1, file_name="07_Chapter-06 second try.wav")], [look])
    table = pane.takes
    qtbot.waitUntil(lambda: table.columnWidth(TakeColumn.FILE) >= scaled(160))
    assert table.horizontalScrollBar().maximum() == 0
    shown = drawn(table, pane.take_model.index(0, TakeColumn.STATE))
    assert shown.startswith("On another computer")
    assert "…" not in shown
    assert table.isColumnHidden(TakeColumn.LENGTH) is (width < 1440)
    assert table.isColumnHidden(TakeColumn.CHECK) is (width < 1180)


def test_hidden_columns_come_back_with_the_room_and_keep_their_widths(qtbot: QtBot, qapp: QApplication) -> None:
    dress(qapp)
    model = NodeModel()
    table = NodeTable(model)
    qtbot.addWidget(table)
    table.resize(1000, 300)
    table.show()
    model.show(Entity.CHAPTER, [chapter(title="1 · The Old Well behind the ferry")])
    table.horizontalHeader().resizeSection(NodeColumn.LENGTH, 111)
    widths = table.widths()
    table.resize(320, 300)
    assert table.isColumnHidden(NodeColumn.LENGTH)
    assert table.widths()[1:] == widths[1:]
    table.resize(1000, 300)
    assert table.columnWidth(NodeColumn.LENGTH) == 111


def test_a_table_that_is_too_narrow_for_a_title_and_the_rest_scrolls(qtbot: QtBot, qapp: QApplication) -> None:
    dress(qapp)
    model = TakeModel()
    table = TakeTable(model)
    qtbot.addWidget(table)
    table.resize(320, 300)
    table.show()
    model.show(
        [take(1, file_name="07_Chapter-06 second try.wav")], [state_look(TakeState(StateCode.WAITING, "elsewhere"))]
    )
    qtbot.waitUntil(lambda: table.columnWidth(TakeColumn.FILE) >= scaled(160))
    qtbot.waitUntil(lambda: table.horizontalScrollBar().maximum() > 0)
    assert table.isColumnHidden(TakeColumn.AUDIO)
    table.resize(1400, 300)
    qtbot.waitUntil(lambda: table.horizontalScrollBar().maximum() == 0)
    assert not table.isColumnHidden(TakeColumn.AUDIO)


def test_words_and_buttons_of_a_narrow_drop_area_are_whole(qtbot: QtBot, qapp: QApplication) -> None:
    dress(qapp)
    around = QWidget()  # a window of its own would be as wide as the words
    qtbot.addWidget(around)
    area = DropArea(around)
    area.show_words("No chapters yet", "Drop files or folders here: " * 3, "Choose files…", "Add many chapters…")
    around.resize(320, 560)
    area.setGeometry(0, 0, 320, 560)
    around.show()

    def is_whole() -> bool:
        buttons = [button for button in area.findChildren(QPushButton) if button.isVisible()]
        labels = [label for label in area.findChildren(QLabel) if label.text()]
        return all(one.width() >= one.sizeHint().width() for one in buttons) and all(
            label.height() >= label.heightForWidth(label.width()) for label in labels
        )

    qtbot.waitUntil(is_whole)
