"""Offers recordings that no book knows, and carries out what the person decides about them."""

from __future__ import annotations

from audiodesk.desktop.base.controller import Controller, Shared
from audiodesk.desktop.base.open_dialog import OpenDialog
from audiodesk.desktop.base.tasks import Task
from audiodesk.domain import words
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.events import ImportFinished, RecordingsFound
from audiodesk.domain.found import FoundRecording
from audiodesk.domain.job import JobKind
from audiodesk.domain.words.errors.error_words import error_sentence
from audiodesk.domain.words.importing.found_words import brought_back_summary, found_sentence, removed_summary
from audiodesk.domain.words.library.trash_words import remaining_files_sentence
from audiodesk.services.care.found_recordings import BroughtBack
from audiodesk.services.jobs import Job
from audiodesk.services.library.leaving import Drained
from audiodesk.views.dialogs.found_dialog import FoundDialog

__all__ = ["FoundController"]


class FoundController(Controller):
    """Shows one notice at the start, with a dialog behind it; its work runs as jobs."""

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self._open_dialog: OpenDialog[FoundDialog] = OpenDialog()
        self._told = ""
        """The notice; empty if there is none."""
        self._told_count = 0
        self._reads = 0
        self._working = ""
        """The job that the dialog shows."""
        self._window.acts.open_found.triggered.connect(self.open)
        self._bridge.recordings_found.connect(self._tell)
        self._bridge.import_finished.connect(self._count_again)

    @property
    def dialog(self) -> FoundDialog | None:
        """The open dialog; None if there is none."""
        return self._open_dialog.shown

    def bring_back(self, shas: list[str] | None = None) -> None:
        """Make takes of these recordings (None: of all)."""
        self._window.status.say(words.tr("Bringing recordings back…"))
        task = self._jobs.start(JobKind.BRING_BACK, lambda job: self._bring_back(shas, job))
        self._wait_for(task, words.tr("Bringing recordings back…"))
        task.done(self._brought_back).failed(self._failed)

    def open(self) -> None:
        """Show the recordings in a dialog."""
        if self.dialog is None:
            dialog = FoundDialog(self._window)
            dialog.bring_back_requested.connect(self.bring_back)
            dialog.remove_requested.connect(self._remove)
            dialog.stop_requested.connect(self._stop)
            self._open_dialog.open(dialog)
        self._read()

    def _tell(self, event: RecordingsFound) -> None:
        self._notices.withdraw(self._told)
        self._offer(event.count)
        if self.dialog is not None:
            self._read()

    def _offer(self, count: int) -> None:
        self._told, self._told_count = "", count
        if count:
            self._told = self._notices.offer(
                found_sentence(count),
                words.tr("Bring them back"),
                self.bring_back,
                other=words.tr("Look…"),
                act_other=self.open,
                beside=True,
            )

    def _count_again(self, event: ImportFinished) -> None:
        """Count once more after an import: files with the same bytes have given found recordings their takes."""
        if self._told and event.added:
            task = self._jobs.start(JobKind.LOOK_FOUND, lambda _job: len(self._core.found.files()))
            task.done(self._correct)

    def _correct(self, count: int) -> None:
        """Let the notice say this number; one that was dismissed does not come back."""
        if self._told and count != self._told_count and self._notices.withdraw(self._told):
            self._offer(count)

    def _read(self) -> None:
        self._reads += 1
        read = self._reads
        task = self._jobs.start(JobKind.LOOK_FOUND, lambda job: self._core.found.look(cancel=job.cancel))
        task.done(lambda items: self._show(items, read)).failed(lambda error: self._look_failed(error, read))

    def _show(self, items: list[FoundRecording], read: int) -> None:
        # Each read has its own thread, so that an earlier one may end later, and know less.
        if self.dialog is not None and read == self._reads:
            self.dialog.show_items(items)
            self._correct(len(items))

    def _bring_back(self, shas: list[str] | None, job: Job) -> BroughtBack:
        files = self._core.found.files() if shas is None else self._core.found.resolve(shas)
        return self._core.found.bring_back(files, job=job)

    def _wait_for(self, task: Task, sentence: str) -> None:
        """Show in the dialog, which covers the job's row in Transfers, what is done, with a button that stops it."""
        if self.dialog is not None:
            self._working = task.job_id
            self.dialog.show_busy(sentence)

    def _stop(self) -> None:
        self._jobs.cancel(self._working)

    def _say(self, sentence: str, *, is_trouble: bool) -> None:
        """Show a result in the status bar, and trouble in the dialog too, which covers it."""
        self._window.status.say(sentence)
        if self.dialog is not None:
            self.dialog.end_work()
            if is_trouble:
                self.dialog.show_error(sentence)

    def _brought_back(self, done: BroughtBack) -> None:
        self._say(brought_back_summary(done.count, len(done.remaining)), is_trouble=bool(done.remaining))

    def _remove(self, shas: list[str]) -> None:
        found = self._core.found
        task = self._jobs.start(JobKind.REMOVE_FOUND, lambda job: found.remove(found.resolve(shas), cancel=job.cancel))
        self._wait_for(task, words.tr("Removing recordings…"))
        task.done(self._removed).failed(self._failed)

    def _removed(self, done: Drained) -> None:
        said = [removed_summary(done.removed)]
        if done.remaining:
            said.append(remaining_files_sentence(done.remaining))
        if done.error is not None:
            said.append(error_sentence(done.error))
        self._say(" ".join(said), is_trouble=bool(done.remaining) or done.error is not None)

    def _look_failed(self, error: AudioDeskError, read: int) -> None:
        if read != self._reads or error.code == "cancelled" or self.dialog is None:
            return
        self.dialog.show_not_read()
        self._notices.show_error_in(self.dialog)(error)

    def _failed(self, error: AudioDeskError) -> None:
        if self.dialog is not None:
            self.dialog.end_work()
        if error.code == "cancelled":
            self._window.status.say(words.tr("Cancelled."))
            if self.dialog is not None:
                self._read()
        elif self.dialog is not None:
            self._notices.show_error_in(self.dialog)(error)
        else:
            self._notices.show_error(error)
