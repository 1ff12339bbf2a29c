"""The line of the Transfers dock for finished work: the number of jobs and the last one, which unfolds into all."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from audiodesk.domain import words
from audiodesk.domain.job import JobView
from audiodesk.domain.words.program.job_words import finished_count, finished_last, job_title
from audiodesk.views.parts import icons
from audiodesk.views.parts.labels import ElidedLabel, muted
from audiodesk.views.parts.theme import scaled, set_tone
from audiodesk.views.parts.times import short_moment

__all__ = ["FinishedLine"]

_MOST = 50
"""How many finished jobs are listed; the number on the line counts all."""


class FinishedLine(QFrame):
    """Lists finished jobs; hidden while there are none, and folded until the person opens it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "frame")
        self._done: list[str] = []
        self._count = 0
        self._fold = QToolButton()
        self._fold.setCheckable(True)
        self._fold.toggled.connect(lambda _is_open: self._show())
        self._text = QLabel()
        set_tone(self._text, "safe")
        self._last = muted()
        clear = QPushButton(words.tr("Clear"))
        clear.clicked.connect(self.clear)
        line = QHBoxLayout()
        line.setSpacing(scaled(8))
        line.addWidget(self._fold)
        line.addWidget(self._text)
        line.addWidget(self._last, 1)
        line.addWidget(clear)
        self._list = QVBoxLayout()
        self._list.setContentsMargins(scaled(28), 0, 0, 0)
        self._list.setSpacing(scaled(4))
        inside = self._inside = QWidget()
        inside.setLayout(self._list)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(24), scaled(2), scaled(16), scaled(2))
        layout.setSpacing(scaled(4))
        layout.addLayout(line)
        layout.addWidget(inside)
        self._show()

    def add(self, jobs: Sequence[JobView]) -> None:
        """Add finished jobs, the latest last."""
        for job in jobs:
            moment = short_moment(int(time.time() * 1000))
            self._done.insert(0, finished_last(job_title(job), moment))
        self._count += len(jobs)
        del self._done[_MOST:]
        self._show()

    def clear(self) -> None:
        """Remove all jobs."""
        self._done, self._count = [], 0
        self._fold.setChecked(False)
        self._show()

    def lines(self) -> list[str]:
        """Return the visible texts: the line and, while it is unfolded, the jobs below it."""
        if not self._count:
            return []
        jobs = self._done if self._fold.isChecked() else []
        return [f"{self._text.text()} {self._last.text()}".strip(), *jobs]

    def _show(self) -> None:
        is_open = self._fold.isChecked()
        self.setVisible(self._count > 0)
        self._text.setText(finished_count(self._count))
        self._last.setText(words.tr("last: {job}").format(job=self._done[0]) if self._done and not is_open else "")
        self._fold.setIcon(icons.icon("chevron-down" if is_open else "chevron-right", "muted"))
        verb = words.tr("Hide what is finished") if is_open else words.tr("Show what is finished")
        self._fold.setToolTip(verb)
        self._fold.setAccessibleName(verb)
        while (item := self._list.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for text in self._done if is_open else ():
            label = ElidedLabel(text)
            set_tone(label, "muted")
            self._list.addWidget(label)
        self._inside.setVisible(is_open)
