"""What is asked of a server around a sign-in: who somebody is, and what it knows of them."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from audiodesk.domain.errors import OutsideError, UserError
from audiodesk.domain.events import Event, SignInWaiting
from audiodesk.domain.server.account import KnownAccount
from audiodesk.services.account.server_setting import ServerSetting

if TYPE_CHECKING:
    from audiodesk.cloud.server import Server
    from audiodesk.cloud.server_trial import TriedServer
    from audiodesk.cloud.sign_in.auth import Auth

__all__ = ["ServerRequests"]

T = TypeVar("T")
_WAITS = 60.0
"""Seconds for which a command's sign-in waits for a server that takes no more of them from this network."""


class ServerRequests:
    """Each request has a connection of its own, which ends with it."""

    def __init__(
        self,
        setting: ServerSetting,
        *,
        publish: Callable[[Event], None],
        waits: float = _WAITS,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Wait ``waits`` seconds in all during a sign-in for a server that takes no more of them."""
        self._setting = setting
        self._publish = publish
        self._waits = waits
        self._sleep = sleep

    @contextlib.contextmanager
    def auth(self) -> Iterator[tuple[Auth, tuple[str, str]]]:
        """Yield the sign-in of the server that the settings name, and the server's address and key."""
        from audiodesk.cloud.sign_in.auth import Auth
        from audiodesk.cloud.wire.http import open_client
        from audiodesk.cloud.wire.server_address import public_key, server_address

        url, key = self._setting.named()
        address = server_address(url)
        known = public_key(key, address)
        with contextlib.closing(open_client(address)) as client:
            yield Auth(client, address, known), (address, known)

    def patiently(self, ask: Callable[[], T]) -> T:
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

    @contextlib.contextmanager
    def as_account(self, account: KnownAccount, access_token: Callable[[], str]) -> Iterator[Server]:
        """Yield the account's server, asked with this token."""
        from audiodesk.cloud.server import Server

        class Signed:
            email = account.email

            def access_token(self) -> str:
                return access_token()

            def refused(self, token: str) -> None:
                del token

        server = Server(account.address, account.key, lambda: None, session=Signed(), patient=False)
        with contextlib.closing(server):
            yield server

    def try_server(self, url: str, key: str) -> TriedServer:
        """Test address and key. Raises what ``cloud.server_trial.try_server`` raises."""
        from audiodesk.cloud.server_trial import try_server

        return try_server(url, key)

    def answers(self, account: KnownAccount) -> bool:
        """Tell whether a project that takes the account's key answers at its address."""
        with contextlib.suppress(OutsideError, UserError):
            self.try_server(account.address, account.key)
            return True
        return False
