"""Notices that another process signed an account out."""

from __future__ import annotations

from audiodesk.domain.server.account import KnownAccount
from audiodesk.system.account_store import AccountStore

__all__ = ["SignOutWatch"]


class SignOutWatch:
    """Looks at the list of accounts, which is read only after it changed.

    An account that is missing does not count as signed out: the file may be unreadable for a moment.
    """

    def __init__(self, accounts: AccountStore, account: KnownAccount) -> None:
        self._accounts = accounts
        self._account = account
        self._mark: tuple[int, ...] = ()
        self._was_signed_in = account.signed_in

    def signed_out(self) -> bool:
        """Tell whether the account was signed out since the last call."""
        mark = self._accounts.mark()
        if mark == self._mark:
            return False
        self._mark = mark
        found = self._accounts.named(self._account.host, self._account.user_id)
        if found is None:
            return False
        was, self._was_signed_in = self._was_signed_in, found.signed_in
        return was and not found.signed_in
