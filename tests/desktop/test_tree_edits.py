"""Edits of the tree in the window: making, naming, moving, trashing, and taking back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from audiodesk.composition import Core
from audiodesk.desktop.desk import Desk
from audiodesk.views.dialogs.titles_dialog import TitlesDialog
from tests.desktop.window import Book, choose, drag, titles, wait

pytestmark = pytest.mark.slow


def test_a_new_project_is_named_where_it_stands(qtbot: QtBot, filled: tuple[Core, Desk, Book]) -> None:
    core, desk, _ = filled
    desk.window.acts.new_project.trigger()
    wait(qtbot, lambda: bool(desk.window.tree.findChildren(QLineEdit)))
    editor = desk.window.tree.findChildren(QLineEdit)[0]
    assert editor.accessibleName() == "Title"
    editor.setText("Kitchen Physics")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    wait(qtbot, lambda: titles(desk) == ["The Salt Road", "Kitchen Physics"])
    assert [node.title for node in core.catalogue.children(None)] == ["The Salt Road", "Kitchen Physics"]


def test_a_new_project_is_chosen_while_ctrl_is_still_held(qtbot: QtBot, filled: tuple[Core, Desk, Book]) -> None:
    core, desk, _ = filled
    handle = desk.window.windowHandle()
    QTest.keyPress(handle, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    wait(qtbot, lambda: bool(desk.window.tree.findChildren(QLineEdit)))
    QTest.keyRelease(handle, Qt.Key.Key_N)
    made = core.catalogue.children(None)[1].ref
    assert desk.window.tree.chosen() == [made]
    wait(qtbot, lambda: desk.window.centre.ref == made)


def test_undo_is_named_and_takes_back(qtbot: QtBot, filled: tuple[Core, Desk, Book]) -> None:
    _, desk, book = filled
    choose(qtbot, desk, book.chapters[1])
    desk.window.tree.setFocus()
    desk.window.acts.trash.trigger()
    wait(qtbot, lambda: titles(desk, book.project) == ["1 · The Well"])
    wait(qtbot, lambda: "2 · The River" in desk.window.acts.undo.text())
    desk.window.acts.undo.trigger()
    wait(qtbot, lambda: titles(desk, book.project) == ["1 · The Well", "2 · The River"])
    wait(qtbot, lambda: desk.window.acts.redo.isEnabled() and desk.window.tree.current() == book.chapters[1])
    desk.window.acts.redo.trigger()
    wait(qtbot, lambda: titles(desk, book.project) == ["1 · The Well"])


def test_after_a_row_went_to_the_trash_its_neighbour_is_chosen(qtbot: QtBot, filled: tuple[Core, Desk, Book]) -> None:
    _, desk, book = filled
    choose(qtbot, desk, book.chapters[0])
    desk.window.tree.setFocus()
    desk.window.acts.trash.trigger()
    wait(qtbot, lambda: titles(desk, book.project) == ["2 · The River"])
    wait(qtbot, lambda: desk.window.centre.ref == book.chapters[1])
    assert desk.window.tree.chosen() == [book.chapters[1]]


def test_in_the_table_the_next_row_takes_the_place_of_one_that_went(
    qtbot: QtBot, filled: tuple[Core, Desk, Book]
) -> None:
    _, desk, book = filled
    choose(qtbot, desk, book.chapters[0])
    table = desk.window.centre.nodes
    wait(qtbot, lambda: desk.window.centre.node_model.rowCount() == 2)
    table.setFocus()
    table.choose([book.sections[0].id])
    desk.window.acts.trash.trigger()
    wait(qtbot, lambda: desk.window.centre.node_model.rowCount() == 1)
    assert table.chosen() == [book.sections[1]]


def test_rows_are_moved_by_keys_and_by_dragging(qtbot: QtBot, filled: tuple[Core, Desk, Book]) -> None:
    _, desk, book = filled
    well, river = book.chapters
    choose(qtbot, desk, river)
    desk.window.acts.move_up.trigger()
    wait(qtbot, lambda: titles(desk, book.project) == ["2 · The River", "1 · The Well"])
    assert desk.window.tree.current() == river  # it stays chosen
    choose(qtbot, desk, book.sections[0])
    data = desk.window.tree_model.mimeData([desk.window.tree_model.index_of(book.sections[0].id)])
    drag(desk, river, data, drop=True)
    wait(qtbot, lambda: titles(desk, river) == ["Dawn", "Dusk", "Dawn"])
    assert titles(desk, well) == ["Dusk"]


def test_only_a_move_that_would_change_something_is_offered(qtbot: QtBot, filled: tuple[Core, Desk, Book]) -> None:
    core, desk, book = filled
    a = desk.window.acts
    well, river = book.chapters

    def offered() -> tuple[bool, bool]:
        return a.move_up.isEnabled(), a.move_down.isEnabled()

    choose(qtbot, desk, book.project)
    wait(qtbot, lambda: offered() == (False, False))
    choose(qtbot, desk, well)
    wait(qtbot, lambda: offered() == (False, True))
    choose(qtbot, desk, river)
    wait(qtbot, lambda: offered() == (True, False))
    a.move_up.trigger()
    wait(qtbot, lambda: offered() == (False, True))
    core.library.add_project("Another")
    choose(qtbot, desk, book.project)
    wait(qtbot, lambda: offered() == (False, True))
    table = desk.window.centre.nodes
    wait(qtbot, lambda: desk.window.centre.node_model.rowCount() == 2)
    table.setFocus()
    table.choose([well.id, river.id])
    wait(qtbot, lambda: offered() == (False, False))
    table.choose([well.id])
    wait(qtbot, lambda: offered() == (True, False))


def test_many_chapters_are_added_from_a_list(qtbot: QtBot, filled: tuple[Core, Desk, Book]) -> None:
    _, desk, book = filled
    choose(qtbot, desk, book.project)
    desk.window.acts.add_many.trigger()
    dialog = desk.dialogs.dialog
    assert isinstance(dialog, TitlesDialog)
    dialog.edit.setPlainText("3 · Salt\n\n  4 · Toll  \n")
    assert dialog.titles() == ["3 · Salt", "4 · Toll"]
    QTest.keyClick(dialog.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    wait(qtbot, lambda: titles(desk, book.project)[-2:] == ["3 · Salt", "4 · Toll"])


def test_what_another_process_wrote_is_shown(qtbot: QtBot, filled: tuple[Core, Desk, Book]) -> None:
    core, desk, _ = filled
    from audiodesk.composition import open_core

    with open_core(face="command") as other:
        other.library.add_project("From the terminal")
    wait(qtbot, lambda: "From the terminal" in titles(desk))
    assert core.catalogue.totals().projects == 2
