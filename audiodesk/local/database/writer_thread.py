"""One thread that runs pieces of work one after another, while the callers wait for the results."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from audiodesk.domain.errors import BugError

__all__ = ["WriterThread"]

T = TypeVar("T")


class _Job(Generic[T]):
    """A piece of work for the writer thread, and its result."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._done = threading.Event()
        self._result: T | None = None
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            self._result = self._work()
        except BaseException as error:  # noqa: BLE001 - it is raised again in the thread that asked
            self._error = error
        self._done.set()

    def result(self) -> T:
        self._done.wait()
        if self._error is not None:
            try:
                raise self._error
            finally:
                self._error = None  # else error and traceback keep each other, and the connection, alive
        return self._result  # type: ignore[return-value]  # it is T once there is no error


class WriterThread:
    """Runs from its creation until ``close``."""

    def __init__(self, name: str) -> None:
        self._jobs: queue.SimpleQueue[_Job[Any] | None] = queue.SimpleQueue()
        self._closed = False
        self._closing = threading.Lock()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def is_wanted(self) -> bool:
        """Whether work waits behind the present one."""
        return not self._jobs.empty()

    def ask(self, work: Callable[[], T]) -> T:
        """Run ``work()`` on the thread; return its result, or raise its error.

        Raises BugError "nested-write" on the thread itself, "library-closed" after ``close``.
        """
        if threading.current_thread() is self._thread:
            raise BugError("nested-write")
        job = _Job(work)
        with self._closing:  # what is put behind the end would be waited for without end
            if self._closed:
                raise BugError("library-closed")
            self._jobs.put(job)
        return job.result()

    def close(self) -> None:
        """Finish the pending work, and end. Idempotent."""
        with self._closing:
            if not self._closed:
                self._closed = True
                self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            job.run()
            del job  # else the last result stays alive until the next piece of work
