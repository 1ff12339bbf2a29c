"""Routes of the stand-in's Auth service that send or accept a code by e-mail: otp, signup, recover, verify."""

from __future__ import annotations

import uuid
from typing import Any

from tests.twin import auth_codes, auth_users
from tests.twin.auth_errors import AuthProblem
from tests.twin.auth_project import AuthProject, answer
from tests.twin.auth_requests import check_password, read_address, read_fields
from tests.twin.auth_users import AuthUser
from tests.twin.databases import Connection
from tests.twin.wire_messages import Request, Response

__all__ = ["MailRoutes"]


class MailRoutes:
    """Answers for one project."""

    def __init__(self, project: AuthProject) -> None:
        self._project = project

    def otp(self, request: Request) -> Response:
        """Send a code to sign in with. An unknown address is signed up, unless `create_user` is false."""
        self._project.limits.take("otp", request)
        body = read_fields(request, "email", "phone", "channel", create_user=bool, data=dict)
        if body["email"] and body["phone"]:
            raise AuthProblem.of("validation_failed", "Only an email address or phone number should be provided")
        if body["email"] and body["channel"]:
            raise AuthProblem.of("validation_failed", "Channel should only be specified with Phone OTP")
        if body["phone"]:
            raise AuthProblem.of("phone_provider_disabled")
        if not body["email"]:
            raise AuthProblem.of("validation_failed", "One of email or phone must be set")
        email = read_address(body["email"])
        with self._project.connect() as connection:
            user = auth_users.find_by_email(connection, email)
            if user is None and body["create_user"] is False:
                raise AuthProblem.of("otp_disabled")
            self._need_provider("Email logins are disabled")
            if user is None or user.email_confirmed_at is None:
                self._need_signups()
            user = user or auth_users.add_user(connection, email, body["data"] or {}, self._project.now())
            if user.email_confirmed_at is None and self._project.settings.autoconfirm:
                user = auth_users.confirm(connection, user, self._project.now())
            code = self._make_code(connection, user)
        self._project.send(email, code)
        return answer({})

    def signup(self, request: Request) -> Response:
        """Sign up with a password. The answer does not tell whether the address has an account already."""
        self._project.limits.take("signup", request)
        self._need_signups()
        body = read_fields(request, "email", "phone", "password", "channel", data=dict)
        if not body["email"] and not body["phone"]:
            raise AuthProblem.of("anonymous_provider_disabled")
        if not body["password"]:
            raise AuthProblem.of("validation_failed", "Signup requires a valid password")
        check_password(body["password"])
        if body["phone"]:
            if body["email"]:
                message = "Only an email address or phone number should be provided on signup."
                raise AuthProblem.of("validation_failed", message)
            raise AuthProblem.of("phone_provider_disabled", "Phone signups are disabled")
        self._need_provider("Email signups are disabled")
        email, data = read_address(body["email"]), body["data"] or {}
        autoconfirm = self._project.settings.autoconfirm
        with self._project.connect() as connection:
            user = auth_users.find_by_email(connection, email)
            if user is not None and user.email_confirmed_at is not None:
                if autoconfirm:
                    raise AuthProblem.of("user_already_exists")
                return answer(self._stranger(email, data))
            now = self._project.now()
            if user is None:
                user = auth_users.add_user(connection, email, data, now, password=body["password"])
            if autoconfirm:
                session = self._project.begin_session(connection, user, "password", confirm=True)
                return self._project.session_answer(session)
            code = self._make_code(connection, user)
        self._project.send(email, code)
        return answer({**user.json(), "confirmation_sent_at": auth_users.timestamp(now)})

    def recover(self, request: Request) -> Response:
        """Send a code for a forgotten password. The answer does not tell whether the address has an account."""
        self._project.limits.take("recover", request)
        body = read_fields(request, "email")
        if not body["email"]:
            raise AuthProblem.of("validation_failed", "Password recovery requires an email")
        email = read_address(body["email"])
        with self._project.connect() as connection:
            user = auth_users.find_by_email(connection, email)
            if user is None:
                return answer({})
            code = self._make_code(connection, user, recovery=True)
        self._project.send(email, code)
        return answer({})

    def verify(self, request: Request) -> Response:
        """Sign in with a code; this confirms the address."""
        self._project.limits.take("verify", request)
        body = read_fields(request, "type", "token", "token_hash", "email", "phone")
        if not body["type"]:
            raise AuthProblem.of("validation_failed", "Verify requires a verification type")
        if bool(body["token"]) == bool(body["token_hash"]):
            raise AuthProblem.of("validation_failed", "Verify requires either a token or a token hash")
        if body["token_hash"]:
            raise AuthProblem.of("otp_expired", "Email link is invalid or has expired")
        if bool(body["email"]) == bool(body["phone"]):
            message = "Only an email address or phone number should be provided on verify"
            raise AuthProblem.of("validation_failed", message)
        now, good_for = self._project.now(), self._project.settings.code_good_for
        with self._project.connect() as connection:
            user = auth_users.find_by_email(connection, body["email"])
            if user is None:
                raise AuthProblem.of("otp_expired")
            if user.banned(now):
                raise AuthProblem.of("user_banned")
            auth_codes.use_code(connection, user, body["type"], body["token"], now, good_for)
            session = self._project.begin_session(connection, user, "otp", confirm=True)
        return self._project.session_answer(session)

    def _make_code(self, connection: Connection, user: AuthUser, *, recovery: bool = False) -> str:
        """Make a code for the user. Raises AuthProblem if the last one was sent too short a time ago."""
        kind = "recovery_token" if recovery or user.email_confirmed_at else "confirmation_token"
        code = auth_codes.make_code(connection, user, kind, self._project.now(), self._project.settings.code_pause)
        self._project.limits.take_email()
        return code

    def _need_signups(self) -> None:
        if not self._project.settings.signups:
            raise AuthProblem.of("signup_disabled")

    def _need_provider(self, message: str) -> None:
        if not self._project.settings.email_provider:
            raise AuthProblem.of("email_provider_disabled", message)

    def _stranger(self, email: str, data: dict[str, Any]) -> dict[str, Any]:
        """Return a made-up user for an address that has an account, so that the answer looks like a new one's."""
        now = auth_users.timestamp(self._project.now())
        return {
            "id": str(uuid.uuid4()),
            "aud": "authenticated",
            "role": "",
            "email": email,
            "phone": "",
            "confirmation_sent_at": now,
            "app_metadata": {"provider": "email", "providers": ["email"]},
            "user_metadata": data,
            "identities": [],
            "created_at": now,
            "updated_at": now,
            "is_anonymous": False,
        }
