"""Gives the library made without an account to an account: renamed, or copied where the account has one here.

A plan on the disk comes first. Whatever ends the process, the next start goes on from the plan.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

from audiodesk.domain.errors import AudioDeskError, OutsideError
from audiodesk.domain.server.account import KnownAccount
from audiodesk.domain.server.adoption import LibrarySize
from audiodesk.local.database.database import Database
from audiodesk.local.database.library_place import LIST, has_list, refuse_to_make
from audiodesk.local.files.vault import Vault
from audiodesk.local.rows.library.library_size_repo import library_size, project_titles
from audiodesk.local.rows.store import fact_repo
from audiodesk.local.rows.sync.adoption import adopt
from audiodesk.local.rows.sync.bring_in import bring_in, missing_rows
from audiodesk.services.account.library_folders import hidden_from_windows, rename_library
from audiodesk.services.account.vault_copy import VaultCopy
from audiodesk.system.clock import now_ms
from audiodesk.system.disk_space import free_bytes
from audiodesk.system.files import file_errors, remove
from audiodesk.system.folders import ADOPTION_PLAN, Folders
from audiodesk.system.json_file import JsonFile
from audiodesk.system.library_registry import LibraryRegistry

__all__ = ["Adoption"]


class Adoption:
    """The library of an account on this computer, made in one of the two ways. No library may be open meanwhile.

    Methods raise OutsideError: "library-in-window" while a window shows the library that is to be brought in,
    "library-at-work" while another command works on it, and the disk's errors.
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
        return has_list(self._folders.library_of(account) / LIST)

    def plan(self, account: KnownAccount) -> None:
        """Decide that the library without an account goes to ``account``; ``go_on`` does it, now or later.

        Raises OutsideError "library-gone" or "library-missing" where the account's library was made on this computer
        and is not to be found: its disk may be away; "disk-full" where the recordings would be copied and do not fit.
        """
        folder = self._folders.library_of(account)
        self._require_place(folder)
        if has_list(folder / LIST):
            free = free_bytes(folder)
            if free is not None and sum(file.size for file in Vault(self._local / "vault").files()) > free:
                raise OutsideError("disk-full", path=str(folder))
        self._plan.change(lambda _: {"host": account.host, "user_id": account.user_id, "email": account.email})

    def leave_apart(self) -> bool:
        """Drop the plan: the library without an account stays as it is; return whether there was a plan.

        What was copied so far stays in the account's library.
        """
        self._give_name_back()
        return remove(self._plan_path)

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
        self._require_place(folder)
        is_leaving = self._leaving.exists()
        if has_list(self._local / LIST) and not has_list(folder / LIST) and not is_leaving:
            rename_library(self._local, folder, self._registry)
        elif is_leaving or has_list(self._local / LIST):
            self._make_for(host, user_id, email)
            self._copy(folder, tell)
        self._make_for(host, user_id, email)
        remove(self._plan_path)
        return True

    def _opened(self, folder: Path, *, make: bool = False) -> contextlib.closing[Database]:
        known = self._registry.at(folder)
        return contextlib.closing(
            Database(folder / LIST, clock=self._clock, make=make, known=None if known is None else known.id)
        )

    def _make_for(self, host: str, user_id: str, email: str) -> None:
        """Let the library in the account's folder belong to it; made where there is none."""
        folder = self._folders.account_library(host, user_id)
        self._note_rename(folder)
        with self._opened(folder, make=True) as database:

            def give(connection: sqlite3.Connection) -> None:
                if fact_repo.known(connection, fact_repo.ACCOUNT) is None:
                    adopt(connection, self._clock(), user_id)

            database.write(give)
            library_id = database.library_id
        self._registry.remember(folder, library_id, host=host, email=email)

    def _note_rename(self, folder: Path) -> None:
        """Note that the library without an account is in ``folder`` now, if a crash came before the note."""
        known = self._registry.at(self._local)
        if known is None or self._local.exists() or not has_list(folder / LIST):
            return
        there = self._registry.at(folder) or known
        with contextlib.closing(Database(folder / LIST, clock=self._clock, make=False, known=there.id)) as database:
            is_it = database.library_id == known.id
        if is_it:
            self._registry.move(self._local, folder)

    def _require_place(self, folder: Path) -> None:
        """Raise "library-gone" or "library-missing" if a library was made in ``folder`` and its list is not there."""
        if not has_list(folder / LIST):
            known = self._registry.at(folder)
            refuse_to_make(folder / LIST, None if known is None else known.id)

    def _copy(self, folder: Path, tell: Callable[[int, int], None]) -> None:
        """Copy the library without an account into the one in ``folder``, and remove it.

        The recordings are copied first, which takes long, and the rows only once no process can reach the library by
        its name: from then on no write to it succeeds, so nothing that was reported as added can be overlooked.
        """
        copy = VaultCopy()
        if self._leaving.exists():  # a former run came so far
            self._finish_leaving(folder, copy, tell)
        if has_list(self._local / LIST):
            with hidden_from_windows(self._local), self._opened(folder) as target:
                _copy_files(copy, self._local, folder, target, tell)
            rename_library(self._local, self._leaving, self._registry)
            self._finish_leaving(folder, copy, tell)

    def _finish_leaving(self, folder: Path, copy: VaultCopy, tell: Callable[[int, int], None]) -> None:
        """Copy what is not in ``folder`` yet out of the library that lost its name; remove it if all of it is there.

        Once its list is removed, only files are left that were compared. They are compared again all the same.
        """
        if not self._local.exists():
            self._registry.move(self._local, self._leaving)  # a crash may have come before the note
        try:
            with hidden_from_windows(self._leaving):
                self._bring_over(folder, copy, tell)
                remove(self._leaving / LIST)
                self._registry.forget(self._leaving)
                with file_errors(self._leaving):
                    shutil.rmtree(self._leaving)
        except AudioDeskError:
            self._give_name_back()
            raise

    def _bring_over(self, folder: Path, copy: VaultCopy, tell: Callable[[int, int], None]) -> None:
        with self._opened(folder) as target:
            missing = _copy_files(copy, self._leaving, folder, target, tell)
            if not missing and has_list(self._leaving / LIST):
                with self._opened(self._leaving) as source, source.read() as reading:
                    target.write(lambda connection: bring_in(connection, reading, self._clock()))
                    with target.read() as connection:
                        missing = missing_rows(connection, reading)
        if missing:
            raise OutsideError("adoption-not-whole", count=missing)

    def _give_name_back(self) -> None:
        """Let the library without an account open under its name again, unless it is being removed already."""
        if has_list(self._leaving / LIST) and not self._local.exists():
            with file_errors(self._local):
                self._leaving.rename(self._local)
            self._registry.move(self._leaving, self._local)


def _copy_files(copy: VaultCopy, source: Path, folder: Path, target: Database, tell: Callable[[int, int], None]) -> int:
    """Copy the files of the library in ``source``; until their rows come, ``target`` may hold audio and no book."""
    target.write(lambda connection: fact_repo.remember(connection, fact_repo.MADE_BESIDE_VAULT, "1"))
    return copy.copy(Vault(source / "vault"), Vault(folder / "vault"), target, tell)
