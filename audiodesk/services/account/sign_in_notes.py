"""What the list of accounts notes of a sign-in before a keyring is asked to store or remove its secret."""

from __future__ import annotations

from audiodesk.domain.server.account import KnownAccount
from audiodesk.system.account_store import AccountStore

__all__ = ["SignInNotes"]


class SignInNotes:
    """Each note comes before what it is about, so that a kill in between leaves no secret that nobody knows of.

    ``LateRemoval`` removes what is noted and did not come to its end. Each method raises OutsideError for a full disk.
    """

    def __init__(self, accounts: AccountStore, account: KnownAccount) -> None:
        self._accounts = accounts
        self._account = account

    def arriving(self, keyring: str) -> None:
        """Note that this keyring is about to get the secret of a sign-in that is not on the list yet."""
        self._accounts.note_arriving(self._account, keyring)

    def leaving(self, keyring: str) -> None:
        """Note that the person is signed out, and that the secret in this keyring has to go."""
        self._accounts.note_leaving(self._account, keyring)

    def is_leaving(self, keyring: str) -> bool:
        """Tell whether what this keyring holds is only the secret of a sign-in that ended."""
        return any(one.name == self._account.name and keyring in one.leaves for one in self._accounts.left_behind())

    def left(self, keyring: str) -> None:
        """Note that this keyring holds the secret no more."""
        self._accounts.note_left(self._account, keyring)
