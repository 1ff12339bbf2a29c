"""Keeps copies of a library's list in its folder ``backups``: one for each day with changes, seven at most."""

from __future__ import annotations

import contextlib
import filecmp
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from audiodesk.local.database.library_place import BACKUPS
from audiodesk.local.database.sqlite_errors import sqlite_errors
from audiodesk.system.files import file_errors, fsync_file, fsync_folder, make_folder_in, remove, rename

__all__ = ["KEPT", "ListCopies", "ListCopy", "holds_anything", "is_due", "vault_size"]

KEPT = 7
_PART_OF_VAULT = 10
"""All daily copies together take at most a tenth of the vault's size; the newest is always kept."""
_DAILY = re.compile(r"daily-\d{4}-\d{2}-\d{2}\.sqlite3")
_TO_SPARE = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ListCopy:
    """One copy: its path, and when it was made, in milliseconds since 1970."""

    path: Path
    made_at: int


class ListCopies:
    """The folder ``backups`` beside the list at ``path``. Methods raise OutsideError."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.folder = path.parent / BACKUPS

    def all(self) -> list[ListCopy]:
        """Return all copies, also those made before an upgrade, newest first."""
        found: list[ListCopy] = []
        for path in self.folder.glob("*.sqlite3"):
            with contextlib.suppress(OSError):
                found.append(ListCopy(path, path.stat().st_mtime_ns // 1_000_000))
        return sorted(found, key=lambda copy: (copy.made_at, copy.path.name), reverse=True)

    def daily(self) -> list[ListCopy]:
        """Return the daily copies, newest first."""
        return [copy for copy in self.all() if _DAILY.fullmatch(copy.path.name)]

    def make(self, day: str, write: Callable[[Path], None], vault_size: int) -> Path | None:
        """Let ``write(path)`` make the copy of ``day`` (YYYY-MM-DD); then remove copies above the limits.

        Returns None if another process is making it, if the disk has too little room, or if the list equals the newest
        copy. A crash leaves the older copies unchanged.
        """
        make_folder_in(self._path.parent, self.folder, private=True)
        with self._alone() as is_alone:
            if not is_alone or not self._has_room():
                return None
            for left_over in self.folder.glob(".daily-*.tmp"):
                remove(left_over)
            temporary = self.folder / f".daily-{day}.{os.urandom(4).hex()}.tmp"
            try:
                with sqlite_errors(self._path), file_errors(self.folder):
                    write(temporary)
                    return self._keep(temporary, day, vault_size)
            finally:
                with contextlib.suppress(OSError):
                    temporary.unlink(missing_ok=True)

    def _keep(self, temporary: Path, day: str, vault_size: int) -> Path | None:
        newest = next(iter(self.daily()), None)
        if newest is not None and filecmp.cmp(temporary, newest.path, shallow=False):
            os.utime(newest.path)  # the list is not copied again before it changes
            return None
        fsync_file(temporary)
        copy = self.folder / f"daily-{day}.sqlite3"
        rename(temporary, copy)
        fsync_folder(self.folder)
        self._remove_old(copy, vault_size // _PART_OF_VAULT)
        return copy

    def _remove_old(self, newest: Path, allowed: int) -> None:
        taken = newest.stat().st_size
        kept = 1
        for copy in self.daily():
            if copy.path == newest:
                continue
            taken += copy.path.stat().st_size
            kept += 1
            if kept > KEPT or taken > allowed:
                remove(copy.path)

    def _has_room(self) -> bool:
        with file_errors(self.folder):
            free = shutil.disk_usage(self.folder).free
            return free >= 2 * self._path.stat().st_size + _TO_SPARE

    @contextlib.contextmanager
    def _alone(self) -> Iterator[bool]:
        from filelock import FileLock, Timeout  # takes 15 ms, and is needed only for the day's first change

        lock = FileLock(self.folder / ".lock")
        with file_errors(self.folder):
            try:
                lock.acquire(blocking=False)
            except Timeout:
                yield False
                return
        try:
            yield True
        finally:
            lock.release()


def is_due(path: Path, copies: list[ListCopy], day: str) -> bool:
    """Tell whether the list at ``path`` has no copy of ``day`` (YYYY-MM-DD) yet and changed since the newest copy."""
    if not copies:
        return True
    if copies[0].path.name == f"daily-{day}.sqlite3":
        return False
    written = 0
    for each in (path, path.with_name(path.name + "-wal")):
        with contextlib.suppress(OSError):
            written = max(written, each.stat().st_mtime_ns // 1_000_000)
    return written > copies[0].made_at


def vault_size(connection: sqlite3.Connection) -> int:
    """Return the bytes of all files in the list, each file counted once."""
    asked = "select coalesce(sum(size), 0) from (select distinct sha256, size from take_file)"
    return int(connection.execute(asked).fetchone()[0])


def holds_anything(connection: sqlite3.Connection) -> bool:
    """Tell whether the list has a project or a take, live or trashed: an empty list is not worth a copy."""
    asked = "select exists (select 1 from project) or exists (select 1 from take_file)"
    return bool(connection.execute(asked).fetchone()[0])
