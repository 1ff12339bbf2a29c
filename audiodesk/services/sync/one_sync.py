"""One sync from start to end, for a command: waits for another process, tries again a little, and can be stopped."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Literal

from audiodesk.domain.errors import OutsideError
from audiodesk.domain.sync.state import SyncOutcome, SyncProgress
from audiodesk.services.sync.engine import Engine
from audiodesk.services.sync.hourly import Hourly
from audiodesk.services.sync.synchronizer import Lock

__all__ = ["OneSync"]

_TRIES = 3
_LONGEST_PAUSE = 5.0
_TRIED_AGAIN = frozenset({"connection-lost", "server-busy"})
_SILENT = "server-silent"
_SILENT_SECONDS, _SILENT_PAUSE = 25.0, 1.0
"""A server that was silent for longer is not asked again. One that was silent for the time of one request may have been
waking up; then the second request is answered soon, or the person waits for nothing."""
_LOOK_SECONDS = 0.1
_FAREWELL_SECONDS = 2.0
"""After a stop a request may still be answered within this time; then it is left behind."""


class OneSync:
    """``engine`` and ``hourly`` are made on the thread that syncs; ``wait`` sets how long each answer is waited for."""

    def __init__(
        self,
        engine: Callable[[], Engine],
        hourly: Callable[[str], Hourly],
        lock: Lock,
        *,
        wait: Callable[[Literal["short", "long"]], object] = lambda _patience: None,
    ) -> None:
        self._make_engine = engine
        self._make_hourly = hourly
        self._lock = lock
        self._wait = wait
        self._engine: Engine | None = None

    def run(
        self, cancel: threading.Event, progress: Callable[[SyncProgress], object] = lambda _progress: None
    ) -> SyncOutcome | None:
        """Sync until nothing is left and return what was done; None if ``cancel`` was set before.

        While another process syncs this library, it waits for that. Raises AudioDeskError.
        """
        outcomes: list[SyncOutcome] = []
        errors: list[BaseException] = []

        def work() -> None:
            try:
                outcomes.append(self._sync(cancel, progress))
            except BaseException as error:  # noqa: BLE001 - raised again by whoever waits
                errors.append(error)

        thread = threading.Thread(target=work, name="sync", daemon=True)
        thread.start()
        while thread.is_alive() and not cancel.is_set():
            thread.join(_LOOK_SECONDS)
        if cancel.is_set():
            if self._engine is not None:
                self._engine.stop.set()
            thread.join(_FAREWELL_SECONDS)
            return None
        if errors:
            raise errors[0]
        return outcomes[0]

    def _sync(self, cancel: threading.Event, progress: Callable[[SyncProgress], object]) -> SyncOutcome:
        while not self._lock.acquire():
            if cancel.wait(_LOOK_SECONDS):
                return SyncOutcome()
        try:
            self._engine = engine = self._make_engine()
            outcome = self._persistently(engine, cancel, progress)
            if not cancel.is_set():
                self._make_hourly(engine.device).run()
            return outcome
        finally:
            self._lock.release()

    def _persistently(
        self, engine: Engine, cancel: threading.Event, progress: Callable[[SyncProgress], object]
    ) -> SyncOutcome:
        """Sync; try again a few times where the trouble may pass, after a silence only once and with less patience."""
        heard_at, is_hurried = time.monotonic(), False

        def tell(done: SyncProgress) -> None:
            nonlocal heard_at, is_hurried
            heard_at = time.monotonic()
            if is_hurried:
                is_hurried = False
                self._wait("long")
            progress(done)

        for _ in range(_TRIES - 1):
            try:
                return engine.run(tell)
            except OutsideError as error:
                pause = min(error.retry_after or 1.0, _LONGEST_PAUSE)
                if error.code == _SILENT and not is_hurried and time.monotonic() - heard_at < _SILENT_SECONDS:
                    is_hurried, pause = True, _SILENT_PAUSE
                    self._wait("short")
                elif error.code not in _TRIED_AGAIN:
                    raise
                if cancel.wait(pause):
                    raise
        return engine.run(tell)
