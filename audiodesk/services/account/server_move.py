"""Lets a library follow its server to another address: found, checked, planned on the disk, and renamed."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from pathlib import Path

from audiodesk.domain.server.account import KnownAccount
from audiodesk.domain.server.adoption import LibrarySize
from audiodesk.domain.sync.exchange import Head
from audiodesk.local.database.database import Database
from audiodesk.local.database.library_place import LIST, has_list
from audiodesk.local.rows.library.library_size_repo import library_size
from audiodesk.local.rows.store import change_repo
from audiodesk.local.rows.sync import sync_place_repo
from audiodesk.services.account.library_folders import rename_library
from audiodesk.system.account_store import AccountStore
from audiodesk.system.clock import now_ms
from audiodesk.system.files import remove
from audiodesk.system.folders import SERVER_MOVE_PLAN, Folders
from audiodesk.system.json_file import JsonFile
from audiodesk.system.library_registry import LibraryRegistry

__all__ = ["ServerMove"]

_log = logging.getLogger(__name__)


class ServerMove:
    """A library is known by its server's host and its account's id; here the host changes, and nothing else.

    The plan comes first. Whatever ends the process, the next start goes on from it (``go_on``, while no library is
    open). The list itself is not written: edits that wait, the place in the sync and the computer's id stay.
    """

    def __init__(
        self,
        folders: Folders,
        registry: LibraryRegistry,
        accounts: AccountStore,
        *,
        clock: Callable[[], int] = now_ms,
    ) -> None:
        self._folders = folders
        self._registry = registry
        self._accounts = accounts
        self._clock = clock
        self._plan_path = folders.data / SERVER_MOVE_PLAN
        self._plan = JsonFile(self._plan_path)

    @property
    def is_planned(self) -> bool:
        """Whether a move was decided and is not done."""
        return self._plan_path.exists()

    def former(self, account: KnownAccount) -> KnownAccount | None:
        """Return the account of the same id at another host whose library is here, the one used last.

        None where there is none, or where ``account`` has, or had, a library of its own here.
        """
        folder = self._folder(account)
        if has_list(folder / LIST) or self._registry.at(folder) is not None:
            return None
        return next(
            (
                one
                for one in self._accounts.all()
                if one.user_id == account.user_id and one.host != account.host and has_list(self._folder(one) / LIST)
            ),
            None,
        )

    def look_into(self, former: KnownAccount) -> tuple[LibrarySize, int, Head]:
        """Return the size of its library, how many edits wait in it, and the last step of its sync."""
        folder = self._folder(former)
        known = self._registry.at(folder)
        opened = Database(folder / LIST, clock=self._clock, make=False, known=None if known is None else known.id)
        with contextlib.closing(opened) as database, database.read() as connection:
            return library_size(connection), change_repo.count(connection), sync_place_repo.head(connection)

    def plan(self, former: KnownAccount, account: KnownAccount) -> None:
        """Decide that the library of ``former`` is the one of ``account``."""
        values = {"from": former.host, "host": account.host, "user_id": account.user_id, "email": account.email}
        self._plan.change(lambda _: values)

    def go_on(self) -> bool:
        """Do what was planned, from wherever it stopped; return whether there was anything to do.

        Raises OutsideError: "adoption-busy" while a window shows the library, and the disk's errors.
        """
        if not self.is_planned:
            return False
        plan = self._plan.read()
        before, host, user_id, email = (str(plan.get(name, "")) for name in ("from", "host", "user_id", "email"))
        if before and host and user_id and before != host:
            self._move(self._folders.account_library(before, user_id), self._folders.account_library(host, user_id))
            self._note(self._folders.account_library(host, user_id), host, email)
            if (former := self._accounts.named(before, user_id)) is not None:
                self._accounts.forget(former)
        remove(self._plan_path)
        return True

    def _move(self, folder: Path, to: Path) -> None:
        if has_list(to / LIST):
            if not folder.exists():  # a crash came between the rename and its note
                self._registry.move(folder, to)
            else:
                _log.warning("a library is at the new address already; the one of the former address stays")
            return
        if has_list(folder / LIST):
            rename_library(folder, to, self._registry)
            with contextlib.suppress(OSError):
                folder.parent.rmdir()  # unless other accounts of that host are in it

    def _note(self, folder: Path, host: str, email: str) -> None:
        known = self._registry.at(folder)
        if known is not None:
            self._registry.remember(folder, known.id, host=host, email=email)

    def _folder(self, account: KnownAccount) -> Path:
        return self._folders.account_library(account.host, account.user_id)
