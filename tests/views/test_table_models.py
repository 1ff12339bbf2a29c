"""The table models: what each cell shows, and that Qt's own tester finds no fault."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QAbstractItemModel, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from audiodesk.domain.audio.findings import Code, Finding
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.listings import Hit
from audiodesk.domain.library.plan import ImportPlan, Place, PlannedFile
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.states import StateCode, TakeState
from audiodesk.views.centre.find_view import HitModel
from audiodesk.views.centre.node_model import NodeColumn, NodeModel
from audiodesk.views.centre.take_model import TakeColumn, TakeModel
from audiodesk.views.dialogs.import_dialog import PlanModel
from audiodesk.views.dialogs.trash_dialog import TrashModel
from audiodesk.views.parts.state_look import state_look
from audiodesk.views.tables.table_roles import Cell, TableRole
from tests.views.samples import chapter, crumbs, section, take, trashed

LOCAL = state_look(TakeState(StateCode.LOCAL))


def plan() -> ImportPlan:
    files = [
        PlannedFile(f"/a/{n}.wav", f"{n}.wav", 1000 * n, Place("p", "Book", None, f"Chapter {n // 3}", None, f"S{n}"))
        for n in range(1, 6)
    ]
    return ImportPlan(None, tuple(files))


@pytest.fixture
def takes(qtbot: QtBot) -> TakeModel:
    model = TakeModel()
    rows = [take(2, is_current=True, title="Pickup"), take(1)]
    model.show(rows, [LOCAL] * 2)
    return model


def all_models() -> list[QAbstractItemModel]:
    takes, nodes, hits, trash = TakeModel(), NodeModel(), HitModel(), TrashModel()
    takes.show([take(2), take(1)], [LOCAL] * 2)
    nodes.show(Entity.CHAPTER, [chapter("c1"), chapter("c2")])
    hits.show([Hit(Ref(Entity.SECTION, "s1"), "1.1 Dawn", crumbs()[:2], "")])
    trash.show([trashed()])
    return [takes, nodes, hits, trash, PlanModel(plan())]


def test_every_model_passes_qts_tester(qtbot: QtBot) -> None:
    models = all_models()
    testers = [QAbstractItemModelTester(m, QAbstractItemModelTester.FailureReportingMode.Fatal) for m in models]
    takes, nodes, hits, trash, _ = models
    assert isinstance(takes, TakeModel)
    takes.show([take(3), take(2), take(1)], [LOCAL] * 3)
    takes.show([take(3)], [LOCAL])
    takes.show([], [])
    assert isinstance(nodes, NodeModel)
    nodes.show(Entity.CHAPTER, [chapter("c1", "Other"), chapter("c2")])
    nodes.show(Entity.SECTION, [section()])
    assert isinstance(hits, HitModel)
    hits.show([])
    assert isinstance(trash, TrashModel)
    trash.show([])
    assert len(testers) == 5


def text(model: Any, row: int, column: int, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
    return model.index(row, column).data(role)


def cell(model: Any, row: int, column: int) -> Cell:
    painted = model.index(row, column).data(TableRole.CELL)
    assert isinstance(painted, Cell)
    return painted


def test_a_take_says_everything_in_words(takes: TakeModel) -> None:
    assert text(takes, 0, TakeColumn.TAKE) == "2"
    assert cell(takes, 0, TakeColumn.TAKE).tail == "Pickup · current"
    assert cell(takes, 0, TakeColumn.TAKE).strong is True
    assert text(takes, 0, TakeColumn.LENGTH) == "9:32"
    assert text(takes, 0, TakeColumn.SIZE) == "48.1 MB"
    assert text(takes, 0, TakeColumn.AUDIO) == "44.1 kHz · 16 bit · mono"
    assert text(takes, 0, TakeColumn.STATE) == "On this computer"
    assert text(takes, 0, TakeColumn.TAKE, Qt.ItemDataRole.AccessibleTextRole) == "Take 2 · Pickup, current"
    assert text(takes, 1, TakeColumn.CHECK) == "Checked"


def test_the_verdict_stands_in_the_table_with_its_number(takes: TakeModel) -> None:
    cut = Finding(Code.LAST_FRAME_CUT, {"bytes": 120})
    quiet = Finding(Code.SILENCE, {"at": 391.2, "seconds": 7.2})
    takes.show([take(1, findings=(quiet, cut))], [LOCAL])
    assert "120" in text(takes, 0, TakeColumn.CHECK)  # the most severe finding goes first
    assert cell(takes, 0, TakeColumn.CHECK).tone == "attention"
    assert cell(takes, 0, TakeColumn.CHECK).icon == "triangle-alert"
    assert "7.2 s" in text(takes, 0, TakeColumn.CHECK, Qt.ItemDataRole.ToolTipRole)
    takes.show([take(1, repaired=True)], [LOCAL])
    assert text(takes, 0, TakeColumn.CHECK) == "Repaired"


def test_a_newer_take_leaves_the_others_where_they_are(takes: TakeModel) -> None:
    kept = QPersistentModelIndex(takes.index(1, 0))
    takes.show([take(3), take(2), take(1)], [LOCAL] * 3)
    assert kept.row() == 2
    assert takes.row_of("t1") == 2


def test_an_empty_title_is_a_title_of_a_take_only(takes: TakeModel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(takes.rename_requested, timeout=30_000) as asked:
        takes.setData(takes.index(0, 0), "")
    assert asked.args == [Ref(Entity.TAKE, "t2"), ""]
    nodes = NodeModel()
    nodes.show(Entity.SECTION, [section()])
    with qtbot.assertNotEmitted(nodes.rename_requested):
        nodes.setData(nodes.index(0, 0), "")


def test_a_chapter_says_how_much_of_it_is_recorded(qtbot: QtBot) -> None:
    nodes = NodeModel()
    nodes.show(Entity.CHAPTER, [chapter()])
    assert text(nodes, 0, NodeColumn.RECORDED) == "5 of 9"
    assert text(nodes, 0, NodeColumn.CHECK) == "1 to look at"
    assert nodes.headerData(0, Qt.Orientation.Horizontal) == "Chapter"


def test_many_changed_rows_are_told_once(qtbot: QtBot) -> None:
    nodes = NodeModel()
    rows = [section(f"s{number}", f"1.{number}") for number in range(50)]
    nodes.show(Entity.SECTION, rows)
    told: list[tuple[int, int]] = []
    nodes.dataChanged.connect(lambda first, last: told.append((first.row(), last.row())))
    nodes.show(Entity.SECTION, [rows[0], *(replace(row, title=f"{row.title} anew") for row in rows[1:40]), *rows[40:]])
    assert told == [(1, 39)]


def test_the_plan_shows_new_rows_and_quiets_repeated_ones(qtbot: QtBot) -> None:
    model = PlanModel(plan())
    assert cell(model, 0, 1).tail == "new"
    assert cell(model, 1, 1).tone == "muted"
    assert cell(model, 1, 1).tail is None
    assert cell(model, 2, 1).tone == "text"
