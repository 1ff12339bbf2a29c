"""Adds files that were unfinished when they were dropped, once they are finished, while the window is open."""

from __future__ import annotations

import logging
import math
import threading
import time

from audiodesk.domain.audio.findings import Code
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.events import ImportFinished, RefusalsChanged
from audiodesk.domain.library.plan import ImportPlan, PlannedFile
from audiodesk.domain.library.planning import renamed
from audiodesk.domain.library.refusal import Refusal
from audiodesk.services.bus import Bus
from audiodesk.services.importing.importer import Importer
from audiodesk.system.dropped_files import Identity, identity_of, size_of, true_name
from audiodesk.system.writers import RestWatch

__all__ = ["WaitingFiles"]

_log = logging.getLogger(__name__)
_LOOK_SECONDS = 1.0
_AFTER_FAILURE = 60.0
"""Seconds until a file that could not be added is tried again, because each try copies all of it."""


class WaitingFiles:
    """A thread that looks once a second at the refusals that wait, and sleeps while there are none.

    They are in the database, so that a later window goes on with them. A finished file is imported to where it was to
    go. A file with a name such as ".part" is followed to its true name in the same folder, and forgotten when it is
    gone. A file that could not be added is tried again after a minute; after a cancel, only by a later window.
    """

    def __init__(self, importer: Importer, bus: Bus, rest: RestWatch, *, look_seconds: float = _LOOK_SECONDS) -> None:
        self._importer = importer
        self._rest = rest
        self._look_seconds = look_seconds
        self._changed = threading.Event()
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._under_way: dict[str, frozenset[str]] = {}  # ids of refusals, by the id of their import
        self._not_before: dict[str, float] = {}  # by the id of the refusal
        self._identities: dict[str, Identity] = {}
        self._thread: threading.Thread | None = None
        self._unsubscribe = [
            bus.subscribe(RefusalsChanged, lambda _event: self._changed.set()),
            bus.subscribe(ImportFinished, self._finished),
        ]

    def start(self) -> None:
        """Begin to look; returns at once."""
        with self._lock:  # ``close`` may come first
            if self._thread is None and not self._stop.is_set():
                self._thread = threading.Thread(target=self._run, name="waiting files", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Stop looking. Idempotent."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        with self._lock:
            self._stop.set()
            thread = self._thread
        self._changed.set()
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._changed.clear()
            waiting: list[Refusal] = []
            try:
                waiting = [refusal for refusal in self._importer.refusals() if refusal.waits]
                self._look(waiting)
            except AudioDeskError as error:
                _log.warning("files that are not finished are looked at later: %s", error)
            except Exception:  # noqa: BLE001 - no worker ends in silence
                _log.exception("files that are not finished could not be looked at")
            if waiting:
                self._stop.wait(self._look_seconds)
            else:
                self._changed.wait()

    def _look(self, waiting: list[Refusal]) -> None:
        now = time.monotonic()
        with self._lock:
            under_way = frozenset().union(*self._under_way.values())
            later = {refusal_id for refusal_id, until in self._not_before.items() if until > now}
        ready: dict[str, PlannedFile] = {}
        for refusal in waiting:
            if refusal.id in under_way or refusal.id in later or self._stop.is_set():
                continue
            if any(finding.code is Code.NOT_FINISHED for finding in refusal.report.findings):
                self._follow(refusal)
            elif self._rest.is_resting(refusal.path):
                ready[refusal.id] = PlannedFile(refusal.path, refusal.name, size_of(refusal.path), refusal.place)
        if ready:
            with self._lock:  # so that the import's end is handled after its id is stored
                job_id = self._importer.start(ImportPlan(None, tuple(ready.values())))
                self._under_way[job_id] = frozenset(ready)

    def _follow(self, refusal: Refusal) -> None:
        identity = identity_of(refusal.path)
        if identity is not None:
            self._identities[refusal.id] = identity
            return
        path = true_name(refusal.path, self._identities.pop(refusal.id, None))
        if path is None:
            self._importer.dismiss([refusal.id])
            return
        known = PlannedFile(refusal.path, refusal.name, refusal.report.size, refusal.place)
        self._importer.wait_for(refusal.id, renamed(known, path, size_of(path)))

    def _finished(self, event: ImportFinished) -> None:
        with self._lock:
            tried = self._under_way.pop(event.job_id, frozenset())
            if event.cancelled or event.failed:
                until = math.inf if event.cancelled else time.monotonic() + _AFTER_FAILURE
                self._not_before.update(dict.fromkeys(tried, until))
        self._changed.set()
