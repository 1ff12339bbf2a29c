"""Temporary names in the vault, each announced before its file is written."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterable

from audiodesk.domain.errors import OutsideError
from audiodesk.local.database.database import Database
from audiodesk.local.files.vault import Vault
from audiodesk.local.rows.work import announcement_repo

__all__ = ["TemporaryNames"]

_AT_ONCE = 128
"""Names announced in one commit: a commit for each file would double what an import costs."""


class TemporaryNames:
    """Hands out announced names, and withdraws them once their files are gone.

    ``owner`` names this process's sign of life. A name is withdrawn only after its file has left the temporary folder,
    so that a crash never leaves a file without an announcement.
    """

    def __init__(self, database: Database, vault: Vault, owner: str, clock: Callable[[], int], wanted: int) -> None:
        self._database = database
        self._vault = vault
        self._owner = owner
        self._clock = clock
        self._wanted = wanted
        # Two locks: ``take`` holds the first while it waits for the writer thread, where ``withdraw`` takes the second.
        self._taking = threading.Lock()
        self._lock = threading.Lock()
        self._free: list[str] = []
        self._gone: set[str] = set()

    def take(self) -> str:
        """Return an announced name that is not in use. Raises OutsideError if none can be announced."""
        with self._taking:
            if not self._free:
                names = [self._vault.new_temporary_name() for _ in range(max(1, min(_AT_ONCE, self._wanted)))]
                now = self._clock()
                self._database.write(lambda c: announcement_repo.announce(c, names, self._owner, now))
                self._wanted -= len(names)
                self._free = names
            return self._free.pop()

    def discard(self, name: str | None) -> None:
        """Remove the file ``name``; its announcement goes with the next ``withdraw``."""
        if name is not None:
            with contextlib.suppress(OutsideError):  # then it stays announced, and a later sweep finds it
                self._vault.discard(name)
                with self._lock:
                    self._gone.add(name)

    def withdraw(self, connection: sqlite3.Connection, adopted: Iterable[str] = ()) -> frozenset[str]:
        """Withdraw the discarded and the ``adopted`` names in this transaction; call ``withdrawn`` after its commit."""
        with self._lock:
            names = frozenset(self._gone).union(adopted)
        announcement_repo.withdraw(connection, names)
        return names

    def withdrawn(self, names: Iterable[str]) -> None:
        """Forget ``names``: the transaction of their ``withdraw`` is committed."""
        with self._lock:
            self._gone.difference_update(names)

    def close(self) -> None:
        """Withdraw all names that are left. If that fails, they stay for the sweep of a later start."""
        with self._taking, self._lock:
            self._gone.update(self._free)
            self._free = []
            needed = bool(self._gone)
        if needed:
            self.withdrawn(self._database.write(self.withdraw))
