"""The sign-ins that this process uses: one ``KeptSession`` for each account, made when it is first needed."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from audiodesk.domain.events import Event
from audiodesk.domain.server.account import KnownAccount
from audiodesk.services.account.sign_in_notes import SignInNotes
from audiodesk.services.account.sign_out_watch import SignOutWatch
from audiodesk.system.account_store import AccountStore
from audiodesk.system.platforms import forbid_core_files

if TYPE_CHECKING:
    from audiodesk.services.account.kept_session import KeptSession
    from audiodesk.services.account.stored_sign_in import StoredSignIn
    from audiodesk.system.secrets import SecretStore

__all__ = ["Sessions"]


class Sessions:
    """Each account's session, with a connection of its own. While one is in use, a crash leaves no core file."""

    def __init__(
        self,
        accounts: AccountStore,
        secrets: Callable[[], SecretStore],
        *,
        publish: Callable[[Event], None],
        waits: float,
        farewell: Callable[[], float],
    ) -> None:
        self._accounts = accounts
        self._secrets = secrets
        self._publish = publish
        self._waits = waits
        self._farewell = farewell
        self._lock = threading.Lock()
        self._open = contextlib.ExitStack()
        self._sessions: dict[str, KeptSession] = {}

    def of(self, account: KnownAccount) -> KeptSession:
        """Return the account's session. Nothing is asked yet. Raises what ``open_client`` raises."""
        with self._lock:
            session = self._sessions.get(account.name)
            is_new = session is not None and session.has_ended and account.signed_in and bool(account.keyring)
            if session is None or is_new:  # another process may have signed in since this one's sign-in ended
                session = self._sessions[account.name] = self._made(account, self._publish)
            return session

    def holds(self, account: KnownAccount) -> bool:
        """Tell whether this process can use the account's sign-in: a keyring has it, or it was made here."""
        with self._lock:
            session = self._sessions.get(account.name)
            return account.signed_in and (bool(account.keyring) or (session is not None and session.is_held))

    def drop(self, account: KnownAccount) -> None:
        """Forget a session that was signed out; the account's next one starts anew."""
        with self._lock:
            self._sessions.pop(account.name, None)

    def tell_ended(self, account: KnownAccount, stored: StoredSignIn, seconds: float) -> bool:
        """Tell the server of a sign-in that ended and whose secret was taken out; return whether it took it."""
        with self._lock:
            session = self._made(replace(account, keyring=""), lambda _event: None)
        return session.tell_ended(stored, seconds)

    def close(self) -> None:
        """Close every session; what a keyring holds stays there. Idempotent."""
        self._open.close()

    def _made(self, account: KnownAccount, publish: Callable[[Event], None]) -> KeptSession:
        from audiodesk.cloud.sign_in.auth import Auth
        from audiodesk.cloud.wire.http import open_client
        from audiodesk.services.account.kept_session import KeptSession

        forbid_core_files()
        client = open_client(account.address)
        self._open.callback(client.close)
        session = KeptSession(
            Auth(client, account.address, account.key),
            self._secrets(),
            name=account.name,
            email=account.email,
            held_by=account.keyring,
            publish=publish,
            notes=SignInNotes(self._accounts, account),
            on_ended=lambda error: self._accounts.update(account, signed_in=False, keyring="", trouble=error.code),
            waits=self._waits,
            farewell=self._farewell,
            signed_out=SignOutWatch(self._accounts, account).signed_out,
        )
        self._open.callback(session.close)
        return session
