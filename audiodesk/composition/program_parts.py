"""Builds the parts that one process has once: folders, settings, log, keyring, and what accounts need."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from audiodesk.composition.lazy import Scope, lazy
from audiodesk.domain.settings import Settings
from audiodesk.system import logs
from audiodesk.system.clock import now_ms
from audiodesk.system.farewell import Farewell
from audiodesk.system.folders import Folders, folders
from audiodesk.system.library_registry import LibraryRegistry
from audiodesk.system.settings_store import SettingsStore, WindowStateStore

if TYPE_CHECKING:  # each is imported when it is first asked for: a command that lists titles needs no keyring
    from audiodesk.domain.server.account import KnownAccount
    from audiodesk.services.account.account_service import AccountService
    from audiodesk.services.account.adoption import Adoption
    from audiodesk.services.account.late_removal import LateRemoval
    from audiodesk.services.account.library_questions import LibraryQuestions
    from audiodesk.services.account.server_move import ServerMove
    from audiodesk.services.account.server_requests import ServerRequests
    from audiodesk.services.account.server_setting import ServerSetting
    from audiodesk.services.account.sessions import Sessions
    from audiodesk.services.account.signing_out import SigningOut
    from audiodesk.services.bus import Bus
    from audiodesk.system.account_store import AccountStore
    from audiodesk.system.secrets import SecretStore

__all__ = ["Face", "ProgramParts"]

Face = Literal["window", "command"]
_COMMAND_WAITS = 40.0
"""Seconds for which a command waits for a server that takes no more sign-ins from this network."""


class ProgramParts(Scope):
    """``environ`` is the environment to use, by default the process's own. Only the folder of the logs is made here."""

    def __init__(self, environ: Mapping[str, str] | None = None, *, face: Face) -> None:
        super().__init__()
        self.environ: Mapping[str, str] = os.environ if environ is None else environ
        self.face = face
        self.clock: Callable[[], int] = now_ms
        self.folders: Folders = folders(self.environ)
        self.farewell = Farewell()
        """How long the sign-out may take while this program closes."""
        self._late: LateRemoval | None = None
        log = logs.start(self.folders.logs, face)
        self._stack.callback(logs.stop, log)

    def close(self) -> None:
        """Close what was built; a secret that is being removed gets a second. Idempotent."""
        if self._late is not None:
            self._late.close()
        super().close()

    @property
    def settings(self) -> Settings:
        """The settings in force. Raises UserError("setting-unknown") for a ``STORAGE_BACKEND`` that is not known."""
        return self.settings_store.load()

    @lazy
    def settings_store(self) -> SettingsStore:
        """The settings' file; raises what ``settings`` raises."""
        return SettingsStore(self.folders.config / "settings.json", self.environ)

    @lazy
    def window_state(self) -> WindowStateStore:
        """How the window looked when it was last closed."""
        return WindowStateStore(self.folders.config / "window.json")

    @lazy
    def registry(self) -> LibraryRegistry:
        """Every library that was ever made on this computer."""
        return LibraryRegistry(self.folders.known_libraries)

    @lazy
    def accounts(self) -> AccountStore:
        """The accounts that were used on this computer."""
        from audiodesk.services.account.late_removal import LateRemoval
        from audiodesk.system.account_store import AccountStore

        accounts = AccountStore(self.folders.known_accounts)
        self._late = LateRemoval(accounts, lambda: self.sessions, lambda: self.secrets)
        self._late.begin()
        return accounts

    @lazy
    def bus(self) -> Bus:
        """Tells what happens to the sign-in; each open library's bus tells it, too."""
        from audiodesk.services.bus import Bus

        return Bus()

    @lazy
    def secrets(self) -> SecretStore:
        """The keyring. Loading it takes a while, so ask for it off the main thread."""
        from audiodesk.system.secrets import SecretStore

        return SecretStore()

    @lazy
    def sessions(self) -> Sessions:
        """The sign-ins that this process uses."""
        from audiodesk.services.account.sessions import Sessions

        waits = 0.0 if self.face == "window" else _COMMAND_WAITS
        return Sessions(
            self.accounts,
            lambda: self.secrets,
            publish=self.bus.publish,
            waits=waits,
            farewell=self.farewell.left,
        )

    @lazy
    def adoption(self) -> Adoption:
        """Gives the library without an account to an account."""
        from audiodesk.services.account.adoption import Adoption

        return Adoption(self.folders, self.registry, clock=self.clock)

    @lazy
    def server_move(self) -> ServerMove:
        """Lets a library follow its server to another address."""
        from audiodesk.services.account.server_move import ServerMove

        return ServerMove(self.folders, self.registry, self.accounts, clock=self.clock)

    @lazy
    def server_setting(self) -> ServerSetting:
        """The server in the settings."""
        from audiodesk.services.account.server_setting import ServerSetting

        return ServerSetting(self.settings_store)

    @lazy
    def server_requests(self) -> ServerRequests:
        """What is asked of a server around a sign-in."""
        from audiodesk.services.account.server_requests import ServerRequests

        waits = 0.0 if self.face == "window" else _COMMAND_WAITS
        return ServerRequests(self.server_setting, publish=self.bus.publish, waits=waits)

    @lazy
    def library_questions(self) -> LibraryQuestions:
        """What a person is asked before an account's library opens."""
        from audiodesk.services.account.library_questions import LibraryQuestions

        return LibraryQuestions(adoption=self.adoption, server_move=self.server_move, requests=self.server_requests)

    @lazy
    def account_service(self) -> AccountService:
        """Signing in, and which account's library opens."""
        from audiodesk.services.account.account_service import AccountService

        return AccountService(
            environ=self.environ,
            settings=self.settings_store,
            setting=self.server_setting,
            accounts=self.accounts,
            adoption=self.adoption,
            server_move=self.server_move,
            sessions=self.sessions,
            requests=self.server_requests,
            questions=self.library_questions,
            secrets=lambda: self.secrets,
            publish=self.bus.publish,
            clock=self.clock,
        )

    @lazy
    def signing_out(self) -> SigningOut:
        """Signing out."""
        from audiodesk.services.account.signing_out import SigningOut

        return SigningOut(self.accounts, self.sessions)

    def remove_library(self, account: KnownAccount) -> Path:
        """Remove the library of ``account`` from this computer, if the cloud has all of it; return its folder.

        No window may show it. Raises what ``library_removal.remove_library`` raises.
        """
        from audiodesk.services.account.library_removal import remove_library

        return remove_library(account, self.folders, self.registry, self.accounts)
