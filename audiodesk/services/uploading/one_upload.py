"""Uploads once from start to end, for a command: gives keys, waits for retries that are near, and can be stopped."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable

from audiodesk.domain.errors import AudioDeskError, OutsideError
from audiodesk.domain.trouble import trouble_of
from audiodesk.domain.uploads.aftermath import Aftermath, aftermath, wait_reason
from audiodesk.domain.uploads.results import UploadOutcome, progress_of
from audiodesk.local.database.database import Database
from audiodesk.local.rows.store import fact_repo
from audiodesk.local.rows.work import upload_repo
from audiodesk.services.sync.synchronizer import Lock
from audiodesk.services.uploading.object_keys import give_keys
from audiodesk.services.uploading.object_purge import purge_objects
from audiodesk.services.uploading.upload_queue import fill_queue
from audiodesk.services.uploading.upload_room import UploadRoom
from audiodesk.services.uploading.upload_run import RunEnd, UploadRun

__all__ = ["OneUpload"]

_LOOK_SECONDS = 0.1
_ROUNDS = 6
"""Rounds in a row without a file that became safe or a byte that went up, after which a command leaves the rest."""
_LONGEST_WAIT = 60.0
"""Seconds; for a retry that is further away a command does not wait."""
_PAUSE = 2.0
"""Seconds after a trouble that may pass."""
_FAREWELL_SECONDS = 2.0


class OneUpload:
    """``make_room`` signs in and is called on the thread that uploads; ``sync`` pushes and pulls."""

    def __init__(
        self,
        database: Database,
        make_room: Callable[[threading.Event], UploadRoom],
        *,
        sync: Callable[[threading.Event], object],
        free: Callable[[], int],
        lock: Lock,
    ) -> None:
        self._database = database
        self._make_room = make_room
        self._sync = sync
        self._free = free
        self._lock = lock
        self._room: UploadRoom | None = None
        self._is_any_safe = False
        self._began = 0

    def progress(self) -> tuple[int, int]:
        """Return the bytes that are in the cloud, and of how many: only of files that can go up now."""
        with self._database.read() as connection:
            results = upload_repo.results(connection, self._began)
        found = progress_of(results, {} if self._room is None else self._room.sent())
        return found.bytes_done, found.size

    def run(self, cancel: threading.Event) -> UploadOutcome | None:
        """Upload what can go up; None if ``cancel`` was set before. While another process uploads, it follows that.

        Raises AudioDeskError of the sync, of the sign-in and of the disk.
        """
        self._began, self._room = self._database.clock(), None
        ends: list[RunEnd | None] = []
        errors: list[BaseException] = []

        def work() -> None:
            try:
                ends.append(self._upload(cancel))
            except BaseException as error:  # noqa: BLE001 - raised again by whoever waits
                errors.append(error)

        thread = threading.Thread(target=work, name="uploads", daemon=True)
        thread.start()
        while thread.is_alive() and not cancel.is_set():
            thread.join(_LOOK_SECONDS)
        if cancel.is_set():
            thread.join(_FAREWELL_SECONDS)
            return None
        if errors:
            raise errors[0]
        with self._database.read() as connection:
            results = tuple(upload_repo.results(connection, self._began))
        return UploadOutcome(results, None if ends[0] is None else ends[0].trouble)

    def _upload(self, cancel: threading.Event) -> RunEnd | None:
        while not self._lock.acquire():
            if cancel.wait(_LOOK_SECONDS):
                return None
        try:
            with self._database.read() as connection:
                if fact_repo.known(connection, fact_repo.UPLOADS_PAUSED) is not None:
                    return RunEnd(trouble=OutsideError("uploads-paused"))
            end = self._rounds(cancel)
            self._note_why(None if end is None else end.trouble)
            if self._is_any_safe and not cancel.is_set():
                self._sync(cancel)  # else the next sync would fetch what was noted just now
            return end
        finally:
            self._lock.release()

    def _rounds(self, cancel: threading.Event) -> RunEnd | None:
        idle, moved, end = 0, -1, None
        self._database.write(upload_repo.try_refused_again)
        while idle < _ROUNDS and not cancel.is_set():
            fill_queue(self._database)
            room = self._room = self._room or self._make_room(cancel)
            purged = purge_objects(room)
            if give_keys(self._database, room.account) or purged.announced:
                self._sync(cancel)
                purge_objects(room)
            end = UploadRun(room, free=self._free).run()
            if cancel.is_set():
                return end
            self._is_any_safe = self._is_any_safe or bool(end.safe)
            idle = 0 if end.safe or room.bytes_sent > moved else idle + 1
            moved = room.bytes_sent
            if end.trouble is not None:
                if aftermath(end.trouble) is Aftermath.ALL:
                    return end
                cancel.wait(_PAUSE)
            elif end.unknown:
                self._sync(cancel)
            elif end.next_at is None or not self._waits(end.next_at, cancel):
                return end
        return end

    def _note_why(self, trouble: AudioDeskError | None) -> None:
        """Note why all uploads wait, in place of what a window noted earlier."""
        waits = "" if trouble is None else wait_reason(trouble_of(trouble))

        def note(connection: sqlite3.Connection) -> None:
            if waits:
                fact_repo.remember(connection, fact_repo.UPLOADS_WAIT, waits)
            else:
                fact_repo.forget(connection, fact_repo.UPLOADS_WAIT)

        self._database.write(note)

    def _waits(self, at: int, cancel: threading.Event) -> bool:
        """Wait for a retry that is near; return False where it is not."""
        seconds = (at - self._database.clock()) / 1000
        if seconds > _LONGEST_WAIT:
            return False
        cancel.wait(max(0.0, seconds))
        return True
