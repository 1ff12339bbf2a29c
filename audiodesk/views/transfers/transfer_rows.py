"""The rows of the Transfers dock: a job, a file in progress, and a file that was not added, with its reason."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from audiodesk.domain import words
from audiodesk.domain.audio.findings import Code
from audiodesk.domain.job import JobState, JobView
from audiodesk.domain.library.plan import ProgressRow
from audiodesk.domain.library.planning import printable
from audiodesk.domain.library.refusal import Refusal
from audiodesk.domain.library.take_check import worst_first
from audiodesk.domain.words import formats
from audiodesk.domain.words.audio.finding_words import finding_action, finding_sentence
from audiodesk.domain.words.program.job_words import job_progress_text, job_title
from audiodesk.views.parts import icons
from audiodesk.views.parts.labels import ElidedLabel
from audiodesk.views.parts.notice_card import Dot
from audiodesk.views.parts.theme import Role, scaled, set_tone, tabular

__all__ = ["ActiveRow", "JobRow", "RefusalRow", "percent"]


class _Row(QFrame):
    """A row 40 px high with the dock's margins."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "frame")
        self.setMinimumHeight(scaled(36))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.line = QHBoxLayout(self)
        self.line.setContentsMargins(scaled(24), scaled(2), scaled(16), scaled(2))
        self.line.setSpacing(scaled(16))


class JobRow(_Row):
    """One running job: its title, its bar, its progress in words, and a cross that cancels it.

    Signals:
        cancel_requested: cancel this job (job id).
    """

    cancel_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.job_id = ""
        self._name = ElidedLabel()
        self._name.setFixedWidth(scaled(280))
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._text = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self._text.setFont(tabular())
        self._text.setFixedWidth(scaled(240))
        set_tone(self._text, "muted")
        self._cross = QToolButton()
        self._cross.setIcon(icons.icon("x", "muted"))
        self._cross.clicked.connect(lambda: self.cancel_requested.emit(self.job_id))
        self.line.addWidget(self._name)
        self.line.addWidget(self._bar, 1)
        self.line.addWidget(self._text)
        self.line.addWidget(self._cross)

    def show_job(self, job: JobView) -> None:
        """Show the progress of the job."""
        self.job_id = job.id
        name = job_title(job)
        if self._name.text() != name:
            self._name.setText(name)
            self._bar.setAccessibleName(name)
            self._cross.setAccessibleName(words.tr("Cancel: {job}").format(job=name))
            self._cross.setToolTip(words.tr("Cancel"))
        fraction = job.progress.fraction
        self._bar.setRange(0, 0 if fraction is None and job.state is JobState.RUNNING else 1000)
        self._bar.setValue(int(1000 * (fraction or 0.0)))
        self._text.setText(job_progress_text(job, time.monotonic() - job.started_at))
        self._cross.setEnabled(job.state is not JobState.STOPPING)


