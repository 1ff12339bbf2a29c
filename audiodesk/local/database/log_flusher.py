"""Brings a write-ahead log to the disk beside a long work, so that the next lasting commit waits little."""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path

__all__ = ["LogFlusher"]


class LogFlusher:
    """Safe from any thread. Where the system cannot flush a file from another handle, it does nothing."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._is_busy = threading.Lock()

    def flush(self) -> None:
        """Begin to bring what the log has now to the disk; returns at once. Skipped while the last flush still runs."""
        if hasattr(os, "fdatasync") and self._is_busy.acquire(blocking=False):
            threading.Thread(target=self._flush, name="log flusher", daemon=True).start()

    def _flush(self) -> None:
        try:
            # An error is no harm here: the next lasting commit flushes the log itself, and reports what is wrong.
            # Closing a handle drops the process's locks on its file, and SQLite has none on the log.
            with contextlib.suppress(OSError):
                handle = os.open(self._log, os.O_RDWR | os.O_CLOEXEC)
                try:
                    os.fdatasync(handle)
                finally:
                    os.close(handle)
        finally:
            self._is_busy.release()
