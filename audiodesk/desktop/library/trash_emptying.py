"""Empties the trash as a job, which can be cancelled in Transfers, and shows the result."""

from __future__ import annotations

from PySide6.QtCore import Signal

from audiodesk.desktop.base.controller import Controller, Shared
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.job import JobKind
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.words.errors.error_words import error_sentence
from audiodesk.domain.words.library.trash_words import emptying_stopped, remaining_files_sentence, trash_emptied
from audiodesk.services.jobs import Job
from audiodesk.services.library.library import EmptiedTrash

__all__ = ["TrashEmptying"]


class TrashEmptying(Controller):
    """One job at a time; cancelling it or closing the window stops it between two items or files.

    Signals:
        ended: the job has ended in any way (nothing).
    """

    ended = Signal()

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self._is_cancelled = False
        self.is_running = False

    def empty(self, refs: list[Ref] | None) -> None:
        """Remove these items for good, or the whole trash (None); does nothing while the trash is being emptied."""
        if self.is_running:
            return
        self.is_running = True
        task = self._jobs.start(JobKind.EMPTY_TRASH, lambda job: self._empty(refs, job))
        task.done(self._say).failed(self._fail)

    def _empty(self, refs: list[Ref] | None, job: Job) -> EmptiedTrash:
        emptied = self._core.library.empty_trash(refs, cancel=job.cancel, progress=job.tell)
        self._is_cancelled = job.cancel.is_set() and bool(self._core.catalogue.trash())
        return emptied

    def _say(self, emptied: EmptiedTrash) -> None:
        self.is_running = False
        sentence = trash_emptied(emptied.things)
        self._window.status.say(emptying_stopped(emptied.things) if self._is_cancelled else sentence)
        files = emptied.files
        if files.remaining:
            why = "" if files.error is None else f" {error_sentence(files.error)}"
            self._window.notice.show_notice(remaining_files_sentence(files.remaining) + why)
        self.ended.emit()

    def _fail(self, error: AudioDeskError) -> None:
        self.is_running = False
        if error.code != "cancelled":
            self._notices.show_error(error)
        self.ended.emit()
