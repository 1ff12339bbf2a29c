"""Files dropped and pasted into the window: what it says before, adds, refuses and lists."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QClipboard, QGuiApplication
from pytestqt.qtbot import QtBot

from audiodesk.composition import Core
from audiodesk.desktop.desk import Desk
from audiodesk.local.file_copy import CopiedFile, copy_file
from audiodesk.local.rows.work import announcement_repo
from audiodesk.system.locks import ProcessSign
from audiodesk.views.transfers.transfer_rows import RefusalRow
from tests.desktop.window import Book, choose, drag, files, open_desk, titles, wait
from tests.media.wav import wav

pytestmark = pytest.mark.slow


@pytest.fixture
def clipboard() -> Iterator[QClipboard]:
    """The clipboard, emptied afterwards: without a window system Qt would keep what Python put there until its end."""
    board = QGuiApplication.clipboard()
    yield board
    board.clear()


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
