"""Starts jobs for the window: results arrive on the main thread, progress is read on a timer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from audiodesk.desktop.base.bridge import Bridge
from audiodesk.desktop.base.tasks import Task, Tasks
from audiodesk.domain.job import JobKind, JobView
from audiodesk.services.jobs import Job, Jobs

__all__ = ["JobRunner"]

_TICK_MS = 100


class JobRunner(QObject):
    """The window's part of ``services.jobs``.

    Signals:
        moved: the progress of all running jobs was read; once more with an empty list after the last has ended
            (list of JobView).
        finished: jobs that ended without failing or being cancelled (list of JobView).
    """

    moved = Signal(object)
    finished = Signal(object)

    def __init__(self, jobs: Jobs, tasks: Tasks, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs, self._tasks = jobs, tasks
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._read)
        bridge.jobs_changed.connect(self._on_changed)

    def start(self, kind: JobKind, work: Callable[[Job], Any], title: str = "") -> Task:
        """Do ``work(job)`` as a job; the task's handlers are called as for ``Tasks.start``.

        A cancelled job fails with AudioDeskError("cancelled") or with what its work raised; if its work returned all
        the same, the task is done with that result.
        """
        task = self._tasks.expect()
        job = Job(kind, title)
        task.job_id = job.id
        self._jobs.start(job, work, lambda ended: self._tasks.answer(task, ended.result, ended.error))
        return task

    def cancel(self, job_id: str) -> None:
        """Ask a job to stop."""
        self._jobs.cancel(job_id)

    def cancel_all(self) -> None:
        """Ask every job to stop, because the window closes."""
        for view in self._jobs.views():
            self._jobs.cancel(view.id)

    def views(self) -> list[JobView]:
        """Return the jobs that are running."""
        return self._jobs.views()

    def close(self) -> None:
        """Stop reading progress, and ask all jobs to stop."""
        self._timer.stop()
        self.cancel_all()

    def _on_changed(self) -> None:
        if not self._timer.isActive():
            self._timer.start()
        self._read()

    def _read(self) -> None:
        if done := self._jobs.take_done():
            self.finished.emit(done)
        views = self._jobs.views()
        if not views:
            self._timer.stop()
        self.moved.emit(views)
