"""The dialog for moving rows says so if there is no place to move them to."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from audiodesk.domain.errors import OutsideError
from audiodesk.views.dialogs.move_dialog import MoveDialog
from tests.desktop.window import Book, open_desk, wait


def test_with_one_project_only_a_chapter_has_nowhere_to_go(qtbot: QtBot) -> None:
    books: list[Book] = []
    with open_desk(qtbot, lambda core: books.append(Book(core))) as (_, desk):
        desk.reveal(books[0].chapters[0])
        wait(qtbot, lambda: desk.window.tree.current() == books[0].chapters[0])
        desk.dialogs.open_move()
        dialog = desk.dialogs.dialog
        assert isinstance(dialog, MoveDialog)
        sentence = dialog.sentence
        wait(qtbot, lambda: sentence.text() == "There is no other project yet that it could go to.")
        assert dialog.tree.isHidden()
        dialog.reject()
        desk.reveal(books[0].sections[0])
        wait(qtbot, lambda: desk.window.tree.current() == books[0].sections[0])
        desk.dialogs.open_move()
        wait(qtbot, lambda: desk.tasks.is_idle)
        dialog = desk.dialogs.dialog
        assert isinstance(dialog, MoveDialog)
        assert not dialog.tree.isHidden()
        dialog.reject()


def test_an_error_while_its_tree_is_read_shows_in_the_dialog(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    books: list[Book] = []
    with open_desk(qtbot, lambda core: books.append(Book(core))) as (core, desk):
        desk.reveal(books[0].sections[0])
        wait(qtbot, lambda: desk.window.tree.current() == books[0].sections[0])

        def fail(*_: object) -> None:
            raise OutsideError("library-busy", retry_after=1.0)

        monkeypatch.setattr(core.tree, "children", fail)
        desk.dialogs.open_move()
        dialog = desk.dialogs.dialog
        assert isinstance(dialog, MoveDialog)
        wait(qtbot, lambda: not dialog.trouble.isHidden())
        dialog.reject()
