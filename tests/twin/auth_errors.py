"""How the Auth service refuses: a status, a code and a sentence, in the shape that the client's version asks for."""

from __future__ import annotations

from typing import Any

from tests.twin.tokens import TokenError
from tests.twin.wire_messages import Request, Response

__all__ = ["AuthProblem", "bad_json", "bad_jwt", "otp_expired"]

_VERSION_HEADER = "X-Supabase-Api-Version"
_CODES_FIRST = "2024-01-01"
_JWT_MESSAGES = {
    "malformed": "token is malformed: token contains an invalid number of segments",
    "signature": "token signature is invalid: signature is invalid",
    "expired": "token has invalid claims: token is expired",
}


class AuthProblem(Exception):  # noqa: N818 - the services' own word is error_code
    """A refusal. `extra` goes into the answer beside code and sentence."""

    def __init__(self, status: int, code: str, message: str, **extra: Any) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.extra = extra

    def response(self, request: Request) -> Response:
        """The answer; clients that name version 2024-01-01 or later get `code` and `message`."""
        asked = request.headers.get(_VERSION_HEADER.lower(), "")
        if asked >= _CODES_FIRST:
            body = {"code": self.code, "message": self.message, **self.extra}
            return Response.json(self.status, body, [(_VERSION_HEADER, _CODES_FIRST)])
        return Response.json(
            self.status, {"code": self.status, "error_code": self.code, "msg": self.message, **self.extra}
        )


def bad_json(detail: str) -> AuthProblem:
    """A body that is no JSON object of the right fields."""
    return AuthProblem(400, "bad_json", f"Could not parse request body as JSON: {detail}")


def bad_jwt(error: TokenError) -> AuthProblem:
    """An access token that is not to be believed."""
    return AuthProblem(403, "bad_jwt", f"invalid JWT: unable to parse or verify signature, {_JWT_MESSAGES[error.code]}")


def otp_expired() -> AuthProblem:
    """A code that is wrong, too old or used; the server does not say which."""
    return AuthProblem(403, "otp_expired", "Token has expired or is invalid")
