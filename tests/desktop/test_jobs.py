"""Long work in the window: it delays nothing else, has a row in Transfers, and can be cancelled there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from audiodesk.composition import Core
from audiodesk.desktop.desk import Desk
from audiodesk.domain.errors import UserError
from audiodesk.domain.job import JobKind, JobState, JobView
from audiodesk.local.file_copy import CopyCancelledError
from audiodesk.system.dropped_files import find_files
from audiodesk.views.transfers.transfer_rows import JobRow
from audiodesk.views.transfers.transfers_view import TransfersView
from tests.desktop.window import Book, wait
from tests.media.wav import wav


class SlowDisk:
    """Blocks each caller until it is opened."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.gate = threading.Event()

    def hold(self) -> None:
        self.reached.set()
        self.gate.wait(20)


@pytest.fixture
def slow() -> Iterator[SlowDisk]:
    disk = SlowDisk()
    yield disk
    disk.gate.set()


def rows(desk: Desk) -> list[JobRow]:
    return [row for row in desk.window.transfers.findChildren(JobRow) if row.isVisible()]


def kinds(desk: Desk) -> list[JobKind]:
    return [job.kind for job in desk.workbench.jobs.views()]


def ids(desk: Desk) -> list[str]:
    return [job.id for job in desk.workbench.jobs.views()]


def test_a_row_never_becomes_the_row_of_another_job(qtbot: QtBot) -> None:
    first, second = (JobView(name, JobKind.VERIFY, JobState.RUNNING, 0.0) for name in ("first", "second"))
    view = TransfersView()
    qtbot.addWidget(view)
    view.show()
    asked: list[str] = []
    view.cancel_requested.connect(asked.append)
    view.show_jobs([first, second])
    above, below = view.findChildren(JobRow)
    pressed = above.findChildren(QToolButton)[0]
    view.show_jobs([second])  # the first job ended while the mouse was down on its cross
    assert [row for row in view.findChildren(JobRow) if row.isVisible()] == [below]
    pressed.click()
    assert asked == ["first"]


def test_a_drop_is_looked_at_while_the_library_is_being_verified(
    qtbot: QtBot, filled: tuple[Core, Desk, Book], tmp_path: Path, slow: SlowDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    core, desk, book = filled

    def verify(**_named: Any) -> list[Any]:
        slow.hold()
        return []

    monkeypatch.setattr(core.verifier, "verify", verify)
    desk.window.acts.verify.trigger()
    wait(qtbot, slow.reached.is_set)
    desk.imports.drop(book.sections[0], [str(wav(tmp_path / "dawn.wav"))])
    wait(qtbot, lambda: len(core.catalogue.takes(book.sections[0].id)) == 1)
    assert JobKind.VERIFY in {job.kind for job in desk.workbench.jobs.views()}


@pytest.mark.slow
def test_verifying_has_a_row_that_cancels_it(
    qtbot: QtBot, filled: tuple[Core, Desk, Book], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    core, desk, book = filled
    desk.imports.drop(book.sections[0], [str(wav(tmp_path / "dawn.wav"))])
    wait(qtbot, lambda: len(core.catalogue.takes(book.sections[0].id)) == 1 and desk.tasks.is_idle)

    def endless(*_args: Any, cancel: threading.Event, **_named: Any) -> None:
        assert cancel.wait(20)
        raise CopyCancelledError

    monkeypatch.setattr("audiodesk.services.care.verifier.hash_file", endless)
    desk.window.acts.verify.trigger()
    wait(qtbot, lambda: kinds(desk) == [JobKind.VERIFY] and [row.job_id for row in rows(desk)] == ids(desk))
    assert desk.window.transfers.isVisible(), "what takes longer than a moment shows itself"
    rows(desk)[0].findChildren(QToolButton)[0].click()
    wait(qtbot, lambda: not rows(desk))
    wait(qtbot, desk.window.acts.verify.isEnabled)
    assert desk.window.status.text.startswith("Cancelled.")
    assert desk.window.notice.sentence == ""


@pytest.mark.slow
def test_a_slow_network_share_under_the_mouse_is_given_up_and_named_without_a_count(
    qtbot: QtBot, filled: tuple[Core, Desk, Book], tmp_path: Path, slow: SlowDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, desk, book = filled

    def find(paths: Any, **named: Any) -> Any:
        if "share" in str(paths):
            slow.hold()
        return find_files(paths, **named)

    monkeypatch.setattr("audiodesk.services.importing.planner.find_files", find)
    desk.window.tree.files_hovered.emit(book.project, [str(tmp_path / "share")])
    desk.reveal(book.sections[0])
    wait(qtbot, lambda: desk.window.centre.ref == book.sections[0])  # reads for the window are not delayed
    wait(qtbot, lambda: desk.window.status.text == "Add to “The Salt Road”")
    for target in (*book.sections, *book.chapters):
        desk.window.tree.files_hovered.emit(target, [str(tmp_path / "share")])
    assert threading.active_count() < 40
    desk.window.tree.files_dragged_away.emit()
    assert "Add to" not in desk.window.status.text


@pytest.mark.slow
def test_a_drop_whose_folder_is_still_being_walked_can_be_cancelled(
    qtbot: QtBot, filled: tuple[Core, Desk, Book], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    core, desk, book = filled
    found = find_files([str(wav(tmp_path / "dawn.wav"))])

    def endless(_paths: Any, *, cancel: threading.Event) -> Any:
        assert cancel.wait(20)
        return found

    monkeypatch.setattr("audiodesk.services.importing.planner.find_files", endless)
    desk.imports.drop(book.sections[0], [str(tmp_path)])
    wait(qtbot, lambda: bool(rows(desk)))
    rows(desk)[0].cancel_requested.emit(desk.workbench.jobs.views()[0].id)
    wait(qtbot, lambda: desk.tasks.is_idle)
    assert core.catalogue.takes(book.sections[0].id) == []
    assert desk.window.notice.sentence == ""


def test_a_job_whose_answer_is_an_error_is_told(qtbot: QtBot, filled: tuple[Core, Desk, Book]) -> None:
    _, desk, _ = filled
    told: list[str] = []

    def fail(_job: object) -> None:
        raise UserError("title-empty")

    desk.workbench.jobs.start(JobKind.PLAN, fail).failed(lambda error: told.append(error.code))
    wait(qtbot, lambda: told == ["title-empty"])
