"""The stand-in's Auth service: sign-in by password or code, refresh, sign-out, the user."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.twin import auth_codes, auth_sessions, auth_users
from tests.twin.auth_errors import AuthProblem, bad_json, bad_jwt, otp_expired
from tests.twin.auth_sessions import Session
from tests.twin.auth_users import AuthUser
from tests.twin.databases import Connection, Database
from tests.twin.gateway import refusal
from tests.twin.tokens import NO_SESSION, TokenError, Tokens
from tests.twin.wire_messages import Request, Response

__all__ = ["AuthService"]

_ADMIN = "supabase_auth_admin"
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_SHORTEST_PASSWORD = 6
_SCOPES = ("global", "local", "others")


class AuthService:
    """Answers what is below /auth/v1. Its users and sessions are in the database; the clock is the tokens' clock."""

    def __init__(self, database: Database, tokens: Tokens) -> None:
        self.database = database
        self.tokens = tokens
        self.clock = tokens.clock
        self.access_token_seconds = 3600
        self.reuse_window = timedelta(seconds=10)
        self.code_good_for = timedelta(hours=1)
        self.code_pause = timedelta(seconds=60)
        self.rate_limited = False
        """While true, sign-in, refresh and codes are refused with 429."""
        self.signups = True
        self.on_code: Callable[[str, str], None] | None = None
        """Told of each code instead of a mailbox: address, code."""
        self._codes: dict[str, str] = {}

    def handle(self, request: Request, path: str) -> Response:
        """Answer one request; `path` is what follows /auth/v1."""
        routes: dict[tuple[str, str], Callable[[Request], Response]] = {
            ("POST", "token"): self._token,
            ("POST", "otp"): self._otp,
            ("POST", "verify"): self._verify,
            ("GET", "user"): self._user,
            ("PUT", "user"): self._update_user,
            ("POST", "logout"): self._logout,
            ("GET", "settings"): self._settings,
            ("GET", "health"): self._health,
            ("GET", ".well-known/jwks.json"): self._keys,
        }
        name = path.strip("/")
        route = routes.get((request.method, name))
        if route is None:
            known = any(name == other for _, other in routes)
            return Response.text(405, "") if known else Response.text(404, "404 page not found\n")
        if route != self._keys and (refused := refusal(request, self.tokens)):
            return refused
        try:
            return route(request)
        except AuthProblem as problem:
            return problem.response(request)

    def last_otp(self, email: str) -> str:
        """The code that was last sent to this address. Raises KeyError when none was."""
        return self._codes[email.lower()]

    def _token(self, request: Request) -> Response:
        grant = request.first("grant_type")
        if grant not in ("password", "refresh_token"):
            raise AuthProblem(400, "invalid_credentials", "unsupported_grant_type")
        self._limit()
        return self._by_password(request) if grant == "password" else self._by_refresh_token(request)

    def _by_password(self, request: Request) -> Response:
        body = _fields(request, "email", "phone", "password")
        if body["email"] and body["phone"]:
            message = "Only an email address or phone number should be provided on login."
            raise AuthProblem(400, "validation_failed", message)
        if body["phone"]:
            raise AuthProblem(422, "phone_provider_disabled", "Phone logins are disabled")
        if not body["email"]:
            raise AuthProblem(400, "validation_failed", "missing email or phone")
        now = self._now()
        with self.database.connect(_ADMIN) as connection:
            user = auth_users.find_by_email(connection, body["email"])
            if user is not None and user.encrypted_password and user.banned(now):
                raise AuthProblem(403, "user_banned", "User is banned")
            if user is None or not auth_users.right_password(user, body["password"]):
                raise AuthProblem(400, "invalid_credentials", "Invalid login credentials")
            if user.email_confirmed_at is None:
                raise AuthProblem(400, "email_not_confirmed", "Email not confirmed")
            user = auth_users.note_sign_in(connection, user, now, confirm=False)
            session = auth_sessions.begin_session(connection, user, "password", now)
        return self._session_response(session, now)

    def _by_refresh_token(self, request: Request) -> Response:
        token = _fields(request, "refresh_token")["refresh_token"]
        if not token:
            return Response.json(400, {"error": "invalid_request", "error_description": "refresh_token required"})
        now = self._now()
        with self.database.connect(_ADMIN) as connection:
            try:
                session = auth_sessions.rotate(connection, token, now, self.reuse_window)
            except AuthProblem:
                connection.commit()  # a family that was revoked stays revoked
                raise
        return self._session_response(session, now)

    def _otp(self, request: Request) -> Response:
        self._limit()
        body = _fields(request, "email", "phone", "channel", create_user=bool, data=dict)
        if body["phone"]:
            raise AuthProblem(400, "phone_provider_disabled", "Unsupported phone provider")
        if not body["email"]:
            raise AuthProblem(400, "validation_failed", "One of email or phone must be set")
        email = _address(body["email"])
        create = body["create_user"] if body["create_user"] is not None else True
        now = self._now()
        with self.database.connect(_ADMIN) as connection:
            user = auth_users.find_by_email(connection, email)
            if user is None and not create:
                raise AuthProblem(422, "otp_disabled", "Signups not allowed for otp")
            if user is None and not self.signups:
                raise AuthProblem(422, "signup_disabled", "Signups not allowed for this instance")
            user = user or auth_users.add_user(connection, email, body["data"] or {}, now)
            code = auth_codes.make_code(connection, user, now, self.code_pause)
        self._codes[email] = code
        if self.on_code is not None:
            self.on_code(email, code)
        return Response.json(200, {})

    def _verify(self, request: Request) -> Response:
        self._limit()
        body = _fields(request, "type", "token", "token_hash", "email", "phone")
        if not body["type"]:
            raise AuthProblem(400, "validation_failed", "Verify requires a verification type")
        if bool(body["token"]) == bool(body["token_hash"]):
            raise AuthProblem(400, "validation_failed", "Verify requires either a token or a token hash")
        if body["token_hash"]:
            raise AuthProblem(403, "otp_expired", "Email link is invalid or has expired")
        if bool(body["email"]) == bool(body["phone"]):
            message = "Only an email address or phone number should be provided on verify"
            raise AuthProblem(400, "validation_failed", message)
        now = self._now()
        with self.database.connect(_ADMIN) as connection:
            user = auth_users.find_by_email(connection, body["email"])
            if user is None:
                raise otp_expired()
            if user.banned(now):
                raise AuthProblem(403, "user_banned", "User is banned")
            auth_codes.use_code(connection, user, body["type"], body["token"], now, self.code_good_for)
            user = auth_users.note_sign_in(connection, user, now, confirm=True)
            session = auth_sessions.begin_session(connection, user, "otp", now)
        return self._session_response(session, now)

    def _user(self, request: Request) -> Response:
        with self.database.connect(_ADMIN) as connection:
            user, _ = self._caller(connection, request)
        return Response.json(200, user.json())

    def _update_user(self, request: Request) -> Response:
        with self.database.connect(_ADMIN) as connection:
            user, session_id = self._caller(connection, request)
            body = _fields(request, "email", "password", "nonce", "phone", data=dict, app_metadata=dict)
            if body["app_metadata"] is not None:
                raise AuthProblem(403, "not_admin", "Updating app_metadata requires admin privileges")
            if body["email"] and body["email"].lower() != user.email.lower():
                raise AuthProblem(400, "validation_failed", "The stand-in does not change addresses")
            now = self._now()
            if body["password"]:
                self._check_new_password(user, body["password"])
                auth_users.change_password(connection, user, body["password"], now)
                auth_sessions.end_sessions(connection, user.id, session_id, "others" if session_id else "global")
            if body["data"]:
                auth_users.merge_metadata(connection, user, body["data"], now)
            user = auth_users.find_by_id(connection, user.id) or user
        return Response.json(200, user.json())

    def _logout(self, request: Request) -> Response:
        with self.database.connect(_ADMIN) as connection:
            user, session_id = self._caller(connection, request)
            scope = request.first("scope") or "global"
            if scope not in _SCOPES:
                raise AuthProblem(400, "validation_failed", f'Unsupported logout scope "{scope}"')
            auth_sessions.end_sessions(connection, user.id, session_id, scope)
        return Response(204)

    def _settings(self, _request: Request) -> Response:
        return Response.json(
            200,
            {
                "external": {"anonymous_users": False, "email": True, "phone": False},
                "disable_signup": not self.signups,
                "mailer_autoconfirm": False,
                "phone_autoconfirm": False,
                "sms_provider": "",
                "saml_enabled": False,
            },
        )

    def _health(self, _request: Request) -> Response:
        description = "GoTrue is a user registration and authentication API"
        return Response.json(200, {"version": "v2.197.0", "name": "GoTrue", "description": description})

    def _keys(self, _request: Request) -> Response:
        return Response.json(200, {"keys": []})

    def _caller(self, connection: Connection, request: Request) -> tuple[AuthUser, uuid.UUID | None]:
        token = request.bearer()
        if token is None:
            raise AuthProblem(401, "no_authorization", "This endpoint requires a Bearer token")
        try:
            claims = self.tokens.read(token)
        except TokenError as error:
            raise bad_jwt(error) from None
        if not claims.get("sub"):
            raise AuthProblem(403, "bad_jwt", "invalid claim: missing sub claim")
        user_id = _uuid(claims["sub"], AuthProblem(400, "bad_jwt", "invalid claim: sub claim must be a UUID"))
        user = auth_users.find_by_id(connection, user_id)
        if user is None:
            raise AuthProblem(403, "user_not_found", "User from sub claim in JWT does not exist")
        if user.banned(self._now()):
            raise AuthProblem(403, "user_banned", "User is banned")
        if claims.get("session_id") in (None, "", str(NO_SESSION)):
            return user, None
        odd = AuthProblem(403, "bad_jwt", "invalid claim: session_id claim must be a UUID")
        session_id = _uuid(claims["session_id"], odd)
        if not auth_sessions.find_session(connection, session_id):
            message = "Session from session_id claim in JWT does not exist"
            raise AuthProblem(403, "session_not_found", message)
        return user, session_id

    def _check_new_password(self, user: AuthUser, password: str) -> None:
        if len(password) < _SHORTEST_PASSWORD:
            message = f"Password should be at least {_SHORTEST_PASSWORD} characters."
            raise AuthProblem(422, "weak_password", message, weak_password={"reasons": ["length"]})
        if auth_users.right_password(user, password):
            message = "New password should be different from the old password."
            raise AuthProblem(422, "same_password", message)

    def _session_response(self, session: Session, now: datetime) -> Response:
        user = session.user
        issued_at = int(now.timestamp())
        expires_at = issued_at + self.access_token_seconds
        access_token = self.tokens.user(
            user.id,
            user.email,
            iat=issued_at,
            exp=expires_at,
            session_id=str(session.id),
            amr=[{"method": session.method, "timestamp": int(session.signed_in_at.timestamp())}],
            **user.claims(),
        )
        return Response.json(
            200,
            {
                "access_token": access_token,
                "token_type": "bearer",
                "expires_in": self.access_token_seconds,
                "expires_at": expires_at,
                "refresh_token": session.refresh_token,
                "user": user.json(),
            },
        )

    def _limit(self) -> None:
        if self.rate_limited:
            raise AuthProblem(429, "over_request_rate_limit", "Request rate limit reached")

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.clock(), UTC)


def _fields(request: Request, *texts: str, **others: type) -> dict[str, Any]:
    """The body's fields: texts, "" where one is missing; others by their type, None where one is missing."""
    try:
        body = json.loads(request.read())
    except ValueError as error:
        raise bad_json(str(error)) from None
    if not isinstance(body, Mapping):
        raise bad_json("json: cannot unmarshal into an object")
    fields: dict[str, Any] = {}
    for name, kind in {**dict.fromkeys(texts, str), **others}.items():
        value = body.get(name)
        if value is not None and not isinstance(value, kind):
            raise bad_json(f"json: cannot unmarshal field {name}")
        fields[name] = "" if value is None and kind is str else value
    return fields


def _address(email: str) -> str:
    if not _ADDRESS.fullmatch(email):
        raise AuthProblem(400, "validation_failed", "Unable to validate email address: invalid format")
    return email.lower()


def _uuid(value: Any, otherwise: AuthProblem) -> uuid.UUID:
    try:
        return uuid.UUID(str(value))
    except ValueError:
        raise otherwise from None
