"""The columns of the tables: no finding and no state is cut before its number, however narrow the window."""

from __future__ import annotations

import dataclasses
import re
from typing import Any, cast

import pytest
from PySide6.QtCore import QModelIndex
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from audiodesk.domain.audio.findings import Code, Finding
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.states import StateCode, TakeState
from audiodesk.domain.words.audio.finding_label_words import finding_label
from audiodesk.views.centre.node_model import NodeColumn, NodeModel
from audiodesk.views.centre.table_view import NodeTable, RowsTable, TakeTable
from audiodesk.views.centre.take_model import TakeColumn, TakeModel
from audiodesk.views.parts.state_look import state_look
from audiodesk.views.tables.shortening import essential, fitting
from tests.views.dress import dress
from tests.views.samples import chapter, take

_PARAMS: dict[str, Any] = {
    "at": 391.2,
    "seconds": 431.6,
    "bytes": 5_000_000,
    "over": 3_000_000,
    "percent": 12.5,
    "channel": "3",
    "count": 1,
    "kind": "mp3",
    "ending": "wav",
}
_STATES = (
    TakeState(StateCode.UPLOADING, "", {"sent": 42, "size": 100, "rate": 1_200_000, "left": 23}),
    TakeState(StateCode.NEEDS_USER, "over_quota", {"over": 3_000_000}),
    TakeState(StateCode.RETRY, "server_busy", {"seconds": 20}),
    TakeState(StateCode.WAITING, "", {"place": 3}),
    TakeState(StateCode.CONFLICT, "", {"count": 2}),
    TakeState(StateCode.LOCAL),
)


class Recorder(QPainter):
    """A painter that remembers which texts were drawn."""

    def __init__(self, target: QPixmap) -> None:
        super().__init__(target)
        self.texts: list[str] = []

    def drawText(self, *args: Any) -> Any:  # noqa: N802 - Qt's name
        self.texts.append(next(arg for arg in args if isinstance(arg, str)))
        return super().drawText(*args)


def drawn(table: RowsTable, index: QModelIndex) -> str:
    """Return the text that a cell shows at its width."""
    option = QStyleOptionViewItem()
    table.initViewItemOption(option)
    cast("Any", option).rect = table.visualRect(index)
    target = QPixmap(cast("Any", option).rect.size())
    painter = Recorder(target)
    table.itemDelegate().paint(painter, option, index)
    painter.end()
    return painter.texts[0]


def numbers(text: str) -> list[str]:
    return re.findall(r"\d[\d.:]*", text)


@pytest.fixture
def takes(qtbot: QtBot) -> tuple[TakeTable, TakeModel]:
    dress(cast("QApplication", QApplication.instance()))
    model = TakeModel()
    table = TakeTable(model)
    qtbot.addWidget(table)
    table.resize(560, 400)
    table.show()
    return table, model


@pytest.mark.parametrize("state", _STATES, ids=lambda state: state.code)
def test_no_finding_and_no_state_loses_its_number(takes: tuple[TakeTable, TakeModel], state: TakeState) -> None:
    table, model = takes
    for code in Code:
        model.show([take(1, findings=(Finding(code, _PARAMS),))], [state_look(state)])
        is_check_hidden = table.isColumnHidden(TakeColumn.CHECK)
        assert not is_check_hidden or state.code is StateCode.NEEDS_USER, "only the longest state takes its room"
        for column in (TakeColumn.STATE,) if is_check_hidden else (TakeColumn.CHECK, TakeColumn.STATE):
            index = model.index(0, column)
            text = drawn(table, index)
            assert "…" not in text
            assert numbers(text)[:1] == numbers(index.data())[:1]
            assert index.data().startswith(text)


def test_the_column_says_few_words_and_the_tooltip_all_of_them(takes: tuple[TakeTable, TakeModel]) -> None:
    table, model = takes
    silence = Finding(Code.SILENCE, {"at": 391.2, "seconds": 7.2})
    model.show([take(1, findings=(silence,))], [state_look(_STATES[-1])])
    assert drawn(table, model.index(0, TakeColumn.CHECK)) == "Silence at 6:31"
    assert table.columnWidth(TakeColumn.FILE) >= 80


def test_where_there_is_room_the_whole_state_is_shown(takes: tuple[TakeTable, TakeModel]) -> None:
    table, model = takes
    model.show([take(1)], [state_look(_STATES[0])])
    index = model.index(0, TakeColumn.STATE)
    assert drawn(table, index) == "Uploading 42 %"
    table.resize(1300, 400)
    assert drawn(table, index) == "Uploading 42 % · 1.1 MB/s · 23 s left"
    table.resize(560, 400)
    assert drawn(table, index) == "Uploading 42 %"


def test_a_width_that_a_person_chose_is_kept_but_for_the_numbers(takes: tuple[TakeTable, TakeModel]) -> None:
    table, model = takes
    model.show([take(1)], [state_look(_STATES[-1])])
    table.resize(1300, 400)
    table.horizontalHeader().resizeSection(TakeColumn.STATE, 260)
    table.resize(1301, 400)
    assert table.columnWidth(TakeColumn.STATE) == 260
    assert table.widths()[TakeColumn.STATE] == 260
    assert table.widths()[TakeColumn.CHECK] == 0  # it follows its texts
    table.set_widths([0, 0, 0, 0, 0, 30, 30])
    model.show([take(1)], [state_look(_STATES[1])])
    assert drawn(table, model.index(0, TakeColumn.STATE)) == "Needs you – over quota by 2.9 MB"


def test_a_chapter_says_how_many_takes_are_to_be_looked_at(qtbot: QtBot) -> None:
    dress(cast("QApplication", QApplication.instance()))
    model = NodeModel()
    table = NodeTable(model)
    qtbot.addWidget(table)
    table.resize(480, 300)
    table.show()
    node = dataclasses.replace(chapter(), warnings=12, repaired=3)
    model.show(Entity.CHAPTER, [node])
    assert drawn(table, model.index(0, NodeColumn.CHECK)).startswith("12 to look at")
    table.resize(900, 300)
    assert drawn(table, model.index(0, NodeColumn.CHECK)) == model.index(0, NodeColumn.CHECK).data()


def test_every_label_is_short_and_complete() -> None:
    for code in Code:
        for params in ({}, _PARAMS, {**_PARAMS, "whole": True}, {**_PARAMS, "channel": "left", "count": 3}):
            label = finding_label(Finding(code, params))
            assert "{" not in label
            assert 4 <= len(label) <= 22, label


def test_texts_are_made_shorter_by_whole_parts() -> None:
    text = "Retry in 20 s – server busy"
    assert essential(text) == "Retry in 20 s"
    assert fitting(text, lambda shorter: len(shorter) < 20) == "Retry in 20 s"
    assert fitting(text, lambda _shorter: True) == text
    assert fitting(text, lambda _shorter: False) == "Retry in 20 s"
    assert essential("Needs you – over quota by 3.0 MB") == "Needs you – over quota by 3.0 MB"
    assert essential("Copy safe · original only on this computer") == "Copy safe"
