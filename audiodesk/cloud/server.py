"""One Supabase project as a command uses it: the client, the sign-in, and the questions."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from audiodesk.cloud.calls.procedures import Procedures
from audiodesk.cloud.calls.public_endpoints import PublicEndpoints
from audiodesk.cloud.calls.storage_account import StorageAccount
from audiodesk.cloud.calls.sync_calls import SyncCalls
from audiodesk.cloud.sign_in.auth import Auth
from audiodesk.cloud.sign_in.session import Credentials, EnvironmentSession, TokenSource
from audiodesk.cloud.transfer.resumable import ResumableUploads
from audiodesk.cloud.transfer.stored_objects import StoredObjects
from audiodesk.cloud.wire.http import IMPATIENT, TIMEOUTS, open_client
from audiodesk.cloud.wire.server_address import host_of, public_key, server_address

if TYPE_CHECKING:
    import httpx

__all__ = ["Server"]


class Server:
    """Opens nothing before the first question; ``close`` signs out and closes the connections.

    Raises UserError where address or key cannot be right (``server_address``, ``public_key``), and
    OutsideError("proxy-unusable"). With ``patient`` False a server that does not answer is given up soon.

    It signs in with ``credentials``, and signs out at the end, within ``farewell()`` seconds; or it uses ``session``,
    which lives longer.
    """

    def __init__(
        self,
        url: str,
        key: str,
        credentials: Callable[[], Credentials | None],
        *,
        session: TokenSource | None = None,
        patient: bool = True,
        farewell: Callable[[], float] | None = None,
    ) -> None:
        self.address = server_address(url)
        self.host = host_of(self.address)
        self._key = public_key(key, self.address)
        self._client = open_client(self.address, timeouts=TIMEOUTS if patient else IMPATIENT)
        self._own = EnvironmentSession(self._client, self.address, self._key, credentials, farewell=farewell)
        self.session: TokenSource = self._own if session is None else session

    @cached_property
    def public(self) -> PublicEndpoints:
        """The questions that need no sign-in."""
        return PublicEndpoints(self._client, self.address, self._key)

    @cached_property
    def auth(self) -> Auth:
        """The calls to the Auth service."""
        return Auth(self._client, self.address, self._key)

    @cached_property
    def procedures(self) -> Procedures:
        """The database's functions."""
        return Procedures(self._client, self.address, self._key, self.session)

    @cached_property
    def sync_calls(self) -> SyncCalls:
        """Push, pull, and the account's computers."""
        return SyncCalls(self.procedures)

    @cached_property
    def uploads(self) -> ResumableUploads:
        """Resumable uploads into the bucket."""
        return ResumableUploads(self._transfers, self.address, self._key, self.session)

    @cached_property
    def objects(self) -> StoredObjects:
        """The person's stored objects."""
        return StoredObjects(self._transfers, self.address, self._key, self.session)

    @cached_property
    def storage_account(self) -> StorageAccount:
        """Usage, files and problems."""
        return StorageAccount(self.procedures)

    def asking_for(self) -> float:
        """Return for how many seconds the oldest request has had no answer; 0 if none waits for one."""
        return self._client.asking_for()

    def wait(self, patience: Literal["short", "long"]) -> None:
        """Wait for each answer for as long as ``patience`` says, from the next request on."""
        self._client.timeout = IMPATIENT if patience == "short" else TIMEOUTS

    def user_id(self) -> str:
        """Return the id of the account with which the environment signs in. Raises as ``access_token``."""
        return self._own.user_id()

    def close(self) -> None:
        """Sign out, within seconds, and close. Idempotent."""
        try:
            self._own.close()
        finally:
            self._client.close()
            if "_transfers" in self.__dict__:
                self._transfers.close()

    @cached_property
    def _transfers(self) -> httpx.Client:
        """Connections of their own: what moves audio holds up no question, and may be dropped at any moment."""
        return open_client(self.address)
