"""What an answer of the Storage server outside 2xx means: by its status and its own, its error's name and its words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx

from audiodesk.cloud.refusals import refusal, trigger_error
from audiodesk.domain.errors import AudioDeskError, OutsideError
from audiodesk.system.logs import redact

__all__ = ["is_missing", "storage_refusal"]

_LONGEST = 64 * 1024
"""Characters of an answer that are looked at: a page of a gateway may be long."""
_MISSING = ("not found", "does not exist")
_UNTRUE_TOKEN = ("compact jws", "signature verification", "claim timestamp", "invalidjwt", "invalid jwt", "jwt expired")


def storage_refusal(response: httpx.Response, host: str) -> AudioDeskError:
    """Return what a read answer says; no error is decided by ``code`` alone, which servers of 2026 leave out.

    The HTTP status is 400 for nearly all of them and the true one stands in the body, as text, as a number, or as 0.
    """
    document = _document(response)
    status = true_status(response.status_code, document)
    error, message = _text(document, "error"), _text(document, "message")
    details = redact(f"HTTP {response.status_code} {status} {error} {message}".strip())[:500]
    said = f"{error} {message}".lower()
    general = refusal(httpx.Response(status, headers=response.headers), {}, "storage", host)
    if general is not None:  # busy, paused
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
    """Tell whether an error says that there is no such object."""
    return error.code == "object-missing"


def true_status(status: int, document: Mapping[str, Any]) -> int:
    """Return the status that an answer means: the body's, where it states one that can be an error's."""
    stated = document.get("statusCode")
    try:
        number = int(stated) if isinstance(stated, str | int) and not isinstance(stated, bool) else 0
    except ValueError:
        number = 0
    return number if status in (200, 400) and 400 <= number <= 599 else status


def _document(response: httpx.Response) -> Mapping[str, Any]:
    try:
        found = json.loads(response.text[:_LONGEST])
    except (ValueError, RecursionError):
        return {"message": response.text[:300]} if _is_plain(response) else {}
    return found if isinstance(found, dict) else {}


def _is_plain(response: httpx.Response) -> bool:
    """Tell whether the answer is text, as those of resumable uploads are, and no gateway's page."""
    kind: str = response.headers.get("Content-Type", "")
    return kind.partition(";")[0].strip() == "text/plain"


def _text(document: Mapping[str, Any], name: str) -> str:
    value = document.get(name)
    return value if isinstance(value, str) else ""