class ActiveRow(_Row):
    """One file that is being copied or checked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = ElidedLabel()
        self._name.setFixedWidth(scaled(280))
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        self._text = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self._text.setFont(tabular())
        # As wide as text and cross of a job's row (without the scroll bar), so that all bars end at the same place.
        self._text.setFixedWidth(scaled(240 - 12) + self.line.spacing() + QToolButton().sizeHint().width())
        set_tone(self._text, "muted")
        self.line.addWidget(self._name)
        self.line.addWidget(self._bar, 1)
        self.line.addWidget(self._text)

    def show_row(self, row: ProgressRow) -> None:
        """Show the progress of this file."""
        name = f"{row.where} · {row.name}" if row.where else row.name
        if self._name.text() != name:
            self._name.setText(name)
            self._bar.setAccessibleName(name)
        self._bar.setValue(int(1000 * percent(row.bytes_done, row.size) / 100))
        self._text.setText(self._stage(row))

    def _stage(self, row: ProgressRow) -> str:
        if row.stage == "copying":
            return words.tr("{percent} % of {size}").format(
                percent=formats.number(int(percent(row.bytes_done, row.size))), size=formats.size(row.size)
            )
        if row.stage == "checking":
            return words.tr("Checking")
        if row.stage == "waiting":
            return words.tr("Waiting")
        return words.tr("Done")


class RefusalRow(_Row):
    """One file that was not added, or that will be added once it is finished: path, reason, and what to do.

    Signals:
        keep_requested: keep the sound part (refusal id).
        retry_requested: try to add it again (refusal id).
        dismiss_requested: remove it from the list (refusal id).
    """

    keep_requested = Signal(str)
    retry_requested = Signal(str)
    dismiss_requested = Signal(str)

    def __init__(self, refusal: Refusal, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.refusal_id = refusal.id
        self.setMinimumHeight(scaled(52))
        findings = worst_first(refusal.report.all_findings)
        sentence = finding_sentence(findings[0]) if findings else words.tr("It could not be added.")
        action = finding_action(findings[0]) if findings else ""
        self.line.setSpacing(scaled(8))
        self.line.addWidget(self._sign(refusal))
        name, folder = refusal.name, os.path.dirname(printable(refusal.path))  # noqa: PTH120 - Path drops the undecodable
        tone: Role = "muted" if refusal.waits else ("attention" if refusal.can_retry else "danger")
        self.line.addLayout(
            self._lines(name, folder, tip=printable(refusal.path), mode=Qt.TextElideMode.ElideMiddle, width=256)
        )
        self.line.addSpacing(scaled(8))
        tip = "\n".join(part for part in (sentence, action) if part)
        self.line.addLayout(self._lines(sentence, action, tip=tip, tone=tone), 1)
        for button in self._buttons(refusal):
            self.line.addWidget(button)
        self.setAccessibleName(" ".join((f"{refusal.name}: {sentence}", action)).strip())
        self.code: Code | None = findings[0].code if findings else None

    @staticmethod
    def _sign(refusal: Refusal) -> Dot:
        if refusal.waits:
            return Dot("clock", "muted")
        return Dot("triangle-alert", "attention") if refusal.can_retry else Dot("octagon-x", "danger")

    @staticmethod
    def _lines(
        first: str,
        second: str,
        *,
        tip: str,
        tone: Role = "text",
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        width: int = 0,
    ) -> QVBoxLayout:
        lines = QVBoxLayout()
        lines.setSpacing(0)
        for text, text_tone in ((first, tone), (second, "muted")):
            if text:
                label = ElidedLabel(text, mode=mode)
                set_tone(label, text_tone)
                label.setToolTip(tip)
                if width:
                    label.setFixedWidth(scaled(width))
                lines.addWidget(label)
        return lines

    def _buttons(self, refusal: Refusal) -> Iterator[QAbstractButton]:
        if refusal.report.rescue is not None:
            keep = QPushButton(
                words.tr("Keep the {length}").format(length=formats.duration(refusal.report.rescue.seconds))
            )
            keep.setToolTip(words.tr("Add the part that is sound as a repaired take; the damaged file is kept as well"))
            keep.clicked.connect(lambda: self.keep_requested.emit(self.refusal_id))
            yield keep
        if refusal.can_retry:
            retry = QPushButton(words.tr("Retry"))
            retry.setToolTip(words.tr("Add {name} again").format(name=refusal.name))
            retry.clicked.connect(lambda: self.retry_requested.emit(self.refusal_id))
            yield retry
        cross = QToolButton()
        cross.setIcon(icons.icon("x", "muted"))
        cross.setAccessibleName(words.tr("Dismiss {name}").format(name=refusal.name))
        cross.setToolTip(words.tr("Dismiss"))
        cross.clicked.connect(lambda: self.dismiss_requested.emit(self.refusal_id))
        yield cross


def percent(done: int, size: int) -> float:
    """Return how much of ``size`` is done, from 0 to 100."""
    return 100.0 if size <= 0 else min(100.0, 100.0 * done / size)
