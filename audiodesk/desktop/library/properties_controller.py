"""Edits a project's properties in their dialog: reads the chosen cover as a job, and stores what was changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from audiodesk.desktop.base.controller import Controller, Shared
from audiodesk.desktop.base.notices import error_text
from audiodesk.desktop.base.tasks import Task
from audiodesk.desktop.library.library_controller import LibraryController
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.job import JobKind
from audiodesk.domain.library.cover import CoverPicture
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.listings import ProjectDetails
from audiodesk.domain.library.read_model import Ref
from audiodesk.views.dialogs.project_dialog import ProjectDialog

__all__ = ["PropertiesController"]


class PropertiesController(Controller):
    """Makes the dialog of one project at a time. Closing it cancels the reading of a cover."""

    def __init__(self, shared: Shared, edits: LibraryController) -> None:
        super().__init__(shared)
        self._edits = edits
        self._reading: Task | None = None

    def make_dialog(self, details: ProjectDetails) -> ProjectDialog:
        """Return the dialog for this project; the caller opens it."""
        dialog = ProjectDialog(details, self._window)
        dialog.cover_row.chosen.connect(lambda path: self._read_cover(path, dialog))
        dialog.cover_row.stopped.connect(self._stop_reading)
        dialog.save_requested.connect(lambda: self._save(details.project.id, dialog))
        dialog.finished.connect(lambda _result: self._stop_reading())
        return dialog

    # -- the cover -------------------------------------------------------------------------------------------------

    def _read_cover(self, path: str, dialog: ProjectDialog) -> None:
        self._stop_reading()
        checker = self._core.program.checker
        task = self._jobs.start(JobKind.READ_COVER, lambda job: checker.cover(Path(path), cancel=job.cancel))

        def show(cover: CoverPicture) -> None:
            if self._ends(task, dialog):
                dialog.show_cover(cover)

        def fail(error: AudioDeskError) -> None:
            if not self._ends(task, dialog):
                return
            if error.code == "cancelled":
                dialog.cover_row.show_stopped()
            else:
                dialog.cover_row.show_error(error_text(error))

        self._reading = task.done(show).failed(fail)

    def _ends(self, task: Task, dialog: ProjectDialog) -> bool:
        """Return whether the answer is still wanted; a reading that was stopped may answer late."""
        is_wanted = task is self._reading and not dialog.is_over
        if task is self._reading:
            self._reading = None
        return is_wanted

    def _stop_reading(self) -> None:
        if self._reading is not None:
            self._jobs.cancel(self._reading.job_id)
            self._reading = None

    # -- storing ---------------------------------------------------------------------------------------------------

    def _save(self, project_id: str, dialog: ProjectDialog) -> None:
        work = self._changes(project_id, dialog)
        dialog.begin_saving()
        self._edits.edit(work, lambda _result: dialog.accept_once(), asked_in=dialog)

    def _changes(self, project_id: str, dialog: ProjectDialog) -> Callable[[], None]:
        """Return what stores the changes. After a failure it can be done again: what is stored already is no change."""
        library, fields, cover = self._core.library, dialog.changed_fields(), dialog.cover

        def store() -> None:
            if fields:
                library.set_fields(Ref(Entity.PROJECT, project_id), **fields)
            if cover is not None:
                library.set_cover(project_id, cover.mime, cover.data)

        return store
