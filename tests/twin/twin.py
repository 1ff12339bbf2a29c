"""The whole stand-in: Auth, PostgREST and Storage behind one address, in front of one database."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.twin.auth import AuthService
from tests.twin.auth_settings import AuthSettings
from tests.twin.auth_users import hash_password
from tests.twin.databases import Database
from tests.twin.faults import FaultPlan
from tests.twin.gateway import forward
from tests.twin.rest import RestService
from tests.twin.storage import StorageService
from tests.twin.storage_settings import StorageSettings
from tests.twin.tokens import Clock, Tokens
from tests.twin.wire import HttpServer, Request, Response

__all__ = ["Twin", "TwinUser"]


@dataclass(frozen=True)
class TwinUser:
    """A user who can sign in."""

    id: UUID
    email: str
    password: str = field(repr=False)
    app_metadata: Mapping[str, Any] = field(default_factory=dict)


class Twin:
    """One project. All its data is in the database and the folder, so it can be stopped, killed and started again."""

    def __init__(self, database: Database, folder: Path, *, port: int = 0, faults: FaultPlan | None = None) -> None:
        """Serve `database`, with the bytes of objects in `folder`; port 0 takes any that is free."""
        self.database = database
        self.folder = folder
        self.faults = faults or FaultPlan()
        self.clock = Clock()
        # A token that expired was made some time ago: make sure that the next one differs.
        self.faults.on_expiry = lambda: self.clock.move(1)
        self.tokens = Tokens(secrets.token_urlsafe(32), clock=self.clock)
        self.storage_settings = StorageSettings()
        self.auth_settings = AuthSettings()
        self.auth = AuthService(database, self.tokens, self.auth_settings)
        self._rest: RestService | None = None
        self._storage: StorageService | None = None
        self._http = HttpServer(self._handle, self.faults, port=port)

    @property
    def url(self) -> str:
        """The project's address, SUPABASE_URL."""
        return self._http.url

    @property
    def anon_key(self) -> str:
        """SUPABASE_ANON_KEY of the older kind."""
        return self.tokens.anon()

    @property
    def service_key(self) -> str:
        """The key that row security does not apply to, of the older kind."""
        return self.tokens.service()

    @property
    def publishable_key(self) -> str:
        """SUPABASE_ANON_KEY of the newer kind."""
        return self.tokens.publishable()

    @property
    def secret_key(self) -> str:
        """The key that row security does not apply to, of the newer kind."""
        return self.tokens.secret_key()

    @property
    def db_url(self) -> str:
        """The database's address for role postgres, password included."""
        return self.database.url

    @property
    def failures(self) -> list[BaseException]:
        """Errors of the stand-in itself; there must be none at the end of a test."""
        return self._http.failures

    @property
    def http(self) -> HttpServer:
        """The HTTP server, which can drop its connections."""
        return self._http

    def start(self) -> None:
        """Start to serve, on the same port as before."""
        self._rest = RestService(self.database, self.tokens)
        self._storage = StorageService(self.database, self.tokens, self.folder, settings=self.storage_settings)
        self._http.start()

    def stop(self) -> None:
        """Finish the requests under way, then release everything. Idempotent."""
        self._http.stop()
        self._let_go()

    def kill(self) -> None:
        """Drop all connections at once, as if the machine were off."""
        self._http.kill()
        self._let_go()

    def restart(self) -> None:
        """Stop and start again with the same address and data."""
        self.stop()
        self.start()

    def restore(self, database: Database) -> None:
        """Serve another database from the next start, such as a backup; to be called while it is stopped."""
        self.database = database
        self.auth = AuthService(database, self.tokens, self.auth_settings)

    def add_user(
        self, email: str, password: str, *, app_metadata: Mapping[str, Any] | None = None, confirmed: bool = True
    ) -> TwinUser:
        """Add a user, who can sign in if `confirmed`. For support staff, `app_metadata` is {"role": "support"}."""
        metadata = dict(app_metadata or {})
        user_id = self.database.add_user(
            email, app_metadata=metadata, encrypted_password=hash_password(password), confirmed=confirmed
        )
        return TwinUser(user_id, email, password, metadata)

    def token(self, user: TwinUser, expires_in: float = 3600) -> str:
        """Return a token for `user` without a sign-in, valid for `expires_in` seconds; expired if that is negative."""
        provider = {"provider": "email", "providers": ["email"]}
        return self.tokens.user(
            user.id, user.email, expires_in=expires_in, app_metadata={**provider, **user.app_metadata}
        )

    def __enter__(self) -> Twin:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _handle(self, request: Request) -> Response:
        path = request.path
        for prefix, service in (("/auth/v1", self.auth), ("/rest/v1", self._rest), ("/storage/v1", self._storage)):
            if service is not None and (path == prefix or path.startswith(prefix + "/")):
                if service is not self.auth:
                    forward(request, self.tokens)
                return service.handle(request, path.removeprefix(prefix))
        return Response.json(404, {"message": "no Route matched with those values"})

    def _let_go(self) -> None:
        for service in (self._rest, self._storage):
            if service is not None:
                service.close()
        self._rest = self._storage = None
