"""A window that is closed first writes every edit, and says so."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from audiodesk.composition import Core
from audiodesk.desktop.desk import Desk
from audiodesk.domain.errors import OutsideError
from audiodesk.views.details.notes_editor import NotesEditor
from tests.desktop.window import Book, wait


@pytest.fixture
def slow_disk(filled: tuple[Core, Desk, Book]) -> Iterator[threading.Event]:
    """Let the library's writes wait until the event is set."""
    gate = threading.Event()
    holding = threading.Thread(target=lambda: filled[0].database.write(lambda _connection: gate.wait(20)))
    holding.start()
    yield gate
    gate.set()
    holding.join()


def test_an_edit_just_before_closing_is_written_and_the_window_says_finishing(
    qtbot: QtBot, filled: tuple[Core, Desk, Book], slow_disk: threading.Event
) -> None:
    core, desk, book = filled
    desk.workbench.edits.rename(book.project, "The Long Road")
    assert not desk.window.close()
    assert desk.window.isVisible()
    assert desk.window.status.text == "Finishing…"
    assert not desk.window.close(), "closing again does not cut it short"
    slow_disk.set()
    wait(qtbot, lambda: not desk.window.isVisible())
    assert core.catalogue.project(book.project.id).project.title == "The Long Road"


@pytest.mark.slow
def test_what_is_being_typed_when_the_window_closes_is_written(
    qtbot: QtBot, filled: tuple[Core, Desk, Book], slow_disk: threading.Event
) -> None:
    core, desk, book = filled
    desk.reveal(book.project)
    (notes,) = desk.window.details.node.findChildren(NotesEditor)
    wait(qtbot, notes.isVisible)
    notes.setPlainText("slower")
    assert not desk.window.close()
    slow_disk.set()
    wait(qtbot, lambda: not desk.window.isVisible())
    assert core.catalogue.project(book.project.id).project.notes == "slower"


def test_an_edit_that_fails_while_closing_keeps_the_window_open_and_says_why(
    qtbot: QtBot, filled: tuple[Core, Desk, Book], slow_disk: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    core, desk, book = filled

    def full(*_args: object) -> None:
        raise OutsideError("disk-full", path="/")

    monkeypatch.setattr(core.library, "rename", full)
    desk.workbench.edits.rename(book.project, "The Long Road")
    assert not desk.window.close()
    slow_disk.set()
    wait(qtbot, lambda: not desk.tasks.has_edits)
    assert desk.window.isVisible()
    assert "full" in desk.window.notice.sentence
    assert desk.window.tree.isEnabled()
    assert desk.window.close()
