"""Signing in and out, for the command line and the dialogs. Each method may take seconds; call it off the main thread.

Errors are AudioDeskErrors; ``domain.server.sign_in.field_of`` tells the field of the dialog that they belong to.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from audiodesk.domain.errors import AudioDeskError, OutsideError, UserError
from audiodesk.domain.events import Event, SignedIn, SignInWaiting
from audiodesk.domain.server.account import KnownAccount
from audiodesk.domain.server.adoption import AdoptionChoice, AdoptionQuestion, LibrarySize, question_of
from audiodesk.domain.server.moved_server import MovedServer
from audiodesk.domain.sync.exchange import Place
from audiodesk.services.account.adoption import Adoption
from audiodesk.services.account.server_move import ServerMove
from audiodesk.services.account.sessions import Sessions
from audiodesk.system.account_store import AccountStore
from audiodesk.system.settings_store import SettingsStore

if TYPE_CHECKING:
    from audiodesk.cloud.server import Server
    from audiodesk.cloud.server_trial import TriedServer
    from audiodesk.cloud.sign_in.auth import Auth, Tokens
    from audiodesk.domain.server.storage_usage import StorageUsage
    from audiodesk.services.account.kept_session import KeptSession
    from audiodesk.system.secrets import KeyringState, SecretStore

__all__ = ["AccountService", "FreshSignIn", "SignedOutResult"]

T = TypeVar("T")
_WAITS = 60.0
"""Seconds for which a command's sign-in waits for a server that takes no more of them from this network."""
_SIGN_OUT_SECONDS = 3.0
_FORMER_SECONDS = 1.0
"""How long a server is told of a sign-out at the address that it left."""


