"""Brings a write-ahead log to the disk beside a long work, so that the next lasting commit waits little."""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path

from audiodesk.system.files import file_errors

__all__ = ["LogFlusher"]


class LogFlusher:
    """Safe from any thread. Where the system cannot flush a file from another handle, it does nothing."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._is_busy = threading.Lock()
        self._failure: OSError | None = None

    @property
    def can_flush(self) -> bool:
        """Whether the system flushes what others wrote into a file, from a handle of its own.

        Not after a flush that failed: the system tells a failure once, and then only to those who had the file open
        before, as SQLite has.
        """
        return hasattr(os, "fdatasync") and self._failure is None

    def flush_now(self) -> None:
        """Bring what the log has now to the disk, and wait for that. Raises OutsideError if the disk fails."""
        with file_errors(self._log):
            # A log that is gone was removed by the last connection that closed, which brought all of it to the disk.
            with contextlib.suppress(FileNotFoundError):
                self._to_disk()
            if self._failure is not None:  # of a flush beside this one, which was told of it
                raise OSError(self._failure.errno, self._failure.strerror)

    def flush(self) -> None:
        """Begin to bring what the log has now to the disk; returns at once. Skipped while the last flush still runs."""
        if self.can_flush and self._is_busy.acquire(blocking=False):
            threading.Thread(target=self._flush, name="log flusher", daemon=True).start()

    def _flush(self) -> None:
        try:
            # An error is no harm here: the next lasting commit flushes the log by SQLite, and reports what is wrong.
            with contextlib.suppress(OSError):
                self._to_disk()
        finally:
            self._is_busy.release()

    def _to_disk(self) -> None:
        # Closing a handle drops the process's locks on its file, and SQLite has none on the log.
        handle = os.open(self._log, os.O_RDWR | os.O_CLOEXEC)
        try:
            os.fdatasync(handle)
        except OSError as error:
            self._failure = error
            raise
        finally:
            os.close(handle)
