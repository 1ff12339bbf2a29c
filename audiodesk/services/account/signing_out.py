"""Signs accounts out: which one is meant, and what becomes of its secret."""

from __future__ import annotations

from dataclasses import dataclass

from audiodesk.domain.errors import AudioDeskError, OutsideError, UserError
from audiodesk.domain.server.account import KnownAccount
from audiodesk.services.account.sessions import Sessions
from audiodesk.system.account_store import AccountStore

__all__ = ["SIGN_OUT_SECONDS", "SignedOutResult", "SigningOut"]

SIGN_OUT_SECONDS = 3.0
"""How long the server is told of it."""


@dataclass(frozen=True, slots=True)
class SignedOutResult:
    """What a sign-out did."""

    account: KnownAccount
    told: bool
    """Whether the server knows; else the sign-in there ends by itself, and nobody has its secret."""


class SigningOut:
    """Takes seconds; call it off the main thread. An account's library stays, and stays open."""

    def __init__(self, accounts: AccountStore, sessions: Sessions) -> None:
        self._accounts = accounts
        self._sessions = sessions

    def leaving(self, email: str = "") -> KnownAccount:
        """Return the account that a sign-out is about: that of ``email``; by default the one in use.

        Where the library without an account is in use it is the one that is signed in. Raises
        OutsideError("signed-out") where there is none, UserError("which-account") where several are signed in.
        """
        accounts = [one for one in self._accounts.all() if one.signed_in]
        in_use = self._accounts.in_use()
        if email.strip():
            accounts = [one for one in accounts if one.email.casefold() == email.strip().casefold()]
        elif in_use is not None:
            return in_use
        if in_use is not None and in_use.name in (one.name for one in accounts):
            return in_use
        if not accounts:
            raise OutsideError("signed-out")
        if len(accounts) > 1 and not email.strip():
            raise UserError("which-account", names=", ".join(one.email for one in accounts))
        return accounts[0]

    def sign_out(
        self, account: KnownAccount, *, everywhere: bool = False, seconds: float = SIGN_OUT_SECONDS
    ) -> SignedOutResult:
        """Remove the secret of ``account`` at once, also offline, and tell the server within ``seconds``.

        Raises OutsideError("signed-out") where the account is not signed in, and the keyring's errors where the secret
        could not be removed: it is removed as soon as that keyring answers again (``LateRemoval``).
        """
        known = self._accounts.named(account.host, account.user_id)
        if known is None or not known.signed_in:
            raise OutsideError("signed-out")
        account = known
        session = self._sessions.of(account)
        try:
            told = session.sign_out("global" if everywhere else "local", seconds)
        except AudioDeskError:
            self._accounts.note_leaving(account, session.keyring, unless_again=True)
            raise
        finally:
            self._sessions.drop(account)
        # Not what another process stored while the server was told of this one: its secret would be forgotten.
        self._accounts.end(account)
        return SignedOutResult(account, told)
