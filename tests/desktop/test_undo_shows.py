"""Undo and redo show the rows that they brought back or moved."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from audiodesk.composition import Core
from audiodesk.desktop.desk import Desk
from tests.desktop.window import Book, choose, wait
from tests.media.wav import wav


def test_what_came_back_from_the_trash_is_chosen(qtbot: QtBot, filled: tuple[Core, Desk, Book]) -> None:
    _, desk, book = filled
    choose(qtbot, desk, book.chapters[1])
    desk.window.acts.trash.trigger()
    wait(qtbot, lambda: desk.window.tree.current() == book.chapters[0])
    choose(qtbot, desk, book.sections[0])
    wait(qtbot, desk.window.acts.undo.isEnabled)
    desk.window.acts.undo.trigger()
    wait(qtbot, lambda: desk.window.tree.chosen() == [book.chapters[1]])  # and not the sections in it


def test_what_was_moved_is_chosen_where_it_is_again(qtbot: QtBot, filled: tuple[Core, Desk, Book]) -> None:
    _, desk, book = filled
    choose(qtbot, desk, book.sections[0])
    desk.workbench.edits.move(book.sections[:2], book.chapters[1].id, None)
    model, tree = desk.window.tree_model, desk.window.tree
    wait(qtbot, lambda: model.index_of(book.sections[0].id).parent() == model.index_of(book.chapters[1].id))
    choose(qtbot, desk, book.project)
    wait(qtbot, desk.window.acts.undo.isEnabled)
    desk.window.acts.undo.trigger()
    wait(qtbot, lambda: set(tree.chosen()) == set(book.sections[:2]))
    wait(qtbot, lambda: model.index_of(book.sections[0].id).parent() == model.index_of(book.chapters[0].id))
    wait(qtbot, lambda: set(tree.chosen()) == set(book.sections[:2]))
    choose(qtbot, desk, book.project)
    wait(qtbot, desk.window.acts.redo.isEnabled)
    desk.window.acts.redo.trigger()
    wait(qtbot, lambda: set(tree.chosen()) == set(book.sections[:2]))
    wait(qtbot, lambda: model.index_of(book.sections[0].id).parent() == model.index_of(book.chapters[1].id))
    wait(qtbot, lambda: set(tree.chosen()) == set(book.sections[:2]))


@pytest.mark.slow
def test_a_take_that_came_back_is_chosen_in_its_section(
    qtbot: QtBot, filled: tuple[Core, Desk, Book], tmp_path: Path
) -> None:
    core, desk, book = filled
    choose(qtbot, desk, book.sections[0])
    desk.imports.drop(book.sections[0], [str(wav(tmp_path / "dawn.wav"))])
    wait(qtbot, lambda: desk.window.centre.take_model.rowCount() == 1)
    take = desk.window.centre.take_model.rows()[0].take.id
    desk.window.centre.takes.setFocus()
    desk.window.centre.takes.choose([take])
    desk.window.acts.trash.trigger()
    wait(qtbot, lambda: core.catalogue.takes(book.sections[0].id) == [])
    choose(qtbot, desk, book.chapters[1])
    wait(qtbot, desk.window.acts.undo.isEnabled)
    desk.window.acts.undo.trigger()
    wait(qtbot, lambda: [ref.id for ref in desk.window.centre.takes.chosen()] == [take])
    wait(qtbot, lambda: desk.window.tree.current() == book.sections[0])
