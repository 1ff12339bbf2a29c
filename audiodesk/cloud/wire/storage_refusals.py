"""Turns refusals of the Storage server into errors, by HTTP status, its own status, error name and message."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx

from audiodesk.cloud.wire.refusals import refusal, trigger_error
from audiodesk.domain.errors import AudioDeskError, OutsideError
from audiodesk.system.logs import redact

__all__ = ["answer_document", "is_missing", "storage_refusal", "true_status"]

_LONGEST = 64 * 1024
"""Characters of an answer that are examined: a gateway's page may be long."""
_MISSING = ("not found", "does not exist")
_UNTRUE_TOKEN = ("compact jws", "signature verification", "claim timestamp", "invalidjwt", "invalid jwt", "jwt expired")


def storage_refusal(response: httpx.Response, host: str) -> AudioDeskError:
    """Return the error that an answer means. ``code`` alone decides nothing: servers of 2026 leave it out.

    The HTTP status is 400 for nearly all refusals. The true one is in the body, as text, as a number, or as 0.
    """
    document = answer_document(response)
    status = true_status(response.status_code, document)
    error, message = _text(document, "error"), _text(document, "message")
    details = redact(f"HTTP {response.status_code} {status} {error} {message}".strip())[:500]
    said = f"{error} {message}".lower()
    general = refusal(httpx.Response(status, headers=response.headers), {}, "storage", host)
    if general is not None:  # busy, paused, or the plan is used up
        general.details = details
        return general
    reason = " ".join(message.split())[:300].rstrip(".") or f"HTTP {status}"
    if refused := trigger_error(message, details):
        return refused
    if any(words in said for words in _UNTRUE_TOKEN) or (status == 401 and document):
        return OutsideError("sign-in-expired", details=details)
    if status == 404 or (status < 500 and any(words in said for words in _MISSING)):
        return OutsideError("object-missing", host=host, details=details)
    if status in (401, 403):
        return OutsideError("not-allowed", reason=reason, details=details)
    return OutsideError("server-failed", host=host, reason=reason, details=details)


def is_missing(error: AudioDeskError) -> bool:
    """Tell whether an error says that the object does not exist."""
    return error.code == "object-missing"


def true_status(status: int, document: Mapping[str, Any]) -> int:
    """Return the true status of an answer: the one in its body, if that can be an error's status."""
    stated = document.get("statusCode")
    try:
        number = int(stated) if isinstance(stated, str | int) and not isinstance(stated, bool) else 0
    except ValueError:
        number = 0
    return number if status in (200, 400) and 400 <= number <= 599 else status


def answer_document(response: httpx.Response) -> Mapping[str, Any]:
    """Return the JSON object of an answer; of plain text an object with its ``message``; else nothing."""
    try:
        found = json.loads(response.text[:_LONGEST])
    except (ValueError, RecursionError):
        return {"message": response.text[:300]} if _is_plain(response) else {}
    return found if isinstance(found, dict) else {}


def _is_plain(response: httpx.Response) -> bool:
    """Tell whether the answer is plain text, as for resumable uploads, and not a gateway's page."""
    kind: str = response.headers.get("Content-Type", "")
    return kind.partition(";")[0].strip() == "text/plain"


def _text(document: Mapping[str, Any], name: str) -> str:
    value = document.get(name)
    return value if isinstance(value, str) else ""
