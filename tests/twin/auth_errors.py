"""Refusals of the Auth service: status, code and sentence, in the form for the client's API version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tests.twin.tokens import TokenError
from tests.twin.wire_messages import Request, Response

__all__ = ["ANSWERS", "JSON", "AuthProblem", "bad_json", "bad_jwt"]

JSON: Final = "application/json"
"""The content type of all its answers, without a charset."""
_VERSION_HEADER: Final = "X-Supabase-Api-Version"
_CODES_FIRST: Final = "2024-01-01"
_JWT_MESSAGES: Final = {
    "malformed": "token is malformed: token contains an invalid number of segments",
    "signature": "token signature is invalid: signature is invalid",
    "expired": "token has invalid claims: token is expired",
}
ANSWERS: Final[Mapping[str, tuple[int, str]]] = {
    "anonymous_provider_disabled": (422, "Anonymous sign-ins are disabled"),
    "bad_json": (400, "Could not parse request body as JSON"),
    "bad_jwt": (403, f"invalid JWT: unable to parse or verify signature, {_JWT_MESSAGES['expired']}"),
    "conflict": (409, "Too many concurrent token refresh requests on the same session or refresh token"),
    "email_address_invalid": (400, "Email address is invalid"),
    "email_not_confirmed": (400, "Email not confirmed"),
    "email_provider_disabled": (422, "Email logins are disabled"),
    "invalid_credentials": (400, "Invalid login credentials"),
    "no_authorization": (401, "This endpoint requires a Bearer token"),
    "not_admin": (403, "User not allowed"),
    "otp_disabled": (422, "Signups not allowed for otp"),
    "otp_expired": (403, "Token has expired or is invalid"),
    "over_email_send_rate_limit": (429, "email rate limit exceeded"),
    "over_request_rate_limit": (429, "Request rate limit reached"),
    "phone_provider_disabled": (400, "Unsupported phone provider"),
    "refresh_token_already_used": (400, "Invalid Refresh Token: Already Used"),
    "refresh_token_not_found": (400, "Invalid Refresh Token: Refresh Token Not Found"),
    "request_timeout": (504, "Processing this request timed out, please retry after a moment."),
    "same_password": (422, "New password should be different from the old password."),
    "session_expired": (400, "Invalid Refresh Token: Session Expired"),
    "session_not_found": (403, "Session from session_id claim in JWT does not exist"),
    "signup_disabled": (422, "Signups not allowed for this instance"),
    "unexpected_failure": (500, "Unexpected failure, please check server logs for more information"),
    "user_already_exists": (422, "User already registered"),
    "user_banned": (403, "User is banned"),
    "user_not_found": (403, "User from sub claim in JWT does not exist"),
    "validation_failed": (400, "Refresh token is not valid"),
    "weak_password": (422, "Password should be at least 6 characters."),
}
"""Status and usual sentence of each code with which the service refuses. A route may give another sentence."""


class AuthProblem(Exception):  # noqa: N818 - the services' own word is error_code
    """A refusal of the Auth service. The fields of `extra` are added to the answer."""

    def __init__(self, status: int, code: str, message: str, **extra: Any) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.extra = extra

    @classmethod
    def of(cls, code: str, message: str | None = None, *, status: int | None = None, **extra: Any) -> AuthProblem:
        """Make the refusal with this code; status and sentence are the usual ones unless they are given."""
        usual_status, usual_message = ANSWERS[code]
        return cls(status or usual_status, code, usual_message if message is None else message, **extra)

    def response(self, request: Request) -> Response:
        """Return the answer; clients that name version 2024-01-01 or later get `code` and `message`."""
        headers = [("x-sb-error-code", self.code)]
        body = {"code": self.status, "error_code": self.code, "msg": self.message, **self.extra}
        if request.headers.get(_VERSION_HEADER.lower(), "") >= _CODES_FIRST:
            body = {"code": self.code, "message": self.message, **self.extra}
            headers.append((_VERSION_HEADER, _CODES_FIRST))
        return Response.json(self.status, body, headers, content_type=JSON)


def bad_json(detail: str) -> AuthProblem:
    """Make the refusal for a body that is no JSON object with the right fields."""
    return AuthProblem.of("bad_json", f"Could not parse request body as JSON: {detail}")


def bad_jwt(error: TokenError) -> AuthProblem:
    """Make the refusal for an access token that is not valid."""
    message = f"invalid JWT: unable to parse or verify signature, {_JWT_MESSAGES[error.code]}"
    return AuthProblem.of("bad_jwt", message)
