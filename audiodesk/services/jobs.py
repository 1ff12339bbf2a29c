"""Runs long work as jobs: each has its own thread, can be cancelled, and reports its progress."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from audiodesk.domain.errors import AudioDeskError, BugError
from audiodesk.domain.events import JobsChanged
from audiodesk.domain.ids import new_id
from audiodesk.domain.job import JobKind, JobProgress, JobState, JobView
from audiodesk.services.bus import Bus

__all__ = ["Job", "Jobs"]

_log = logging.getLogger(__name__)
_MOST_DONE = 200
"""Finished jobs to remember until ``take_done`` is called; a command never calls it."""
_CLOSE_SECONDS = 10.0
"""How long closing waits for the jobs to stop: a disk that does not answer must not hold up the end."""


class Job:
    """One piece of long work. All methods may be called from any thread.

    The work looks at ``cancel`` between two steps, and calls ``tell`` or ``follow`` to say how far it is.
    """

    def __init__(
        self, kind: JobKind, title: str = "", *, job_id: str | None = None, cancel: threading.Event | None = None
    ) -> None:
        self.id = job_id or new_id()
        self.kind = kind
        self.title = title
        self.cancel = cancel or threading.Event()
        self.is_over = threading.Event()
        self.result: Any = None
        self.error: AudioDeskError | None = None
        self._started_at = time.monotonic()
        self._is_waiting = False
        self._end: JobState | None = None
        self._progress: Callable[[], JobProgress] = JobProgress

    def tell(self, progress: JobProgress) -> None:
        """Say how far the job is: the latest value counts."""
        self._progress = lambda: progress

    def follow(self, progress: Callable[[], JobProgress]) -> None:
        """Call ``progress`` from now on for the job's progress; it is called on other threads."""
        self._progress = progress

    def wait_for_turn(self, *, is_waiting: bool) -> None:
        """Say whether the job waits for another one."""
        self._is_waiting = is_waiting

    def stop(self) -> None:
        """Ask the work to stop; it does so between two steps."""
        self.cancel.set()

    @property
    def state(self) -> JobState:
        """The job's state now."""
        if self._end is not None:
            return self._end
        if self.cancel.is_set():
            return JobState.STOPPING
        return JobState.WAITING if self._is_waiting else JobState.RUNNING

    def view(self) -> JobView:
        """Return the job as it is now."""
        return JobView(self.id, self.kind, self.state, self._started_at, self.title, self._progress())

    def end(self, error: AudioDeskError | None = None) -> None:
        """Say that the work has ended."""
        self.error = error
        if self.cancel.is_set():
            self._end = JobState.CANCELLED
        else:
            self._end = JobState.DONE if error is None else JobState.FAILED
        self.is_over.set()


class Jobs:
    """The jobs of one library that run. Safe to use from any thread; ``bus`` is told when one begins or ends."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._lock = threading.Lock()
        self._running: dict[str, Job] = {}
        self._threads: dict[str, threading.Thread] = {}
        self._done: deque[JobView] = deque(maxlen=_MOST_DONE)
        self._is_closed = False

    def start(self, job: Job, work: Callable[[Job], Any], ended: Callable[[Job], object] = lambda _job: None) -> Job:
        """Do ``work(job)`` on a thread of its own; returns at once.

        ``ended`` is called on that thread after success and after failure. By then ``job.result`` holds what the work
        returned, or ``job.error`` why it failed. After ``close`` the job is cancelled before it begins.
        """

        def run() -> None:
            error: AudioDeskError | None = None
            try:
                job.result = work(job)
            except AudioDeskError as raised:
                error = raised
            except BaseException as raised:  # noqa: BLE001 - every end of the work is told
                _log.exception("The job %s failed", job.kind)
                error = BugError("unexpected", details=f"{type(raised).__name__}: {raised}")
            finally:
                self._end(job, error)
                ended(job)

        thread = threading.Thread(target=run, name=f"job {job.kind}", daemon=True)
        with self._lock:
            if self._is_closed:
                job.stop()
            self._running[job.id] = job
            self._threads[job.id] = thread
            thread.start()  # under the lock: ``close`` must not wait for a thread that has not begun
        self._bus.publish(JobsChanged())
        return job

    def add(self, job: Job) -> Job:
        """List a job that runs on other threads; their owner calls ``remove`` at its end."""
        with self._lock:
            self._running[job.id] = job
        self._bus.publish(JobsChanged())
        return job

    def remove(self, job: Job) -> None:
        """Say that a job that was added has ended."""
        self._end(job, None)

    def views(self) -> list[JobView]:
        """Return the jobs that run or wait, in the order in which they began."""
        with self._lock:
            jobs = list(self._running.values())
        return [job.view() for job in jobs]

    def take_done(self) -> list[JobView]:
        """Return the jobs that ended well since the last call, in order."""
        with self._lock:
            done = list(self._done)
            self._done.clear()
        return done

    def cancel(self, job_id: str) -> None:
        """Ask a job to stop; does nothing if it has ended."""
        with self._lock:
            job = self._running.get(job_id)
        if job is not None:
            job.stop()

    def close(self) -> None:
        """Cancel every job, and wait at most ten seconds for their threads. Idempotent."""
        with self._lock:
            self._is_closed = True
            jobs, threads = list(self._running.values()), list(self._threads.values())
        for job in jobs:
            job.stop()
        until = time.monotonic() + _CLOSE_SECONDS
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, until - time.monotonic()))
        if any(thread.is_alive() for thread in threads):
            _log.warning("A job does not stop; what it left is swept up at the next start")

    def _end(self, job: Job, error: AudioDeskError | None) -> None:
        job.end(error)
        view = job.view()
        with self._lock:
            if view.state is JobState.DONE:
                self._done.append(view)
            self._running.pop(job.id, None)
            self._threads.pop(job.id, None)
        self._bus.publish(JobsChanged())
