"""What an answer says for people: when to try again, and the server's own sentence."""

from __future__ import annotations

import email.utils

import httpx

from audiodesk.system.logs import redact

__all__ = ["LONGEST_WAIT", "plain", "wait_of"]

_DEFAULT_WAIT = 10.0
LONGEST_WAIT = 3600.0
"""Seconds."""


def plain(message: str) -> str:
    """Return a server's own sentence in a form that fits into one of AudioDesk's."""
    return redact(" ".join(message.split()))[:300].rstrip(".")


def wait_of(response: httpx.Response) -> float:
    """Return the seconds until the next try is worthwhile: the server's own value, within limits."""
    said = response.headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdigit():
        return float(min(int(said[:9]), LONGEST_WAIT))
    try:
        moment = email.utils.parsedate_to_datetime(said)
        served = email.utils.parsedate_to_datetime(response.headers["Date"])
    except (ValueError, KeyError, TypeError):
        return _DEFAULT_WAIT
    # Compare with the server's own clock, because this computer's may be wrong.
    try:
        return min(max(0.0, (moment - served).total_seconds()), LONGEST_WAIT)
    except TypeError:  # only one of them has a time zone
        return _DEFAULT_WAIT
