"""The sessions of the stand-in's Auth service: how they begin, are refreshed, and end."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from tests.twin.auth_errors import AuthProblem
from tests.twin.auth_refresh import RefreshToken, exchange_token, find_session_id, issue_token
from tests.twin.auth_settings import AuthSettings
from tests.twin.auth_users import AuthUser, find_by_id
from tests.twin.databases import Connection

__all__ = ["Session", "begin_session", "end_sessions", "is_alive", "refresh"]


@dataclass(frozen=True)
class Session:
    """A row of auth.sessions with its newest refresh token."""

    id: uuid.UUID
    user: AuthUser
    method: str
    """How the person signed in: password or otp."""
    signed_in_at: datetime
    refresh_token: RefreshToken


@dataclass(frozen=True)
class _Row:
    id: uuid.UUID
    user_id: uuid.UUID
    method: str
    created_at: datetime
    refreshed_at: datetime | None

    def last_refresh(self, token_time: datetime | None = None) -> datetime:
        """Return when the session was last used; `token_time` if it was never refreshed."""
        return self.refreshed_at or max(self.created_at, token_time or self.created_at)


def begin_session(
    connection: Connection, user: AuthUser, method: str, now: datetime, settings: AuthSettings
) -> Session:
    """Make a session with its first refresh token."""
    session_id = uuid.uuid4()
    connection.execute(
        "insert into auth.sessions (id, user_id, authentication_method, created_at) values (%s, %s, %s, %s)",
        [session_id, user.id, method, now],
    )
    return Session(session_id, user, method, now, issue_token(connection, session_id, now, settings))


def is_alive(connection: Connection, session_id: uuid.UUID, now: datetime, settings: AuthSettings) -> bool:
    """Tell whether the session still holds: it was not signed out, and no setting of the project has ended it."""
    row = _find(connection, session_id)
    return row is not None and _ending(connection, row, row.last_refresh(), now, settings) is None


def refresh(connection: Connection, token: str, now: datetime, settings: AuthSettings) -> Session:
    """Exchange a refresh token for the next one.

    Raises AuthProblem; where that is `refresh_token_already_used`, what was revoked is to be committed.
    """
    session_id, token_time = find_session_id(connection, token)
    row = _find(connection, session_id, lock=True)
    if row is None:
        raise AuthProblem.of("refresh_token_not_found")
    user = find_by_id(connection, row.user_id)
    assert user is not None, "sessions go with their users"
    if user.banned(now):
        raise AuthProblem.of("user_banned", "Invalid Refresh Token: User Banned", status=400)
    why = _ending(connection, row, row.last_refresh(token_time), now, settings)
    if why is not None:
        raise AuthProblem.of("session_expired", f"Invalid Refresh Token: {why}")
    next_token = exchange_token(connection, session_id, token, now, settings)
    connection.execute("update auth.sessions set refreshed_at = %s where id = %s", [now, session_id])
    return Session(session_id, user, row.method, row.created_at, next_token)


def end_sessions(connection: Connection, user_id: uuid.UUID, session_id: uuid.UUID | None, scope: str) -> None:
    """Sign out: end this session ("local"), all other sessions of the user ("others"), or all of them ("global")."""
    if scope == "local" and session_id is not None:
        connection.execute("delete from auth.sessions where id = %s", [session_id])
    elif scope == "others" and session_id is not None:
        connection.execute("delete from auth.sessions where user_id = %s and id <> %s", [user_id, session_id])
    else:
        connection.execute("delete from auth.sessions where user_id = %s", [user_id])


def _find(connection: Connection, session_id: uuid.UUID, *, lock: bool = False) -> _Row | None:
    suffix = " for update" if lock else ""
    row = connection.execute(
        "select id, user_id, authentication_method, created_at, refreshed_at from auth.sessions"
        f" where id = %s{suffix}".encode(),
        [session_id],
    ).fetchone()
    return None if row is None else _Row(*row)


def _ending(
    connection: Connection, row: _Row, last_refresh: datetime, now: datetime, settings: AuthSettings
) -> str | None:
    """Return the setting of the project that has ended the session, in the service's words; None if none has."""
    why = _run_out(row, last_refresh, now, settings)
    if why is None and settings.single_session:
        others = connection.execute(
            "select id, user_id, authentication_method, created_at, refreshed_at from auth.sessions"
            " where user_id = %s and id <> %s",
            [row.user_id, row.id],
        ).fetchall()
        for other in (_Row(*columns) for columns in others):
            alive = _run_out(other, other.last_refresh(), now, settings) is None
            if alive and other.last_refresh() > last_refresh:
                return "Session Expired (Revoked by Newer Login)"
    return why


def _run_out(row: _Row, last_refresh: datetime, now: datetime, settings: AuthSettings) -> str | None:
    if settings.timebox is not None and now > row.created_at + settings.timebox:
        return "Session Expired"
    if settings.inactivity is not None and now > last_refresh + settings.inactivity:
        return "Session Expired (Inactivity)"
    return None
