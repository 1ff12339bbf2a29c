"""The working window on a real library: edits, undo, drops, find, trash, and what it remembers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from audiodesk.composition import Core
from audiodesk.desktop.desk import Desk
from audiodesk.domain.errors import OutsideError
from audiodesk.domain.events import Trouble
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.local.file_copy import CopiedFile, copy_file
from audiodesk.local.rows.work import announcement_repo
from audiodesk.system.locks import ProcessSign
from audiodesk.views.dialogs.settings_dialog import SettingsDialog
from audiodesk.views.dialogs.titles_dialog import TitlesDialog
from audiodesk.views.dialogs.trash_dialog import TrashDialog
from audiodesk.views.transfers.transfer_rows import RefusalRow
from tests.desktop.window import Book, open_desk, titles, wait
from tests.dragging import hold_over, let_go
from tests.media.wav import wav

pytestmark = pytest.mark.slow


@pytest.fixture
def clipboard() -> Iterator[QClipboard]:
    """The clipboard, emptied afterwards: without a window system Qt would keep what Python put there until its end."""
    board = QGuiApplication.clipboard()
    yield board
    board.clear()


@pytest.fixture
def filled(qtbot: QtBot) -> Iterator[tuple[Core, Desk, Book]]:
    books: list[Book] = []
    with open_desk(qtbot, lambda core: books.append(Book(core))) as (core, desk):
        yield core, desk, books[0]


def choose(qtbot: QtBot, desk: Desk, ref: Ref) -> None:
    """Choose a row as a person would, once it is there, and wait until the centre shows it."""
    desk.reveal(ref)
    wait(qtbot, lambda: desk.window.centre.ref == ref and desk.window.tree.current() == ref)


def drag(desk: Desk, ref: Ref, data: QMimeData, *, drop: bool, below: bool = False) -> None:
    """Hold ``data`` over a row of the tree, and let go of it if ``drop``."""
    tree = desk.window.tree
    rect = tree.visualRect(desk.window.tree_model.index_of(ref.id))
    at = rect.center() if not below else rect.bottomLeft()
    actions = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    hold_over(tree.viewport(), at, data, actions)
    if drop:
        let_go(tree.viewport(), at, data, actions)


def files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


# -- first run and import --------------------------------------------------------------------------------------------


def test_an_empty_library_asks_for_nothing_and_a_dropped_folder_makes_a_project(qtbot: QtBot, tmp_path: Path) -> None:
    wav(tmp_path / "Salt" / "1 Well" / "Dawn.wav")
    wav(tmp_path / "Salt" / "2 River" / "Ferry.wav")
    with open_desk(qtbot) as (core, desk):
        assert desk.window.is_first_run
        assert desk.window.status.text == "No takes yet"
        desk.window.first_run.files_dropped.emit([str(tmp_path / "Salt")])
        wait(qtbot, lambda: desk.imports.preview is not None)
        assert desk.imports.preview is not None
        assert core.catalogue.totals().takes == 0  # the preview is shown before anything is imported
        desk.imports.preview.accept()
        wait(qtbot, lambda: core.catalogue.totals().takes == 2 and not desk.window.is_first_run)
        wait(qtbot, lambda: titles(desk) == ["Salt"])
        wait(qtbot, lambda: desk.window.acts.undo.text() == "Undo Add 2 files")


def test_a_drop_on_a_section_says_what_it_will_do_and_adds_a_take(
    qtbot: QtBot, filled: tuple[Core, Desk, Book], tmp_path: Path
) -> None:
    core, desk, book = filled
    choose(qtbot, desk, book.sections[0])
    data = files(wav(tmp_path / "dawn.wav"))
    drag(desk, book.sections[0], data, drop=False)
    wait(qtbot, lambda: desk.window.status.text.startswith("Add 1 file as take 1 of “Dawn”"))
    drag(desk, book.sections[0], data, drop=True)
    wait(qtbot, lambda: desk.window.centre.take_model.rowCount() == 1)
    wait(qtbot, lambda: desk.window.details.take.shown_id == core.catalogue.takes(book.sections[0].id)[0].take.id)
    assert not desk.window.status.text.startswith("Add 1 file")


def test_a_whole_folder_on_a_section_is_shown_before_it_becomes_takes(
    qtbot: QtBot, filled: tuple[Core, Desk, Book], tmp_path: Path
) -> None:
    core, desk, book = filled
    choose(qtbot, desk, book.sections[0])
    paths = [str(wav(tmp_path / f"{n}.wav", tone=300.0 + n)) for n in range(11)]
    desk.window.centre.files_dropped.emit(book.sections[0], paths)
    wait(qtbot, lambda: desk.imports.preview is not None)
    assert desk.imports.preview is not None
    assert desk.imports.preview.windowTitle() == "Add 11 files to “Dawn”"
    assert core.catalogue.takes(book.sections[0].id) == []
    desk.imports.preview.accept()
    wait(qtbot, lambda: len(core.catalogue.takes(book.sections[0].id)) == 11)


def test_what_is_refused_is_listed_and_its_sound_part_can_be_kept(
    qtbot: QtBot, filled: tuple[Core, Desk, Book], tmp_path: Path
) -> None:
    core, desk, book = filled
    choose(qtbot, desk, book.sections[0])
    broken = wav(tmp_path / "broken.wav", seconds=4.0, keep=2 * 44_100 * 2)
    page = tmp_path / "page.mp3"
    page.write_text("<html>404</html>")
    desk.window.centre.files_dropped.emit(book.sections[0], [str(broken), str(page)])
    wait(qtbot, lambda: len(desk.window.transfers.refused_names()) == 2)
    wait(qtbot, lambda: "2 not added" in desk.window.status.text)
    assert desk.window.transfers.isVisible()
    refusal = next(r for r in core.importer.refusals() if r.name == "broken.wav")
    desk.window.transfers.keep_requested.emit(refusal.id)
    wait(qtbot, lambda: desk.window.transfers.refused_names() == ["page.mp3"])
    wait(qtbot, lambda: desk.window.centre.take_model.rowCount() == 1)
    desk.window.acts.dismiss_refused.trigger()
    wait(qtbot, lambda: desk.window.transfers.refused_names() == [])


def test_a_file_that_is_still_being_written_is_listed_and_added_when_it_rests(
    qtbot: QtBot, filled: tuple[Core, Desk, Book], tmp_path: Path
) -> None:
    core, desk, book = filled
    choose(qtbot, desk, book.sections[0])
    running, other = wav(tmp_path / "running.wav"), wav(tmp_path / "other.wav", seconds=0.5)
    with running.open("ab"):
        desk.window.centre.files_dropped.emit(book.sections[0], [str(running), str(other)])
        wait(qtbot, lambda: desk.window.transfers.refused_names() == ["running.wav"])
        wait(qtbot, lambda: "1 not finished yet" in desk.window.status.text)
        assert desk.window.transfers.isVisible()
        row = desk.window.transfers.findChild(RefusalRow)
        assert row is not None
        assert row.accessibleName() == "running.wav: Still being written; it is added when that is done."
        assert len(core.catalogue.takes(book.sections[0].id)) == 1
    wait(qtbot, lambda: len(core.catalogue.takes(book.sections[0].id)) == 2)
    wait(qtbot, lambda: desk.window.transfers.refused_names() == [])


def test_files_are_pasted_onto_what_is_chosen(
    qtbot: QtBot, clipboard: QClipboard, filled: tuple[Core, Desk, Book], tmp_path: Path
) -> None:
    core, desk, book = filled
    choose(qtbot, desk, book.sections[1])
    clipboard.setMimeData(files(wav(tmp_path / "dusk.wav")))
    desk.window.acts.paste.trigger()
    wait(qtbot, lambda: len(core.catalogue.takes(book.sections[1].id)) == 1)


# -- the tree --------------------------------------------------------------------------------------------------------


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


# -- takes -----------------------------------------------------------------------------------------------------------


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


# -- find, trash, settings -------------------------------------------------------------------------------------------


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


# -- trouble, memory -------------------------------------------------------------------------------------------------


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


def test_an_import_that_was_cut_short_is_said(qtbot: QtBot) -> None:
    def announce(core: Core) -> None:
        dead = ProcessSign(core.library_folder)
        dead.close()
        name = core.vault.new_temporary_name()
        core.database.write(lambda connection: announcement_repo.announce(connection, [name], dead.owner, 1))
        core.vault.temporary(name).write_bytes(b"half")

    with open_desk(qtbot, announce) as (core, desk):
        wait(qtbot, lambda: "The last import was cut short." in desk.window.notice.sentence)
        assert not core.upkeep.is_import_cut_short()
    with open_desk(qtbot) as (_, desk):
        assert desk.window.notice.sentence == ""


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


def test_closing_asks_before_it_cuts_an_import_short(
    qtbot: QtBot, filled: tuple[Core, Desk, Book], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    core, desk, book = filled
    gate = threading.Event()

    def slow(*args: Any, **named: Any) -> CopiedFile:
        gate.wait(20)
        return copy_file(*args, **named)

    monkeypatch.setattr("audiodesk.services.importing.import_stages.copy_file", slow)
    desk.imports.drop(book.sections[0], [str(wav(tmp_path / "dawn.wav"))])
    wait(qtbot, lambda: desk.workbench.transfers.is_importing)
    assert not desk.window.close()
    assert desk.window.isVisible()
    assert "still being copied" in desk.window.notice.sentence
    gate.set()
    wait(qtbot, lambda: desk.window.notice.sentence == "")
    assert len(core.catalogue.takes(book.sections[0].id)) == 1
    assert desk.window.close()


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
