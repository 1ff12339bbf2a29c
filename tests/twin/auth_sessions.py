"""The sessions of the stand-in's Auth service: refresh tokens that are used once, and what using one twice means."""

from __future__ import annotations

import secrets
import string
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.twin.auth_errors import AuthProblem
from tests.twin.auth_users import AuthUser, find_by_id
from tests.twin.databases import Connection

__all__ = ["Session", "begin_session", "end_sessions", "find_session", "rotate"]

_ALPHABET = string.ascii_lowercase + string.digits
_TOKEN_LENGTH = 12


@dataclass(frozen=True)
class Session:
    """A row of auth.sessions with the refresh token that is good now."""

    id: uuid.UUID
    user: AuthUser
    method: str
    """How the person signed in: password or otp."""
    signed_in_at: datetime
    refresh_token: str


def begin_session(connection: Connection, user: AuthUser, method: str, now: datetime) -> Session:
    """A new session and its first refresh token."""
    session_id = uuid.uuid4()
    connection.execute(
        "insert into auth.sessions (id, user_id, authentication_method, created_at) values (%s, %s, %s, %s)",
        [session_id, user.id, method, now],
    )
    return Session(session_id, user, method, now, _new_token(connection, session_id, None, now))


def find_session(connection: Connection, session_id: uuid.UUID) -> bool:
    """Whether the session still stands."""
    return connection.execute("select from auth.sessions where id = %s", [session_id]).rowcount > 0


def rotate(connection: Connection, token: str, now: datetime, window: timedelta) -> Session:
    """Exchange a refresh token for the next one.

    The same one again within `window` of its exchange is answered with the session's present token. Raises
    AuthProblem; where that is `refresh_token_already_used`, the session's tokens are all revoked, and that is to be
    committed.
    """
    row = connection.execute(
        "select s.id, s.user_id, s.authentication_method, s.created_at from auth.refresh_tokens t"
        " join auth.sessions s on s.id = t.session_id where t.token = %s for update of s",
        [token],
    ).fetchone()
    if row is None:
        raise AuthProblem(400, "refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found")
    session_id, user_id, method, signed_in_at = row
    user = find_by_id(connection, user_id)
    assert user is not None, "sessions go with their users"
    if user.banned(now):
        raise AuthProblem(400, "user_banned", "Invalid Refresh Token: User Banned")
    fresh = _exchange(connection, session_id, token, now, window)
    connection.execute("update auth.sessions set refreshed_at = %s where id = %s", [now, session_id])
    return Session(session_id, user, method, signed_in_at, fresh)


def end_sessions(connection: Connection, user_id: uuid.UUID, session_id: uuid.UUID | None, scope: str) -> None:
    """Sign out: the session ("local"), all of the user but it ("others") or all ("global")."""
    if scope == "local" and session_id is not None:
        connection.execute("delete from auth.sessions where id = %s", [session_id])
    elif scope == "others" and session_id is not None:
        connection.execute("delete from auth.sessions where user_id = %s and id <> %s", [user_id, session_id])
    else:
        connection.execute("delete from auth.sessions where user_id = %s", [user_id])


def _exchange(connection: Connection, session_id: uuid.UUID, token: str, now: datetime, window: timedelta) -> str:
    # Read again now that the session is locked: another request may have exchanged it meanwhile.
    row = connection.execute("select revoked, updated_at from auth.refresh_tokens where token = %s", [token]).fetchone()
    assert row is not None
    revoked, exchanged_at = row
    if not revoked:
        connection.execute(
            "update auth.refresh_tokens set revoked = true, updated_at = %s where token = %s", [now, token]
        )
        return _new_token(connection, session_id, token, now)
    active = connection.execute(
        "select token from auth.refresh_tokens where session_id = %s and not revoked", [session_id]
    ).fetchone()
    if active is not None and now <= exchanged_at + window:
        return str(active[0])
    connection.execute("update auth.refresh_tokens set revoked = true where session_id = %s", [session_id])
    raise AuthProblem(400, "refresh_token_already_used", "Invalid Refresh Token: Already Used")


def _new_token(connection: Connection, session_id: uuid.UUID, parent: str | None, now: datetime) -> str:
    token = "".join(secrets.choice(_ALPHABET) for _ in range(_TOKEN_LENGTH))
    connection.execute(
        "insert into auth.refresh_tokens (token, session_id, parent, created_at, updated_at)"
        " values (%s, %s, %s, %s, %s)",
        [token, session_id, parent, now, now],
    )
    return token
