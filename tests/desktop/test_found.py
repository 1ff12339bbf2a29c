"""Recordings that no book knows, in the window: one notice at the start, bringing them back, removing them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from audiodesk.composition import Core
from audiodesk.desktop.desk import Desk
from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.errors import OutsideError, UserError
from audiodesk.local.file_copy import hash_file
from audiodesk.local.rows.work import leaving_repo
from audiodesk.services.jobs import Job
from tests import media
from tests.desktop.window import open_desk, titles, wait

pytestmark = pytest.mark.slow


@pytest.fixture
def lose(tmp_path: Path) -> Callable[[Core], None]:
    """Return what puts two recordings into the vault without rows."""

    def fill(core: Core) -> None:
        for number in range(2):
            path = media.wav(tmp_path / f"{number}.wav", seconds=0.5 + number)
            name = core.vault.new_temporary_name()
            core.vault.temporary(name).write_bytes(path.read_bytes())
            copied = hash_file(core.vault.temporary(name))
            core.vault.adopt(name, copied.sha256, Kind.WAV, copied.size)

    return fill


SENTENCE = "2 recordings are in the vault that no book knows."


def press(desk: Desk, text: str) -> None:
    """Press a button of the notice."""
    (button,) = [one for one in desk.window.notice.findChildren(QPushButton) if one.text() == text and one.isVisible()]
    button.click()


def test_they_are_offered_at_the_start_and_brought_back(qtbot: QtBot, lose: Callable[[Core], None]) -> None:
    with open_desk(qtbot, lose) as (core, desk):
        wait(qtbot, lambda: desk.window.notice.sentence == SENTENCE)
        press(desk, "Bring them back")
        wait(qtbot, lambda: titles(desk) == ["Found"])
        wait(qtbot, lambda: core.catalogue.totals().takes == 2 and desk.tasks.is_idle)
        assert core.found.files() == []
        wait(qtbot, desk.window.acts.undo.isEnabled)
        assert "Bring back 2 recordings" in desk.window.acts.undo.text()
        desk.window.acts.undo.trigger()
        wait(qtbot, lambda: titles(desk) == [])
        assert core.found.files() == []  # they are in the trash now
    with open_desk(qtbot) as (_, desk):
        assert desk.window.notice.sentence == ""


def test_they_are_looked_at_and_removed(qtbot: QtBot, lose: Callable[[Core], None]) -> None:
    with open_desk(qtbot, lose) as (core, desk):
        wait(qtbot, lambda: desk.window.notice.sentence == SENTENCE)
        press(desk, "Look…")
        found = desk.workbench.found
        wait(qtbot, lambda: found.dialog is not None and found.dialog.model.rowCount() == 2)
        dialog = found.dialog
        assert dialog is not None
        dialog.table.selectRow(0)
        kept = dialog.model.items()[1].sha256
        assert not dialog.sure_button.isVisible()
        dialog.remove_button.click()
        assert len(core.found.files()) == 2
        dialog.sure_button.click()
        wait(qtbot, lambda: dialog.model.rowCount() == 1 and desk.tasks.is_idle)
        assert [file.sha256 for file in core.found.files()] == [kept]
        dialog.bring_back_button.click()
        wait(qtbot, lambda: titles(desk) == ["Found"])
        wait(qtbot, lambda: dialog.model.rowCount() == 0 and desk.tasks.is_idle)
        dialog.reject()


def test_the_notice_follows_what_the_dialog_and_an_import_find(
    qtbot: QtBot, lose: Callable[[Core], None], tmp_path: Path
) -> None:
    with open_desk(qtbot, lose) as (core, desk):
        wait(qtbot, lambda: desk.window.notice.sentence == SENTENCE and desk.tasks.is_idle)
        section = core.library.add_section(core.library.add_chapter(core.library.add_project("B").id, "1").id, "1")
        core.importer.import_files(core.planner.plan([str(tmp_path / "0.wav")], section))
        wait(qtbot, lambda: desk.window.notice.sentence == "1 recording is in the vault that no book knows.")
        (last,) = core.found.files()
        core.vault.path_of(last.sha256, last.kind).unlink()
        press(desk, "Look…")
        wait(qtbot, lambda: desk.window.notice.isHidden())
        dialog = desk.workbench.found.dialog
        assert dialog is not None
        assert dialog.model.rowCount() == 0
        dialog.reject()


def test_what_an_earlier_read_found_is_not_shown_after_a_later_one(
    qtbot: QtBot, lose: Callable[[Core], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_desk(qtbot, lose) as (core, desk):
        wait(qtbot, lambda: desk.window.notice.sentence == SENTENCE and desk.tasks.is_idle)
        look, is_slow, gate = core.found.look, threading.Event(), threading.Event()

        def held(**named: Any) -> Any:
            seen = look(**named)
            if not is_slow.is_set():
                is_slow.set()
                assert gate.wait(30)
            return seen

        monkeypatch.setattr(core.found, "look", held)
        press(desk, "Look…")
        wait(qtbot, is_slow.is_set)
        core.found.remove(core.found.files()[:1])
        desk.workbench.found.open()
        dialog = desk.workbench.found.dialog
        assert dialog is not None
        wait(qtbot, lambda: dialog.model.rowCount() == 1)
        gate.set()
        wait(qtbot, lambda: desk.tasks.is_idle)
        assert dialog.model.rowCount() == 1
        dialog.reject()


def test_a_library_without_any_says_nothing(qtbot: QtBot) -> None:
    with open_desk(qtbot) as (_, desk):
        desk.window.acts.open_found.trigger()
        found = desk.workbench.found
        wait(qtbot, lambda: desk.tasks.is_idle)
        assert found.dialog is not None
        assert found.dialog.model.rowCount() == 0
        assert not found.dialog.bring_back_button.isEnabled()
        found.dialog.reject()
        assert desk.window.notice.sentence == ""


def test_what_an_emptied_trash_left_on_the_disk_is_removed_at_the_start(
    qtbot: QtBot, lose: Callable[[Core], None]
) -> None:
    def fill(core: Core) -> None:
        lose(core)
        files = [(file.sha256, file.kind) for file in core.vault.files()]
        core.database.write(lambda connection: leaving_repo.add(connection, files, core.program.clock() + 1000))

    with open_desk(qtbot, fill) as (core, desk):
        wait(qtbot, lambda: list(core.vault.files()) == [])
        assert desk.window.notice.sentence == ""


def test_the_work_behind_the_dialog_is_said_and_stopped_in_it(
    qtbot: QtBot, lose: Callable[[Core], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_desk(qtbot, lose) as (core, desk):
        desk.workbench.found.open()
        dialog = desk.workbench.found.dialog
        assert dialog is not None
        wait(qtbot, lambda: dialog.model.rowCount() == 2)
        begun = threading.Event()

        def slow(_files: object, *, job: Job) -> object:
            begun.set()
            assert job.cancel.wait(60)
            raise UserError("cancelled")

        monkeypatch.setattr(core.found, "bring_back", slow)
        dialog.bring_back_button.click()
        wait(qtbot, begun.is_set)
        assert dialog.stop_button.isVisible()
        assert not dialog.bring_back_button.isEnabled()
        dialog.stop_button.click()
        wait(qtbot, lambda: not dialog.working.isVisible() and desk.tasks.is_idle)
        assert dialog.isVisible()
        assert dialog.bring_back_button.isEnabled()
        assert len(core.found.files()) == 2

        def fail(_files: object, *, job: Job) -> object:
            raise OutsideError("disk-full")

        monkeypatch.setattr(core.found, "bring_back", fail)
        dialog.bring_back_button.click()
        wait(qtbot, dialog.trouble.isVisible)
        assert "The disk is full" in dialog.trouble.text()
        dialog.reject()
