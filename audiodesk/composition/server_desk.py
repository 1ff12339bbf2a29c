"""Builds the way to the server for one command, and signs out at its end."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from audiodesk.domain.errors import AudioDeskError, OutsideError, UserError
from audiodesk.domain.settings import Settings
from audiodesk.local.database import Database
from audiodesk.local.library_place import LIST
from audiodesk.system import logs
from audiodesk.system.folders import Folders, folders
from audiodesk.system.library_registry import LibraryRegistry
from audiodesk.system.settings_store import SettingsStore

if TYPE_CHECKING:  # each is imported when it is first asked for
    from audiodesk.cloud.server import Server
    from audiodesk.domain.storage_usage import Queued
    from audiodesk.services.server_check import ServerCheck
    from audiodesk.services.support import Support
    from audiodesk.services.usage import UsageService

__all__ = ["ServerDesk", "is_server_set_up", "open_server"]


class ServerDesk:
    """What a command asks of the server; it opens no library but to read from one that is there.

    Made by ``open_server``.
    """

    def __init__(self, places: Folders, settings: Settings, environ: Mapping[str, str], *, patient: bool) -> None:
        self._places = places
        self._patient = patient
        self._settings = settings
        self._environ = environ
        self._server: Server | None = None

    @property
    def support(self) -> Support:
        """Looks at another person's storage."""
        from audiodesk.services.support import Support

        return Support(self.server.storage_account)

    @property
    def usage(self) -> UsageService:
        """The person's own storage."""
        from audiodesk.services.usage import UsageService

        return UsageService(self.server.storage_account, self._queued)

    @property
    def check(self) -> ServerCheck:
        """Tests of the server's set-up."""
        from audiodesk.services.server_check import ServerCheck

        return ServerCheck(lambda: self.server, wanted=self._settings.storage_backend == "supabase")

    @property
    def host(self) -> str:
        """The server's name; empty where the settings name none that can be meant."""
        try:
            return self.server.host
        except AudioDeskError:
            return ""

    @property
    def server(self) -> Server:
        """The project that the settings name.

        Raises OutsideError "server-not-set" and "proxy-unusable", UserError "server-half-set" and what
        ``server_address`` and ``public_key`` raise.
        """
        if self._server is None:
            url, key = self._settings.supabase_url.strip(), self._settings.supabase_anon_key.strip()
            if not url and not key:
                raise OutsideError("server-not-set")
            if not url or not key:
                raise UserError("server-half-set", name="SUPABASE_ANON_KEY" if url else "SUPABASE_URL")
            from audiodesk.cloud.server import Server
            from audiodesk.cloud.session import credentials_from

            self._server = Server(url, key, lambda: credentials_from(self._environ), patient=self._patient)
        return self._server

    def close(self) -> None:
        """Sign out and close. Idempotent."""
        if self._server is not None:
            self._server.close()

    def _queued(self) -> Queued:
        from audiodesk.local import queued_repo

        folder = self._places.local_library
        known = LibraryRegistry(self._places.known_libraries).at(folder)
        library = Database(folder / LIST, make=False, known=None if known is None else known.id)
        with contextlib.closing(library) as database, database.read() as connection:
            return queued_repo.queued(connection)


def is_server_set_up(environ: Mapping[str, str] | None = None) -> bool:
    """Return whether the settings name a server; False where they cannot be read."""
    environ = os.environ if environ is None else environ
    try:
        return SettingsStore(folders(environ).config / "settings.json", environ).load().has_server
    except AudioDeskError:
        return False


@contextlib.contextmanager
def open_server(environ: Mapping[str, str] | None = None, *, patient: bool = True) -> Iterator[ServerDesk]:
    """Open the way to the server for one command; it signs in when it is first asked something, and out at the end.

    Without ``patient`` a server that does not answer is given up within seconds.

    Raises UserError("setting-unknown") for a ``STORAGE_BACKEND`` nobody knows; which one is set does not matter.
    """
    environ = os.environ if environ is None else environ
    places = folders(environ)
    settings = SettingsStore(places.config / "settings.json", environ).load()
    log = logs.start(places.logs, "command")
    desk = ServerDesk(places, settings, environ, patient=patient)
    try:
        yield desk
    finally:
        desk.close()
        logs.stop(log)
