"""Uploads by itself while a window is open: after edits and imports, when the server is there, until all is safe."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from audiodesk.domain.errors import AudioDeskError, BugError
from audiodesk.domain.events import (
    Event,
    ImportFinished,
    LibraryChangedElsewhere,
    SyncChanged,
    TakesChanged,
    TreeChanged,
    UploadsChanged,
)
from audiodesk.domain.job import JobKind, JobProgress
from audiodesk.domain.sync.state import SyncCode
from audiodesk.domain.trouble import trouble_of
from audiodesk.domain.uploads.aftermath import wait_reason
from audiodesk.domain.uploads.pace import retry_seconds
from audiodesk.domain.uploads.results import progress_of
from audiodesk.local.database.database import Database
from audiodesk.local.rows.store import fact_repo
from audiodesk.local.rows.work import purge_repo, upload_repo
from audiodesk.services.bus import Bus
from audiodesk.services.jobs import Job, Jobs
from audiodesk.services.sync.synchronizer import Lock
from audiodesk.services.uploading.object_keys import give_keys
from audiodesk.services.uploading.object_purge import purge_objects
from audiodesk.services.uploading.upload_queue import fill_queue
from audiodesk.services.uploading.upload_room import UploadRoom
from audiodesk.services.uploading.upload_run import UploadRun

__all__ = ["Uploader", "UploaderState"]

_log = logging.getLogger(__name__)
_GATHER_SECONDS = 0.5
"""From an event to the look at the queue: an import tells many."""
_ELSEWHERE_SECONDS = 2.0
_FULL_SECONDS = 300.0
"""Between two looks whether there is room for what did not fit; an edit here looks at once."""
_CLOSE_SECONDS = 0.8
_NEWS = (ImportFinished, LibraryChangedElsewhere, TakesChanged, TreeChanged)
_OWN_THREADS = frozenset({"upload", "uploader"})
_SERVED = (SyncCode.UP_TO_DATE, SyncCode.SYNCING, SyncCode.ELSEWHERE)
"""States of the sync in which the server answers."""


@dataclass(frozen=True, slots=True)
class UploaderState:
    """How uploading stands: the reason for which all wait ("" while they go on), and the error behind it."""

    waits: str = ""
    error: AudioDeskError | None = None


class Uploader:
    """Uploads one library's takes on threads of its own, from ``start`` to ``close``.

    ``make_room`` signs in; it is called on the uploader's thread. ``sync`` tells how the sync stands: without a server
    nothing is asked. ``wanted`` tells whether the settings allow uploads.
    """

    def __init__(
        self,
        *,
        database: Database,
        make_room: Callable[[threading.Event], UploadRoom],
        free: Callable[[], int],
        sync: Callable[[], SyncCode],
        wanted: Callable[[], bool],
        bus: Bus,
        jobs: Jobs,
        lock: Lock,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._make_room = make_room
        self._free = free
        self._sync = sync
        self._wanted = wanted
        self._bus = bus
        self._jobs = jobs
        self._lock = lock
        self._clock = clock
        self._wake = threading.Condition()
        self._due = 0.0
        self._stop = threading.Event()
        self._run_stop = threading.Event()
        self._state = UploaderState()
        self._is_told = False
        self._failures = 0
        self._is_dirty = True
        self._is_served = False
        self._has_unknown = False
        self._unsubscribe: Callable[[], None] | None = None
        self._thread = threading.Thread(target=self._run, name="uploader", daemon=True)

    def start(self) -> None:
        """Begin. To be called once."""
        self._unsubscribe = self._bus.subscribe_to_all(self._on_event)
        self._thread.start()

    def close(self) -> None:
        """Stop within a block; what the server has is in the journal. Idempotent."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self._stop.set()
        self._run_stop.set()
        with self._wake:
            self._wake.notify_all()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join(_CLOSE_SECONDS)

    def state(self) -> UploaderState:
        """Return how it stands."""
        return self._state

    @property
    def is_paused(self) -> bool:
        """Whether the person has paused all uploads. Reads the library."""
        with self._database.read() as connection:
            return fact_repo.known(connection, fact_repo.UPLOADS_PAUSED) is not None

    def pause(self) -> None:
        """Pause all uploads until ``resume``, also after a restart."""
        self._database.write(lambda connection: fact_repo.remember(connection, fact_repo.UPLOADS_PAUSED, "1"))
        self._run_stop.set()
        self._look(0.0)

    def resume(self) -> None:
        """Go on, and try again at once what failed."""

        def go_on(connection: sqlite3.Connection) -> None:
            fact_repo.forget(connection, fact_repo.UPLOADS_PAUSED)
            upload_repo.try_refused_again(connection)

        self._database.write(go_on)
        self._look(0.0)

    def _on_event(self, event: Event) -> None:
        if not isinstance(event, (*_NEWS, SyncChanged)) or threading.current_thread().name in _OWN_THREADS:
            return
        if isinstance(event, SyncChanged):
            # The sync has news each minute: they matter where a file waits for its row, or the server went or came.
            code = self._sync()
            if not self._is_dirty and not self._has_unknown and (code in _SERVED) == self._is_served:
                return
        else:
            self._is_dirty = True
        self._look(_GATHER_SECONDS)

    def _look(self, seconds: float) -> None:
        with self._wake:
            self._due = min(self._due, self._clock() + seconds)
            self._wake.notify_all()

    # -- on the thread -------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stop.is_set():
            with self._wake:
                left = self._due - self._clock()
                if left > 0:
                    self._wake.wait(None if left == float("inf") else left)
                    continue
                self._due = float("inf")
            try:
                self._pass()
            except AudioDeskError as error:
                self._failed(error)
            except Exception as error:  # noqa: BLE001 - no fault ends this in silence
                _log.exception("the uploader failed")
                self._failed(BugError("unexpected", details=type(error).__name__))

    def _pass(self) -> None:
        if not self._wanted():
            return
        if self.is_paused:
            self._tell(UploaderState("by_user"))
            return
        code = self._sync()
        if code is SyncCode.STARTING:
            return
        self._is_served = code in _SERVED
        if not self._is_served:
            self._tell(UploaderState(_REASONS.get(code, "offline")))  # the next SyncChanged wakes this
            return
        if not self._lock.acquire():
            self._look(_ELSEWHERE_SECONDS)
            return
        try:
            self._upload()
        finally:
            self._lock.release()

    def _upload(self) -> None:
        is_dirty, self._is_dirty = self._is_dirty, False
        changed = is_dirty and fill_queue(self._database)
        with self._database.read() as connection:
            has_work = bool(upload_repo.waiting(connection) or purge_repo.to_purge(connection, 1))
        if not has_work:
            self._tell(UploaderState())
            return
        self._run_stop = threading.Event()
        if self._stop.is_set():
            return
        room = self._make_room(self._run_stop)
        purged = purge_objects(room)
        self._has_unknown = give_keys(self._database, room.account) or bool(purged.announced)
        if self._has_unknown or purged.removed or changed:
            room.tell(*self._sections())  # the sync sends the keys, and wakes this
        self._tell(UploaderState())
        with self._database.read() as connection:
            waiting = upload_repo.waiting(connection)
        if not any(each.is_known for each in waiting):  # the sync has to bring their rows first, and wakes this
            self._has_unknown = self._has_unknown or bool(waiting)
            return
        job = self._jobs.add(Job(JobKind.UPLOAD, cancel=_Pause(self)))
        began = self._database.clock()
        job.follow(lambda: self._progress(room, began))
        try:
            end = UploadRun(room, free=self._free).run()
        finally:
            self._jobs.remove(job)
        if end.trouble is not None:
            raise end.trouble
        self._failures = 0
        self._has_unknown = bool(end.unknown or purged.announced)
        if end.full or purged.kept:
            self._look(_FULL_SECONDS)
        if end.next_at is not None:
            self._look(max(0.1, (end.next_at - self._database.clock()) / 1000))
        self._bus.publish(UploadsChanged())

    def _sections(self) -> set[str]:
        with self._database.read() as connection:
            return upload_repo.sections(connection)

    def _progress(self, room: UploadRoom, began: int) -> JobProgress:
        with self._database.read() as connection:
            results = upload_repo.results(connection, began)
        return JobProgress(*progress_of(results, room.sent()))

    def _failed(self, error: AudioDeskError) -> None:
        if self._stop.is_set():
            return
        _log.info("uploads wait: %s", error)
        self._failures += 1
        self._tell(UploaderState(wait_reason(trouble_of(error)), error))
        self._look(retry_seconds(error, self._failures + 3, 0.0))

    def _tell(self, state: UploaderState) -> None:
        """Note why all uploads wait, so that no take is said to be on its way meanwhile, and publish it."""
        before = self._state
        if self._is_told and (before.waits, before.error and before.error.code) == (
            state.waits,
            state.error and state.error.code,
        ):
            return
        self._state, self._is_told = state, True  # the first time, what the last program noted is replaced

        def note(connection: sqlite3.Connection) -> None:
            if state.waits:
                fact_repo.remember(connection, fact_repo.UPLOADS_WAIT, state.waits)
            else:
                fact_repo.forget(connection, fact_repo.UPLOADS_WAIT)

        self._database.write(note)
        self._bus.publish(TakesChanged(frozenset(self._sections())))
        self._bus.publish(UploadsChanged())


class _Pause(threading.Event):
    """The wish of the dock to stop the uploads: they pause, and a person lets them go on."""

    def __init__(self, uploader: Uploader) -> None:
        super().__init__()
        self._uploader = uploader

    def set(self) -> None:
        super().set()
        threading.Thread(target=self._uploader.pause, name="pause uploads", daemon=True).start()


_REASONS = {
    SyncCode.OFFLINE: "offline",
    SyncCode.BLOCKED: "offline",
    SyncCode.UNREACHABLE: "server_away",
    SyncCode.BUSY: "server_busy",
    SyncCode.SIGNED_OUT: "signed_out",
    SyncCode.KEYRING: "signed_out",
    SyncCode.NEEDS_OPERATOR: "server_owner",
    SyncCode.HERE: "this_computer",
}
