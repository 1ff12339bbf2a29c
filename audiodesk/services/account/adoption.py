"""Gives the library made without an account to an account: renamed, or copied where the account has one here.

A plan on the disk comes first. Whatever ends the process, the next start goes on from the plan.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.errors import OutsideError
from audiodesk.domain.server.account import KnownAccount
from audiodesk.domain.server.adoption import LibrarySize
from audiodesk.local.database.database import Database
from audiodesk.local.database.library_place import LIST, has_list
from audiodesk.local.file_copy import copy_file
from audiodesk.local.files.vault import Vault
from audiodesk.local.rows.library.library_size_repo import library_size, project_titles
from audiodesk.local.rows.store import fact_repo
from audiodesk.local.rows.sync.adoption import adopt
from audiodesk.local.rows.sync.bring_in import bring_in, missing_rows, used_files
from audiodesk.services.account.library_folders import hidden_from_windows, rename_library
from audiodesk.system.clock import now_ms
from audiodesk.system.files import file_errors, remove
from audiodesk.system.folders import ADOPTION_PLAN, Folders
from audiodesk.system.json_file import JsonFile
from audiodesk.system.library_registry import LibraryRegistry

__all__ = ["Adoption"]

_log = logging.getLogger(__name__)


class Adoption:
    """The library of an account on this computer, made in one of the two ways. No library may be open meanwhile.

    Methods raise OutsideError: "adoption-busy" while a window shows the library that is to be brought in, and the
    disk's errors.
    """

    def __init__(self, folders: Folders, registry: LibraryRegistry, *, clock: Callable[[], int] = now_ms) -> None:
        self._folders = folders
        self._registry = registry
        self._clock = clock
        self._local = folders.local_library
        self._leaving = self._local.with_name("local.brought-in")
        self._plan_path = folders.data / ADOPTION_PLAN
        self._plan = JsonFile(self._plan_path)

    @property
    def is_planned(self) -> bool:
        """Whether an adoption was begun and has not ended."""
        return self._plan_path.exists()

    def local_size(self) -> LibrarySize | None:
        """Return the size of the library without an account; None where there is none, or nothing in it."""
        if not has_list(self._local / LIST):
            return None
        with self._opened(self._local) as database, database.read() as connection:
            size = library_size(connection)
        return size if size.projects else None

    def local_titles(self) -> list[str]:
        """Return the titles of the books in the library without an account."""
        if not has_list(self._local / LIST):
            return []
        with self._opened(self._local) as database, database.read() as connection:
            return project_titles(connection)

    def is_here(self, account: KnownAccount) -> bool:
        """Tell whether the account's library is on this computer."""
        return has_list(self._folder(account) / LIST)

    def plan(self, account: KnownAccount) -> None:
        """Decide that the library without an account goes to ``account``; ``go_on`` does it, now or later."""
        self._plan.change(
            lambda _: {"host": account.host, "user_id": account.user_id, "email": account.email, "copied": False}
        )

    def keep_apart(self, account: KnownAccount) -> None:
        """Make an empty library for ``account`` unless it has one here; the other one stays as it is."""
        self._make_for(account.host, account.user_id, account.email)

    def go_on(self, tell: Callable[[int, int], None] = lambda _done, _all: None) -> bool:
        """Do what was planned, from wherever it stopped; return whether there was anything to do.

        ``tell(done, all)`` counts the files that are copied.
        """
        if not self.is_planned:
            return False
        plan = self._plan.read()
        host, user_id, email = (str(plan.get(name, "")) for name in ("host", "user_id", "email"))
        if not host or not user_id:
            remove(self._plan_path)
            return False
        folder = self._folders.account_library(host, user_id)
        if not has_list(folder / LIST) and has_list(self._local / LIST):
            rename_library(self._local, folder, self._registry)
        elif has_list(self._local / LIST):
            if plan.get("copied") is not True:
                self._copy(folder, tell)
                self._plan.change(lambda found: {**found, "copied": True})
            self._remove_local()
        if plan.get("copied") is True:
            if not self._local.exists():
                self._registry.forget(self._local)
            self._remove_leaving()
        self._make_for(host, user_id, email)
        remove(self._plan_path)
        return True

    def _folder(self, account: KnownAccount) -> Path:
        return self._folders.account_library(account.host, account.user_id)

    def _opened(self, folder: Path, *, make: bool = False) -> contextlib.closing[Database]:
        known = self._registry.at(folder)
        return contextlib.closing(
            Database(folder / LIST, clock=self._clock, make=make, known=None if known is None else known.id)
        )

    def _make_for(self, host: str, user_id: str, email: str) -> None:
        """Let the library in the account's folder belong to it; made where there is none."""
        folder = self._folders.account_library(host, user_id)
        if self._was_renamed(folder):
            self._registry.move(self._local, folder)
        with self._opened(folder, make=True) as database:

            def give(connection: sqlite3.Connection) -> None:
                if fact_repo.known(connection, fact_repo.ACCOUNT) is None:
                    adopt(connection, self._clock(), user_id)

            database.write(give)
            library_id = database.library_id
        self._registry.remember(folder, library_id, host=host, email=email)

    def _was_renamed(self, folder: Path) -> bool:
        """Tell whether a crash came between the rename of the library and its note."""
        return not self._local.exists() and has_list(folder / LIST) and self._registry.at(folder) is None

    def _copy(self, folder: Path, tell: Callable[[int, int], None]) -> None:
        """Copy rows, then files, then look whether all of it is there. No library opens before that is done."""
        with hidden_from_windows(self._local), self._opened(self._local) as source, self._opened(folder) as target:
            theirs, ours = Vault(self._local / "vault"), Vault(folder / "vault")
            with source.read() as reading:
                target.write(lambda connection: bring_in(connection, reading, self._clock()))
                files = used_files(reading)
            for number, (sha256, kind, size) in enumerate(files):
                tell(number, len(files))
                self._copy_file(target, theirs, ours, sha256, Kind(kind), size)
            ours.settle(sha for sha, kind, _ in files if ours.has(sha, Kind(kind)))
            tell(len(files), len(files))
            with source.read() as reading, target.read() as connection:
                missing = missing_rows(connection, reading)
            missing += sum(not _is_copied(theirs, ours, sha, Kind(kind)) for sha, kind, _ in files)
            if missing:
                raise OutsideError("adoption-not-whole", count=missing)

    @staticmethod
    def _copy_file(target: Database, theirs: Vault, ours: Vault, sha256: str, kind: Kind, size: int) -> None:
        """Copy one file of the vault; a damaged or missing one stays as it is there: its take says so here, too."""
        if not theirs.has(sha256, kind) or (ours.has(sha256, kind) and not ours.is_damaged(sha256, kind)):
            return
        name = ours.new_temporary_name()
        copied = copy_file(str(theirs.path_of(sha256, kind)), ours.temporary(name))
        whole = copied.sha256 == sha256
        target.write(lambda _connection: ours.adopt(name, sha256, kind, copied.size if not whole else size))

    def _remove_local(self) -> None:
        """Remove the library that was copied. It loses its name first, so that half of it is never opened."""
        self._remove_leaving()
        with hidden_from_windows(self._local), file_errors(self._leaving):
            self._local.rename(self._leaving)
        self._registry.forget(self._local)
        self._remove_leaving()

    def _remove_leaving(self) -> None:
        with file_errors(self._leaving):
            if self._leaving.exists():
                shutil.rmtree(self._leaving)


def _is_copied(theirs: Vault, ours: Vault, sha256: str, kind: Kind) -> bool:
    """Tell whether a file is in the other vault too, as whole as it was."""
    if not theirs.has(sha256, kind):
        return True
    return ours.has(sha256, kind) and (not ours.is_damaged(sha256, kind) or theirs.is_damaged(sha256, kind))
