"""Notices that another process wrote to the library, and says so on the bus."""

from __future__ import annotations

import logging
import threading

from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.events import LibraryChangedElsewhere
from audiodesk.local.database import Database
from audiodesk.services.bus import Bus

__all__ = ["LibraryWatch"]

_log = logging.getLogger(__name__)


class LibraryWatch:
    """Looks at the write-ahead log's time and size every ``every`` seconds, and asks SQLite only when they moved."""

    def __init__(self, database: Database, bus: Bus, *, every: float = 0.5) -> None:
        self._database = database
        self._bus = bus
        self._every = every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="library watch", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def close(self) -> None:
        """Stop watching, and wait until nothing is asked of the database any more."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._every):
            try:
                changed = self._database.changed_elsewhere()
            except AudioDeskError as error:
                _log.warning("could not look for changes of other processes: %s", error)
                continue
            except Exception:  # noqa: BLE001 - a bug of ours must not end the watching in silence
                _log.exception("looking for changes of other processes failed")
                continue
            if changed:
                self._bus.publish(LibraryChangedElsewhere())
