"""From a drop to an import: what would happen, the preview, the start, the bars, and what was not added."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from audiodesk.composition import Core
from audiodesk.desktop.bridge import Bridge
from audiodesk.desktop.notices import Notices
from audiodesk.desktop.tasks import Tasks
from audiodesk.domain import formats
from audiodesk.domain.entity import Entity
from audiodesk.domain.events import ImportFinished
from audiodesk.domain.import_words import drop_sentence, import_sentence, plan_sentence
from audiodesk.domain.outline import Ref
from audiodesk.domain.plan import ImportPlan
from audiodesk.domain.refusal import Refusal
from audiodesk.domain.words import tr, trn
from audiodesk.views.dropped import dropped_paths
from audiodesk.views.import_dialog import ImportDialog
from audiodesk.views.main_window import MainWindow

__all__ = ["ImportController"]

_TICK_MS = 100
_SHOW_AFTER_TICKS = 5
"""An import that takes longer than this many ticks brings up the dock."""
_HIDE_AFTER_MS = 2500
_FEW_TAKES = 10
"""Dropped on a section, more files than this are rather a folder that missed its chapter: what will become is shown."""
_TOLD_OTHERWISE = frozenset({"keep-repaired", "add-more-audio", "bring-back"})
"""Acts whose own sentence says what became of them: "0 takes added, 1 already there" would take its place."""


class ImportController(QObject):
    """``reveal`` shows where the files of a new project went, and a repaired take.

    Signals:
        rested: nothing is on its way any more (nothing).
    """

    rested = Signal()

    def __init__(
        self,
        core: Core,
        window: MainWindow,
        tasks: Tasks,
        bridge: Bridge,
        notices: Notices,
        *,
        reveal: Callable[[Ref], object],
    ) -> None:
        super().__init__(window)
        self._core, self._window, self._tasks, self._notices = core, window, tasks, notices
        self._reveal = reveal
        self._folder = ""
        self._jobs: dict[str, Ref | None] = {}
        self._hovered: tuple[Ref | None, tuple[str, ...]] | None = None
        self._cancel_plan = threading.Event()
        self._dialog: ImportDialog | None = None
        self._shown_by_itself = False
        self._ticks = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._connect(bridge)

    @property
    def is_running(self) -> bool:
        """Whether files are on their way."""
        return self._timer.isActive()

    @property
    def preview(self) -> ImportDialog | None:
        """The preview that is open."""
        return self._dialog

    @property
    def folder(self) -> str:
        """The folder from which files were chosen last."""
        return self._folder

    def start(self, folder: str = "") -> None:
        """List what was not added before; ``folder`` is where files were chosen last."""
        self._folder = folder
        self._read_refusals()

    def drop(self, target: Ref | None, paths: list[str]) -> None:
        """Plan what was dropped on ``target``, show the plan where it makes chapters or sections, and carry it out."""
        if not paths:
            return
        self._leave()
        if target is not None and target.entity is Entity.TAKE:
            target = self._window.centre.ref
        self._window.status.show_hint(tr("Looking through what was dropped…"))
        self._tasks.run(lambda: self._core.planner.plan(paths, target), "long").done(self._planned).failed(
            self._not_planned
        )

    def choose_files(self) -> None:
        """Let files be chosen, to be added to what is chosen in the tree."""
        self._choose(QFileDialog.FileMode.ExistingFiles, tr("Add audio"))

    def choose_folder(self) -> None:
        """Let a folder be chosen."""
        self._choose(QFileDialog.FileMode.Directory, tr("Add folder"))

    def paste(self) -> None:
        """Add the files that were copied in the file manager."""
        paths = dropped_paths(QGuiApplication.clipboard().mimeData())
        if paths:
            self.drop(self._target(), paths)
        else:
            self._window.status.say(tr("There are no files on the clipboard."))

    def cancel(self) -> None:
        """Stop all imports between two blocks."""
        for job in self._core.importer.progress():
            self._core.importer.cancel(job.job_id)

    def close(self) -> None:
        """Show no more."""
        self._timer.stop()
        self._cancel_plan.set()

    # -- wiring ----------------------------------------------------------------------------------------------------

    def _connect(self, bridge: Bridge) -> None:
        window = self._window
        a = window.acts
        for pane in (window.tree, window.centre):
            pane.files_hovered.connect(self._hover)
            pane.files_left.connect(self._leave)
            pane.files_dropped.connect(self.drop)
        window.first_run.files_hovered.connect(lambda paths: self._hover(None, paths))
        window.first_run.files_left.connect(self._leave)
        window.first_run.files_dropped.connect(lambda paths: self.drop(None, paths))
        window.first_run.files_requested.connect(self.choose_files)
        window.centre.files_requested.connect(self.choose_files)
        a.add_files.triggered.connect(self.choose_files)
        a.add_folder.triggered.connect(self.choose_folder)
        a.paste.triggered.connect(self.paste)
        a.cancel_import.triggered.connect(self.cancel)
        a.dismiss_refused.triggered.connect(self._dismiss_all)
        window.transfers.cancel_requested.connect(self.cancel)
        window.transfers.keep_requested.connect(self._keep)
        window.transfers.dismiss_requested.connect(self._dismiss)
        window.details.take.more_audio_requested.connect(self._add_more_audio)
        a.cancel_import.setEnabled(False)
        bridge.import_started.connect(lambda _event: self._watch())
        bridge.import_finished.connect(self._finished)
        bridge.refusals_changed.connect(self._read_refusals)
        bridge.changed_elsewhere.connect(self._read_refusals)

    # -- while files are held over the window ----------------------------------------------------------------------

    def _hover(self, target: Ref | None, paths: list[str]) -> None:
        held = (target, tuple(paths))
        if held == self._hovered or not paths:
            return
        self._hovered = held
        self._cancel_plan.set()
        cancel = self._cancel_plan = threading.Event()

        def look() -> str:
            plan = self._core.planner.plan(paths, target, cancel=cancel)
            return self._hover_sentence(plan, target)

        def show(sentence: str) -> None:
            if self._hovered == held:
                self._window.status.show_hint(sentence)

        self._tasks.run(look, "show").done(show).failed(lambda _error: None)

    def _hover_sentence(self, plan: ImportPlan, target: Ref | None) -> str:
        """On the reading thread: what would happen."""
        if not plan.files:
            return tr("Nothing to add: no MP3 or WAV files here")
        if target is None or target.entity is not Entity.SECTION:
            return plan_sentence(plan)
        title = plan.files[0].place.section_title
        number = self._core.catalogue.next_take_number(target.id)
        return f"{drop_sentence(len(plan.files), target.entity, title, number)} · {formats.size(plan.size)}"

    def _leave(self) -> None:
        self._hovered = None
        self._cancel_plan.set()
        self._window.status.show_hint("")

    # -- plan and start --------------------------------------------------------------------------------------------

    def _planned(self, plan: ImportPlan) -> None:
        self._window.status.show_hint("")
        if not plan.files and plan.unfinished:
            self._begin(plan)
        elif not plan.files:
            self._notices.offer(
                tr("There was nothing to add: AudioDesk takes MP3 and WAV files, and folders that hold them."),
                tr("Choose files…"),
                self.choose_files,
            )
        elif plan.target is not None and plan.target.entity is Entity.SECTION and len(plan.files) <= _FEW_TAKES:
            self._begin(plan)
        else:
            self._preview(plan)

    def _not_planned(self, error: object) -> None:
        self._window.status.show_hint("")
        self._notices.show_error(error)  # type: ignore[arg-type]  # tasks hand on AudioDeskErrors only

    def _preview(self, plan: ImportPlan) -> None:
        place = plan.files[0].place
        where = place.project_title
        if plan.target is not None and plan.target.entity is not Entity.PROJECT:
            where = place.chapter_title if plan.target.entity is Entity.CHAPTER else place.section_title
        dialog = self._dialog = ImportDialog(plan, where, self._window)
        dialog.accepted.connect(lambda: self._begin(plan))
        dialog.finished.connect(lambda _result: self._forget_preview())
        dialog.open()

    def _forget_preview(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None

    def _begin(self, plan: ImportPlan) -> None:
        def started(job_id: str) -> None:
            self._jobs[job_id] = plan.target
            self._watch()

        self._tasks.run(lambda: self._core.importer.start(plan), "edit").done(started).failed(self._notices.show_error)

    # -- progress --------------------------------------------------------------------------------------------------

    def _watch(self) -> None:
        if not self._timer.isActive():
            self._ticks = 0
            self._timer.start()
            self._window.acts.cancel_import.setEnabled(True)

    def _tick(self) -> None:
        jobs = self._core.importer.progress()
        self._ticks += 1
        if self._ticks == _SHOW_AFTER_TICKS and jobs and not self._window.acts.show_transfers.isChecked():
            self._shown_by_itself = True
            self._window.show_transfers(is_shown=True)
        self._window.transfers.show_progress(jobs)
        if not jobs:
            self._timer.stop()
            self._window.acts.cancel_import.setEnabled(False)
            self.rested.emit()
            QTimer.singleShot(_HIDE_AFTER_MS, self, self._hide_again)

    def _hide_again(self) -> None:
        if self._shown_by_itself and not self._timer.isActive() and not self._window.acts.dismiss_refused.isEnabled():
            self._shown_by_itself = False
            self._window.show_transfers(is_shown=False)

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
        if event.refused:
            self._shown_by_itself = False
            self._window.show_transfers(is_shown=True)
        is_ours = event.job_id in self._jobs
        target = self._jobs.pop(event.job_id, None)
        if is_ours and target is None and event.section_ids:
            self._reveal(Ref(Entity.SECTION, event.section_ids[0]))

    # -- what was not added ----------------------------------------------------------------------------------------

    def _read_refusals(self) -> None:
        self._tasks.run(lambda: self._core.importer.refusals(), "read").done(self._show_refusals)

    def _show_refusals(self, refusals: list[Refusal]) -> None:
        self._window.transfers.show_refusals(list(reversed(refusals)))
        self._window.acts.dismiss_refused.setEnabled(bool(refusals))

    def _dismiss(self, ids: list[str]) -> None:
        self._tasks.run(lambda: self._core.importer.dismiss(ids), "edit").failed(self._notices.show_error)

    def _dismiss_all(self) -> None:
        self._tasks.run(
            lambda: self._core.importer.dismiss([refusal.id for refusal in self._core.importer.refusals()]), "edit"
        ).failed(self._notices.show_error)

    def _keep(self, refusal_id: str) -> None:
        def kept(take: Ref) -> None:
            self._window.status.say(tr("The part that is sound was added as a repaired take."))
            self._reveal(take)

        self._tasks.run(lambda: self._core.importer.keep_repaired(refusal_id), "long").done(kept).failed(
            self._notices.show_error
        )
        self._watch()

    def _add_more_audio(self, take_id: str) -> None:
        def added(takes: list[Ref]) -> None:
            if not takes:
                self._window.status.say(tr("What follows in this file is a take already."))
                return
            count = len(takes)
            self._window.status.say(
                trn(
                    "{count} further recording was added as a take.",
                    "{count} further recordings were added as takes.",
                    count,
                ).format(count=formats.number(count))
            )
            self._reveal(takes[0])

        self._tasks.run(lambda: self._core.importer.add_more_audio(take_id), "long").done(added).failed(
            self._notices.show_error
        )
        self._watch()

    # -- inside ----------------------------------------------------------------------------------------------------

    def _target(self) -> Ref | None:
        return None if self._window.is_first_run else self._window.tree.current()

    def _choose(self, mode: QFileDialog.FileMode, title: str) -> None:
        target = self._target()
        dialog = QFileDialog(self._window, title, self._folder or str(Path.home()))
        dialog.setFileMode(mode)
        if mode is QFileDialog.FileMode.ExistingFiles:
            dialog.setNameFilters([tr("Audio (*.mp3 *.wav *.MP3 *.WAV)"), tr("All files (*)")])

        def chosen(paths: list[str]) -> None:
            self._folder = dialog.directory().absolutePath()
            self.drop(target, paths)

        dialog.filesSelected.connect(chosen)
        dialog.finished.connect(lambda _result: dialog.deleteLater())
        dialog.open()
