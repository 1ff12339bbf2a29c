"""Tells whether a file is still being written: the system knows, or else the file's time decides."""

from __future__ import annotations

import os
import stat
import threading
import time
from collections.abc import Callable

from audiodesk.system.platforms import is_held, is_on_network, open_for_writing

__all__ = ["RestWatch"]

_OLD_ENOUGH = 2.0
"""Seconds without a change after which a file counts as finished where the system cannot tell."""
_HOLDS = 1.0

_Mark = tuple[int, int]


class RestWatch:
    """Tells whether files are finished. Any thread may use it.

    ``is_held`` answers whether a process has a file open for writing, None if it cannot tell; ``scan`` gives the
    identities of all files that known processes have open for writing, and is asked at most once a second.
    """

    def __init__(
        self,
        *,
        is_held: Callable[[str], bool | None] | None = None,
        scan: Callable[[], frozenset[tuple[int, int]]] | None = None,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._is_held = is_held or _Holders()
        self._scan = scan or open_for_writing
        self._clock = clock
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._scanned: tuple[float, frozenset[tuple[int, int]]] | None = None
        self._seen: dict[str, tuple[_Mark, float]] = {}

    def is_resting(self, path: str) -> bool:
        """Tell whether no process writes to ``path`` any more; True if it is no plain file or does not exist."""
        try:
            status = os.stat(path)  # noqa: PTH116 - a path that no Path can hold
        except (OSError, ValueError):
            return True
        if not stat.S_ISREG(status.st_mode):
            return True
        held = self._is_held(path)
        if held is not None:
            return not held
        return (status.st_dev, status.st_ino) not in self._open_files() and self._is_old(path, status)

    def _open_files(self) -> frozenset[tuple[int, int]]:
        with self._lock:
            now = self._monotonic()
            if self._scanned is None or not 0 <= now - self._scanned[0] < _HOLDS:
                self._scanned = now, self._scan()
            return self._scanned[1]

    def _is_old(self, path: str, status: os.stat_result) -> bool:
        age = self._clock() - status.st_mtime
        if age >= 0:
            return age >= _OLD_ENOUGH
        # The time is in the future, so a clock is wrong: the file is finished when two looks agree.
        mark, now = (status.st_size, status.st_mtime_ns), self._monotonic()
        with self._lock:
            before = self._seen.get(path)
            if before is None or before[0] != mark:
                self._seen[path] = mark, now
                return False
            if now - before[1] < _OLD_ENOUGH:
                return False
            del self._seen[path]
        return True


class _Holders:
    """Asks the system. What it learns about a disk is cached for a second."""

    def __init__(self) -> None:
        self._networks: dict[int, tuple[float, bool]] = {}

    def __call__(self, path: str) -> bool | None:
        """Tell whether a process has the file open for writing; None: cannot tell."""
        held = is_held(path)
        return None if held is not None and self._is_on_network(path) else held

    def _is_on_network(self, path: str) -> bool:
        try:
            device = os.stat(path).st_dev  # noqa: PTH116 - a path that no Path can hold
        except OSError:
            return False
        now = time.monotonic()
        known = self._networks.get(device)
        if known is None or now - known[0] >= _HOLDS:
            known = self._networks[device] = now, is_on_network(device)
        return known[1]
