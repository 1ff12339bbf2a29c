"""Finished work folds into one line of Transfers, which can be unfolded and cleared."""

from __future__ import annotations

import threading

from PySide6.QtWidgets import QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from audiodesk.domain.errors import UserError
from audiodesk.domain.job import JobKind, JobProgress
from audiodesk.services.jobs import Job
from tests.desktop.window import open_desk, wait


def counted(job: Job) -> None:
    job.tell(JobProgress(files=3, files_done=3))


def failing(_job: Job) -> None:
    raise UserError("not-found")


def test_what_is_done_is_counted_in_one_line_that_opens_and_clears(qtbot: QtBot) -> None:
    with open_desk(qtbot) as (_, desk):
        line, jobs = desk.window.transfers.finished, desk.workbench.jobs
        assert line.lines() == []
        assert line.isHidden()
        jobs.start(JobKind.VERIFY, counted)
        wait(qtbot, lambda: len(line.lines()) == 1)
        jobs.start(JobKind.IMPORT, counted)
        wait(qtbot, lambda: line.lines()[0].startswith("2 finished last: Adding 3 files, "))
        fold = line.findChild(QToolButton)
        assert fold is not None
        assert fold.accessibleName() == "Show what is finished"
        fold.click()
        assert [text.split(",")[0] for text in line.lines()[1:]] == ["Adding 3 files", "Checking the library's files"]
        (clear,) = [button for button in line.findChildren(QPushButton) if button.text() == "Clear"]
        clear.click()
        assert line.lines() == []
        assert line.isHidden()


def test_failed_cancelled_and_automatic_jobs_are_not_listed_as_finished(qtbot: QtBot) -> None:
    with open_desk(qtbot) as (_, desk):
        line, jobs = desk.window.transfers.finished, desk.workbench.jobs
        stopped = threading.Event()

        def until_cancelled(job: Job) -> None:
            assert job.cancel.wait(120)
            stopped.set()

        jobs.start(JobKind.VERIFY, failing).failed(lambda _error: None)
        jobs.start(JobKind.ANALYSE, counted)
        jobs.start(JobKind.EMPTY_TRASH, until_cancelled)
        wait(qtbot, lambda: [job.kind for job in jobs.views()] == [JobKind.EMPTY_TRASH])
        jobs.cancel_all()
        wait(qtbot, lambda: stopped.is_set() and not jobs.views())
        jobs.start(JobKind.BRING_BACK, counted)
        wait(qtbot, lambda: line.lines() != [])
        assert line.lines()[0].startswith("1 finished last: Bringing recordings back, ")
