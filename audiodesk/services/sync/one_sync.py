"""One sync from start to end, for a command: waits for another process, tries again a little, and can be stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable

from audiodesk.domain.errors import AudioDeskError, OutsideError
from audiodesk.domain.sync.state import SyncOutcome, SyncProgress
from audiodesk.services.sync.engine import Engine
from audiodesk.services.sync.hourly import Hourly
from audiodesk.services.sync.synchronizer import Lock

__all__ = ["OneSync"]

_TRIES = 3
_LONGEST_PAUSE = 5.0
_TRIED_AGAIN = frozenset({"connection-lost", "server-busy", "server-silent"})
_LOOK_SECONDS = 0.1
_FAREWELL_SECONDS = 2.0
"""After a stop a request may still be answered within this time; then it is left behind."""


class OneSync:
    """``engine`` and ``hourly`` are made on the thread that syncs."""

    def __init__(self, engine: Callable[[], Engine], hourly: Callable[[str], Hourly], lock: Lock) -> None:
        self._make_engine = engine
        self._make_hourly = hourly
        self._lock = lock
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
            outcome = _persistently(lambda: engine.run(progress), cancel)
            if not cancel.is_set():
                self._make_hourly(engine.device).run()
            return outcome
        finally:
            self._lock.release()


def _persistently(run: Callable[[], SyncOutcome], cancel: threading.Event) -> SyncOutcome:
    """Return what ``run`` returns; try again a few times where the trouble may pass."""
    for _ in range(_TRIES - 1):
        try:
            return run()
        except AudioDeskError as error:
            if error.code not in _TRIED_AGAIN or not isinstance(error, OutsideError):
                raise
            if cancel.wait(min(error.retry_after or 1.0, _LONGEST_PAUSE)):
                raise
    return run()
