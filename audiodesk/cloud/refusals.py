"""Turns refusals of Auth, PostgREST and the gateway before them into errors, by status and code."""

from __future__ import annotations

import email.utils
import re
from collections.abc import Mapping
from typing import Any

import httpx

from audiodesk.domain.errors import AudioDeskError, OutsideError, UserError
from audiodesk.system.logs import redact

__all__ = ["quota_error", "refusal", "trigger_error"]

_BUSY_STATUS = frozenset({408, 425, 429, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527, 530, 544, 546})
"""A gateway, or the project behind it, cannot answer now. 544: no connection to the database in time."""
_PAUSED = 540
_RESTRICTED = 402
_BUSY_CODES = re.compile(r"57014|55P03|40001|40P01|53...|08...|57P0.|PGRST00\d")
"""PostgreSQL: time-out, lock, deadlock, no connection left, shutting down; PostgREST: no database."""
_DEFAULT_WAIT = 10.0
_LONGEST_WAIT = 3600.0
_QUOTA = re.compile(r"quota_exceeded\D*(\d+)\D+(\d+)\D+(\d+)")
_TOO_MUCH = re.compile(r"too_much\D*(\d+)\D+(\d+)\D+(\d+)\D+(\d+)")
_EXPIRED = frozenset({"PGRST300", "PGRST301", "PGRST302", "PGRST303"})
_MISSING = frozenset({"PGRST202", "PGRST203", "PGRST204", "PGRST205", "PGRST106"})
_SESSION_OVER = frozenset(
    {
        "bad_jwt",
        "no_authorization",
        "refresh_token_already_used",
        "refresh_token_not_found",
        "session_expired",
        "session_not_found",
        "user_not_found",
    }
)
_TOO_MANY_SIGN_INS = "over_request_rate_limit"
_WRONG_PASSWORD = frozenset({"invalid_credentials", "invalid_grant"})


def refusal(response: httpx.Response, document: Mapping[str, Any], service: str, host: str) -> AudioDeskError | None:
    """Return the error that an answer outside 2xx and 3xx means; None for an answer that no project's server gives."""
    status = response.status_code
    code, message = _code(document), _message(document)
    details = redact(f"HTTP {status} {code} {message}".strip())[:500]
    if status == _PAUSED:
        return OutsideError("server-paused", host=host, details=details)
    if service == "auth" and code == _TOO_MANY_SIGN_INS:
        wait = _wait(response)  # the server names no time, but lets one more through every two seconds
        return OutsideError("sign-ins-too-many", host=host, details=details, retry_after=wait, wait=wait)
    if status in _BUSY_STATUS or _BUSY_CODES.fullmatch(code):
        wait = _wait(response)
        return OutsideError("server-busy", host=host, status=status, details=details, retry_after=wait, wait=wait)
    if not document:
        return None
    if status == _RESTRICTED:
        return OutsideError("server-failed", host=host, reason=_plain(message) or f"HTTP {status}", details=details)
    if status == 401 and not code:
        return UserError("server-key-refused", host=host, details=details)
    meant = _of_auth if service == "auth" else _of_rest
    return meant(status, code, message, details, host)


def quota_error(message: str, details: str = "") -> OutsideError | None:
    """Return the quota trigger's refusal with its numbers in bytes; None for another message."""
    found = _QUOTA.search(message)
    if found is None:
        return None
    used, allowed, size = map(int, found.groups())
    over = max(0, used + size - allowed)
    return OutsideError("quota-exceeded", used=used, allowed=allowed, size=size, over=over, details=details)


def trigger_error(message: str, details: str = "") -> OutsideError | None:
    """Return the error that a trigger or function of AudioDesk raised by name; None for another message."""
    if message.startswith("unknown_user"):
        return OutsideError("account-deleted", details=details)
    if found := _TOO_MUCH.search(message):
        rows, allowed_rows, size, allowed = map(int, found.groups())
        return OutsideError(
            "database-full", rows=rows, allowed_rows=allowed_rows, size=size, allowed=allowed, details=details
        )
    return quota_error(message, details)


def _of_auth(status: int, code: str, message: str, details: str, host: str) -> AudioDeskError | None:
    if code in _WRONG_PASSWORD:
        return OutsideError("sign-in-refused", details=details)
    if code == "email_not_confirmed":
        return OutsideError("sign-in-unconfirmed", details=details)
    if code == "user_banned":
        return OutsideError("sign-in-banned", details=details)
    if code in _SESSION_OVER:
        return OutsideError("sign-in-expired", details=details)
    if status >= 500:
        return OutsideError("server-failed", host=host, reason=_plain(message) or f"HTTP {status}", details=details)
    if not code:
        return None
    return OutsideError("sign-in-not-possible", reason=_plain(message) or code, details=details)


def _of_rest(status: int, code: str, message: str, details: str, host: str) -> AudioDeskError | None:
    reason = _plain(message)
    if code in _EXPIRED:
        return OutsideError("sign-in-expired", details=details)
    if code in _MISSING:
        return OutsideError("server-needs-update", host=host, details=details)
    if code == "42501":
        return trigger_error(message, details) or OutsideError("not-allowed", reason=reason, details=details)
    if code.startswith("PT4") or code in ("22023", "22P02", "P0001", "22P05", "22003"):
        return UserError("server-refused", reason=reason or code, sqlstate=code, details=details)
    if not code:
        return None
    return OutsideError("server-failed", host=host, reason=reason or f"HTTP {status}", details=details)


def _code(document: Mapping[str, Any]) -> str:
    """Return the error code's name. Auth has used three members for it; one of them may hold the status number."""
    for name in ("error_code", "code", "error"):
        value = document.get(name)
        if isinstance(value, str) and re.fullmatch(r"\w{1,80}", value):
            return value
    return ""


def _message(document: Mapping[str, Any]) -> str:
    for name in ("msg", "message", "error_description", "error"):
        value = document.get(name)
        if isinstance(value, str) and value:
            return value
    return ""


def _plain(message: str) -> str:
    """Return a server's own sentence in a form that fits into one of AudioDesk's."""
    return redact(" ".join(message.split()))[:300].rstrip(".")


def _wait(response: httpx.Response) -> float:
    """Return the seconds until the next try is worthwhile: the server's own value, within limits."""
    said = response.headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdigit():
        return float(min(int(said[:9]), _LONGEST_WAIT))
    try:
        moment = email.utils.parsedate_to_datetime(said)
        served = email.utils.parsedate_to_datetime(response.headers["Date"])
    except (ValueError, KeyError, TypeError):
        return _DEFAULT_WAIT
    # Compare with the server's own clock, because this computer's may be wrong.
    try:
        return min(max(0.0, (moment - served).total_seconds()), _LONGEST_WAIT)
    except TypeError:  # only one of them has a time zone
        return _DEFAULT_WAIT
