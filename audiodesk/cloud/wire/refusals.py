"""Turns refusals of Auth, PostgREST and the gateway before them into errors, by status and code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import httpx

from audiodesk.cloud.wire.auth_refusals import auth_refusal, too_often
from audiodesk.cloud.wire.server_wait import plain, wait_of
from audiodesk.domain.errors import AudioDeskError, OutsideError, UserError
from audiodesk.system.logs import redact

__all__ = ["quota_error", "refusal", "trigger_error"]

_BUSY_STATUS = frozenset({408, 425, 429, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527, 530, 544, 546})
"""A gateway, or the project behind it, cannot answer now. 544: no connection to the database in time."""
_PAUSED = 540
_RESTRICTED = 402
_BUSY_CODES = re.compile(r"57014|55P03|40001|40P01|53...|08...|57P0.|PGRST00\d")
"""PostgreSQL: time-out, lock, deadlock, no connection left, shutting down; PostgREST: no database."""
_QUOTA = re.compile(r"quota_exceeded\D*(\d+)\D+(\d+)\D+(\d+)")
_TOO_MUCH = re.compile(r"too_much\D*(\d+)\D+(\d+)\D+(\d+)\D+(\d+)")
_EXPIRED = frozenset({"PGRST300", "PGRST301", "PGRST302", "PGRST303"})
_MISSING = frozenset({"PGRST202", "PGRST203", "PGRST204", "PGRST205", "PGRST106"})
_PROXY_SIGN_IN = 407


def refusal(response: httpx.Response, document: Mapping[str, Any], service: str, host: str) -> AudioDeskError | None:
    """Return the error that an answer outside 2xx and 3xx means; None for an answer that no project's server gives."""
    status = response.status_code
    code, message = _code(document), _message(document)
    details = redact(f"HTTP {status} {code} {message}".strip())[:500]
    if status == _PAUSED:
        return OutsideError("server-paused", host=host, details=details)
    if service == "auth" and (too_many := too_often(response, code, message, details, host)):
        return too_many
    if status == _PROXY_SIGN_IN:
        return OutsideError("proxy-sign-in", details=f"HTTP {status}")
    if status in _BUSY_STATUS or _BUSY_CODES.fullmatch(code):
        wait = wait_of(response)
        return OutsideError("server-busy", host=host, status=status, details=details, retry_after=wait, wait=wait)
    if status == _RESTRICTED:
        return OutsideError("server-plan-used-up", host=host, details=details)
    if not document:
        return None
    if status == 401 and not code:
        return UserError("server-key-refused", host=host, details=details)
    if service == "auth":
        return auth_refusal(response, code, message, details, host)
    return _of_rest(status, code, message, details, host)


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


def _of_rest(status: int, code: str, message: str, details: str, host: str) -> AudioDeskError | None:
    reason = plain(message)
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
