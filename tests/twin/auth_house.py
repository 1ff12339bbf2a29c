"""The Auth service alone behind a server, with one user and clients: for tests of that service."""

from __future__ import annotations

from typing import Any

import httpx
from supabase_auth import SyncGoTrueClient
from supabase_auth.types import Session

from tests.twin import auth_users
from tests.twin.auth import AuthService
from tests.twin.databases import Database
from tests.twin.tokens import Tokens
from tests.twin.wire import HttpServer, Request, Response

__all__ = ["EMAIL", "PASSWORD", "House", "error_of"]

EMAIL = "author@example.org"
PASSWORD = "a narrator's password"  # a test's own


class House:
    """The service behind a server, with one user, and clients for it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.tokens = Tokens("secret-" * 6)
        self.service = AuthService(database, self.tokens)
        self.server = HttpServer(self._handle)
        self.server.faults.on_expiry = lambda: self.tokens.clock.move(1)
        self.server.start()
        self.url = f"{self.server.url}/auth/v1"
        self.user_id = database.add_user(EMAIL, encrypted_password=auth_users.hash_password(PASSWORD))
        self.headers = {"apikey": self.tokens.anon()}
        self.http = httpx.Client(timeout=5, verify=False)

    def _handle(self, request: Request) -> Response:
        return self.service.handle(request, request.path.removeprefix("/auth/v1"))

    def client(self) -> SyncGoTrueClient:
        """Return an official client that stores no session."""
        return SyncGoTrueClient(
            url=self.url,
            headers=dict(self.headers),
            http_client=self.http,
            auto_refresh_token=False,
            persist_session=False,
        )

    def sign_in(self) -> Session:
        """Sign in by password and return the session."""
        session = self.client().sign_in_with_password({"email": EMAIL, "password": PASSWORD}).session
        assert session is not None
        return session

    def refresh(self, token: str) -> httpx.Response:
        """Exchange a refresh token and return the answer."""
        return self.post("token?grant_type=refresh_token", {"refresh_token": token})

    def post(self, path: str, body: Any, **headers: str) -> httpx.Response:
        """Send a POST request without the official client."""
        return self.http.post(f"{self.url}/{path}", json=body, headers=self.headers | headers)

    def get_user(self, token: str | None) -> httpx.Response:
        """Ask for the signed-in user (GET /user)."""
        bearer = {"Authorization": f"Bearer {token}"} if token else {}
        return self.http.get(f"{self.url}/user", headers=self.headers | bearer)

    def change(self, statement: str) -> None:
        """Run a statement in the database directly, without the service."""
        with self.database.open("supabase_auth_admin") as connection:
            connection.execute(statement.encode())

    def close(self) -> None:
        """Stop the server, and assert that no handler failed."""
        self.http.close()
        self.server.stop()
        assert self.server.failures == []


def error_of(answer: httpx.Response) -> tuple[int, str, str]:
    """Return status, code and sentence of a refusal to a client that names no API version."""
    body = answer.json()
    assert body["code"] == answer.status_code
    assert body["error_code"] == answer.headers["x-sb-error-code"]
    assert answer.headers["content-type"] == "application/json"
    return answer.status_code, body["error_code"], body["msg"]
