"""Brings in this computer's library between two windows, with its progress in a small window of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QProgressBar, QWidget

from audiodesk.domain import words
from audiodesk.domain.words.server.adopt_words import bringing_in
from audiodesk.views.dialogs.dialog import GrowingDialog
from audiodesk.views.parts.theme import scaled

__all__ = ["BringingIn", "bring_in"]

_LOOK_MS = 50
_UNSEEN_SECONDS = 0.3
"""Work that ends sooner shows no window: a library that is only renamed."""

Tell = Callable[[int, int], None]


class _Stopped(Exception):  # noqa: N818 - no error
    """The person pressed Stop."""


class _Work:
    """The work on a thread of its own, and how far it is."""

    def __init__(self, work: Callable[[Tell], object]) -> None:
        self._work = work
        self._stop = threading.Event()
        self.progress = (0, 0)
        self.error: BaseException | None = None
        self.thread = threading.Thread(target=self._run, name="bringing-in")
        self.thread.start()

    def stop(self) -> None:
        """End it after the present file."""
        self._stop.set()

    def _run(self) -> None:
        try:
            self._work(self._tell)
        except BaseException as error:  # noqa: BLE001 - raised again on the main thread
            self.error = error

    def _tell(self, done: int, total: int) -> None:
        if self._stop.is_set():
            raise _Stopped
        self.progress = (done, total)


class BringingIn(GrowingDialog):
    """Shows the progress until the work has ended; Esc and the button stop it."""

    def __init__(self, work: _Work, parent: QWidget | None = None) -> None:
        super().__init__(
            words.tr("Bringing in this computer's library"),
            words.tr("Stopped half-way, it goes on at the next start. Nothing is lost."),
            parent,
        )
        self._work = work
        self._text = words.tr("Looking at what is there…")
        self.bar = QProgressBar()
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(words.tr("Bringing in"))
        self.body.addWidget(self.bar)
        self.button = self.add_closing(words.tr("Stop"))
        self.begin_work(self._text)
        self.setMinimumWidth(scaled(460))
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(_LOOK_MS)

    def reject(self) -> None:
        """Qt: Esc or the button: stop; the window closes when the present file is done."""
        self.button.setEnabled(False)
        self._work.stop()

    def _look(self) -> None:
        if not self._work.thread.is_alive():
            self._timer.stop()
            self.accept()
            return
        done, total = self._work.progress
        if total and (text := bringing_in(done, total)) != self._text:
            self._text = text
            self.bar.setRange(0, total)
            self.bar.setValue(done)
            self.begin_work(text)


def bring_in(work: Callable[[Tell], object]) -> bool:
    """Do the work and show its progress; return False if the person stopped it. Raises what the work raises."""
    running = _Work(work)
    running.thread.join(_UNSEEN_SECONDS)
    if running.thread.is_alive():
        dialog = BringingIn(running)
        dialog.exec()
        dialog.deleteLater()
    running.thread.join()
    if isinstance(running.error, _Stopped):
        return False
    if running.error is not None:
        raise running.error
    return True
