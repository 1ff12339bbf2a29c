"""The Transfers dock: what is being copied into the library, and what was not added and why."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from audiodesk.domain import formats
from audiodesk.domain.plan import Progress
from audiodesk.domain.refusal import Refusal
from audiodesk.domain.words import trn
from audiodesk.views import icons
from audiodesk.views.labels import ElidedLabel, muted
from audiodesk.views.theme import scaled, set_tone, tabular
from audiodesk.views.transfer_rows import ActiveRow, RefusalRow, percent

__all__ = ["TransfersView"]

_MOST_ACTIVE = 6
"""Rows of files that move or are next: more than these is noise."""
_MOST_ROWS = 40
"""Rows of files that were not added; the number of the others is said."""


class TransfersView(QFrame):
    """Is told the latest numbers; asks to cancel, to keep and to dismiss.

    Signals:
        cancel_requested: the running imports are to stop (nothing).
        keep_requested: the sound part of a file that was not added is to be kept (refusal id).
        dismiss_requested: these need not be listed any more (list of refusal ids).
        close_requested: the dock is to be hidden (nothing).
    """

    cancel_requested = Signal()
    keep_requested = Signal(str)
    dismiss_requested = Signal(object)
    close_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "frame")
        self.setAccessibleName(self.tr("Transfers"))
        self._refusals: list[Refusal] = []
        self._active: list[ActiveRow] = []
        self._refused: list[RefusalRow] = []
        self._nothing = muted(
            self.tr("Nothing is on its way. Files that you add are listed here while they are copied.")
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
        self._rows.addStretch(1)
        inside = QWidget()
        inside.setProperty("pane", "frame")
        inside.setLayout(self._rows)
        area = QScrollArea()
        area.setProperty("pane", "frame")
        area.setAccessibleName(self.tr("Files on their way and files not added"))
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._head())
        layout.addWidget(area, 1)
        self.setMinimumHeight(scaled(112))
        self.show_progress([])
        self.show_refusals([])

    def show_progress(self, jobs: Sequence[Progress]) -> None:
        """Show the latest numbers of all running imports; none: nothing is on its way."""
        is_running = bool(jobs)
        self._all.setVisible(is_running)
        self._cancel.setVisible(is_running)
        if is_running:
            size, done = sum(job.size for job in jobs), sum(job.done for job in jobs)
            self._all.setValue(int(10 * percent(done, size)))
            self._summary.setText(_summary(jobs, size, done))
            is_cancelling = all(job.cancelling for job in jobs)
            self._cancel.setEnabled(not is_cancelling)
        else:
            self._summary.setText("")
        rows = [row for job in jobs for row in job.active if row.stage in ("copying", "checking")]
        rows = (rows + [row for job in jobs for row in job.active if row.stage == "waiting"])[:_MOST_ACTIVE]
        while len(self._active) < len(rows):
            made = ActiveRow()
            self._rows.insertWidget(len(self._active), made)
            self._active.append(made)
        for at, shown in enumerate(self._active):
            shown.setVisible(at < len(rows))
            if at < len(rows):
                shown.show_row(rows[at])
        self._nothing.setVisible(not is_running and not self._refusals)

    def show_refusals(self, refusals: Sequence[Refusal]) -> None:
        """Show the files that were not added, the latest first; rows that stay are kept."""
        self._refusals = list(refusals)
        wanted = list(refusals)[:_MOST_ROWS]
        ids = {refusal.id for refusal in wanted}
        for row in [row for row in self._refused if row.refusal_id not in ids]:
            self._refused.remove(row)
            self._rows.removeWidget(row)
            row.deleteLater()
        have = {row.refusal_id for row in self._refused}
        for at, refusal in enumerate(wanted):
            if refusal.id not in have:
                made = RefusalRow(refusal)
                made.keep_requested.connect(self.keep_requested)
                made.dismiss_requested.connect(lambda refusal_id: self.dismiss_requested.emit([refusal_id]))
                self._refused.insert(at, made)
                self._rows.insertWidget(self._rows.indexOf(self._refused_head) + 1 + at, made)
        count = len(self._refusals)
        self._refused_head.setVisible(bool(count))
        self._refused_head.setText(_refused_heading(self._refusals))
        rest = count - len(wanted)
        self._more.setVisible(rest > 0)
        self._more.setText(self.tr("… and {count} more").format(count=formats.number(rest)))
        self._dismiss.setVisible(bool(count))
        self._nothing.setVisible(not count and not self._all.isVisibleTo(self))

    def refused_names(self) -> list[str]:
        """Return the names of the files that are listed as not added."""
        return [refusal.name for refusal in self._refusals]

    def _head(self) -> QHBoxLayout:
        name = QLabel(self.tr("Transfers"))
        bold = name.font()
        bold.setWeight(bold.Weight.DemiBold)
        name.setFont(bold)
        self._summary = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self._summary.setFont(tabular())
        set_tone(self._summary, "muted")
        self._all = QProgressBar()
        self._all.setTextVisible(False)
        self._all.setRange(0, 1000)
        self._all.setFixedWidth(scaled(200))
        self._all.setAccessibleName(self.tr("All files"))
        self._cancel = QPushButton(self.tr("Cancel import"))
        self._cancel.clicked.connect(self.cancel_requested)
        self._dismiss = QPushButton(self.tr("Dismiss all"))
        self._dismiss.clicked.connect(lambda: self.dismiss_requested.emit([r.id for r in self._refusals]))
        cross = QToolButton()
        cross.setIcon(icons.icon("x", "muted"))
        cross.setAccessibleName(self.tr("Hide transfers"))
        cross.setToolTip(self.tr("Hide transfers"))
        cross.clicked.connect(self.close_requested)
        head = QHBoxLayout()
        head.setContentsMargins(scaled(24), scaled(6), scaled(16), scaled(6))
        head.setSpacing(scaled(12))
        head.addWidget(name)
        head.addWidget(self._summary, 1)
        head.addWidget(self._all)
        head.addWidget(self._cancel)
        head.addWidget(self._dismiss)
        head.addWidget(cross)
        return head


def _refused_heading(refusals: Sequence[Refusal]) -> str:
    waiting = sum(refusal.waits for refusal in refusals)
    refused = len(refusals) - waiting
    parts = []
    if refused:
        parts.append(
            trn("Not added: {count} file", "Not added: {count} files", refused).format(count=formats.number(refused))
        )
    if waiting:
        parts.append(
            trn("Not finished yet: {count} file", "Not finished yet: {count} files", waiting).format(
                count=formats.number(waiting)
            )
        )
    return " · ".join(parts)


def _summary(jobs: Sequence[Progress], size: int, done: int) -> str:
    files, files_done = sum(job.files for job in jobs), sum(job.files_done for job in jobs)
    parts = [
        trn("{done} of {count} file", "{done} of {count} files", files).format(
            done=formats.number(files_done), count=formats.number(files)
        ),
        f"{formats.size(done)} / {formats.size(size)}",
    ]
    passed = time.monotonic() - min(job.started_at for job in jobs)
    if passed > 2 and 0 < done < size:
        seconds = passed * (size - done) / done
        parts.append(_left(seconds))
    return " · ".join(parts)


def _left(seconds: float) -> str:
    if seconds < 60:
        count = max(1, round(seconds / 5) * 5)
        return trn("about {count} s left", "about {count} s left", count).format(count=formats.number(count))
    count = max(1, round(seconds / 60))
    return trn("about {count} min left", "about {count} min left", count).format(count=formats.number(count))
