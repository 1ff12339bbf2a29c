"""Builds the way to the server that the settings name, without any library."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from audiodesk.composition.lazy import Scope, lazy
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.settings import Settings

if TYPE_CHECKING:  # each is imported when it is first asked for
    from audiodesk.cloud.calls.storage_account import StorageAccount
    from audiodesk.cloud.server import Server
    from audiodesk.cloud.sign_in.session import TokenSource
    from audiodesk.services.server.server_diagnosis import ServerDiagnosis
    from audiodesk.services.server.support import Support

__all__ = ["SignIn"]


class SignIn(Scope):
    """A server and the sign-in there. Made by ``Program.sign_in``.

    The environment's sign-in comes first, and ``close`` ends it. Else ``kept(host)`` is the one that the keyring holds.
    ``farewell`` returns the seconds that its end may take.
    """

    def __init__(
        self,
        settings: Settings,
        environ: Mapping[str, str],
        *,
        kept: Callable[[str], TokenSource | None] = lambda _host: None,
        patient: bool,
        farewell: Callable[[], float] | None = None,
    ) -> None:
        super().__init__()
        self._kept = kept
        self._settings = settings
        self._environ = environ
        self._patient = patient
        self._farewell = farewell

    @lazy
    def server(self) -> Server:
        """The project that the settings name, with its session; nothing is sent until something is asked.

        Raises OutsideError "proxy-unusable", and what ``named_server``, ``server_address`` and ``public_key`` raise.
        """
        from audiodesk.domain.server.named_server import named_server

        url, key = named_server(self._settings.supabase_url, self._settings.supabase_anon_key)
        from audiodesk.cloud.server import Server
        from audiodesk.cloud.sign_in.session import credentials_from
        from audiodesk.cloud.wire.server_address import host_of, server_address

        names = ("AUDIODESK_EMAIL", "AUDIODESK_PASSWORD")
        in_environment = any(self._environ.get(name) for name in names)
        kept = None if in_environment else self._kept(host_of(server_address(url)))
        return Server(
            url,
            key,
            lambda: credentials_from(self._environ),
            session=kept,
            patient=self._patient,
            farewell=self._farewell,
        )

    @property
    def host(self) -> str:
        """The server's name; empty if the settings name no usable one."""
        try:
            return self.server.host
        except AudioDeskError:
            return ""

    def asking_for(self) -> float:
        """Return for how many seconds a request has had no answer; 0 if none waits for one. Asks nothing."""
        return self.server.asking_for() if self.is_built("server") else 0.0

    @property
    def storage_account(self) -> StorageAccount:
        """What the server says of storage."""
        return self.server.storage_account

    @lazy
    def support(self) -> Support:
        """Looks at another person's storage."""
        from audiodesk.services.server.support import Support

        return Support(self.storage_account)

    @lazy
    def diagnosis(self) -> ServerDiagnosis:
        """Tests of the server's set-up."""
        from audiodesk.services.server.server_diagnosis import ServerDiagnosis

        return ServerDiagnosis(lambda: self.server, wanted=self._settings.storage_backend == "supabase")
