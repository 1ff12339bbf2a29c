"""Emptying the trash in the window: a job with a row in Transfers, which can be cancelled."""

from __future__ import annotations

import threading

import pytest
from pytestqt.qtbot import QtBot

from audiodesk.desktop.desk import Desk
from audiodesk.domain.job import JobKind, JobProgress
from audiodesk.services.jobs import Job
from audiodesk.views.dialogs.trash_dialog import TrashDialog
from audiodesk.views.transfers.transfer_rows import JobRow
from tests.desktop.window import Book, open_desk, wait


def ask_to_empty(qtbot: QtBot, desk: Desk, count: int) -> TrashDialog:
    desk.window.acts.open_trash.trigger()
    dialog = desk.dialogs.dialog
    assert isinstance(dialog, TrashDialog)
    wait(qtbot, lambda: dialog.model.rowCount() == count)
    return dialog


def hold(monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, threading.Event]:
    """Let the emptying stand still after its first thing; return "it stands" and "let it go on"."""
    standing, gate = threading.Event(), threading.Event()
    real = Job.tell

    def tell(job: Job, progress: JobProgress) -> None:
        real(job, progress)
        if progress.files_done == 1 and not standing.is_set():
            standing.set()
            assert gate.wait(120)

    monkeypatch.setattr(Job, "tell", tell)
    return standing, gate


def rows(desk: Desk) -> list[JobRow]:
    return [row for row in desk.window.transfers.findChildren(JobRow) if not row.isHidden()]


def test_it_has_a_row_with_numbers_and_stops_when_that_is_cancelled(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    standing, gate = hold(monkeypatch)
    books: list[Book] = []
    with open_desk(qtbot, lambda core: books.append(Book(core))) as (core, desk):
        core.library.trash(books[0].sections)
        ask_to_empty(qtbot, desk, 4).empty_requested.emit(None)
        wait(qtbot, standing.is_set)
        wait(qtbot, lambda: [job.kind for job in desk.workbench.jobs.views()] == [JobKind.EMPTY_TRASH])
        wait(qtbot, lambda: desk.window.transfers.isVisible() and len(rows(desk)) == 1)
        view = desk.workbench.jobs.views()[0]
        assert (view.progress.files_done, view.progress.files) == (1, 4)
        # The job does not delay an edit, and the dialog says that the trash is being emptied.
        core.library.rename(books[0].chapters[0], "Renamed")
        assert core.catalogue.children(books[0].project)[0].title == "Renamed"
        dialog = ask_to_empty(qtbot, desk, 3)
        assert not dialog.empty_button.isEnabled()
        dialog.reject()
        rows(desk)[0].cancel_requested.emit(view.id)
        gate.set()
        wait(qtbot, lambda: "2 things were removed for good, the others" in desk.window.status.text)
        assert len(core.catalogue.trash()) == 2
        wait(qtbot, lambda: rows(desk) == [])


def test_closing_the_window_stops_it_between_two_things(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    standing, gate = hold(monkeypatch)
    books: list[Book] = []
    with open_desk(qtbot, lambda core: books.append(Book(core))) as (core, desk):
        core.library.trash(books[0].sections)
        ask_to_empty(qtbot, desk, 4).empty_requested.emit(None)
        wait(qtbot, standing.is_set)
        (job,) = core.jobs._running.values()

        def let_go() -> None:
            job.cancel.wait(60)
            gate.set()

        threading.Thread(target=let_go, daemon=True).start()
        desk.window.close()
        desk.close()
        wait(qtbot, lambda: core.jobs.views() == [])
        assert len(core.catalogue.trash()) == 2
