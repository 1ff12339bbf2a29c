"""Signing in, and which account's library opens, for the command line and the dialogs; call it off the main thread.

Errors are AudioDeskErrors; ``domain.server.sign_in.field_of`` tells the field of the dialog that they belong to.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from audiodesk.domain.errors import AudioDeskError, OutsideError, UserError
from audiodesk.domain.events import Event, SignedIn
from audiodesk.domain.server.account import KnownAccount
from audiodesk.domain.server.adoption import AdoptionChoice, AdoptionQuestion, LibrarySize
from audiodesk.domain.server.moved_server import MovedServer
from audiodesk.services.account.adoption import Adoption
from audiodesk.services.account.library_questions import LibraryQuestions
from audiodesk.services.account.server_move import ServerMove
from audiodesk.services.account.server_requests import ServerRequests
from audiodesk.services.account.server_setting import ServerSetting
from audiodesk.services.account.sessions import Sessions
from audiodesk.services.account.signing_out import SIGN_OUT_SECONDS
from audiodesk.system.account_store import AccountStore
from audiodesk.system.clock import now_ms
from audiodesk.system.refresh_lock import refresh_lock, sign_in_lock
from audiodesk.system.settings_store import SettingsStore

if TYPE_CHECKING:
    from audiodesk.cloud.server_trial import TriedServer
    from audiodesk.cloud.sign_in.auth import Auth, Tokens
    from audiodesk.services.account.kept_session import KeptSession
    from audiodesk.system.secrets import KeyringState, SecretStore

__all__ = ["AccountService", "FreshSignIn"]


@dataclass(frozen=True, slots=True)
class FreshSignIn:
    """A sign-in that the server accepted and that is stored nowhere yet."""

    account: KnownAccount
    tokens: Tokens = field(repr=False)


class AccountService:
    """The accounts of this computer.

    A sign-in has two steps. ``sign_in`` or ``sign_in_by_code`` asks the server. Then ``keep`` stores it, with the
    answers to ``moved`` and ``question``, or ``drop`` forgets it; until then nothing has changed on this computer.
    """

    def __init__(
        self,
        *,
        environ: Mapping[str, str],
        settings: SettingsStore,
        setting: ServerSetting,
        accounts: AccountStore,
        adoption: Adoption,
        server_move: ServerMove,
        sessions: Sessions,
        requests: ServerRequests,
        questions: LibraryQuestions,
        secrets: Callable[[], SecretStore],
        publish: Callable[[Event], None],
        clock: Callable[[], int] = now_ms,
    ) -> None:
        """``clock`` returns milliseconds since 1970 UTC."""
        self._environ = environ
        self._settings = settings
        self._setting = setting
        self._accounts = accounts
        self._adoption = adoption
        self._server_move = server_move
        self._sessions = sessions
        self._requests = requests
        self._questions = questions
        self._secrets = secrets
        self._publish = publish
        self._clock = clock

    # -- what is known -----------------------------------------------------------------------------------------------

    def known(self) -> list[KnownAccount]:
        """Return the accounts that were used here, the last one first."""
        return self._accounts.all()

    def current(self) -> KnownAccount | None:
        """Return the account whose library is in use; None where it is the library without an account."""
        return self._accounts.in_use()

    def keyring_state(self) -> tuple[KeyringState, str]:
        """Return whether a keyring can hold a sign-in now, and its name; asks nobody to unlock it."""
        return self._secrets().state()

    def local_size(self) -> LibrarySize | None:
        """Return the size of the library without an account; None where no book was made in it."""
        return self._adoption.local_size()

    @property
    def reset_url(self) -> str:
        """The operator's page for a lost password; empty without one."""
        return _page(self._environ.get("AUDIODESK_RESET_URL", "") or self._settings.load().reset_url)

    @property
    def sign_up_url(self) -> str:
        """The operator's page for new accounts; empty without one."""
        return _page(self._environ.get("AUDIODESK_SIGN_UP_URL", "") or self._settings.load().sign_up_url)

    # -- the server --------------------------------------------------------------------------------------------------

    def try_server(self, url: str, key: str) -> TriedServer:
        """Test address and key. Raises what ``cloud.server_trial.try_server`` raises."""
        return self._requests.try_server(url, key)

    def set_server(self, server: TriedServer) -> None:
        """Save a server that was tested."""
        self._setting.save(server.address, server.key)

    # -- signing in --------------------------------------------------------------------------------------------------

    def sign_in(self, email: str, password: str) -> FreshSignIn:
        """Ask the server that the settings name. Raises UserError("back-end-is-local") and what ``Auth`` raises."""
        return self._fresh(lambda auth: auth.by_password(email.strip(), password))

    def send_code(self, email: str) -> None:
        """Let the server send a code to an address that has an account."""
        self._refuse_if_local()
        with self._requests.auth() as (auth, _):
            self._requests.patiently(lambda: auth.send_code(email.strip()))

    def sign_in_by_code(self, email: str, code: str) -> FreshSignIn:
        """Ask the server, with a code from an e-mail."""
        return self._fresh(lambda auth: auth.by_code(email.strip(), "".join(code.split())))

    def question(self, fresh: FreshSignIn) -> AdoptionQuestion | None:
        """Return what has to be asked before ``keep``; None where no books were made here without an account."""
        return self._questions.adoption(fresh.account, lambda: fresh.tokens.access)

    def moved(self, fresh: FreshSignIn) -> MovedServer | None:
        """Return what has to be asked before ``keep`` where the account is known under another address; else None."""
        return self._questions.moved(fresh.account, lambda: fresh.tokens.access)

    def later_question(self, account: KnownAccount) -> AdoptionQuestion | None:
        """Return the first question for an account that is signed in; ``bring_in`` follows."""
        return self._questions.adoption(account, lambda: self._sessions.of(account).access_token())

    def bring_in(self, account: KnownAccount) -> None:
        """Let the library without an account go to ``account`` when that one's library is opened next."""
        self._adoption.plan(account)

    def keep(
        self,
        fresh: FreshSignIn,
        choice: AdoptionChoice = "keep-apart",
        *,
        moved: MovedServer | None = None,
        needs_keyring: bool = False,
    ) -> KnownAccount:
        """Store a sign-in and let the account's library open from now on; return the account.

        Where no keyring takes the sign-in it lasts until the process ends; with ``needs_keyring`` that is an error, and
        the sign-in is dropped. After ``adopt``, the library without an account goes to this one when it is opened next
        (``Program.open``); close it before. With ``moved``, the library of the former address does.
        """
        with contextlib.ExitStack() as held:
            try:
                held.enter_context(sign_in_lock(refresh_lock, fresh.account.name))
            except OutsideError:  # another process signs in to the same account, and its keyring asks the person
                self.drop(fresh)
                raise
            return self._keep(fresh, choice, moved=moved, needs_keyring=needs_keyring)

    def _keep(
        self, fresh: FreshSignIn, choice: AdoptionChoice, *, moved: MovedServer | None, needs_keyring: bool
    ) -> KnownAccount:
        account = fresh.account
        before, in_use = self._accounts.named(account.host, account.user_id), self._accounts.in_use()
        known = before or KnownAccount(account.host, account.address, account.key, account.user_id, account.email)
        account = replace(known, address=account.address, key=account.key, email=account.email)
        session: KeptSession | None = None
        try:
            # A disk that takes nothing shows before a secret is stored.
            self._accounts.remember(account)
            self._sessions.drop(account)
            session = self._sessions.of(replace(account, keyring=""))
            session.begin(fresh.tokens)
            if needs_keyring and not session.keyring:
                raise session.trouble or OutsideError("keyring-none")
            account = replace(account, keyring=session.keyring, signed_in=True, trouble="", since=self._clock())
            self.decide(account, choice, moved=moved)
            session.note_listed()
            self._setting.use(account)
        except BaseException:
            self._take_back(fresh, session, before)
            with contextlib.suppress(AudioDeskError):
                if choice == "adopt":
                    self._adoption.leave_apart()
            with contextlib.suppress(AudioDeskError):
                if moved is not None:
                    self._server_move.leave_apart()
            with contextlib.suppress(AudioDeskError):
                self._accounts.use(in_use)
            raise
        self._publish(SignedIn(account.email))
        return account

    def decide(
        self, account: KnownAccount, choice: AdoptionChoice = "keep-apart", *, moved: MovedServer | None = None
    ) -> None:
        """Let the library of ``account`` open from now on, after the answers about what is on this computer."""
        if moved is not None:
            self._server_move.plan(moved.former, account)
        if choice == "adopt":
            self._adoption.plan(account)
        elif moved is None:
            self._adoption.keep_apart(account)
        self._accounts.remember(account, use=True)

    def leave_apart(self) -> bool:
        """Drop what was planned for libraries and could not be finished; return whether there was a plan.

        Each library stays where it is. One that could not follow its server opens under the former address again; the
        sign-in at the new address is given up, so that the next one asks again.
        """
        had_adoption = self._adoption.leave_apart()
        account = self._server_move.leave_apart()
        if account is None:
            return had_adoption
        with contextlib.suppress(AudioDeskError):  # else ``LateRemoval`` does it
            self._sessions.of(account).sign_out("local", SIGN_OUT_SECONDS)
            self._accounts.forget(account)
        self._sessions.drop(account)
        return True

    def _take_back(self, fresh: FreshSignIn, session: KeptSession | None, before: KnownAccount | None) -> None:
        """Leave no sign-in that nobody knows of, on this computer or on the server, after ``keep`` failed."""
        stored = "" if session is None else session.keyring
        if session is not None and stored:
            with contextlib.suppress(AudioDeskError):  # it is removed as soon as that keyring answers again
                session.sign_out("local", SIGN_OUT_SECONDS)
        else:
            self.drop(fresh)
        self._sessions.drop(fresh.account)
        with contextlib.suppress(AudioDeskError):
            if before is not None and (before.keyring != stored or not stored):
                self._accounts.remember(before)  # a former sign-in lies where it was
            elif stored:
                self._accounts.note_leaving(fresh.account)
            elif session is not None:
                self._retire(fresh.account)

    def _retire(self, account: KnownAccount) -> None:
        """Take an account off the list that nobody signed in to; what a keyring may still get is noted."""
        known = self._accounts.named(account.host, account.user_id)
        if known is not None:
            self._accounts.retire(known)

    def drop(self, fresh: FreshSignIn) -> None:
        """Forget a sign-in that is not wanted; the server is told, if it can be."""
        with contextlib.suppress(OutsideError), self._requests.auth() as (auth, _):
            auth.sign_out(fresh.tokens.access, "local")

    def use(self, account: KnownAccount | None) -> None:
        """Let the library of another account, or the one without, open from now on."""
        self._accounts.use(account)
        if account is not None:
            self._setting.use(account)

    # -- inside ------------------------------------------------------------------------------------------------------

    def _refuse_if_local(self) -> None:
        if self._environ.get("STORAGE_BACKEND", "").strip() == "local":
            raise UserError("back-end-is-local")

    def _fresh(self, ask: Callable[[Auth], Tokens]) -> FreshSignIn:
        self._refuse_if_local()
        with self._requests.auth() as (auth, server):
            tokens = self._requests.patiently(lambda: ask(auth))
        address, key = server
        known = self._accounts.named(auth.host, tokens.user_id)
        account = KnownAccount(auth.host, address, key, tokens.user_id, tokens.email)
        return FreshSignIn(
            account if known is None else replace(known, address=address, key=key, email=tokens.email), tokens
        )


def _page(text: str) -> str:
    """Return the address of a page that may be opened in a browser; empty for anything else."""
    found = text.strip()
    return found if found.startswith(("https://", "http://")) and found.isprintable() and " " not in found else ""
