"""One running program: opens libraries and the way to the server, and decides which library opens."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from audiodesk.composition.core import Core
from audiodesk.composition.lazy import lazy
from audiodesk.composition.program_parts import Face, ProgramParts
from audiodesk.domain.errors import AudioDeskError, OutsideError, UserError
from audiodesk.system.folders import ADOPTION_PLAN, SERVER_MOVE_PLAN

if TYPE_CHECKING:  # each is imported when it is first asked for: a command that lists titles needs no checker
    from audiodesk.cloud.sign_in.session import TokenSource
    from audiodesk.composition.sign_in import SignIn
    from audiodesk.domain.server.account import KnownAccount
    from audiodesk.domain.server.object_copy import CopyOutcome
    from audiodesk.services.account.library_choice import LibraryChoice
    from audiodesk.services.audio.checker import Checker
    from audiodesk.services.care.list_recovery import ListRecovery
    from audiodesk.services.doctor import Doctor
    from audiodesk.services.server.backend import Backend
    from audiodesk.services.server.object_copy import ObjectCopy

__all__ = ["Face", "Program", "open_core"]

_KEY_NAME = "SUPABASE_SERVICE_ROLE_KEY"

_log = logging.getLogger(__name__)


class Program(ProgramParts):
    """One running program, a window or a command (``face``); it ends with ``close``.

    ``environ`` is the environment to use, by default the process's own; ``AUDIODESK_HOME`` in it moves the root of the
    libraries. Only the folder of the logs is read or made before it is asked for.
    """

    @property
    def library_folder(self) -> Path:
        """The folder in which the library that opens by default is now."""
        return self.place_of(self.chosen_folder)

    @property
    def chosen_folder(self) -> Path:
        """The folder into which the library that opens by default belongs. Raises what ``settings`` raises."""
        return self.library_choice.folder if self._has_accounts else self.folders.local_library

    def place_of(self, folder: Path) -> Path:
        """Return where the library that belongs into ``folder`` is now: it may not have followed its server yet."""
        if not self.is_built("server_move") and not (self.folders.data / SERVER_MOVE_PLAN).exists():
            return folder  # a start without a plan loads less
        return self.server_move.place_of(folder)

    @property
    def library_choice(self) -> LibraryChoice:
        """Which library opens by default, and whose it was decided to be. Raises what ``settings`` raises."""
        from audiodesk.services.account.library_choice import LibraryChoice, choose_library

        if not self._has_accounts:
            return LibraryChoice(self.folders.local_library)
        return choose_library(self.settings, self.environ, self.folders, self.accounts)

    @lazy
    def checker(self) -> Checker:
        """Verdicts on files, found in helper processes that start with the first question and serve every library."""
        from audiodesk.services.audio.checker import Checker

        return Checker(has_server=self._has_server)

    @lazy
    def doctor(self) -> Doctor:
        """Tests of the set-up, part by part."""
        from audiodesk.services.doctor import Doctor

        return Doctor(
            places=self.folders,
            library_folder=self.library_folder,
            open_library=lambda: self.open(),
            sign_in=lambda: self.sign_in(patient=False),
            secrets=lambda: self.secrets,
            current_account=lambda: self.library_choice.account,
        )

    @lazy
    def backend(self) -> Backend:
        """Applies the schema to the operator's database."""
        from audiodesk.services.server.backend import Backend

        return Backend()

    unasked: AudioDeskError | None = None
    """Why the server could not say whose library a command should read; None if it did, or was not asked."""

    def open(
        self,
        folder: Path | None = None,
        tell: Callable[[int, int], None] = lambda _done, _all: None,
        *,
        only_reads: bool = False,
    ) -> Core:
        """Open the library in ``folder``, by default ``library_folder``; to be closed before the program.

        A window makes it where there is none yet, a command with its first write. What was planned for libraries is
        finished before; ``tell(done, all)`` counts the files that are copied. What cannot be finished stays planned,
        and the libraries open as they are and where they are.

        Where the server has to say whose library it is and cannot, a command that ``only_reads`` gets the one without
        an account, as a window does. One that writes gets the error: what it writes would be missing in the person's
        own library. Raises OutsideError where it cannot be opened (see ``Database``), and what ``settings`` and
        ``tell`` raise.
        """
        _ = self.settings_store  # an unknown setting is reported before anything is opened
        try:
            self._finish_plans(tell)
        except AudioDeskError as error:
            _log.warning("what was planned for libraries could not be finished, and stays planned: %s", error)
        if folder is None:
            folder = self._default_folder(only_reads=only_reads) if self._has_accounts else self.folders.local_library
        elif self._has_accounts and (choice := self.library_choice).account is not None and choice.folder == folder:
            self._prepare(choice.account)
        core = Core(self, self.place_of(folder))
        try:
            core.begin()
        except BaseException:
            core.close()
            raise
        return core

    def account_of(self, folder: Path) -> KnownAccount | None:
        """Return the known account whose library is in ``folder``; None for any other library."""
        if not self.folders.known_accounts.exists():
            return None
        return next((one for one in self.accounts.all() if self.folders.library_of(one) == folder), None)

    def make_ready(self, folder: Path, tell: Callable[[int, int], None] = lambda _done, _all: None) -> None:
        """Finish what was planned for libraries, and make the account's library in ``folder`` if there is none.

        No library may be open. ``tell(done, all)`` counts files. Raises what ``Adoption``, ``ServerMove`` and ``tell``
        raise.
        """
        self._finish_plans(tell)
        account = self.account_of(folder)
        if account is not None and not self.adoption.is_here(account) and self.registry.at(folder) is None:
            self.adoption.keep_apart(account)

    @property
    def has_plans(self) -> bool:
        """Whether a library is to go to an account, or to follow its server to another address."""
        return any((self.folders.data / name).exists() for name in (SERVER_MOVE_PLAN, ADOPTION_PLAN))

    def _finish_plans(self, tell: Callable[[int, int], None]) -> None:
        if not self.has_plans:
            return
        # First, because the adoption may bring books into the library that moves.
        if self.server_move.go_on() and self._late is not None:
            self._late.begin()  # the sign-in at the former address is of no more use
        self.adoption.go_on(tell)

    def sign_in(self, folder: Path | None = None, *, patient: bool = True) -> SignIn:
        """Return the way to the server that the settings name; to be closed before the program.

        It signs in as the person whose library is in ``folder``, by default the one that opens: another process may
        have begun to use another account while this one shows its library.

        It signs in when it is first asked something. Without ``patient``, it gives up within seconds on a server that
        does not answer. Any ``STORAGE_BACKEND`` will do; raises what ``settings`` raises.
        """
        from audiodesk.composition.sign_in import SignIn

        return SignIn(
            self.settings,
            self.environ,
            kept=lambda host: self._kept_session(
                host, self.library_choice.account if folder is None else self.account_of(folder)
            ),
            patient=patient,
            farewell=self.farewell.left,
        )

    def list_recovery(self, folder: Path | None = None) -> ListRecovery:
        """Return what restores the list of a library while the library itself cannot be opened."""
        from audiodesk.services.care.list_recovery import ListRecovery

        return ListRecovery(self.library_folder if folder is None else folder, self.registry)

    @contextlib.contextmanager
    def object_copy(
        self, folder: Path, *, writes: bool, tell: Callable[[CopyOutcome], None] = lambda _: None
    ) -> Iterator[tuple[ObjectCopy, str]]:
        """Yield a copy between ``folder`` and the bucket of the project that the settings name, and the project's host.

        The secret key comes only from the environment, is not stored, and is sent only to the project. ``writes`` tells
        whether the folder is to be filled. Raises OutsideError("server-not-set"), and what ``ObjectStore`` and
        ``ObjectFolder`` raise.
        """
        from audiodesk.cloud.object_store import ObjectStore
        from audiodesk.services.server.object_copy import ObjectCopy
        from audiodesk.system.object_folder import ObjectFolder

        url = self.settings.supabase_url.strip()
        if not url:
            raise OutsideError("server-not-set")
        with (
            contextlib.closing(ObjectStore(url, self.environ.get(_KEY_NAME, ""))) as store,
            contextlib.closing(ObjectFolder.make(folder) if writes else ObjectFolder.open(folder)) as held,
        ):
            yield ObjectCopy(store, held, tell=tell), store.host

    @property
    def _has_accounts(self) -> bool:
        """Whether a library of an account may open; asked first, so that a start without one loads less."""
        return self.folders.known_accounts.exists() or self.settings.storage_backend != "local"

    def _default_folder(self, *, only_reads: bool) -> Path:
        """Return the folder of the library that opens; make an account's library before, if it has none here.

        A command asks the server who signs in where the environment names an address that was never used here; a window
        waits for no server, and asks once it is shown.
        """
        choice = self.library_choice
        if choice.unknown_email and self.face == "window":
            return choice.folder
        account = choice.account
        if choice.unknown_email:
            try:
                account = self._account_of_environment()
            except AudioDeskError as error:
                if not only_reads or error.code == "server-moved-undecided":
                    raise
                self.unasked = error
        if account is None:
            return choice.folder
        self._prepare(account)
        return self.folders.library_of(account)

    def _prepare(self, account: KnownAccount) -> None:
        """Make the account's library if there never was one here, and remember that it was open last.

        What the environment names counts for this process alone, because a script must not change what the window
        opens; only where nobody uses a library yet is it remembered.
        """
        from audiodesk.services.account.library_choice import environment_email

        folder = self.folders.library_of(account)
        if self.place_of(folder) != folder:
            return
        if not self.adoption.is_here(account) and self.registry.at(folder) is None:
            self.adoption.keep_apart(account)
        in_use = self.accounts.in_use()
        if environment_email(self.environ) and (in_use is not None or self.adoption.local_size() is not None):
            return
        if in_use is None or in_use.name != account.name:
            with contextlib.suppress(OutsideError):
                self.accounts.use(account)

    def _account_of_environment(self) -> KnownAccount:
        """Ask the server who the environment's person is, and remember the account; return it.

        Raises UserError("server-moved-undecided") where the account is known under another address.
        """
        with self.environment_account() as (found, _token):
            former = self.server_move.former(found)
            if former is not None:
                raise UserError("server-moved-undecided", former=former.host, host=found.host)
            self.accounts.remember(found)
        return found

    @contextlib.contextmanager
    def environment_account(self) -> Iterator[tuple[KnownAccount, Callable[[], str]]]:
        """Yield the account with which the environment signs in, and its access token; nothing is stored.

        Raises OutsideError("signed-out") where it names nobody, and what ``SignIn`` raises.
        """
        from audiodesk.cloud.wire.server_address import public_key
        from audiodesk.domain.server.account import KnownAccount

        with self.sign_in() as sign_in:
            server = sign_in.server
            user_id = server.user_id()
            key = public_key(self.settings.supabase_anon_key, server.address)
            found = KnownAccount(server.host, server.address, key, user_id, server.session.email)
            yield self.accounts.named(found.host, found.user_id) or found, server.session.access_token

    def _kept_session(self, host: str, account: KnownAccount | None) -> TokenSource | None:
        """Return the sign-in that the keyring holds for ``account``, if it is at ``host``."""
        if account is None or account.host != host or not account.signed_in:
            return None
        return self.sessions.of(account)

    def _has_server(self) -> bool:
        try:
            return self.settings.has_server
        except AudioDeskError:  # code that needs the setting reports this; a file can be checked without it
            return False


@contextlib.contextmanager
def open_core(environ: Mapping[str, str] | None = None, *, face: Face, only_reads: bool = False) -> Iterator[Core]:
    """Yield the library of a program that is opened for it alone. Raises what ``Program.open`` raises."""
    with Program(environ, face=face) as program, program.open(only_reads=only_reads) as core:
        yield core
