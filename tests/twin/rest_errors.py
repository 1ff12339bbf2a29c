"""PostgREST's errors: the HTTP status for an SQLSTATE, and the body."""

from __future__ import annotations

import re
from typing import Final

import psycopg

from tests.twin.connection_pool import PoolTimeout
from tests.twin.wire_messages import Response

__all__ = ["RestProblem", "problem_of"]

# Longest prefix first; all others are the caller's mistake: 400.
_STATUS: Final[tuple[tuple[str, int], ...]] = (
    ("23503", 409),
    ("23505", 409),
    ("25006", 405),  # a write in a read-only request
    ("42883", 404),
    ("42P01", 404),
    ("42P17", 500),
    ("53400", 500),
    ("57P01", 503),
    ("P0001", 400),
    ("08", 503),
    ("09", 500),
    ("0L", 403),
    ("0P", 403),
    ("21", 500),
    ("25", 500),
    ("28", 403),
    ("2D", 500),
    ("38", 500),
    ("39", 500),
    ("3B", 500),
    ("40", 500),
    ("53", 503),
    ("54", 500),
    ("55", 500),
    ("57", 500),
    ("58", 500),
    ("F0", 500),
    ("HV", 500),
    ("P0", 500),
    ("XX", 500),
)


class RestProblem(Exception):  # noqa: N818 - an answer, not a mistake of ours
    """An answer that is an error: `{"code", "message", "details", "hint"}` with its status."""

    def __init__(
        self, status: int, code: str, message: str, *, details: str | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.hint = hint

    def response(self) -> Response:
        """Return the answer; for a refused token a header says so too."""
        headers = []
        if self.status == 401:
            told = f'Bearer error="invalid_token", error_description="{self.message}"'
            headers.append(("WWW-Authenticate", told if self.code.startswith("PGRST30") else "Bearer"))
        body = {"code": self.code, "details": self.details, "hint": self.hint, "message": self.message}
        return Response.json(self.status, body, headers)


def problem_of(error: psycopg.Error | PoolTimeout, *, anonymous: bool) -> RestProblem:
    """Return PostgREST's answer to an error of the database; `anonymous`: the caller has no token."""
    if isinstance(error, PoolTimeout):
        return RestProblem(504, "PGRST003", "Timed out acquiring connection from connection pool.")
    state = error.sqlstate
    if state is None:
        return RestProblem(503, "PGRST001", "Database client error. Retrying the connection.", details=str(error))
    message = error.diag.message_primary or ""
    return RestProblem(
        _status_of(state, message, anonymous=anonymous),
        state,
        message,
        details=error.diag.message_detail,
        hint=error.diag.message_hint,
    )


def _status_of(state: str, message: str, *, anonymous: bool) -> int:
    if re.fullmatch(r"PT[1-5]\d\d", state):
        return int(state[2:])
    if state.startswith("PT"):
        return 500
    if state == "42501":
        return 401 if anonymous else 403
    if state == "22023" and message.startswith("role ") and message.endswith("does not exist"):
        return 401
    return next((status for prefix, status in _STATUS if state.startswith(prefix)), 400)