@dataclass(frozen=True, slots=True)
class FreshSignIn:
    """A sign-in that the server accepted and that is stored nowhere yet."""

    account: KnownAccount
    tokens: Tokens = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignedOutResult:
    """What a sign-out did."""

    account: KnownAccount
    told: bool
    """Whether the server knows; else the sign-in there ends by itself, and nobody has its secret."""


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
        accounts: AccountStore,
        adoption: Adoption,
        server_move: ServerMove,
        sessions: Sessions,
        secrets: Callable[[], SecretStore],
        publish: Callable[[Event], None],
        remove_library: Callable[[KnownAccount], Path],
        waits: float = _WAITS,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Wait ``waits`` seconds in all during a sign-in for a server that takes no more of them."""
        self._environ = environ
        self._settings = settings
        self._accounts = accounts
        self._adoption = adoption
        self._server_move = server_move
        self._sessions = sessions
        self._secrets = secrets
        self._publish = publish
        self._remove_library = remove_library
        self._waits = waits
        self._sleep = sleep

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
        from audiodesk.cloud.server_trial import try_server

        return try_server(url, key)

    def set_server(self, server: TriedServer) -> None:
        """Save a server that was tested."""
        self._settings.change(supabase_url=server.address, supabase_anon_key=server.key)

    # -- signing in --------------------------------------------------------------------------------------------------

    def sign_in(self, email: str, password: str) -> FreshSignIn:
        """Ask the server that the settings name. Raises UserError("back-end-is-local") and what ``Auth`` raises."""
        return self._fresh(lambda auth: auth.by_password(email.strip(), password))

    def send_code(self, email: str) -> None:
        """Let the server send a code to an address that has an account."""
        self._refuse_if_local()
        with self._auth() as (auth, _):
            self._patiently(lambda: auth.send_code(email.strip()))

    def sign_in_by_code(self, email: str, code: str) -> FreshSignIn:
        """Ask the server, with a code from an e-mail."""
        return self._fresh(lambda auth: auth.by_code(email.strip(), "".join(code.split())))

    def question(self, fresh: FreshSignIn) -> AdoptionQuestion | None:
        """Return what has to be asked before ``keep``; None where no books were made here without an account."""
        return self.question_for(fresh.account, lambda: fresh.tokens.access)

    def moved(self, fresh: FreshSignIn) -> MovedServer | None:
        """Return what has to be asked before ``keep`` where the account is known under another address; else None."""
        return self.moved_from(fresh.account, lambda: fresh.tokens.access)

    def moved_from(self, account: KnownAccount, access_token: Callable[[], str]) -> MovedServer | None:
        """Return the same question for an account that signs in by other means."""
        former = self._server_move.former(account)
        if former is None:
            return None
        size, waiting, head = self._server_move.look_into(former)
        knows = None
        if head.seq:
            with contextlib.suppress(OutsideError, UserError), self._asked_as(account, access_token) as server:
                answer = server.sync_calls.pull(head, Place(head.seq, None, head.seq))
                knows = answer["restored"] is False
        return MovedServer(former, account.host, size, waiting, knows, self._answers(former))

    def later_question(self, account: KnownAccount) -> AdoptionQuestion | None:
        """Return the same question for an account that is signed in; ``bring_in`` follows."""
        return self.question_for(account, lambda: self._sessions.of(account).access_token())

    def question_for(self, account: KnownAccount, access_token: Callable[[], str]) -> AdoptionQuestion | None:
        """Return what has to be asked before ``decide``; None where no books were made here without an account."""
        local = self._adoption.local_size()
        if local is None:
            return None
        return question_of(
            account.email,
            local,
            self._adoption.local_titles(),
            self._usage_there(account, access_token),
            is_here=self._adoption.is_here(account),
        )

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
        account = fresh.account
        before = self._accounts.named(account.host, account.user_id)
        session: KeptSession | None = None
        try:
            self._accounts.remember(account)  # a disk that takes nothing shows before a secret is stored
            self._sessions.drop(account)
            session = self._sessions.of(replace(account, keyring=""))
            session.begin(fresh.tokens)
            if needs_keyring and not session.keyring:
                raise session.trouble or OutsideError("keyring-none")
            leaves = next((one for one in (account.leaves, account.keyring) if one and one != session.keyring), "")
            account = replace(account, keyring=session.keyring, signed_in=True, trouble="", leaves=leaves)
            self.decide(account, choice, moved=moved)
            session.note_listed()
            self._settings.change(
                storage_backend="supabase", supabase_url=account.address, supabase_anon_key=account.key
            )
        except BaseException:
            self._take_back(fresh, session, before)
            raise
        self._publish(SignedIn(account.email))
        return account

    def decide(
        self, account: KnownAccount, choice: AdoptionChoice = "keep-apart", *, moved: MovedServer | None = None
    ) -> None:
        """Let the library of ``account`` open from now on, after the answers about what is on this computer."""
        if moved is not None:
            self._server_move.plan(moved.former, account)
            self._forget_sign_in(moved.former)
        if choice == "adopt":
            self._adoption.plan(account)
        elif moved is None:
            self._adoption.keep_apart(account)
        self._accounts.remember(account, use=True)

    def _take_back(self, fresh: FreshSignIn, session: KeptSession | None, before: KnownAccount | None) -> None:
        """Leave no sign-in that nobody knows of, on this computer or on the server, after ``keep`` failed."""
        is_stored = session is not None and bool(session.keyring)
        with contextlib.suppress(AudioDeskError):
            if session is not None and is_stored:
                session.sign_out("local", _SIGN_OUT_SECONDS)
            else:
                self.drop(fresh)
        self._sessions.drop(fresh.account)
        with contextlib.suppress(AudioDeskError):
            if before is None and session is not None and not is_stored:
                self._accounts.forget(fresh.account)
            elif is_stored:
                self._accounts.update(fresh.account, signed_in=False, keyring="")

    def drop(self, fresh: FreshSignIn) -> None:
        """Forget a sign-in that is not wanted; the server is told, if it can be."""
        with contextlib.suppress(OutsideError), self._auth() as (auth, _):
            auth.sign_out(fresh.tokens.access, "local")

    def use(self, account: KnownAccount | None) -> None:
        """Let the library of another account, or the one without, open from now on."""
        self._accounts.use(account)
        if account is not None:
            self._settings.change(
                storage_backend="supabase", supabase_url=account.address, supabase_anon_key=account.key
            )

    # -- signing out -------------------------------------------------------------------------------------------------

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
        self, account: KnownAccount, *, everywhere: bool = False, seconds: float = _SIGN_OUT_SECONDS
    ) -> SignedOutResult:
        """Remove the secret of ``account`` at once, also offline, and tell the server within ``seconds``.

        The library stays, and stays open. Raises OutsideError("signed-out") where the account is not signed in, and
        the keyring's errors where the secret could not be removed: it is removed as soon as that keyring answers again.
        """
        known = self._accounts.named(account.host, account.user_id)
        if known is None or not known.signed_in:
            raise OutsideError("signed-out")
        account = known
        session = self._sessions.of(account)
        try:
            told = session.sign_out("global" if everywhere else "local", seconds)
        except AudioDeskError:
            self._accounts.update(account, signed_in=False, keyring="", leaves=session.keyring)
            raise
        finally:
            self._sessions.drop(account)
        self._accounts.update(account, signed_in=False, keyring="")
        return SignedOutResult(account, told)

    def remove_library(self, account: KnownAccount) -> Path:
        """Remove the library of ``account`` from this computer, if the cloud has all of it; return its folder.

        No window may show it. Raises what ``library_removal.remove_library`` raises.
        """
        return self._remove_library(account)

    # -- inside ------------------------------------------------------------------------------------------------------

    def _refuse_if_local(self) -> None:
        if self._environ.get("STORAGE_BACKEND", "").strip() == "local":
            raise UserError("back-end-is-local")

    def _fresh(self, ask: Callable[[Auth], Tokens]) -> FreshSignIn:
        self._refuse_if_local()
        with self._auth() as (auth, server):
            tokens = self._patiently(lambda: ask(auth))
        address, key = server
        known = self._accounts.named(auth.host, tokens.user_id)
        account = KnownAccount(auth.host, address, key, tokens.user_id, tokens.email)
        return FreshSignIn(
            account if known is None else replace(known, address=address, key=key, email=tokens.email), tokens
        )

    @contextlib.contextmanager
    def _auth(self) -> Iterator[tuple[Auth, tuple[str, str]]]:
        from audiodesk.cloud.sign_in.auth import Auth
        from audiodesk.cloud.wire.http import open_client
        from audiodesk.cloud.wire.server_address import public_key, server_address

        settings = self._settings.load()
        url, key = settings.supabase_url.strip(), settings.supabase_anon_key.strip()
        if not url and not key:
            raise OutsideError("server-not-set")
        if not url or not key:
            raise UserError("server-half-set", name="SUPABASE_ANON_KEY" if url else "SUPABASE_URL")
        address = server_address(url)
        known = public_key(key, address)
        with contextlib.closing(open_client(address)) as client:
            yield Auth(client, address, known), (address, known)

    def _patiently(self, ask: Callable[[], T]) -> T:
        """Ask again after the server's own wait while it takes no more sign-ins from this network."""
        left = self._waits
        while True:
            try:
                return ask()
            except OutsideError as error:
                seconds = max(error.retry_after or 0.0, 1.0)
                if error.code != "sign-ins-too-many" or seconds > left:
                    raise
                left -= seconds
                self._publish(SignInWaiting(seconds))
                self._sleep(seconds)

    def _usage_there(self, account: KnownAccount, token: Callable[[], str]) -> StorageUsage | None:
        """Return what the server says of the account; None if it does not say."""
        with contextlib.suppress(OutsideError, UserError), self._asked_as(account, token) as server:
            return server.storage_account.own_usage()
        return None

    @staticmethod
    @contextlib.contextmanager
    def _asked_as(account: KnownAccount, token: Callable[[], str]) -> Iterator[Server]:
        """Yield the account's server, asked with this token."""
        from audiodesk.cloud.server import Server

        class Signed:
            email = account.email

            def access_token(self) -> str:
                return token()

            def refused(self, token: str) -> None:
                del token

        server = Server(account.address, account.key, lambda: None, session=Signed(), patient=False)
        with contextlib.closing(server):
            yield server

    def _answers(self, account: KnownAccount) -> bool:
        """Tell whether a project that takes the account's key still answers at its address."""
        with contextlib.suppress(OutsideError, UserError):
            self.try_server(account.address, account.key)
            return True
        return False

    def _forget_sign_in(self, account: KnownAccount) -> None:
        """Remove the secret of a sign-in under an address that is used no more."""
        if account.signed_in:
            with contextlib.suppress(OutsideError):
                self._sessions.of(account).sign_out("local", _FORMER_SECONDS)
        self._sessions.drop(account)


def _page(text: str) -> str:
    """Return the address of a page that may be opened in a browser; empty for anything else."""
    found = text.strip()
    return found if found.startswith(("https://", "http://")) and found.isprintable() and " " not in found else ""
