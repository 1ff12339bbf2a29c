"""The working window on a real library: takes, find, trash, settings, trouble, and what it remembers."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from audiodesk.composition import Core
from audiodesk.desktop.desk import Desk
from audiodesk.domain.errors import OutsideError
from audiodesk.domain.events import Trouble
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.views.dialogs.settings_dialog import SettingsDialog
from audiodesk.views.dialogs.trash_dialog import TrashDialog
from tests.desktop.window import Book, choose, drag, open_desk, titles, wait
from tests.media.wav import wav

pytestmark = pytest.mark.slow


def test_takes_are_chosen_dragged_and_noted(qtbot: QtBot, filled: tuple[Core, Desk, Book], tmp_path: Path) -> None:
    core, desk, book = filled
    dawn, dusk = book.sections[0], book.sections[1]
    choose(qtbot, desk, dawn)
    paths = [str(wav(tmp_path / f"{n}.wav", tone=300.0 + n)) for n in range(2)]
    desk.window.centre.files_dropped.emit(dawn, paths)
    table, model = desk.window.centre.takes, desk.window.centre.take_model
    wait(qtbot, lambda: model.rowCount() == 2)
    first = model.rows()[1].take.id
    table.setFocus()
    table.choose([first])
    desk.window.acts.make_current.trigger()
    wait(qtbot, lambda: model.rows()[1].is_current)
    wait(qtbot, lambda: desk.window.details.take.shown_id == first)
    desk.window.details.take.notes_committed.emit(Ref(Entity.TAKE, first), "Room tone at the end")
    wait(qtbot, lambda: core.catalogue.take(first).row.take.notes == "Room tone at the end")
    data = model.mimeData([model.index(1, 0)])
    drag(desk, dusk, data, drop=True)
    wait(qtbot, lambda: [row.take.id for row in core.catalogue.takes(dusk.id)] == [first])
    wait(qtbot, lambda: model.rowCount() == 1)


def test_of_an_empty_chapter_nothing_is_played_and_the_status_bar_says_why(
    qtbot: QtBot, filled: tuple[Core, Desk, Book]
) -> None:
    _, desk, book = filled
    choose(qtbot, desk, book.chapters[0])
    desk.window.acts.play_chapter.trigger()
    wait(qtbot, lambda: desk.window.status.text == "Nothing in this chapter is recorded yet.")


def test_find_as_one_types_goes_there_on_enter(qtbot: QtBot, filled: tuple[Core, Desk, Book]) -> None:
    _, desk, book = filled
    desk.window.acts.find.trigger()
    field = desk.window.head.field
    QTest.keyClicks(field, "river")
    wait(qtbot, lambda: desk.window.found.model.rowCount() == 1)
    QTest.keyClick(field, Qt.Key.Key_Return)
    wait(qtbot, lambda: desk.window.centre.ref == book.chapters[1])
    assert field.text() == ""
    assert desk.window.tree.hasFocus()  # further typing does not go into the search


def test_while_one_finds_the_details_tell_of_nothing_else(qtbot: QtBot, filled: tuple[Core, Desk, Book]) -> None:
    _, desk, book = filled
    choose(qtbot, desk, book.chapters[0])
    wait(qtbot, desk.window.details.node.isVisible)
    desk.window.acts.find.trigger()
    QTest.keyClicks(desk.window.head.field, "river")
    wait(qtbot, lambda: desk.window.found.model.rowCount() == 1)
    assert not desk.window.details.node.isVisible()
    desk.window.head.field.clear()
    wait(qtbot, desk.window.details.node.isVisible)


def test_the_trash_restores_and_is_emptied_only_after_asking(qtbot: QtBot, filled: tuple[Core, Desk, Book]) -> None:
    core, desk, book = filled
    choose(qtbot, desk, book.chapters[0])
    core.library.trash([book.chapters[0]])
    core.library.trash([book.chapters[1]])
    desk.window.acts.open_trash.trigger()
    dialog = desk.dialogs.dialog
    assert isinstance(dialog, TrashDialog)
    wait(qtbot, lambda: dialog.model.rowCount() == 2)
    dialog.table.selectRow(0)
    dialog.restore_requested.emit([dialog.model.item(0).ref])
    wait(qtbot, lambda: dialog.model.rowCount() == 1)
    wait(qtbot, lambda: titles(desk, book.project) == ["2 · The River"])
    dialog.empty_button.click()
    assert dialog.model.rowCount() == 1
    dialog.sure_button.click()
    wait(qtbot, lambda: core.catalogue.trash() == [])
    assert desk.dialogs.dialog is None


def test_settings_count_at_once(qtbot: QtBot, filled: tuple[Core, Desk, Book]) -> None:
    core, desk, _ = filled
    desk.window.acts.settings.trigger()
    dialog = desk.dialogs.dialog
    assert isinstance(dialog, SettingsDialog)
    dialog.scheme.setCurrentIndex(2)
    wait(qtbot, lambda: core.program.settings.scheme == "dark")
    assert desk.window.acts.scheme_dark.isChecked()
    desk.window.acts.scheme_light.trigger()
    wait(qtbot, lambda: core.program.settings.scheme == "light")


def test_trouble_is_said_in_the_bar_with_details_behind(qtbot: QtBot, filled: tuple[Core, Desk, Book]) -> None:
    core, desk, _ = filled
    core.bus.publish(Trouble(OutsideError("disk-full", details="ENOSPC")))
    wait(qtbot, lambda: bool(desk.window.notice.sentence))
    assert "ENOSPC" not in desk.window.notice.sentence
    assert QApplication.activeModalWidget() is None


def test_what_an_edit_brought_back_from_the_trash_is_said(qtbot: QtBot, filled: tuple[Core, Desk, Book]) -> None:
    core, desk, book = filled
    core.library.trash([book.chapters[0]])
    core.library.rename(book.sections[0], "Noon")
    wait(qtbot, lambda: "Brought back from the trash: “1 · The Well”" in desk.window.notice.sentence)


def test_the_window_is_as_it_was_left(qtbot: QtBot) -> None:
    books: list[Book] = []
    with open_desk(qtbot, lambda core: books.append(Book(core))) as (_, desk):
        choose(qtbot, desk, books[0].sections[3])
        desk.window.resize(785, 600)
        desk.window.centre.takes.set_widths([111, 0, 80, 90, 160, 170, 180])
    with open_desk(qtbot) as (_, desk):
        wait(qtbot, lambda: desk.window.tree.current() == books[0].sections[3])
        assert books[0].chapters[1].id in desk.window.tree.expanded_ids()
        assert desk.window.size().width() == 785
        assert desk.window.centre.takes.widths()[0] == 111


def test_the_files_are_read_again_and_what_is_missing_is_named(
    qtbot: QtBot, filled: tuple[Core, Desk, Book], tmp_path: Path
) -> None:
    core, desk, book = filled
    desk.imports.drop(book.sections[0], [str(wav(tmp_path / "dawn.wav"))])
    wait(qtbot, lambda: len(core.catalogue.takes(book.sections[0].id)) == 1)
    desk.window.acts.verify.trigger()
    wait(qtbot, lambda: desk.window.notice.sentence == "1 file, as it was.")
    assert desk.window.notice.property("kind") == "calm"
    file = core.catalogue.takes(book.sections[0].id)[0].file
    assert file is not None
    core.vault.path_of(file.sha256, file.kind).unlink()
    desk.window.acts.verify.trigger()
    wait(qtbot, lambda: "missing" in desk.window.notice.sentence)
    assert desk.window.notice.property("kind") == "notice"
