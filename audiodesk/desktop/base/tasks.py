"""Work off the main thread whose answers always come back on it: ``tasks.run(work).done(f).failed(g)``."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, Literal

from PySide6.QtCore import QObject, Qt, Signal, Slot

from audiodesk.domain.errors import AudioDeskError, BugError

__all__ = ["Lane", "Task", "Tasks"]

_log = logging.getLogger(__name__)

Lane = Literal["edit", "read", "show", "count"]
"""Work of one lane is done in the order in which it was asked for.

``edit`` writes the library, ``read`` fills lists, ``show`` is for what the person looks at right now, and ``count`` for
numbers that may come later. What may take longer than a second is a job: see ``job_runner``.
"""

_OTHERS_END_SECONDS = 2.0
"""How long closing waits for work that is no edit: nobody wants its answer any more."""


class Task:
    """One piece of work that was asked for; its handlers run on the main thread, after ``run`` has returned."""

    def __init__(self, work: Callable[[], Any], lane: Lane | None = None) -> None:
        self.work = work
        self.lane = lane
        self.on_done: Callable[[Any], object] | None = None
        self.on_failed: Callable[[AudioDeskError], object] | None = None
        self.forgotten = False

    def done(self, handler: Callable[[Any], object]) -> Task:
        """Call ``handler(result)`` when the work has succeeded."""
        self.on_done = handler
        return self

    def failed(self, handler: Callable[[AudioDeskError], object]) -> Task:
        """Call ``handler(error)`` when it has not; without this the window's own handler is told."""
        self.on_failed = handler
        return self

    def forget(self) -> None:
        """Drop the answer: nobody waits for it any more. Work that has not begun is left out."""
        self.forgotten = True


class Tasks(QObject):
    """One thread for each lane, started when first needed.

    Signals:
        failed: an error that no handler of its own was waiting for (AudioDeskError).
        edits_finished: every edit that was asked for has ended, and its handlers were called (whether one of them
            failed since this was last told).
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
        self._answered.connect(self._on_answered, Qt.ConnectionType.QueuedConnection)

    @property
    def is_idle(self) -> bool:
        """Whether no answer is outstanding."""
        return self._running == 0

    @property
    def has_edits(self) -> bool:
        """Whether an edit that was asked for has not ended yet."""
        return self._edits > 0

    def start(self, work: Callable[[], Any], lane: Lane = "read") -> Task:
        """Have ``work`` done on the thread of ``lane``; call on the main thread."""
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

    def expect(self) -> Task:
        """Return a task whose work is done elsewhere; ``answer`` must follow. Call on the main thread."""
        self._running += 1
        return Task(lambda: None)

    def answer(self, task: Task, result: Any, error: BaseException | None) -> None:
        """Give the answer of a task, from any thread: ``error`` where it is not None, else ``result``."""
        with contextlib.suppress(RuntimeError):  # the window is gone
            self._answered.emit(task, result, error)

    def close(self) -> None:
        """Finish every edit that was asked for, however long it takes; give everything else up. Drops all answers.

        Blocks. A window that is closed by a person waits for ``edits_finished`` first, so that it can be painted.
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
            if self._closed and lane != "edit":  # an edit that was asked for is done, also while closing
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
