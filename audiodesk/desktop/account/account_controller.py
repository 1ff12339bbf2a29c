"""The account in the window: its button and menus, what is said of it, and the change of account."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu

from audiodesk.desktop.account.account_state import AccountState, read_state
from audiodesk.desktop.account.known import facts_of
from audiodesk.desktop.account.page_opening import PageOpening
from audiodesk.desktop.account.usage_asking import UsageAsking
from audiodesk.desktop.base.controller import Controller, Shared
from audiodesk.desktop.base.notices import error_text
from audiodesk.domain import words
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.events import SignedOut, SignInKept
from audiodesk.domain.server.account import AccountFacts, KnownAccount
from audiodesk.domain.server.connection import Connection
from audiodesk.domain.server.sign_in import is_ended
from audiodesk.domain.server.storage_usage import StorageUsage
from audiodesk.domain.words.errors.error_words import error_sentence
from audiodesk.domain.words.server.account_words import books_in_sync
from audiodesk.domain.words.server.connection_words import connection_word
from audiodesk.domain.words.server.login_words import kept_sentence, signed_in_sentence
from audiodesk.domain.words.server.moved_words import namesake_words, not_moved_yet, other_address
from audiodesk.views.account.account_acts import AccountActs
from audiodesk.views.account.account_button import AccountButton
from audiodesk.views.parts.times import moment

if TYPE_CHECKING:  # imported with the first use of an account
    from audiodesk.desktop.account.environment_sign_in import EnvironmentSignIn
    from audiodesk.desktop.account.leaving_acts import LeavingActs
    from audiodesk.desktop.account.sign_in_controller import SignInController
    from audiodesk.views.dialogs.server_settings import ServerSettings

__all__ = ["AccountController", "GoTo"]


class GoTo(Protocol):
    """Closes this library, does ``first``, and opens the library in the folder ``library``."""

    def __call__(self, library: Path, first: Callable[[], object] | None = None) -> None:
        """Do it as if the person had closed the window."""


class AccountController(Controller):
    """Shows the account of the open library, and does what its acts ask for.

    Signals:
        without_account: the environment signs somebody in, but the library without an account stays open (nothing).
    """

    without_account = Signal()

    def __init__(self, shared: Shared, *, go_to: GoTo) -> None:
        super().__init__(shared)
        self._shared, self._go_to = shared, go_to
        self._state = AccountState()
        self._connection = Connection.STARTING
        self._synced_at: int | None = None
        self._usage: StorageUsage | None = None
        self._about = ""
        self._sign_in: SignInController | None = None
        self._leaving: LeavingActs | None = None
        self._environment: EnvironmentSignIn | None = None
        self._offered = ""
        self._servers: list[ServerSettings] = []
        self.acts = AccountActs(self._window, self._window.acts.sync_now)
        self.opening = PageOpening(shared, self.acts)
        self.button = AccountButton(self.acts)
        self._window.head.add_last(self.button)
        self.menu = QMenu(words.tr("&Account"), self._window)
        self.acts.fill(self.menu)
        bar = self._window.menuBar()
        bar.insertMenu(bar.actions()[-1], self.menu)
        self.asking = UsageAsking(shared)
        self.asking.told.connect(self._on_told)
        a = self.acts
        for act, handler in (
            (a.sign_in, lambda: self.sign_in.open(self._email)),
            (a.other_account, lambda: self.sign_in.open(is_new=True)),
            (a.without_account, lambda: self._change_to(None)),
            (a.open_page, self.open_page),
            (a.bring_in, self._ask_bring_in),
            (a.sign_out, lambda: self.leaving.sign_out()),
            (a.sign_out_everywhere, lambda: self.leaving.ask_everywhere(self._email)),
            (a.remove_library, lambda: self.leaving.ask_removal(self._email)),
        ):
            act.triggered.connect(lambda *_checked, h=handler: h())
        a.account_requested.connect(self._change_to)
        self._bridge.signed_in.connect(lambda _event: self.read())
        self._bridge.signed_out.connect(self._on_signed_out)
        self._bridge.sign_in_kept.connect(self._on_kept)

    @property
    def sign_in(self) -> SignInController:
        """The sign-in; built when it is first needed."""
        if self._sign_in is None:
            from audiodesk.desktop.account.sign_in_controller import SignInController

            self._sign_in = SignInController(self._shared)
            self._sign_in.signed_in.connect(self._on_signed_in)
        return self._sign_in

    @property
    def leaving(self) -> LeavingActs:
        """Signing out and removing a library; built when it is first needed."""
        if self._leaving is None:
            from audiodesk.desktop.account.leaving_acts import LeavingActs

            self._leaving = LeavingActs(self._shared, self._go_to)
            self._leaving.changed.connect(self.read)
        return self._leaving

    @property
    def facts(self) -> AccountFacts | None:
        """What is known of the account of the open library; None if it has none."""
        account = self._state.account
        if account is None:
            return None
        connection, sends_nothing = self._connection, False
        if not self._state.is_signed_in:
            connection = Connection.SIGNED_OUT
        elif connection is Connection.SIGNED_OUT:
            connection = Connection.STARTING  # signed in again, and not known yet
        elif connection is Connection.LOCAL:
            connection, sends_nothing = Connection.OFFLINE, True
        return facts_of(account, connection, self._usage, sends_nothing=sends_nothing)

    def start(self) -> None:
        """Show the account, as far as this computer knows it."""
        self.read()

    def close(self) -> None:
        """Close the dialogs and drop everything that is under way."""
        self.asking.allow(is_signed_in=False)
        if self._environment is not None:
            self._environment.close()
        if self._sign_in is not None:
            self._sign_in.close()

    def read(self) -> None:
        """Read again what this computer knows of accounts."""
        self._tasks.start(lambda: read_state(self._core), "count").done(self._on_read).failed(self._on_not_read)

    def show_connection(self, connection: Connection, synced_at: int | None = None) -> None:
        """Show how the synchronizer stands to the account's server, and when it last was in agreement with it."""
        if self._state.account is not None and (connection, synced_at) != (self._connection, self._synced_at):
            self._connection, self._synced_at = connection, synced_at
            self._show()

    def open_page(self) -> None:
        """Show the account and what happened in the centre of the window."""
        self.opening.open()
        self.asking.ask()

    def server_part(self) -> ServerSettings:
        """Return the part of the settings about the server."""
        from audiodesk.desktop.account.server_page import make_server_page

        part = make_server_page(self._core, self._tasks)
        part.account_requested.connect(lambda: self._on_account_wanted(part))
        self._servers.append(part)
        part.destroyed.connect(lambda *_: self._servers.remove(part))
        part.show_account(self.facts)
        return part

    # -- what is known -----------------------------------------------------------------------------------------------

    def _on_read(self, state: AccountState) -> None:
        self._state = state
        self._offer_ways(state)
        if state.unknown_email and self._environment is None:
            from audiodesk.desktop.account.environment_sign_in import EnvironmentSignIn

            self._environment = EnvironmentSignIn(self._shared, self.sign_in.question, self._on_signed_in)
            self._environment.settled.connect(self.without_account)
            self._environment.begin()
        if not state.is_signed_in:
            self._about, self._usage = "", None
            self._connection = Connection.LOCAL if state.account is None else Connection.SIGNED_OUT
        self.asking.allow(is_signed_in=state.is_signed_in)
        self._show()

    def _on_not_read(self, error: AudioDeskError) -> None:
        """Show what was known before, so that a sign-in can be tried."""
        self._notices.show_error(error)
        self._show()

    def _offer_ways(self, state: AccountState) -> None:
        """Say where these books belong, or where others are, if that is not what the settings say; once each."""
        account, moves_to, namesake = state.account, state.moves_to, state.namesake
        said, name = "", ""
        act: Callable[[], object] = self.read
        if account is not None and moves_to is not None:
            said, name = not_moved_yet(account.host, moves_to.host), words.tr("Try again")
            act = lambda: self._open(moves_to)  # noqa: E731
        elif account is not None and state.other_host:
            said, name = other_address(account.host, state.other_host), words.tr("Sign in…")
            act = lambda: self.sign_in.open(self._email)  # noqa: E731
        elif namesake is not None:
            said, name = namesake_words(namesake.email, namesake.host), words.tr("Open them")
            act = lambda: self._change_to(namesake)  # noqa: E731
        if said and said != self._offered:
            self._notices.offer(said, name, act, icon="circle-user-round")
        self._offered = said

    def _on_told(self, connection: Connection | None, usage: StorageUsage | None, error: AudioDeskError | None) -> None:
        if connection is not None:
            self._connection = connection
        self._usage = usage or self._usage
        self._about = "" if error is None else error_sentence(error)
        if connection is Connection.SIGNED_OUT:
            self.read()
        self._show()

    def _show(self) -> None:
        facts = self.facts
        self.acts.show_account(facts, has_local_library=self._state.has_local)
        current = "" if self._state.account is None else self._state.account.name
        self.acts.show_known(self._state.known, current)
        about, tone = self._about, "attention"
        if not about and facts is not None and self._connection is Connection.ONLINE:
            about, tone = connection_word(Connection.ONLINE), "safe"
            if self._synced_at is not None:
                about = books_in_sync(moment(self._synced_at))
        self.button.show_account(facts, about, "attention" if tone == "attention" else "safe")
        self.opening.show(facts)
        for part in self._servers:
            part.show_account(facts)

    # -- signing in and out ------------------------------------------------------------------------------------------

    @property
    def _email(self) -> str:
        return "" if self._state.account is None else self._state.account.email

    def _on_signed_in(self, account: KnownAccount) -> None:
        """Open the account's library, unless it is open already and nothing is to be brought in."""
        program = self._core.program
        if program.folders.library_of(account) != self._core.library_folder or program.has_plans:
            self._open(account)
            return
        said = f"{signed_in_sentence(account.email, account.host)} {kept_sentence(in_keyring=bool(account.keyring))}"
        self._window.status.say(said)
        self.read()

    def _on_signed_out(self, event: SignedOut) -> None:
        self.read()
        if event.error is not None and is_ended(event.error):
            self._notices.offer(
                error_text(event.error),
                words.tr("Sign in again"),
                lambda: self.sign_in.open(self._email),
                icon="circle-user-round",
            )

    def _on_kept(self, event: SignInKept) -> None:
        if event.trouble is not None and self._state.account is not None:
            self._window.status.say(f"{error_sentence(event.trouble)} {kept_sentence(in_keyring=False)}")
        self.read()

    def _change_to(self, account: KnownAccount | None) -> None:
        """Open another account's library, or the one without an account."""
        task = self._tasks.start(lambda: self._core.program.account_service.use(account), "edit")
        task.done(lambda _result: self._open(account))

    def _open(self, account: KnownAccount | None) -> None:
        folders = self._core.program.folders
        self._go_to(folders.local_library if account is None else folders.library_of(account))

    def _on_account_wanted(self, part: ServerSettings) -> None:
        """Close the settings first: a modal dialog would cover the next one."""
        part.window().close()
        facts = self.facts
        if facts is not None and facts.is_signed_in:
            self.open_page()
        else:
            self.sign_in.open(self._email)

    def _ask_bring_in(self) -> None:
        account = self._state.account
        if account is not None:
            self.sign_in.ask_bring_in(account)
