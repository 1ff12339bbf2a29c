"""Runs work off the main thread and delivers its result on it: ``tasks.start(work).done(f).failed(g)``."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, Literal

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from audiodesk.domain.errors import AudioDeskError, BugError

__all__ = ["Lane", "Task", "Tasks"]

_log = logging.getLogger(__name__)

Lane = Literal["edit", "read", "show", "count"]
"""The tasks of one lane run in the order of the requests.

``edit`` writes the library, ``read`` fills lists, ``show`` reads what the person is looking at, and ``count`` reads
numbers that may come later. Work that may take longer than a second is a job: see ``job_runner``.
"""

_TURN_SECONDS = 0.008
"""How long answers may be handed over at a stretch; half of a screen's refresh."""
_OTHERS_END_SECONDS = 2.0
"""How long closing waits for work other than edits, whose results are not needed any more."""


class Task:
    """One piece of requested work; its handlers run on the main thread, after ``start`` has returned."""

    def __init__(self, work: Callable[[], Any], lane: Lane | None = None) -> None:
        self.work = work
        self.lane = lane
        self.on_done: Callable[[Any], object] | None = None
        self.on_failed: Callable[[AudioDeskError], object] | None = None
        self.forgotten = False
        self.job_id = ""
        """The job that does the work; empty if a lane does it."""

    def done(self, handler: Callable[[Any], object]) -> Task:
        """Call ``handler(result)`` when the work has succeeded."""
        self.on_done = handler
        return self

    def failed(self, handler: Callable[[AudioDeskError], object]) -> Task:
        """Call ``handler(error)`` when the work has failed; without it ``Tasks.failed`` is emitted."""
        self.on_failed = handler
        return self

    def forget(self) -> None:
        """Drop the result, because it is not needed any more; skip the work if it has not begun."""
        self.forgotten = True


class Tasks(QObject):
    """One thread for each lane, started when first needed.

    Signals:
        failed: a task failed that has no handler for it (AudioDeskError).
        edits_finished: every requested edit has ended and its handlers were called (whether one of them failed since
        the last time).
    """

    failed = Signal(object)
    edits_finished = Signal(bool)
    _answered = Signal(object, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._queues: dict[Lane, SimpleQueue[Task | None]] = {}
        self._threads: dict[Lane, threading.Thread] = {}
        self._running = 0
        self._edits = 0
        self._has_edit_failed = False
        self._closed = False
        self._answers: deque[tuple[Task, Any, BaseException | None]] = deque()
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.setInterval(0)
        self._turn.timeout.connect(self._deliver)
        self._answered.connect(self._on_answered, Qt.ConnectionType.QueuedConnection)

    @property
    def is_idle(self) -> bool:
        """Whether every result was delivered."""
        return self._running == 0

    @property
    def has_edits(self) -> bool:
        """Whether a requested edit has not ended yet."""
        return self._edits > 0

    def start(self, work: Callable[[], Any], lane: Lane = "read") -> Task:
        """Run ``work`` on the thread of ``lane``; call this on the main thread."""
        task = Task(work, lane)
        if self._closed:
            return task
        queue = self._queues.get(lane)
        if queue is None:
            queue = self._queues[lane] = SimpleQueue()
            thread = threading.Thread(target=self._work, args=(queue, lane), name=f"window-{lane}", daemon=True)
            self._threads[lane] = thread
            thread.start()
        self._running += 1
        self._edits += lane == "edit"
        queue.put(task)
        return task

    def start_apart(self, work: Callable[[], Any]) -> Task:
        """Run ``work`` on a thread of its own; call this on the main thread.

        For a question to the server or the keyring, which may not answer for a long time: closing the window does
        not wait for it.
        """
        task = self.expect()

        def run(work: Callable[[], Any]) -> None:
            result: Any = None
            error: BaseException | None = None
            try:
                result = work()
            except BaseException as raised:  # noqa: BLE001 - every end of the work is an answer
                error = raised
            del work  # it may hold a password
            self.answer(task, result, error)

        threading.Thread(target=run, args=(work,), name="window-apart", daemon=True).start()
        return task

    def expect(self) -> Task:
        """Return a task for work done elsewhere; ``answer`` must follow. Call this on the main thread."""
        self._running += 1
        return Task(lambda: None)

    def answer(self, task: Task, result: Any, error: BaseException | None) -> None:
        """End a task from any thread: with ``error`` if it is not None, else with ``result``."""
        with contextlib.suppress(RuntimeError):  # the window is gone already
            self._answered.emit(task, result, error)

    def close(self) -> None:
        """Finish every requested edit, however long it takes; skip all other work and drop all results.

        Blocks. When a person closes the window, wait for ``edits_finished`` first, so that the window can be painted.
        """
        self._closed = True
        for queue in self._queues.values():
            queue.put(None)
        if (edits := self._threads.pop("edit", None)) is not None:
            edits.join()
        until = time.monotonic() + _OTHERS_END_SECONDS
        for thread in self._threads.values():
            thread.join(max(0.0, until - time.monotonic()))
        self._threads.clear()

    def _work(self, queue: SimpleQueue[Task | None], lane: Lane) -> None:
        while (task := queue.get()) is not None:
            if self._closed and lane != "edit":  # requested edits are done even while closing
                return
            result: Any = None
            error: BaseException | None = None
            if not task.forgotten:
                try:
                    result = task.work()
                except BaseException as raised:  # noqa: BLE001 - every end of the work is an answer
                    error = raised
            self.answer(task, result, error)

    @Slot(object, object, object)
    def _on_answered(self, task: Task, result: Any, error: BaseException | None) -> None:
        self._answers.append((task, result, error))
        self._turn.start()

    def _deliver(self) -> None:
        """Hand over answers for some milliseconds, then let the window paint and take input before the next ones.

        Qt would deliver all that have arrived in one go: opening a project with 20 chapters then stops the window for
        20 answers in a row.
        """
        until = time.monotonic() + _TURN_SECONDS
        while self._answers:
            answer = self._answers.popleft()
            if self._answers:
                self._turn.start()  # first, because a handler may open a dialog with an event loop of its own
            self._end(*answer)
            if time.monotonic() >= until:
                return

    def _end(self, task: Task, result: Any, error: BaseException | None) -> None:
        self._running -= 1
        try:
            if not self._closed and not task.forgotten:
                self._answer(task, result, error)
        finally:
            if task.lane == "edit":
                self._edit_ended(has_failed=error is not None)

    def _edit_ended(self, *, has_failed: bool) -> None:
        self._edits -= 1
        self._has_edit_failed |= has_failed
        if not self._edits:
            failed, self._has_edit_failed = self._has_edit_failed, False
            self.edits_finished.emit(failed)

    def _answer(self, task: Task, result: Any, error: BaseException | None) -> None:
        if error is None:
            if task.on_done is not None:
                task.on_done(result)
            return
        known = error if isinstance(error, AudioDeskError) else _bug(error)
        if task.on_failed is not None:
            task.on_failed(known)
        else:
            self.failed.emit(known)


def _bug(error: BaseException) -> BugError:
    _log.error("Work of the window failed", exc_info=error)
    return BugError("unexpected", details=f"{type(error).__name__}: {error}")
