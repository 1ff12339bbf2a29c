"""A project's properties in the window: the cover is read elsewhere, errors stand in the dialog, nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from audiodesk.composition import Core
from audiodesk.desktop.desk import Desk
from audiodesk.domain.errors import OutsideError
from audiodesk.domain.library.cover import CoverPicture
from audiodesk.services.audio.checker import CheckCancelled, Checker
from audiodesk.services.library.library import Library
from audiodesk.views.dialogs.move_dialog import MoveDialog
from audiodesk.views.dialogs.project_dialog import ProjectDialog
from audiodesk.views.dialogs.settings_dialog import SettingsDialog
from audiodesk.views.dialogs.titles_dialog import TitlesDialog
from audiodesk.views.dialogs.trash_dialog import TrashDialog
from tests.desktop.window import Book, open_desk, wait
from tests.media.pictures import picture

pytestmark = pytest.mark.slow

Opened = tuple[Core, Desk, Book]


@pytest.fixture
def opened(qtbot: QtBot) -> Iterator[Opened]:
    books: list[Book] = []
    with open_desk(qtbot, lambda core: books.append(Book(core))) as (core, desk):
        yield core, desk, books[0]


def properties(qtbot: QtBot, opened: Opened) -> ProjectDialog:
    _, desk, book = opened
    desk.dialogs.open_properties(book.project)
    wait(qtbot, lambda: isinstance(desk.dialogs.dialog, ProjectDialog))
    dialog = desk.dialogs.dialog
    assert isinstance(dialog, ProjectDialog)
    return dialog


@pytest.mark.slow
def test_a_cover_is_read_in_the_decoders_process_and_stored(qtbot: QtBot, opened: Opened, tmp_path: Path) -> None:
    core, desk, book = opened
    dialog = properties(qtbot, opened)
    (tmp_path / "empty.png").touch()
    dialog.cover_row.use_file(str(tmp_path / "empty.png"))
    wait(qtbot, lambda: "This file is empty." in dialog.cover_row.text.text())
    assert desk.window.notice.sentence == ""
    dialog.cover_row.use_file(str(picture(tmp_path / "a.png")))
    wait(qtbot, lambda: dialog.cover is not None)
    dialog.author.setText("A. Writer")
    dialog._save.click()
    wait(qtbot, lambda: desk.dialogs.dialog is None)
    details = core.catalogue.project(book.project.id)
    assert details.cover is not None
    assert (details.project.author, details.cover.mime) == ("A. Writer", "image/jpeg")


def test_reading_is_stopped_by_its_button_and_by_closing(
    qtbot: QtBot, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, desk, _ = opened
    begun, ended = threading.Semaphore(0), threading.Semaphore(0)

    def cover(_checker: Checker, _path: Path, *, cancel: threading.Event) -> CoverPicture:
        begun.release()
        assert cancel.wait(60)
        ended.release()
        raise CheckCancelled

    monkeypatch.setattr(Checker, "cover", cover)
    dialog = properties(qtbot, opened)
    dialog.cover_row.use_file("a.png")
    wait(qtbot, lambda: begun.acquire(blocking=False))
    assert not dialog._save.isEnabled()
    dialog.cover_row.stop_button.click()
    wait(qtbot, lambda: ended.acquire(blocking=False))
    assert dialog._save.isEnabled()
    dialog.cover_row.use_file("b.png")
    wait(qtbot, lambda: begun.acquire(blocking=False))
    dialog.reject()
    wait(qtbot, lambda: ended.acquire(blocking=False))
    wait(qtbot, lambda: desk.workbench.jobs.views() == [] and desk.tasks.is_idle)
    assert desk.window.notice.sentence == ""


def test_an_error_of_saving_stands_in_the_dialog_and_it_can_be_tried_again(
    qtbot: QtBot, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    core, desk, book = opened
    dialog = properties(qtbot, opened)
    dialog.author.setText("A. Writer")
    _fail(monkeypatch, "set_fields")
    dialog._save.click()
    wait(qtbot, dialog.trouble.isVisible)
    assert "The disk is full" in dialog.trouble.text()
    assert desk.window.notice.sentence == ""
    assert dialog.author.text() == "A. Writer"
    monkeypatch.undo()
    dialog._save.click()
    wait(qtbot, lambda: desk.dialogs.dialog is None)
    assert core.catalogue.project(book.project.id).project.author == "A. Writer"


def test_an_error_after_the_dialog_was_closed_is_said_in_the_window(
    qtbot: QtBot, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, desk, _ = opened
    gate = threading.Event()

    def fail(*_given: object, **_named: object) -> None:
        assert gate.wait(60)
        raise OutsideError("disk-full")

    dialog = properties(qtbot, opened)
    dialog.author.setText("A. Writer")
    monkeypatch.setattr(Library, "set_fields", fail)
    dialog._save.click()
    dialog.reject()
    gate.set()
    wait(qtbot, lambda: "The disk is full" in desk.window.notice.sentence)


def test_titles_that_could_not_be_added_stay_typed(
    qtbot: QtBot, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, desk, book = opened
    desk.reveal(book.project)
    wait(qtbot, lambda: desk.window.tree.current() == book.project)
    desk.dialogs.open_many()
    dialog = desk.dialogs.dialog
    assert isinstance(dialog, TitlesDialog)
    dialog.edit.setPlainText("One\nTwo")
    _fail(monkeypatch, "add_many")
    dialog._add.click()
    wait(qtbot, dialog.trouble.isVisible)
    assert dialog.titles() == ["One", "Two"]
    monkeypatch.undo()
    dialog._add.click()
    wait(qtbot, lambda: desk.dialogs.dialog is None)


def test_a_failed_move_is_said_in_its_dialog(qtbot: QtBot, opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    core, desk, book = opened
    desk.reveal(book.sections[0])
    wait(qtbot, lambda: desk.window.tree.current() == book.sections[0])
    desk.dialogs.open_move()
    dialog = desk.dialogs.dialog
    assert isinstance(dialog, MoveDialog)
    wait(qtbot, lambda: dialog.model.node_of(book.chapters[1].id) is not None)
    dialog.tree.choose([book.chapters[1]])
    _fail(monkeypatch, "move")
    dialog._move.click()
    wait(qtbot, dialog.trouble.isVisible)
    assert desk.window.notice.sentence == ""
    monkeypatch.undo()
    dialog._move.click()
    wait(qtbot, lambda: desk.dialogs.dialog is None)
    assert len(core.catalogue.children(book.chapters[1])) == 3


def test_errors_of_trash_and_settings_stand_in_their_dialogs(
    qtbot: QtBot, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    core, desk, book = opened
    core.library.trash([book.chapters[0]])
    desk.dialogs.open_trash()
    trash = desk.dialogs.dialog
    assert isinstance(trash, TrashDialog)
    wait(qtbot, lambda: trash.model.rowCount() == 1)
    _fail(monkeypatch, "restore")
    trash.restore_requested.emit([book.chapters[0]])
    wait(qtbot, trash.trouble.isVisible)
    trash.reject()
    desk.dialogs.open_settings()
    settings = desk.dialogs.dialog
    assert isinstance(settings, SettingsDialog)
    store = core.program.settings_store
    monkeypatch.setattr(type(store), "change", _full)
    settings.reminder.toggle()
    wait(qtbot, settings.trouble.isVisible)
    assert desk.window.notice.sentence == ""
    settings.reject()


def _full(*_given: object, **_named: object) -> None:
    raise OutsideError("disk-full")


def _fail(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    monkeypatch.setattr(Library, method, _full)
