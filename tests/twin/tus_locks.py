"""Allows one TUS request at a time for each upload; a second one asks the first to stop."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator

from tests.twin.storage_calls import Call
from tests.twin.storage_errors import StorageError
from tests.twin.storage_pool import Transaction
from tests.twin.tus_headers import UploadId

__all__ = ["Holder", "UploadLocks"]


class Holder:
    """A request that works on an upload. When asked to stop, it has a while to finish; then its reading is ended."""

    def __init__(self, call: Call) -> None:
        self.stopped = threading.Event()
        self._call = call
        self._timer: threading.Timer | None = None
        self._lock = threading.Lock()
        self._over = False

    def ask(self) -> None:
        """Ask it to stop, because another request waits."""
        with self._lock:
            if self._timer is None and not self._over:
                self._timer = threading.Timer(self._call.parts.settings.lock_drain, self._stop)
                self._timer.daemon = True
                self._timer.start()

    def end(self) -> None:
        """Note that its work is done."""
        with self._lock:
            self._over = True
            timer = self._timer
        if timer is not None:
            timer.cancel()
            timer.join()

    def _stop(self) -> None:
        self.stopped.set()
        self._call.request.interrupt()


class UploadLocks:
    """Advisory locks of PostgreSQL, each with the connection of its transaction, as the real server has them."""

    def __init__(self) -> None:
        self._holders: dict[UploadId, Holder] = {}
        self._changing = threading.Lock()

    @contextlib.contextmanager
    def hold(self, call: Call, upload_id: UploadId) -> Iterator[Holder]:
        """Hold the lock of an upload. Raises StorageError: 503 if the other does not stop, 544 without a connection."""
        with call.parts.pool.transaction() as transaction:
            self._acquire(transaction, call, upload_id)
            holder = Holder(call)
            with self._changing:
                self._holders[upload_id] = holder
            try:
                yield holder
            finally:
                with self._changing:
                    del self._holders[upload_id]
                holder.end()

    def _acquire(self, transaction: Transaction, call: Call, upload_id: UploadId) -> None:
        settings = call.parts.settings
        until = time.monotonic() + settings.lock_wait
        statement = "select pg_try_advisory_xact_lock(hashtextextended(%s, 1)) as acquired"
        while True:
            row = transaction.row(statement, [upload_id.address])
            if row is not None and row["acquired"]:
                return
            with self._changing:
                holder = self._holders.get(upload_id)
            if holder is not None:
                holder.ask()
            left = until - time.monotonic()
            if left <= 0:
                raise StorageError.lock_timeout()
            time.sleep(min(left, settings.lock_retry))
