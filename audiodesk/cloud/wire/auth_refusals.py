"""Turns refusals of the Auth service into errors: of a sign-in, of its renewal, of a code."""

from __future__ import annotations

import re

import httpx

from audiodesk.cloud.wire.server_wait import LONGEST_WAIT, plain, wait_of
from audiodesk.domain.errors import AudioDeskError, OutsideError, UserError

__all__ = ["auth_refusal", "too_often"]

_SESSION_OVER = frozenset({"bad_jwt", "no_authorization", "session_expired", "session_not_found", "user_not_found"})
_RENEWAL_ENDED = {
    "invalid_grant": "sign-in-ended",  # how older servers refuse any renewal
    "refresh_token_already_used": "sign-in-used",
    "refresh_token_not_found": "sign-in-ended",
    "session_expired": "sign-in-time-over",
    "session_not_found": "sign-in-one-computer",
    "user_banned": "sign-in-banned",
    "user_not_found": "account-deleted",
    "validation_failed": "sign-in-ended",  # the stored token is none
}
"""What ends a sign-in when it is renewed. Any other answer to a renewal leaves it as it is."""
_NEWER_SIGN_IN = "newer login"
_TOO_MANY_SIGN_INS = "over_request_rate_limit"
_TOO_MANY_MAILS = "over_email_send_rate_limit"
_MAIL_WAIT = 600.0
"""Seconds, where the server names no time: its own mail service sends two an hour."""
_WRONG_PASSWORD = frozenset({"invalid_credentials", "invalid_grant"})


def too_often(response: httpx.Response, code: str, message: str, details: str, host: str) -> OutsideError | None:
    """Return the error of a person or network that asks too often; None for another refusal."""
    if code == _TOO_MANY_SIGN_INS:
        wait = wait_of(response)  # the server names no time, but lets one more through every two seconds
        return OutsideError("sign-ins-too-many", host=host, details=details, retry_after=wait, wait=wait)
    if code == _TOO_MANY_MAILS:
        wait = _mail_wait(message)
        return OutsideError("mails-too-many", host=host, details=details, retry_after=wait, wait=wait)
    return None


def auth_refusal(response: httpx.Response, code: str, message: str, details: str, host: str) -> AudioDeskError | None:
    """Return what a refusal of the Auth service means; None for an answer that it never gives."""
    path, grant = response.request.url.path, response.request.url.params.get("grant_type")
    if grant == "refresh_token" and code in _RENEWAL_ENDED:
        return _ended(code, message, details)
    if path.endswith("/otp") and (refused := _of_codes(code, details)):
        return refused
    return _of_auth(response.status_code, code, message, details, host)


def _ended(code: str, message: str, details: str) -> OutsideError:
    """Return why a sign-in is over; a project that ends it for a newer one says so in its sentence alone."""
    meant = _RENEWAL_ENDED[code]
    if code == "session_expired" and _NEWER_SIGN_IN in message.lower():
        meant = "sign-in-one-computer"
    return OutsideError(meant, details=details)


def _of_codes(code: str, details: str) -> AudioDeskError | None:
    """Return why no code was sent; None for a refusal that has nothing to do with codes."""
    if code == "otp_disabled":
        return OutsideError("sign-in-no-account", details=details)
    if code == "signup_disabled":  # the address is known, but was never confirmed
        return OutsideError("sign-in-unconfirmed", details=details)
    if code in ("email_address_invalid", "validation_failed"):
        return UserError("email-wrong", details=details)
    return None


def _mail_wait(message: str) -> float:
    """Return the seconds until another e-mail is sent: "you can only request this after 59 seconds"."""
    found = re.search(r"(\d{1,6}) seconds?", message)
    return min(float(found.group(1)), LONGEST_WAIT) if found else _MAIL_WAIT


def _of_auth(status: int, code: str, message: str, details: str, host: str) -> AudioDeskError | None:
    if code in _WRONG_PASSWORD:
        return OutsideError("sign-in-refused", details=details)
    if code == "email_not_confirmed":
        return OutsideError("sign-in-unconfirmed", details=details)
    if code == "user_banned":
        return OutsideError("sign-in-banned", details=details)
    if code == "otp_expired":
        return OutsideError("code-wrong", details=details)
    if code in _SESSION_OVER:
        return OutsideError("sign-in-expired", details=details)
    if status >= 500:
        return OutsideError("server-failed", host=host, reason=plain(message) or f"HTTP {status}", details=details)
    if not code:
        return None
    return OutsideError("sign-in-not-possible", reason=plain(message) or code, details=details)
