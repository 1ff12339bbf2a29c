"""The stand-in's Auth service: sign-in by password or code, refresh, sign-out, the user."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tests.twin import auth_sessions, auth_users
from tests.twin.auth_errors import AuthProblem
from tests.twin.auth_limits import RateLimits
from tests.twin.auth_mail import MailRoutes
from tests.twin.auth_project import AuthProject, answer
from tests.twin.auth_requests import check_password, read_fields
from tests.twin.auth_settings import AuthSettings
from tests.twin.databases import Database
from tests.twin.gateway import refusal
from tests.twin.tokens import Tokens
from tests.twin.wire_messages import Request, Response

__all__ = ["AuthService"]

_SCOPES: Final = ("global", "local", "others")
_OTHER_PROVIDERS: Final = (
    "anonymous_users",
    *("apple", "azure", "bitbucket", "discord", "facebook", "figma", "fly", "github", "gitlab", "google", "kakao"),
    *("keycloak", "linkedin", "linkedin_oidc", "notion", "phone", "slack", "slack_oidc", "spotify", "twitch"),
    *("twitter", "workos", "zoom"),
)


class AuthService:
    """Answers what is below /auth/v1. Its users and sessions are in the database; the clock is the tokens' clock."""

    def __init__(self, database: Database, tokens: Tokens, settings: AuthSettings | None = None) -> None:
        self.clock = tokens.clock
        self.settings = settings or AuthSettings()
        self._project = AuthProject(database, tokens, self.settings, RateLimits(self.settings, tokens.clock))
        mail = MailRoutes(self._project)
        self._routes: dict[tuple[str, str], Callable[[Request], Response]] = {
            ("POST", "token"): self._token,
            ("POST", "otp"): mail.otp,
            ("POST", "signup"): mail.signup,
            ("POST", "recover"): mail.recover,
            ("POST", "verify"): mail.verify,
            ("GET", "user"): self._user,
            ("PUT", "user"): self._update_user,
            ("POST", "logout"): self._logout,
            ("GET", "settings"): self._settings,
            ("GET", "health"): self._health,
            ("GET", ".well-known/jwks.json"): self._keys,
        }

    @property
    def on_code(self) -> Callable[[str, str], None] | None:
        """Is called with (address, code) for each code, in place of a mailbox."""
        return self._project.on_code

    @on_code.setter
    def on_code(self, told: Callable[[str, str], None] | None) -> None:
        self._project.on_code = told

    def handle(self, request: Request, path: str) -> Response:
        """Answer one request; `path` is the part of the path behind /auth/v1."""
        name = path.strip("/")
        route = self._routes.get((request.method, name))
        if route is None:
            known = any(name == other for _, other in self._routes)
            return Response.text(405, "") if known else Response.text(404, "404 page not found\n")
        if route != self._keys and (refused := refusal(request, self._project.tokens)):
            return refused
        try:
            return route(request)
        except AuthProblem as problem:
            return problem.response(request)

    def last_otp(self, email: str) -> str:
        """Return the code that was last sent to this address. Raises KeyError if none was sent."""
        return self._project.codes[email.lower()]

    def _token(self, request: Request) -> Response:
        self._project.limits.take("token", request)
        grant = request.first("grant_type")
        if grant not in ("password", "refresh_token"):
            raise AuthProblem.of("invalid_credentials", "unsupported_grant_type")
        return self._by_password(request) if grant == "password" else self._by_refresh_token(request)

    def _by_password(self, request: Request) -> Response:
        body = read_fields(request, "email", "phone", "password")
        if body["email"] and body["phone"]:
            message = "Only an email address or phone number should be provided on login."
            raise AuthProblem.of("validation_failed", message)
        if body["phone"]:
            raise AuthProblem.of("phone_provider_disabled", "Phone logins are disabled", status=422)
        if not body["email"]:
            raise AuthProblem.of("validation_failed", "missing email or phone")
        if not self.settings.email_provider:
            raise AuthProblem.of("email_provider_disabled")
        with self._project.connect() as connection:
            user = auth_users.find_by_email(connection, body["email"])
            if user is not None and user.encrypted_password and user.banned(self._project.now()):
                raise AuthProblem.of("user_banned", status=400)
            if user is None or not auth_users.right_password(user, body["password"]):
                raise AuthProblem.of("invalid_credentials")
            if user.email_confirmed_at is None:
                raise AuthProblem.of("email_not_confirmed")
            session = self._project.begin_session(connection, user, "password", confirm=False)
        return self._project.session_answer(session, weak_password=None)

    def _by_refresh_token(self, request: Request) -> Response:
        token = read_fields(request, "refresh_token")["refresh_token"]
        with self._project.connect() as connection:
            try:
                session = auth_sessions.refresh(connection, token, self._project.now(), self.settings)
            except AuthProblem:
                connection.commit()  # a revoked family stays revoked
                raise
        return self._project.session_answer(session)

    def _user(self, request: Request) -> Response:
        with self._project.connect() as connection:
            user, _ = self._project.caller(connection, request)
        return answer(user.json())

    def _update_user(self, request: Request) -> Response:
        self._project.limits.take("user", request)
        with self._project.connect() as connection:
            user, session_id = self._project.caller(connection, request)
            body = read_fields(request, "email", "password", "nonce", "phone", data=dict, app_metadata=dict)
            if body["app_metadata"] is not None:
                raise AuthProblem.of("not_admin", "Updating app_metadata requires admin privileges")
            if body["email"] and body["email"].lower() != user.email.lower():
                raise AuthProblem.of("validation_failed", "The stand-in does not change addresses")
            now = self._project.now()
            if body["password"]:
                check_password(body["password"])
                if auth_users.right_password(user, body["password"]):
                    raise AuthProblem.of("same_password")
                auth_users.change_password(connection, user, body["password"], now)
                auth_sessions.end_sessions(connection, user.id, session_id, "others" if session_id else "global")
            if body["data"]:
                auth_users.merge_metadata(connection, user, body["data"], now)
            user = auth_users.find_by_id(connection, user.id) or user
        return answer(user.json())

    def _logout(self, request: Request) -> Response:
        with self._project.connect() as connection:
            user, session_id = self._project.caller(connection, request)
            scope = request.first("scope") or "global"
            if scope not in _SCOPES:
                raise AuthProblem.of("validation_failed", f'Unsupported logout scope "{scope}"')
            auth_sessions.end_sessions(connection, user.id, session_id, scope)
        return Response(204)

    def _settings(self, _request: Request) -> Response:
        external = {**dict.fromkeys(_OTHER_PROVIDERS, False), "email": self.settings.email_provider}
        return answer(
            {
                "external": dict(sorted(external.items())),
                "disable_signup": not self.settings.signups,
                "mailer_autoconfirm": self.settings.autoconfirm,
                "phone_autoconfirm": False,
                "sms_provider": "",
                "saml_enabled": False,
            }
        )

    def _health(self, _request: Request) -> Response:
        description = "GoTrue is a user registration and authentication API"
        return answer({"version": "v2.197.0", "name": "GoTrue", "description": description})

    def _keys(self, _request: Request) -> Response:
        return answer({"keys": self._project.tokens.public_keys()})
