"""Notices that another process signed in with the account of this library."""

from __future__ import annotations

from collections.abc import Callable

from audiodesk.domain.server.account import KnownAccount
from audiodesk.system.account_store import AccountStore

__all__ = ["SignInWatch"]


class SignInWatch:
    """Looks at the list of accounts, which is read only after it changed; cheap enough for once a second.

    ``account`` returns the library's account as the list has it now; None where it has none.
    """

    def __init__(self, accounts: AccountStore, account: Callable[[], KnownAccount | None]) -> None:
        self._accounts = accounts
        self._account = account
        self._mark: tuple[int, ...] = ()

    def email(self) -> str:
        """Return who is signed in, if the list changed since the last call and a keyring has the sign-in; else ""."""
        mark = self._accounts.mark()
        if mark == self._mark:
            return ""
        self._mark = mark
        account = self._account()
        if account is None or not account.signed_in or not account.keyring:
            return ""
        return account.email
