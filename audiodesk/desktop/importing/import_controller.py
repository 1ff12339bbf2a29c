"""Turns a drop into an import: the plan, the preview, the start, and showing where the files went."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from audiodesk.desktop.base.controller import Controller, Shared
from audiodesk.desktop.base.open_dialog import OpenDialog
from audiodesk.domain import words
from audiodesk.domain.errors import AudioDeskError, UserError
from audiodesk.domain.events import ImportFinished
from audiodesk.domain.job import JobKind
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.plan import ImportPlan
from audiodesk.domain.library.read_model import Crumb, Ref
from audiodesk.domain.words.importing.import_words import import_sentence
from audiodesk.services.jobs import Job
from audiodesk.views.dialogs.import_dialog import ImportDialog
from audiodesk.views.parts.dropped import dropped_paths

__all__ = ["ImportController"]

_FEW_TAKES = 10
"""A drop of more files on a section is probably a folder that missed its chapter: then the plan is shown first."""
_TOLD_OTHERWISE = frozenset({"keep-repaired", "add-more-audio", "bring-back"})
"""Edits that report their own result; "0 takes added, 1 already there" must not replace it."""


class ImportController(Controller):
    """Plans and starts imports; ``reveal`` shows where the files of a new project went."""

    def __init__(self, shared: Shared, *, reveal: Callable[[Ref], object]) -> None:
        super().__init__(shared)
        self._reveal = reveal
        self._folder = ""
        self._targets: dict[str, Ref | None] = {}
        """Where each import that began in this window was dropped, by job id."""
        self._revealed: dict[str, Ref] = {}
        """The project that was chosen when the first file of an import was there, by job id."""
        self._open_dialog: OpenDialog[ImportDialog] = OpenDialog()
        self._connect()

    @property
    def preview(self) -> ImportDialog | None:
        """The open preview; None if there is none."""
        return self._open_dialog.shown

    @property
    def folder(self) -> str:
        """The folder from which files were last chosen."""
        return self._folder

    def start(self, folder: str = "") -> None:
        """Begin; ``folder`` is where files were last chosen."""
        self._folder = folder

    def drop(self, target: Ref | None, paths: list[str]) -> None:
        """Plan and import what was dropped on ``target``; show the plan first where it makes chapters or sections."""
        if not paths:
            return
        if target is not None and target.entity is Entity.TAKE:
            target = self._window.centre.ref
        self._window.status.show_hint(words.tr("Looking through what was dropped…"))

        def plan(job: Job) -> ImportPlan:
            made = self._core.planner.plan(paths, target, cancel=job.cancel)
            if job.cancel.is_set():
                raise UserError("cancelled")
            return made

        self._jobs.start(JobKind.PLAN, plan).done(self._planned).failed(self._not_planned)

    def choose_files(self) -> None:
        """Ask for files, and add them to what is chosen in the tree."""
        self._choose(QFileDialog.FileMode.ExistingFiles, words.tr("Add audio"))

    def choose_folder(self) -> None:
        """Ask for a folder, and add it to what is chosen in the tree."""
        self._choose(QFileDialog.FileMode.Directory, words.tr("Add folder"))

    def paste(self) -> None:
        """Add the files that were copied in the file manager."""
        paths = dropped_paths(QGuiApplication.clipboard().mimeData())
        if paths:
            self.drop(self._target(), paths)
        else:
            self._window.status.say(words.tr("There are no files on the clipboard."))

    # -- wiring ----------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        window = self._window
        a = window.acts
        for pane in (window.tree, window.centre):
            pane.files_dropped.connect(self.drop)
        window.first_run.files_dropped.connect(lambda paths: self.drop(None, paths))
        window.first_run.files_requested.connect(self.choose_files)
        window.centre.files_requested.connect(self.choose_files)
        a.add_files.triggered.connect(self.choose_files)
        a.add_folder.triggered.connect(self.choose_folder)
        a.paste.triggered.connect(self.paste)
        self._bridge.tree_changed.connect(lambda _parents: self._reveal_projects())
        self._bridge.import_finished.connect(self._finished)

    # -- plan and start --------------------------------------------------------------------------------------------

    def _planned(self, plan: ImportPlan) -> None:
        self._window.status.show_hint("")
        if not plan.files and plan.unfinished:
            self._begin(plan)
        elif not plan.files:
            self._notices.offer(
                words.tr("There was nothing to add: AudioDesk takes MP3 and WAV files, and folders that hold them."),
                words.tr("Choose files…"),
                self.choose_files,
            )
        elif self._is_plain(plan):
            self._begin(plan)
        else:
            self._preview(plan)

    @staticmethod
    def _is_plain(plan: ImportPlan) -> bool:
        """Return whether the plan needs no preview: a few takes for one section, and room for them on the disk."""
        is_section = plan.target is not None and plan.target.entity is Entity.SECTION
        return is_section and len(plan.files) <= _FEW_TAKES and not plan.short_by

    def _not_planned(self, error: AudioDeskError) -> None:
        self._window.status.show_hint("")
        if error.code != "cancelled":
            self._notices.show_error(error)

    def _preview(self, plan: ImportPlan) -> None:
        place = plan.files[0].place
        where = place.project_title
        if plan.target is not None and plan.target.entity is not Entity.PROJECT:
            where = place.chapter_title if plan.target.entity is Entity.CHAPTER else place.section_title
        dialog = ImportDialog(plan, where, self._window)
        dialog.accepted.connect(lambda: self._begin(plan))
        self._open_dialog.open(dialog)

    def _begin(self, plan: ImportPlan) -> None:
        def started(job_id: str) -> None:
            self._targets[job_id] = plan.target
            if self._window.is_first_run:  # an empty library shows nothing else
                self._window.show_transfers(is_shown=True)
            self._reveal_projects()  # the first file may have arrived before this signal

        self._tasks.start(lambda: self._core.importer.start(plan), "edit").done(started).failed(
            self._notices.show_error
        )

    # -- the end ---------------------------------------------------------------------------------------------------

    def _reveal_projects(self) -> None:
        """Choose the project of each import that was dropped on the window, as soon as its first file is there."""
        for job_id, target in self._targets.items():
            if target is None and job_id not in self._revealed:
                items = self._core.importer.items(job_id)
                section_id = next((item.section_id for item in items if item.section_id is not None), None)
                if section_id is not None:
                    self._reveal_project(job_id, section_id)

    def _reveal_project(self, job_id: str, section_id: str) -> None:
        def show(crumbs: tuple[Crumb, ...]) -> None:
            if crumbs and job_id in self._targets and job_id not in self._revealed:
                project = self._revealed[job_id] = Ref(Entity.PROJECT, crumbs[0].id)
                self._reveal(project)

        section = Ref(Entity.SECTION, section_id)
        self._tasks.start(lambda: self._core.catalogue.crumbs(section), "show").done(show)

    def _finished(self, event: ImportFinished) -> None:
        if event.act in _TOLD_OTHERWISE:
            return
        sentence = import_sentence(
            added=event.added,
            present=event.present,
            refused=event.refused,
            failed=event.failed,
            cancelled=event.cancelled,
            waiting=event.waiting,
        )
        self._window.status.say(sentence)
        is_ours = event.job_id in self._targets
        target = self._targets.pop(event.job_id, None)
        revealed = self._revealed.pop(event.job_id, None)
        has_stayed = revealed is None or self._window.tree.current() == revealed
        if is_ours and target is None and event.section_ids and has_stayed:
            self._reveal(Ref(Entity.SECTION, event.section_ids[0]))

    # -- inside ----------------------------------------------------------------------------------------------------

    def _target(self) -> Ref | None:
        return None if self._window.is_first_run else self._window.tree.current()

    def _choose(self, mode: QFileDialog.FileMode, title: str) -> None:
        target = self._target()
        dialog = QFileDialog(self._window, title, self._folder or str(Path.home()))
        dialog.setFileMode(mode)
        if mode is QFileDialog.FileMode.ExistingFiles:
            dialog.setNameFilters([words.tr("Audio (*.mp3 *.wav *.MP3 *.WAV)"), words.tr("All files (*)")])

        def chosen(paths: list[str]) -> None:
            self._folder = dialog.directory().absolutePath()
            self.drop(target, paths)

        dialog.filesSelected.connect(chosen)
        dialog.finished.connect(lambda _result: dialog.deleteLater())
        dialog.open()
