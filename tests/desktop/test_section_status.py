"""The status of sections in the window: menu, keys, tree, table and undo."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from audiodesk.composition import Core
from audiodesk.desktop.desk import Desk
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.section_status import SectionStatus
from audiodesk.views.centre.node_model import NodeColumn
from tests.desktop.window import Book, choose, wait
from tests.media.wav import wav


def shown(desk: Desk, ref: Ref) -> SectionStatus | None:
    node = desk.window.tree_model.node_of(ref.id)
    return None if node is None else node.status


def marked(desk: Desk) -> list[SectionStatus]:
    return [status for status, act in desk.window.acts.status_acts().items() if act.isChecked()]


@pytest.mark.slow
def test_a_key_sets_it_and_undo_takes_it_back(qtbot: QtBot, filled: tuple[Core, Desk, Book]) -> None:
    _, desk, book = filled
    window, section = desk.window, book.sections[0]
    choose(qtbot, desk, section)
    assert shown(desk, section) is SectionStatus.TO_RECORD
    wait(qtbot, lambda: marked(desk) == [SectionStatus.TO_RECORD])
    window.tree.setFocus()
    QTest.keyClick(window.tree, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    wait(qtbot, lambda: shown(desk, section) is SectionStatus.RETAKE)
    wait(qtbot, lambda: marked(desk) == [SectionStatus.RETAKE])
    assert "Retake" in window.tree_model.index_of(section.id).data(Qt.ItemDataRole.AccessibleTextRole)
    wait(qtbot, window.acts.undo.isEnabled)
    assert window.acts.undo.text() == "Undo Change status of “Dawn”"
    window.acts.undo.trigger()
    wait(qtbot, lambda: shown(desk, section) is SectionStatus.TO_RECORD)
    wait(qtbot, lambda: marked(desk) == [SectionStatus.TO_RECORD])


def test_the_mark_of_what_it_is_already_stays(qtbot: QtBot, filled: tuple[Core, Desk, Book]) -> None:
    _, desk, book = filled
    choose(qtbot, desk, book.sections[0])
    wait(qtbot, lambda: marked(desk) == [SectionStatus.TO_RECORD])
    desk.window.acts.mark_to_record.trigger()
    assert marked(desk) == [SectionStatus.TO_RECORD]


def test_the_menu_sets_several_and_the_table_says_it(qtbot: QtBot, filled: tuple[Core, Desk, Book]) -> None:
    core, desk, book = filled
    window, chapter = desk.window, book.chapters[0]
    choose(qtbot, desk, chapter)
    assert not window.acts.mark_approved.isEnabled(), "a chapter has no status"
    window.tree.expand_ids([chapter.id])
    wait(qtbot, lambda: window.tree_model.index_of(book.sections[1].id).isValid())
    window.tree.choose(book.sections[:2])
    wait(qtbot, window.acts.mark_approved.isEnabled)
    menu = window.menus.context_menu(Entity.SECTION, window)
    statuses = next(below for below in menu.findChildren(QMenu) if below.title() == "Section status")
    assert [act.text() for act in statuses.actions()] == [
        "Mark as to record",
        "Mark as recorded",
        "Mark as retake",
        "Mark as approved",
    ]
    statuses.actions()[3].trigger()
    wait(qtbot, lambda: all(shown(desk, ref) is SectionStatus.APPROVED for ref in book.sections[:2]))
    choose(qtbot, desk, chapter)
    model = window.centre.node_model
    wait(  # the old rows are shown until the new ones are read
        qtbot,
        lambda: [model.index(row, NodeColumn.RECORDED).data() for row in range(model.rowCount())] == ["Approved"] * 2,
    )
    assert model.headerData(NodeColumn.RECORDED, Qt.Orientation.Horizontal) == "Status"
    assert {core.catalogue.node(ref).status for ref in book.sections[:2]} == {SectionStatus.APPROVED}  # type: ignore[union-attr]  # they are there


def test_the_first_take_is_seen_in_the_tree_while_something_else_is_shown(
    qtbot: QtBot, filled: tuple[Core, Desk, Book], tmp_path: Path
) -> None:
    _, desk, book = filled
    section = book.sections[0]
    choose(qtbot, desk, section)
    project = desk.window.tree_model.ref(desk.window.tree_model.index(0, 0))
    assert project is not None
    choose(qtbot, desk, project)
    assert shown(desk, section) is SectionStatus.TO_RECORD
    desk.imports.drop(section, [str(wav(tmp_path / "dawn.wav", seconds=1.0))])
    wait(qtbot, lambda: shown(desk, section) is SectionStatus.RECORDED)
