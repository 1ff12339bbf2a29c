"""A computer with a keyring, a clock and sign-ins, for tests of the sign-in that is kept."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import httpx

from audiodesk.cloud.sign_in.auth import Auth
from audiodesk.cloud.wire.http import open_client
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.events import Event
from audiodesk.services.account.kept_session import KeptSession
from audiodesk.services.account.stored_sign_in import StoredSignIn
from audiodesk.system.refresh_lock import refresh_lock
from audiodesk.system.secrets import SERVICE, SecretStore
from audiodesk.system.secrets.keyrings import Keyring
from tests.keyring_memory import MemoryKeyring
from tests.twin.twin import Twin, TwinUser


class Desk:
    """One computer: a keyring, a clock, and as many processes as are wanted."""

    def __init__(self, twin: Twin, user: TwinUser, folder: Path) -> None:
        self.twin = twin
        self.user = user
        self.folder = folder
        self.keyring = MemoryKeyring()
        self.keyring_name = "kwallet"
        self.secrets = SecretStore(find=lambda: Keyring(self.keyring, self.keyring_name))
        self.name = f"127.0.0.1/{user.id}"
        self.now = 1000.0
        self.told: list[Event] = []
        self.over = 0
        self.auths: list[Auth] = []
        """All that were made; each has a connection of its own."""
        self._open = ExitStack()

    def auth(self) -> Auth:
        self.auths.append(Auth(self.client(), self.twin.url, self.twin.anon_key))
        return self.auths[-1]

    def client(self) -> httpx.Client:
        return self._open.enter_context(open_client(self.twin.url))

    def process(self, *, held_by: str = "kwallet", waits: float = 0.0, boot: str = "boot-1") -> KeptSession:
        """A process that was started just now."""

        def lock(name: str, wait: float = 30.0) -> AbstractContextManager[None]:
            return refresh_lock(name, folder=self.folder, wait=wait)

        return KeptSession(
            self.auth(),
            self.secrets,
            name=self.name,
            email=self.user.email,
            held_by=held_by,
            publish=self.told.append,
            on_ended=self._on_ended,
            waits=waits,
            clock=lambda: self.now,
            boot=lambda: boot,
            lock=lock,
        )

    def signed_in(self) -> KeptSession:
        """The process in which somebody has just signed in."""
        session = self.process(held_by="")
        session.begin(self.auth().by_password(self.user.email, self.user.password))
        return session

    def sleep(self, seconds: float) -> None:
        """Let time pass, on both sides."""
        self.now += seconds
        self.twin.clock.move(seconds)

    @property
    def stored(self) -> StoredSignIn | None:
        text = self.keyring.held.get((SERVICE, self.name))
        return None if text is None else StoredSignIn.from_text(text)

    @property
    def grants(self) -> list[str]:
        """What was asked of /token."""
        asked = [record.query for record in self.twin.faults.log if record.path == "/auth/v1/token"]
        return [query.removeprefix("grant_type=") for query in asked]

    def close(self) -> None:
        self._open.close()

    def _on_ended(self, _error: AudioDeskError) -> None:
        self.over += 1
