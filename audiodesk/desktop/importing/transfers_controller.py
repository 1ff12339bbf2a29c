"""Fills the Transfers dock: running jobs, files that were not added, and what the person does about them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal

from audiodesk.desktop.base.controller import Controller, Shared
from audiodesk.domain import words
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.events import ImportFinished
from audiodesk.domain.job import JobKind, JobView
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.refusal import Refusal
from audiodesk.domain.words import formats

__all__ = ["TransfersController"]

_SHOW_AFTER_MS = 500
"""A requested job that takes longer than this opens the dock."""
_HIDE_AFTER_MS = 2500
_BESIDE = frozenset({JobKind.ANALYSE, JobKind.READ_COVER})
"""Jobs that run in the background without a request, or that a dialog shows: they do not open the dock."""
_UNLISTED = frozenset({JobKind.ANALYSE, JobKind.PLAN, JobKind.LOOK_FOUND, JobKind.READ_COVER})
"""Jobs that are not listed when they end: only their results matter."""
_IMPORTING = frozenset({JobKind.IMPORT, JobKind.KEEP_REPAIRED, JobKind.MORE_AUDIO, JobKind.BRING_BACK})


class TransfersController(Controller):
    """Fills the dock and handles its buttons; ``reveal`` shows a new take, repaired or made of a further recording.

    Signals:
        rested: the last import has ended (nothing).
    """

    rested = Signal()

    def __init__(self, shared: Shared, *, reveal: Callable[[Ref], object]) -> None:
        super().__init__(shared)
        window, bridge = self._window, self._bridge
        self._reveal = reveal
        self._is_importing = False
        self._shown_by_itself = False
        self._showing = self._after(_SHOW_AFTER_MS, self._show_by_itself)
        self._hiding = self._after(_HIDE_AFTER_MS, self._hide_again)
        a, dock = window.acts, window.transfers
        a.cancel_import.triggered.connect(self.cancel_imports)
        a.cancel_import.setEnabled(False)
        a.dismiss_refused.triggered.connect(self._dismiss_all)
        a.dismiss_refused.setEnabled(False)
        dock.cancel_requested.connect(self._jobs.cancel)
        dock.keep_requested.connect(self._keep)
        dock.retry_requested.connect(self._retry)
        dock.dismiss_requested.connect(self._dismiss)
        window.details.take.more_audio_requested.connect(self._add_more_audio)
        self._jobs.moved.connect(self._show_jobs)
        self._jobs.finished.connect(self._show_finished)
        bridge.import_finished.connect(self._import_finished)
        bridge.refusals_changed.connect(self._read_refusals)
        bridge.changed_elsewhere.connect(self._read_refusals)

    @property
    def is_importing(self) -> bool:
        """Whether files are being added to the library."""
        return any(job.kind in _IMPORTING for job in self._jobs.views())

    def start(self) -> None:
        """List the files that were not added earlier."""
        self._read_refusals()

    def cancel_imports(self) -> None:
        """Stop everything that adds files to the library, between two blocks."""
        for job in self._jobs.views():
            if job.kind in _IMPORTING:
                self._jobs.cancel(job.id)

    # -- jobs ------------------------------------------------------------------------------------------------------

    def _show_jobs(self, jobs: list[JobView]) -> None:
        self._window.transfers.show_jobs(jobs)
        asked_for = any(job.kind not in _BESIDE for job in jobs)
        if asked_for:
            self._hiding.stop()
            if not self._showing.isActive() and not self._window.acts.show_transfers.isChecked():
                self._showing.start()
        else:
            self._showing.stop()
            if self._shown_by_itself and not self._hiding.isActive():
                self._hiding.start()
        was_importing, self._is_importing = self._is_importing, any(job.kind in _IMPORTING for job in jobs)
        self._window.acts.cancel_import.setEnabled(self._is_importing)
        if was_importing and not self._is_importing:
            self.rested.emit()

    def _show_finished(self, jobs: list[JobView]) -> None:
        self._window.transfers.finished.add([job for job in jobs if job.kind not in _UNLISTED])

    def _show_by_itself(self) -> None:
        if not self._window.acts.show_transfers.isChecked():
            self._shown_by_itself = True
            self._window.show_transfers(is_shown=True)

    def _hide_again(self) -> None:
        if self._shown_by_itself and not self._window.acts.dismiss_refused.isEnabled():
            self._shown_by_itself = False
            self._window.show_transfers(is_shown=False)

    def _import_finished(self, event: ImportFinished) -> None:
        if event.refused or event.failed:
            self._shown_by_itself = False
            self._window.show_transfers(is_shown=True)

    # -- what was not added ----------------------------------------------------------------------------------------

    def _read_refusals(self) -> None:
        self._tasks.start(lambda: self._core.importer.refusals(), "read").done(self._show_refusals)

    def _show_refusals(self, refusals: list[Refusal]) -> None:
        self._window.transfers.show_refusals(list(reversed(refusals)))
        self._window.acts.dismiss_refused.setEnabled(bool(refusals))
        self._window.head.show_needs_you(sum(not refusal.waits for refusal in refusals))

    def _retry(self, ids: list[str]) -> None:
        self._tasks.start(lambda: self._core.importer.retry(ids), "edit").failed(self._notices.show_error)

    def _dismiss(self, ids: list[str]) -> None:
        self._tasks.start(lambda: self._core.importer.dismiss(ids), "edit").failed(self._notices.show_error)

    def _dismiss_all(self) -> None:
        self._tasks.start(
            lambda: self._core.importer.dismiss([refusal.id for refusal in self._core.importer.refusals()]), "edit"
        ).failed(self._notices.show_error)

    def _keep(self, refusal_id: str) -> None:
        def kept(take: Ref) -> None:
            self._window.status.say(words.tr("The part that is sound was added as a repaired take."))
            self._reveal(take)

        importer = self._core.importer
        task = self._jobs.start(JobKind.KEEP_REPAIRED, lambda job: importer.keep_repaired(refusal_id, job=job))
        task.done(kept).failed(self._failed)

    def _add_more_audio(self, take_id: str) -> None:
        def added(takes: list[Ref]) -> None:
            if not takes:
                self._window.status.say(words.tr("What follows in this file is a take already."))
                self._window.details.take.show_no_further(take_id)
                return
            count = len(takes)
            self._window.status.say(
                words.tr(
                    "{count} further recordings were added as takes.",
                    "{count} further recording was added as a take.",
                    count,
                ).format(count=formats.number(count))
            )
            self._reveal(takes[0])

        importer = self._core.importer
        task = self._jobs.start(JobKind.MORE_AUDIO, lambda job: importer.add_more_audio(take_id, job=job))
        task.done(added).failed(self._failed)

    def _failed(self, error: AudioDeskError) -> None:
        if error.code != "cancelled":
            self._notices.show_error(error)

    # -- inside ----------------------------------------------------------------------------------------------------

    def _after(self, milliseconds: int, act: Callable[[], object]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(act)
        return timer
