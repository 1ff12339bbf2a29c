"""Lets a library follow its server to another address: found, checked, planned on the disk, and renamed."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from audiodesk.domain.errors import OutsideError
from audiodesk.domain.server.account import KnownAccount
from audiodesk.domain.server.adoption import LibrarySize
from audiodesk.domain.sync.exchange import Head
from audiodesk.local.database.database import Database
from audiodesk.local.database.library_place import LIST, has_list, refuse_to_make
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

__all__ = ["PlannedMove", "ServerMove"]

_log = logging.getLogger(__name__)


class PlannedMove(NamedTuple):
    """A library that is to follow its server."""

    former: str
    """The host until now."""
    host: str
    user_id: str
    email: str
    folder: Path
    """Where the library is until it is done."""
    to: Path
    is_given_up: bool
    """Whether the person gave it up: what began is taken back."""


class ServerMove:
    """A library is known by its server's host and its account's id; here the host changes, and nothing else.

    The plan comes first. Whatever ends the process, the next start goes on from it (``go_on``, while no library is
    open). Until it is done the library opens where it is (``place_of``), as the former address's. The list itself is
    not written: edits that wait, the place in the sync and the computer's id stay.
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
        self._done: dict[Path, Path] = {}

    @property
    def is_planned(self) -> bool:
        """Whether a move was decided and is not done."""
        return self._plan_path.exists()

    def planned(self) -> PlannedMove | None:
        """Return the move that was decided and is not done; None where there is none, or the plan cannot be read."""
        try:
            return self._read_plan()
        except OutsideError as error:
            _log.warning("the plan of a server's move cannot be read: %s", error)
            return None

    def _read_plan(self) -> PlannedMove | None:
        """Return what was decided; None for a plan that says nothing. Raises OutsideError where it cannot be read."""
        if not self.is_planned:
            return None
        plan = self._plan.require()
        former, host, user_id, email = (str(plan.get(name, "")) for name in ("from", "host", "user_id", "email"))
        if not former or not host or not user_id or former == host:
            return None
        folder, to = (self._folders.account_library(one, user_id) for one in (former, host))
        return PlannedMove(former, host, user_id, email, folder, to, plan.get("given_up") is True)

    def place_of(self, folder: Path) -> Path:
        """Return where the library that belongs into ``folder``, or was there when this process began, is now."""
        folder = self._done.get(folder, folder)
        if not self.is_planned or has_list(folder / LIST):
            return folder
        plan = self.planned()
        if plan is None:  # it cannot be read now
            return self._guessed_place(folder)
        return plan.folder if plan.to == folder else folder

    def _guessed_place(self, folder: Path) -> Path:
        account = next((one for one in self._accounts.all() if self._folders.library_of(one) == folder), None)
        former = None if account is None else self.former(account)
        return folder if former is None else self._folders.library_of(former)

    def former(self, account: KnownAccount) -> KnownAccount | None:
        """Return the account of the same id at another host whose library is here, the one used last.

        None where there is none, or where ``account`` has, or had, a library of its own here.
        """
        folder = self._folders.library_of(account)
        if has_list(folder / LIST) or self._registry.at(folder) is not None:
            return None
        return next(
            (
                one
                for one in self._accounts.all()
                if one.user_id == account.user_id
                and one.host != account.host
                and has_list(self._folders.library_of(one) / LIST)
            ),
            None,
        )

    def look_into(self, former: KnownAccount) -> tuple[LibrarySize, int, Head]:
        """Return the size of its library, how many edits wait in it, and the last step of its sync."""
        folder = self._folders.library_of(former)
        known = self._registry.at(folder)
        opened = Database(folder / LIST, clock=self._clock, make=False, known=None if known is None else known.id)
        with contextlib.closing(opened) as database, database.read() as connection:
            return library_size(connection), change_repo.count(connection), sync_place_repo.head(connection)

    def plan(self, former: KnownAccount, account: KnownAccount) -> None:
        """Decide that the library of ``former`` is the one of ``account``."""
        values = {"from": former.host, "host": account.host, "user_id": account.user_id, "email": account.email}
        self._plan.change(lambda _: values)

    def leave_apart(self) -> KnownAccount | None:
        """Give the move up: the library is the former address's, and opens; return the account at the new one.

        None where nothing was planned, or everything was done but the end of the plan. That account is taken off the
        list; its sign-in is the caller's to end. A library that has its new name already gets the former one again.
        Raises what ``go_on`` raises.
        """
        plan = self._read_plan()
        if plan is None or (self._has_moved(plan) and self._accounts.named(plan.former, plan.user_id) is None):
            remove(self._plan_path)
            return None
        account = self._accounts.named(plan.host, plan.user_id)
        self._plan.change(lambda found: {**found, "given_up": True})
        self._take_back(plan)
        return account

    def go_on(self) -> bool:
        """Do what was planned, from wherever it stopped; return whether there was anything to do.

        Raises OutsideError: "library-in-window" while a window shows the library, "library-at-work" while a command
        works in it, "library-gone" or "library-missing" where it is not to be found, and the disk's errors.
        """
        if not self.is_planned:
            return False
        plan = self._read_plan()
        if plan is not None and plan.is_given_up:
            self._take_back(plan)
        elif plan is not None and self._move(plan):
            self._done[plan.folder] = plan.to
            self._note(plan)
            if (former := self._accounts.named(plan.former, plan.user_id)) is not None:
                self._accounts.retire(former)
        remove(self._plan_path)
        return True

    def _move(self, plan: PlannedMove) -> bool:
        """Let the library be in its new folder; return whether it is the one that was to go there."""
        known, there = self._registry.at(plan.folder), self._registry.at(plan.to)
        if has_list(plan.to / LIST):
            is_other = known is not None and there is not None and known.id != there.id
            if is_other or has_list(plan.folder / LIST):
                _log.warning("a library is at the new address already; the one of the former address stays")
                return False
            self._registry.move(plan.folder, plan.to)  # a crash may have come between the rename and its note
            return True
        if not has_list(plan.folder / LIST):
            refuse_to_make(plan.folder / LIST, None if known is None else known.id)
            return False
        rename_library(plan.folder, plan.to, self._registry)
        with contextlib.suppress(OSError):
            plan.folder.parent.rmdir()  # unless other accounts of that host are in it
        return True

    def _note(self, plan: PlannedMove) -> None:
        known = self._registry.at(plan.to)
        if known is not None:
            self._registry.remember(plan.to, known.id, host=plan.host, email=plan.email)

    def _has_moved(self, plan: PlannedMove) -> bool:
        """Tell whether the library has its new name: no other one is there, and none is at the former place."""
        known, there = self._registry.at(plan.folder), self._registry.at(plan.to)
        is_other = known is not None and there is not None and known.id != there.id
        return has_list(plan.to / LIST) and not has_list(plan.folder / LIST) and not is_other

    def _take_back(self, plan: PlannedMove) -> None:
        if self._has_moved(plan):
            rename_library(plan.to, plan.folder, self._registry)
            self._done[plan.to] = plan.folder
        known, there = self._registry.at(plan.folder), self._registry.at(plan.to)
        if there is not None and (known is None or known.id == there.id):
            self._registry.move(plan.to, plan.folder)  # a crash may have come between the rename and its note
            known = there
        if known is not None:
            self._registry.remember(plan.folder, known.id, host=plan.former, email=plan.email)
        former = self._accounts.named(plan.former, plan.user_id)
        if former is not None:
            self._accounts.use(former)
        account = self._accounts.named(plan.host, plan.user_id)
        if account is not None and former is not None and not has_list(plan.to / LIST):
            self._accounts.retire(account)
        remove(self._plan_path)
