"""Removes an account's library from this computer, and only if nothing of it is only here."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path
from typing import NamedTuple

from audiodesk.domain.errors import OutsideError
from audiodesk.domain.server.account import KnownAccount
from audiodesk.local.database.database import Database
from audiodesk.local.database.library_place import LIST
from audiodesk.local.rows.library.library_size_repo import not_sent
from audiodesk.local.rows.work import only_here_repo
from audiodesk.services.account.library_folders import hidden_from_windows
from audiodesk.system.account_store import AccountStore
from audiodesk.system.files import file_errors
from audiodesk.system.folders import Folders
from audiodesk.system.library_registry import LibraryRegistry

__all__ = ["OnlyHere", "only_here", "remove_library"]


class OnlyHere(NamedTuple):
    """What of a library is nowhere else."""

    takes: list[str]
    """Project, section and file name of each take whose audio is only here, joined by " · "."""
    changes: int
    """The number of edits that the server has not taken."""
    size: int
    """The bytes of audio on this computer."""


def only_here(database: Database) -> OnlyHere:
    """Return what would be lost if the library left this computer. Raises OutsideError."""
    with database.read() as connection:
        takes = [" · ".join(part for part in take if part) for take in only_here_repo.takes(connection)]
        return OnlyHere(takes, not_sent(connection), only_here_repo.bytes_here(connection))


def remove_library(account: KnownAccount, folders: Folders, registry: LibraryRegistry, accounts: AccountStore) -> Path:
    """Remove the library of ``account``; return its folder. If it was in use, the one without an account opens then.

    Raises OutsideError: "library-not-safe" with ``takes`` whose audio is only here and
    ``changes`` that the server did not take yet; "library-in-window" while a window shows it, "library-at-work" while
    another command works on it; and the disk's errors.
    """
    folder = folders.library_of(account)
    known = registry.at(folder)
    if folder.is_dir():
        with hidden_from_windows(folder):
            _require_safe(folder, None if known is None else known.id)
            leaving = folder.with_name(f"{folder.name}.leaving")
            with file_errors(leaving):  # its name goes first, so that half of it is never opened
                folder.rename(leaving)
        registry.forget(folder)
        with file_errors(leaving):
            shutil.rmtree(leaving)
    in_use = accounts.in_use()
    if in_use is not None and in_use.name == account.name:
        accounts.use(None)
    return folder


def _require_safe(folder: Path, known: str | None) -> None:
    with (
        contextlib.closing(Database(folder / LIST, make=False, known=known)) as database,
        database.read() as connection,
    ):
        takes, changes = only_here_repo.count(connection), not_sent(connection)
    if takes or changes:
        raise OutsideError("library-not-safe", takes=takes, changes=changes)
