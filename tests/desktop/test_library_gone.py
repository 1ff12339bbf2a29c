"""A window whose library goes away, cannot be written, or cannot be opened."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from audiodesk.composition import Program, open_core
from audiodesk.desktop.start.opening import Opening
from audiodesk.domain.errors import AudioDeskError, OutsideError
from tests.desktop.window import Book, open_desk, titles, wait

pytestmark = pytest.mark.slow


def test_edits_stop_when_the_folder_is_gone_and_go_on_when_it_is_back(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, Book) as (core, desk):
        away = tmp_path / "away"
        core.library_folder.rename(away)
        wait(qtbot, lambda: "gone" in desk.window.notice.sentence)
        wait(qtbot, lambda: desk.window.status.text.startswith("The library is gone"))
        with pytest.raises(OutsideError) as caught:
            core.library.add_project("Lost")
        assert caught.value.code == "library-gone"
        assert titles(desk) == ["The Salt Road"]
        assert not core.library_folder.exists()
        away.rename(core.library_folder)
        wait(qtbot, lambda: core.database.trouble is None and not desk.window.notice.sentence)
        core.library.add_project("Kept")
        wait(qtbot, lambda: titles(desk) == ["The Salt Road", "Kept"])
    with open_core(face="command") as again:
        assert [node.title for node in again.catalogue.children(None)] == ["The Salt Road", "Kept"]


def test_an_edit_just_after_the_folder_went_is_refused(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, Book) as (core, _desk):
        core.library_folder.rename(tmp_path / "away")
        with pytest.raises(OutsideError) as caught:
            core.library.add_project("Lost")
        assert caught.value.code == "library-gone"
        (tmp_path / "away").rename(core.library_folder)
        wait(qtbot, lambda: core.database.trouble is None)


def test_a_copy_of_the_same_library_is_gone_on_with_and_another_is_not(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, Book) as (core, desk):
        folder = core.library_folder
        folder.rename(tmp_path / "away")
        wait(qtbot, lambda: core.database.trouble is not None)
        with open_core({**os.environ, "XDG_CONFIG_HOME": str(tmp_path / "other")}, face="command") as other:
            other.library.add_project("Another library")
        time.sleep(1.2)  # two checks of the watch: it must not mistake the other library for its own
        assert core.database.trouble is not None
        assert titles(desk) == ["The Salt Road"]
        shutil.rmtree(folder)
        shutil.copytree(tmp_path / "away", folder)
        wait(qtbot, lambda: core.database.trouble is None)
        core.library.add_project("Kept")
        wait(qtbot, lambda: titles(desk) == ["The Salt Road", "Kept"])


def test_a_lost_list_is_put_back_from_the_dialog(qtbot: QtBot) -> None:
    with open_core(face="command") as core:
        core.library.add_project("The Salt Road")
    (core.library_folder / "library.sqlite3").unlink()
    error = failure()
    assert error.code == "library-missing"
    opening = opened()
    press(qtbot, opening, "Put back")
    assert opening.go_on(error)
    with open_core(face="window") as again:
        assert [node.title for node in again.catalogue.children(None)] == ["The Salt Road"]


def test_the_dialog_says_where_the_former_list_is_kept(qtbot: QtBot) -> None:
    with open_core(face="command") as core:
        core.library.add_project("The Salt Road")
    path = core.library_folder / "library.sqlite3"
    path.write_bytes(b"Dear editor, " * 1000)
    error = failure()
    assert error.code == "library-not-one"
    opening = opened()
    said: list[str] = []

    def read() -> None:
        dialog = opening.dialog
        labels = [] if dialog is None or not dialog.isVisible() else dialog.findChildren(QLabel)
        if dialog is None or not any("is kept in" in label.text() for label in labels):
            QTimer.singleShot(20, read)
            return
        said.extend(label.text() for label in labels)
        dialog.reject()

    press(qtbot, opening, "Put back")
    QTimer.singleShot(40, read)
    assert opening.go_on(error)
    assert f"What was in its place is kept in {path.parent / 'backups' / 'set-aside-1'}." in said


@pytest.mark.usefixtures("qtbot")
def test_the_dialog_says_of_when_a_copy_is_and_how_much_it_knows() -> None:
    with open_core(face="command") as core:
        core.library.add_project("The Salt Road")
    (core.library_folder / "library.sqlite3").unlink()
    opening = opened()
    said: list[str] = []

    def read() -> None:
        if opening.dialog is None or not opening.dialog.isVisible():
            QTimer.singleShot(20, read)
            return
        said.extend(button.text() for button in opening.dialog.findChildren(QPushButton))
        said.extend(label.text() for label in opening.dialog.findChildren(QLabel))
        opening.dialog.reject()

    QTimer.singleShot(20, read)
    assert not opening.go_on(failure())
    assert any(text.startswith("Put back the copy of today, ") for text in said), said
    assert any("It knows 0 takes." in text for text in said), said


def test_a_list_is_made_from_the_dialog_and_closing_it_does_nothing(qtbot: QtBot) -> None:
    with open_core(face="command") as core:
        core.library.add_project("The Salt Road")
    shutil.rmtree(core.library_folder / "backups")
    (core.library_folder / "vault" / "ab").mkdir(parents=True)
    (core.library_folder / "vault" / "ab" / f"{'ab' * 32}.wav").write_bytes(b"RIFF")
    (core.library_folder / "library.sqlite3").unlink()
    error = failure()
    opening = opened()
    press(qtbot, opening, "Close")
    assert not opening.go_on(error)
    assert failure().code == "library-missing"
    press(qtbot, opening, "Make a list")
    assert opening.go_on(error)
    with open_core(face="window") as again:
        assert again.catalogue.children(None) == []
        assert len(again.found.files()) == 1


def failure() -> AudioDeskError:
    try:
        with open_core(face="window"):
            raise AssertionError("it could be opened")
    except AudioDeskError as error:
        return error


def opened() -> Opening:
    """Return what offers ways on for the test's library."""
    with Program(face="window") as program:
        return Opening(program.list_recovery())


def press(qtbot: QtBot, opening: Opening, verb: str) -> None:
    """Press the button of the dialog that comes next."""

    def go() -> None:
        dialog = opening.dialog
        if dialog is None or not dialog.isVisible():
            QTimer.singleShot(20, go)
            return
        (button,) = [one for one in dialog.findChildren(QPushButton) if one.text().startswith(verb)]
        button.click()

    del qtbot
    QTimer.singleShot(20, go)
