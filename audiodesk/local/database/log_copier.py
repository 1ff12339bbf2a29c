"""Copies a long write-ahead log into the list during a long work, so that no commit has to."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from pathlib import Path

from audiodesk.local.database.connections import Connections

__all__ = ["LogCopier"]

_LONG_LOG = 40 * 1024 * 1024
"""Bytes; a longer write-ahead log is copied. Each copy writes every changed page once, so few copies write less than
many."""
_CHANGES_BETWEEN = 10_000
"""Changed rows between two copies: a log that begins anew gets no smaller. Each row changes two or three pages, many of
them the same."""
_CHANGES_AFTER_PART = 3000
"""As ``_CHANGES_BETWEEN``, where a long read let only a part be copied."""


class LogCopier:
    """Copies most of the log beside the writes, and the rest between two of them: then the log begins anew.

    Safe from any thread: several may do long work at once, and one of them copies.
    """

    def __init__(self, log: Path, connections: Connections) -> None:
        self._log = log
        self._connections = connections
        self._copied_at = 0
        self._between = _CHANGES_BETWEEN
        self._beside: threading.Thread | None = None
        self._is_looking = threading.Lock()
        self._is_closed = False

    def look(self, changes: int) -> None:
        """Copy the log if it is long; ``changes`` is the number of rows that the writer has changed in all."""
        if self._is_looking.acquire(blocking=False):
            try:
                if not self._is_closed:
                    self._look(changes)
            finally:
                self._is_looking.release()

    def close(self) -> None:
        """Wait for the copy that runs: the last connection that closes removes the log. Nothing is copied after it."""
        with self._is_looking:
            self._is_closed = True
            if self._beside is not None:
                self._beside.join()
                self._beside = None

    def _look(self, changes: int) -> None:
        if self._beside is not None:
            if not self._beside.is_alive():
                self._beside = None
                self._copied_at = changes
                self._between = _CHANGES_BETWEEN if self._connections.checkpoint() else _CHANGES_AFTER_PART
        elif abs(changes - self._copied_at) >= self._between and self._is_long():
            self._beside = threading.Thread(target=self._copy_most, name="log copier", daemon=True)
            self._beside.start()

    def _is_long(self) -> bool:
        try:
            return self._log.stat().st_size > _LONG_LOG
        except OSError:
            return False

    def _copy_most(self) -> None:
        with contextlib.suppress(sqlite3.Error):  # the copy of the rest meets the same trouble, and raises
            self._connections.checkpoint(once=True)
