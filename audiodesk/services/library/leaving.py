"""Removes from the disk the files promised for removal; what cannot be removed yet stays promised."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from audiodesk.domain.errors import OutsideError
from audiodesk.local.database.database import Database
from audiodesk.local.rows.work import leaving_repo, vault_file_repo
from audiodesk.local.rows.work.leaving_repo import Leaving

__all__ = ["Drained", "FileRemover", "drain"]

_log = logging.getLogger(__name__)
_AT_ONCE = 50
"""Files looked at in one transaction, which must stay short."""
_ROUND = 1000
"""Files removed before their folders are fsynced: each of the 256 folders once for all of them."""


class FileRemover(Protocol):
    """The vault, as far as removing files needs it."""

    def remove_leaving(self, connection: sqlite3.Connection, file: Leaving) -> bool:
        """Remove a file inside a write, unless it is in use again; tells whether it was removed."""

    def settle(self, shas: Iterable[str]) -> None:
        """Make the removal of these files durable."""


@dataclass(frozen=True, slots=True)
class Drained:
    """What became of the files that were to be removed: how many are gone, how many are still on the disk, and why."""

    removed: int = 0
    remaining: int = 0
    error: OutsideError | None = None


def drain(
    database: Database,
    vault: FileRemover,
    cancel: threading.Event | None = None,
    told: Callable[[int, int], None] = lambda _removed, _files: None,
) -> Drained:
    """Remove the promised files; setting ``cancel`` leaves the rest to the next start.

    ``told`` is called each time that some files are gone, with two counts: files gone so far, and files to remove.

    A file that cannot be removed now stays promised, and the others are removed. A file that came back
    into use stays, and its promise is dropped. After a kill, the next start goes on. Raises OutsideError if the list
    itself cannot be read or written.
    """
    removed = 0
    after, error = "", None
    with database.read() as connection:
        count = leaving_repo.count(connection)
    while not (cancel is not None and cancel.is_set()):
        with database.read() as connection:
            files = leaving_repo.waiting(connection, after, _ROUND)
        if not files:
            break
        after = files[-1].sha256
        database.make_lasting()  # else a power cut could bring a row back without its audio
        done, gone, trouble = _remove(database, vault, files, cancel, partial(_tell, told, removed, count))
        error = error or trouble
        removed += gone
        for start in range(0, len(done), _AT_ONCE):
            _forget(database, done[start : start + _AT_ONCE])
    with database.read() as connection:
        left = leaving_repo.count(connection)
    if error is not None:
        _log.warning("%d files are still to be removed: %s", left, error)
    return Drained(removed, left, error)


def _tell(told: Callable[[int, int], None], before: int, count: int, gone: int) -> None:
    told(before + gone, max(count, before + gone))


def _remove(
    database: Database,
    vault: FileRemover,
    files: Sequence[Leaving],
    cancel: threading.Event | None,
    told: Callable[[int], None],
) -> tuple[list[Leaving], int, OutsideError | None]:
    """Remove ``files``; return the files whose promises can be dropped, the number removed, and an error."""
    done: list[Leaving] = []
    gone: list[str] = []
    errors: list[OutsideError] = []

    def work(connection: sqlite3.Connection, some: Sequence[Leaving]) -> None:
        for file in some:
            try:
                if vault.remove_leaving(connection, file):
                    gone.append(file.sha256)
                done.append(file)
            except OutsideError as error:
                errors.append(error)

    for start in range(0, len(files), _AT_ONCE):
        if cancel is not None and cancel.is_set():
            break
        database.write(partial(work, some=files[start : start + _AT_ONCE]))
        told(len(gone))
    # Before the promises are dropped: else a power cut could bring back files that nothing removes any more.
    vault.settle(gone)
    return done, len(gone), errors[0] if errors else None


def _forget(database: Database, files: Sequence[Leaving]) -> None:
    def work(connection: sqlite3.Connection) -> None:
        for file in files:
            leaving_repo.remove(connection, file)
            vault_file_repo.removed(connection, file.sha256, file.kind)

    database.write(work)
