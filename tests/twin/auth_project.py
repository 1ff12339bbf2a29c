"""What all routes of the stand-in's Auth service share: the database, the tokens, the settings, and the caller."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from tests.twin import auth_sessions, auth_users
from tests.twin.auth_errors import JSON, AuthProblem, bad_jwt
from tests.twin.auth_limits import RateLimits
from tests.twin.auth_requests import read_uuid
from tests.twin.auth_sessions import Session
from tests.twin.auth_settings import AuthSettings
from tests.twin.auth_users import AuthUser
from tests.twin.databases import Connection, Database
from tests.twin.tokens import NO_SESSION, TokenError, Tokens
from tests.twin.wire_messages import Request, Response

__all__ = ["AuthProject", "answer"]

_ADMIN: Final = "supabase_auth_admin"


def answer(body: Any, *headers: tuple[str, str]) -> Response:
    """Return a successful answer in JSON."""
    return Response.json(200, body, list(headers), content_type=JSON)


@dataclass
class AuthProject:
    """The project that the service works for."""

    database: Database
    tokens: Tokens
    settings: AuthSettings
    limits: RateLimits
    on_code: Callable[[str, str], None] | None = None
    """Is called with (address, code) for each code, in place of a mailbox."""
    codes: dict[str, str] = field(default_factory=dict)
    """The code that was last sent to each address."""

    def connect(self) -> AbstractContextManager[Connection]:
        """Open a transaction under the service's own role."""
        return self.database.connect(_ADMIN)

    def now(self) -> datetime:
        """Return the time of the tokens' clock, which a test may move."""
        return datetime.fromtimestamp(self.tokens.clock(), UTC)

    def send(self, email: str, code: str) -> None:
        """Deliver a code that is stored already."""
        self.codes[email] = code
        if self.on_code is not None:
            self.on_code(email, code)

    def caller(self, connection: Connection, request: Request) -> tuple[AuthUser, uuid.UUID | None]:
        """Return the user who asks, and the session (None if the token belongs to none). Raises AuthProblem."""
        token = request.bearer()
        if token is None:
            raise AuthProblem.of("no_authorization")
        try:
            claims = self.tokens.read(token)
        except TokenError as error:
            raise bad_jwt(error) from None
        if not claims.get("sub"):
            raise AuthProblem.of("bad_jwt", "invalid claim: missing sub claim")
        odd = AuthProblem.of("bad_jwt", "invalid claim: sub claim must be a UUID", status=400)
        user = auth_users.find_by_id(connection, read_uuid(claims["sub"], odd))
        if user is None:
            raise AuthProblem.of("user_not_found")
        if user.banned(self.now()):
            raise AuthProblem.of("user_banned")
        if claims.get("session_id") in (None, "", str(NO_SESSION)):
            return user, None
        odd = AuthProblem.of("bad_jwt", "invalid claim: session_id claim must be a UUID")
        session_id = read_uuid(claims["session_id"], odd)
        if not auth_sessions.is_alive(connection, session_id, self.now(), self.settings):
            raise AuthProblem.of("session_not_found")
        return user, session_id

    def begin_session(self, connection: Connection, user: AuthUser, method: str, *, confirm: bool) -> Session:
        """Sign the person in. `confirm`: this sign-in proves that the address belongs to them."""
        now = self.now()
        user = auth_users.note_sign_in(connection, user, now, confirm=confirm)
        return auth_sessions.begin_session(connection, user, method, now, self.settings)

    def session_answer(self, session: Session, **extra: Any) -> Response:
        """Return the answer with a session's tokens."""
        user, refresh_token = session.user, session.refresh_token
        issued_at = int(self.tokens.clock())
        expires_at = issued_at + self.settings.access_token_seconds
        access_token = self.tokens.user(
            user.id,
            user.email,
            iat=issued_at,
            exp=expires_at,
            session_id=str(session.id),
            amr=[{"method": session.method, "timestamp": int(session.signed_in_at.timestamp())}],
            **user.claims(),
        )
        body = {
            "access_token": access_token,
            "token_type": "bearer",
            "expires_in": self.settings.access_token_seconds,
            "expires_at": expires_at,
            "refresh_token": refresh_token.text,
            "user": user.json(),
            **extra,
        }
        last = ("sb-auth-refresh-token-prefix", refresh_token.text[:5])
        if refresh_token.counter is not None:
            last = ("sb-auth-refresh-token-counter", str(refresh_token.counter))
        return answer(body, ("sb-auth-user-id", str(user.id)), ("sb-auth-session-id", str(session.id)), last)
