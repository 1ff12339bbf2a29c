"""Watches the library while a window is open: commits of other processes, its file going away, the daily copy."""

from __future__ import annotations

import logging
import threading
import time

from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.events import LibraryChangedElsewhere, LibraryCondition
from audiodesk.local.database.database import Database
from audiodesk.services.bus import Bus
from audiodesk.services.care.list_copier import copy_if_due

__all__ = ["LibraryWatch"]

_log = logging.getLogger(__name__)
_COPY_SECONDS = 3600.0


class LibraryWatch:
    """Looks every ``every`` seconds. While nothing happens, a look is one ``stat`` each for the list and its log.

    Publishes ``LibraryCondition`` when the library can no longer be written, and when it can again.
    """

    def __init__(self, database: Database, bus: Bus, *, every: float = 0.5) -> None:
        self._database = database
        self._bus = bus
        self._every = every
        self._said = ""
        self._copied_at = time.monotonic()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="library watch", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def close(self) -> None:
        """Stop watching, and wait for the last look at the database to end."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        self._tell_condition()
        while not self._stop.wait(self._every):
            try:
                self._look()
            except AudioDeskError as error:
                _log.warning("could not look after the library: %s", error)
            except Exception:  # noqa: BLE001 - a bug of ours must not end the watching in silence
                _log.exception("looking after the library failed")

    def _look(self) -> None:
        changed = self._database.look()
        self._tell_condition()
        if self._database.changed_elsewhere() or (changed and self._said != "library-gone"):
            self._bus.publish(LibraryChangedElsewhere())
        if time.monotonic() - self._copied_at >= _COPY_SECONDS:
            self._copied_at = time.monotonic()
            copy_if_due(self._database)

    def _tell_condition(self) -> None:
        trouble = self._database.trouble
        code = "" if trouble is None else trouble.code
        if code != self._said:
            before, self._said = self._said, code
            self._bus.publish(LibraryCondition(trouble, before))
