"""Removes the secrets of ended sign-ins whose keyring did not answer then, beside a start and without delaying it."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.server.account import KnownAccount
from audiodesk.services.account.stored_sign_in import StoredSignIn
from audiodesk.system.account_store import AccountStore
from audiodesk.system.refresh_lock import refresh_lock, sign_in_lock

if TYPE_CHECKING:
    from audiodesk.services.account.sessions import Sessions
    from audiodesk.system.secrets import SecretStore

__all__ = ["LateRemoval"]

_log = logging.getLogger(__name__)
_KEYRING_SECONDS = 3.0
_TELL_SECONDS = 3.0
_CLOSE_SECONDS = 1.0


class LateRemoval:
    """``begin`` looks at the list of accounts on a thread of its own; nobody is asked for a password.

    ``close`` waits up to a second for a removal that is under way: a short command would end before it. What is left
    then is tried again at the next start.
    """

    def __init__(
        self,
        accounts: AccountStore,
        sessions: Callable[[], Sessions],
        secrets: Callable[[], SecretStore],
        *,
        lock: Callable[..., AbstractContextManager[None]] = refresh_lock,
    ) -> None:
        self._accounts = accounts
        self._sessions = sessions
        self._secrets = secrets
        self._lock = lock
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def begin(self) -> None:
        """Look whether there is something to remove, unless that is being done."""
        if self._is_closed or (self._thread is not None and self._thread.is_alive()):
            return
        self._thread = threading.Thread(target=self._run, name="late-removal", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Wait for what is under way. Idempotent."""
        self._is_closed = True
        if self._thread is not None:
            self._thread.join(_CLOSE_SECONDS)

    def _run(self) -> None:
        with contextlib.suppress(AudioDeskError):  # the program was closed meanwhile
            for account in self._accounts.left_behind():
                try:
                    self._remove(account)
                except AudioDeskError as error:
                    _log.warning("an ended sign-in is still in its keyring: %s", error)

    def _remove(self, account: KnownAccount) -> None:
        secrets = self._secrets()
        state, keyring = secrets.state()
        if state != "ready" or keyring not in account.leaves:
            return
        with sign_in_lock(self._lock, account.name), self._lock(account.name):
            noted = self._noted(account, keyring)
            if noted is None:  # somebody signed in, or removed it
                return
            found = secrets.take_out(
                account.name,
                _KEYRING_SECONDS,
                held_by=keyring,
                is_exact=True,
                late=lambda: self._noted(account, keyring) is not None,
            )
            self._accounts.note_left(account, keyring)
        # A sign-in that no keyring holds lasts in some process, and a keyring that answered late may have stored it.
        lasts_in_process = noted.signed_in and not noted.keyring
        if found is not None and not lasts_in_process:
            self._sessions().tell_ended(account, StoredSignIn.from_text(found.text), _TELL_SECONDS)

    def _noted(self, account: KnownAccount, keyring: str) -> KnownAccount | None:
        """Return what is noted of the account now, if its secret in this keyring still has to go."""
        noted = (one for one in self._accounts.left_behind() if one.name == account.name)
        return next((one for one in noted if keyring in one.leaves), None)
