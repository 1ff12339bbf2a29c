"""The Transfers dock: running jobs, files in progress, files that were not added and why, finished work."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from audiodesk.domain import words
from audiodesk.domain.job import JobView
from audiodesk.domain.library.refusal import Refusal
from audiodesk.domain.words import formats
from audiodesk.views.parts import icons
from audiodesk.views.parts.labels import muted
from audiodesk.views.parts.theme import scaled
from audiodesk.views.transfers.finished_line import FinishedLine
from audiodesk.views.transfers.transfer_rows import ActiveRow, JobRow, RefusalRow

__all__ = ["TransfersView"]

_MOST_ACTIVE = 6
"""How many rows of moving and next files are shown; more would distract."""
_LEAST_HEIGHT, _JOB_HEIGHT, _MOST_JOBS = 112, 36, 4
"""Pixels at 100 %: the dock's height without jobs, what each job adds, and how many jobs add to it."""
_MOST_ROWS = 40
"""How many files that were not added get a row; the others are only counted."""


class TransfersView(QFrame):
    """Shows the latest numbers; emits requests to cancel, to keep, to retry and to dismiss.

    Signals:
        cancel_requested: cancel a job (job id).
        keep_requested: keep the sound part of a file that was not added (refusal id).
        retry_requested: try to add these again (list of refusal ids).
        dismiss_requested: remove these from the list (list of refusal ids).
        close_requested: hide the dock (nothing).
    """

    cancel_requested = Signal(str)
    keep_requested = Signal(str)
    retry_requested = Signal(object)
    dismiss_requested = Signal(object)
    close_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "frame")
        self.setAccessibleName(words.tr("Transfers"))
        self._refusals: list[Refusal] = []
        self._jobs: dict[str, JobRow] = {}
        self._active: list[ActiveRow] = []
        self._is_running = False
        self._shown_jobs = 0
        self._refused: list[RefusalRow] = []
        self._nothing = muted(
            words.tr("Nothing is on its way. Files that you add, and other long work, are listed here.")
        )
        self._nothing.setContentsMargins(scaled(24), scaled(8), scaled(24), scaled(12))
        self._refused_head = QLabel()
        self._refused_head.setContentsMargins(scaled(24), scaled(12), scaled(24), scaled(4))
        bold = self._refused_head.font()
        bold.setWeight(bold.Weight.DemiBold)
        self._refused_head.setFont(bold)
        self._more = muted()
        self._more.setContentsMargins(scaled(24), scaled(4), scaled(24), scaled(8))
        self._rows = QVBoxLayout()
        self._rows.setContentsMargins(0, 0, 0, scaled(8))
        self._rows.setSpacing(0)
        for widget in (self._nothing, self._refused_head, self._more):
            self._rows.addWidget(widget)
        self.finished = FinishedLine()
        self._rows.addWidget(self.finished)
        self._rows.addStretch(1)
        inside = QWidget()
        inside.setProperty("pane", "frame")
        inside.setLayout(self._rows)
        self._running = QVBoxLayout()
        self._running.setContentsMargins(0, 0, 0, 0)
        self._running.setSpacing(0)
        area = self._area = QScrollArea()
        area.setProperty("pane", "frame")
        area.setAccessibleName(words.tr("Files on their way and files not added"))
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._head())
        layout.addLayout(self._running)  # outside the scroll area, so that running jobs are always in sight
        layout.addWidget(area, 1)
        self.setMinimumHeight(scaled(_LEAST_HEIGHT))
        self.show_jobs([])
        self.show_refusals([])

    def show_jobs(self, jobs: Sequence[JobView]) -> None:
        """Show the running jobs with their latest numbers; an empty list hides them."""
        self.setUpdatesEnabled(False)  # each ``QProgressBar.setValue`` would paint the whole window at once
        try:
            self._show_jobs(jobs)
        finally:
            self.setUpdatesEnabled(True)

    def _show_jobs(self, jobs: Sequence[JobView]) -> None:
        if bool(jobs) != self._is_running:
            self._is_running = bool(jobs)
            self._area.verticalScrollBar().setValue(0)
        if len(jobs) != self._shown_jobs:
            self._shown_jobs = len(jobs)
            self.setMinimumHeight(scaled(_LEAST_HEIGHT + _JOB_HEIGHT * min(len(jobs), _MOST_JOBS)))
        # A row always belongs to one job: a click at the moment that job ends must not cancel the next.
        for job_id in self._jobs.keys() - {job.id for job in jobs}:
            ended = self._jobs.pop(job_id)
            ended.hide()
            ended.deleteLater()
        for job in jobs:
            if job.id not in self._jobs:
                made = self._jobs[job.id] = JobRow()
                made.cancel_requested.connect(self.cancel_requested)
                self._running.addWidget(made)
                made.setVisible(True)
            self._jobs[job.id].show_job(job)
        rows = [row for job in jobs for row in job.progress.rows if row.stage in ("copying", "checking")]
        rows = (rows + [row for job in jobs for row in job.progress.rows if row.stage == "waiting"])[:_MOST_ACTIVE]
        while len(self._active) < len(rows):
            active = ActiveRow()
            self._rows.insertWidget(len(self._active), active)
            self._active.append(active)
        for at, shown in enumerate(self._active):
            shown.setVisible(at < len(rows))
            if at < len(rows):
                shown.show_row(rows[at])
        self._nothing.setVisible(not self._is_running and not self._refusals)

    def show_refusals(self, refusals: Sequence[Refusal]) -> None:
        """Show the files that were not added; rows that stay are kept.

        First come those that are added by themselves, then those to retry, then those that cannot be added; within each
        group the latest is first.
        """
        self._refusals = sorted(refusals, key=lambda refusal: (not refusal.waits, not refusal.can_retry))
        wanted = self._refusals[:_MOST_ROWS]
        ids = {refusal.id for refusal in wanted}
        for row in [row for row in self._refused if row.refusal_id not in ids]:
            self._refused.remove(row)
            self._rows.removeWidget(row)
            row.deleteLater()
        have = {row.refusal_id: row for row in self._refused}
        self._refused = []
        for at, refusal in enumerate(wanted):
            row = have.get(refusal.id) or self._refusal_row(refusal)
            self._refused.append(row)
            place = self._rows.indexOf(self._refused_head) + 1 + at
            if self._rows.indexOf(row) != place:
                self._rows.insertWidget(place, row)
        count = len(self._refusals)
        self._refused_head.setVisible(bool(count))
        self._refused_head.setText(_refused_heading(self._refusals))
        rest = count - len(wanted)
        self._more.setVisible(rest > 0)
        self._more.setText(words.tr("… and {count} more").format(count=formats.number(rest)))
        self._dismiss.setVisible(bool(count))
        self._retry.setVisible(len(self._retryable()) > 1)
        self._nothing.setVisible(not count and not self._is_running)

    def _refusal_row(self, refusal: Refusal) -> RefusalRow:
        made = RefusalRow(refusal)
        made.keep_requested.connect(self.keep_requested)
        made.retry_requested.connect(lambda refusal_id: self.retry_requested.emit([refusal_id]))
        made.dismiss_requested.connect(lambda refusal_id: self.dismiss_requested.emit([refusal_id]))
        return made

    def _retryable(self) -> list[str]:
        return [refusal.id for refusal in self._refusals if refusal.can_retry]

    def refused_names(self) -> list[str]:
        """Return the names of the files that are listed as not added."""
        return [refusal.name for refusal in self._refusals]

    def _head(self) -> QHBoxLayout:
        name = QLabel(words.tr("Transfers"))
        bold = name.font()
        bold.setWeight(bold.Weight.DemiBold)
        name.setFont(bold)
        self._retry = QPushButton(words.tr("Retry all"))
        self._retry.clicked.connect(lambda: self.retry_requested.emit(self._retryable()))
        self._dismiss = QPushButton(words.tr("Dismiss all"))
        self._dismiss.clicked.connect(lambda: self.dismiss_requested.emit([r.id for r in self._refusals]))
        cross = QToolButton()
        cross.setIcon(icons.icon("x", "muted"))
        cross.setAccessibleName(words.tr("Hide transfers"))
        cross.setToolTip(words.tr("Hide transfers"))
        cross.clicked.connect(self.close_requested)
        head = QHBoxLayout()
        head.setContentsMargins(scaled(24), scaled(6), scaled(16), scaled(6))
        head.setSpacing(scaled(12))
        head.addWidget(name)
        head.addStretch(1)
        head.addWidget(self._retry)
        head.addWidget(self._dismiss)
        head.addWidget(cross)
        return head


def _refused_heading(refusals: Sequence[Refusal]) -> str:
    waiting = sum(refusal.waits for refusal in refusals)
    refused = len(refusals) - waiting
    parts = []
    if refused:
        parts.append(
            words.tr("Not added: {count} files", "Not added: {count} file", refused).format(
                count=formats.number(refused)
            )
        )
    if waiting:
        parts.append(
            words.tr("Not finished yet: {count} files", "Not finished yet: {count} file", waiting).format(
                count=formats.number(waiting)
            )
        )
    return " · ".join(parts)
