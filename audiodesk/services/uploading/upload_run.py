"""Uploads what waits, several files at once, until nothing can go on now."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from audiodesk.domain.errors import AudioDeskError, BugError, OutsideError
from audiodesk.domain.uploads.aftermath import Aftermath, aftermath, file_reason, retry_reason
from audiodesk.domain.uploads.pace import MOST_AT_ONCE, Lanes, retry_seconds
from audiodesk.local.file_copy import CopyCancelledError
from audiodesk.local.rows.work import upload_repo, vault_file_repo
from audiodesk.local.rows.work.upload_repo import Upload
from audiodesk.services.uploading.file_upload import FileUpload
from audiodesk.services.uploading.upload_check import UploadCheck
from audiodesk.services.uploading.upload_room import UploadRoom

__all__ = ["RunEnd", "UploadRun"]

_log = logging.getLogger(__name__)
_CHECKERS = 2
_LOOK_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class RunEnd:
    """How a run ended: files that are safe now, why all others wait, and when the next one is to be tried."""

    safe: int = 0
    trouble: AudioDeskError | None = None
    next_at: int | None = None
    """Milliseconds since 1970 UTC; None if nothing waits for a time."""
    unknown: int = 0
    """Files whose rows the server does not have yet: a sync has to come first."""
    full: int = 0
    """Files that wait for room in the cloud."""


class UploadRun:
    """One run over the queue; ``free`` returns the bytes that are free in the cloud, and is asked at the beginning."""

    def __init__(self, room: UploadRoom, *, free: Callable[[], int], most: int = MOST_AT_ONCE) -> None:
        self._room = room
        self._ask_free = free
        self._free: int | None = None
        self._lanes = Lanes(most)
        self._check = UploadCheck(room, self._failed)
        self._changed = threading.Condition()
        self._queue: deque[str] = deque()
        self._sending = 0
        self._to_check: deque[Upload] = deque()
        self._checking = 0
        self._is_over = False
        self._trouble: AudioDeskError | None = None
        self._safe = 0

    def run(self) -> RunEnd:
        """Upload; returns when nothing can go on now, a trouble concerns all, or the room was stopped."""
        self._make_room()
        with self._room.database.read() as connection:
            now = self._room.database.clock()
            found = upload_repo.waiting(connection)
        unknown = sum(not each.is_known and each.reason is None for each in found)
        self._queue.extend(
            each.file_id
            for each in found
            if each.is_known
            and each.paused_by is None
            and (each.reason is None or (each.retry_at is not None and each.retry_at <= now))
        )
        if self._queue:
            self._work()
        with self._room.database.read() as connection:
            left = upload_repo.waiting(connection)
        times = [each.retry_at for each in left if each.retry_at is not None]
        full = sum(each.reason == "over_quota" for each in left)
        return RunEnd(self._safe, self._trouble, min(times, default=None), unknown, full)

    def _work(self) -> None:
        workers = [self._send_all] * min(self._lanes.count, len(self._queue)) + [self._check_all] * _CHECKERS
        threads = [
            threading.Thread(target=self._guarded, args=(worker,), name="upload", daemon=True) for worker in workers
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive() and not self._room.stop.is_set():
                thread.join(_LOOK_SECONDS)
        with self._changed:
            self._is_over = True
            self._changed.notify_all()
        if not self._room.stop.is_set():
            self._note(at_least=1)

    def _guarded(self, worker: Callable[[], None]) -> None:
        try:
            worker()
        except Exception as error:  # noqa: BLE001 - no fault ends a thread in silence
            if self._room.stop.is_set():  # the connections and the library may be closed by now
                return
            _log.exception("uploading failed")
            self._ends_all(error if isinstance(error, AudioDeskError) else BugError("unexpected"))

    def _make_room(self) -> None:
        """Let files that waited for room go on, as far as they fit now."""
        with self._room.database.read() as connection:
            full = [each for each in upload_repo.waiting(connection) if each.reason == "over_quota"]
        if not full:
            return
        left = self._free = self._ask_free()
        fitting = []
        for each in full:
            if each.size <= left:
                fitting.append(each.file_id)
                left -= each.size
        self._room.database.write(lambda connection: upload_repo.resume(connection, fitting))

    # -- on the threads that send --------------------------------------------------------------------------------------

    def _send_all(self) -> None:
        while (file_id := self._next()) is not None:
            try:
                self._send(file_id)
            finally:
                with self._changed:
                    self._sending -= 1
                    self._changed.notify_all()

    def _next(self) -> str | None:
        with self._changed:
            while not self._ended():
                if not self._queue:
                    return None
                if self._sending < self._lanes.count:
                    self._sending += 1
                    return self._queue.popleft()
                self._changed.wait(_LOOK_SECONDS)
            return None

    def _send(self, file_id: str) -> None:
        with self._room.database.read() as connection:
            upload = upload_repo.read(connection, file_id)
        if upload is None or not upload.is_known:
            return
        if self._free is not None and upload.size > self._free and upload.address is None:
            over = upload.size - self._free
            self._needs_user(upload, "over_quota", {"over": over})
            return
        try:
            sent = FileUpload(self._room, upload).run()
        except (AudioDeskError, CopyCancelledError) as error:
            self._failed(upload, error)
            return
        except Exception as error:  # noqa: BLE001 - of one file: the others go on
            if self._room.stop.is_set():
                return
            _log.exception("an upload failed")
            self._failed(upload, BugError("unexpected", details=type(error).__name__))
            return
        self._lanes.smooth()
        with self._changed:
            if sent is not None:
                self._to_check.append(sent)
            self._changed.notify_all()

    # -- on the threads that check -------------------------------------------------------------------------------------

    def _check_all(self) -> None:
        while (upload := self._next_check()) is not None:
            try:
                self._check.compare(upload)
            except (AudioDeskError, CopyCancelledError) as error:
                self._failed(upload, error)
            finally:
                with self._changed:
                    self._checking -= 1
                    self._changed.notify_all()
            self._note()

    def _next_check(self) -> Upload | None:
        with self._changed:
            while not self._ended():
                if self._to_check:
                    self._checking += 1
                    return self._to_check.popleft()
                if not self._queue and not self._sending:
                    return None
                self._changed.wait(_LOOK_SECONDS)
            return None

    def _note(self, **how: int) -> None:
        try:
            safe = self._check.note(**how)
        except AudioDeskError as error:
            # They were read back, and are noted by the next run: nothing is sent again.
            if aftermath(error) is Aftermath.ALL or how:
                self._ends_all(error)
            return
        with self._changed:
            self._safe += safe

    # -- on any thread -------------------------------------------------------------------------------------------------

    def _ended(self) -> bool:
        return self._is_over or self._trouble is not None or self._room.stop.is_set()

    def _ends_all(self, error: AudioDeskError) -> None:
        with self._changed:
            if error.code != "cancelled" and self._trouble is None:
                self._trouble = error
            self._is_over = True
            self._changed.notify_all()

    def _failed(self, upload: Upload, error: AudioDeskError | CopyCancelledError) -> None:
        self._room.note_rest(upload.file_id)
        if isinstance(error, CopyCancelledError) or error.code == "cancelled" or self._room.stop.is_set():
            return
        _log.info("upload of %s: %s", upload.file_id, error)
        self._lanes.failed(error)
        what = aftermath(error)
        if what is Aftermath.ALL:
            self._ends_all(error)
        elif what is Aftermath.OVER_QUOTA:
            self._free = int(error.params["allowed"]) - int(error.params["used"])
            self._needs_user(upload, "over_quota", {"over": error.params["over"]})
        elif what is Aftermath.NEEDS_USER:
            self._needs_user(upload, file_reason(error), {})
        else:
            self._retry(upload, error)

    def _needs_user(self, upload: Upload, reason: str, params: dict[str, str | int | float]) -> None:
        room, now = self._room, self._room.database.clock()

        def note(connection: sqlite3.Connection) -> None:
            upload_repo.needs_user(connection, upload.file_id, reason, params)
            if reason in ("file_missing", "file_damaged"):
                fault: vault_file_repo.Fault = "missing" if reason == "file_missing" else "damaged"
                vault_file_repo.noted(connection, upload.sha256, upload.kind, fault, now)

        room.database.write(note)
        room.tell(upload.place.section_id)

    def _retry(self, upload: Upload, error: AudioDeskError) -> None:
        room = self._room
        if error.code == "object-differs" and upload.object_key is not None:
            # The bytes there are not the file's, and nobody else uses this key: they go, and the file goes up anew.
            with contextlib.suppress(OutsideError):
                room.objects.remove([upload.object_key])
        wait = retry_seconds(error, upload.attempts + 1, room.chance.random())
        at = room.database.clock() + int(1000 * wait)

        def note(connection: sqlite3.Connection) -> None:
            if aftermath(error) is Aftermath.ANEW:
                upload_repo.forget_address(connection, upload.file_id)
            upload_repo.retry(connection, upload.file_id, retry_reason(error), at)

        room.database.write(note)
        room.tell(upload.place.section_id)
