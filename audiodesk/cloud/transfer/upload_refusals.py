"""Turns refusals of uploads into errors: those of the file, of the upload's address, and of the whole server."""

from __future__ import annotations

from typing import Literal

import httpx

from audiodesk.cloud.wire.errors import odd_answer, raise_for_answer
from audiodesk.cloud.wire.refusals import refusal
from audiodesk.cloud.wire.server_wait import wait_of
from audiodesk.cloud.wire.storage_refusals import answer_document, storage_refusal, true_status
from audiodesk.domain.errors import AudioDeskError, OutsideError
from audiodesk.system.logs import redact

__all__ = ["About", "upload_refusal"]

_REQUEST_IDS = ("cf-ray", "sb-request-id", "x-request-id")
"""Headers by which whoever runs the gateway finds the request."""
_LOCK_SECONDS = 3.0
_EXISTS = "already exists"
_OF_ADDRESS = {409: "upload-elsewhere", 404: "upload-gone", 410: "upload-gone", 412: "upload-gone"}


About = Literal["new upload", "upload", "object"]


def upload_refusal(response: httpx.Response, host: str, about: About) -> AudioDeskError:
    """Return the error that an answer means; the answer has been read.

    ``about``: what the request was about. Of a new upload the bucket may be missing, of an upload its address, and of
    neither the object.
    """
    document = answer_document(response)
    status = true_status(response.status_code, document)
    said = " ".join(str(document.get(name) or "") for name in ("error", "message")).strip()
    details = _details(response, status, said)
    if _is_page(response):
        return _of_page(response, host, details)
    if response.is_success:  # another success than the protocol's
        return odd_answer(host, details)
    if status == 401:
        return OutsideError("sign-in-expired", details=details)
    if status == 423:
        wait = wait_of(response) if "Retry-After" in response.headers else _LOCK_SECONDS
        return OutsideError("upload-locked", host=host, details=details, retry_after=wait)
    if status == 413:
        return OutsideError("upload-too-large", host=host, details=details)
    if status == 415:
        return OutsideError("upload-type-refused", host=host, details=details)
    if status == 409 and _EXISTS in said.lower():
        return OutsideError("object-exists", host=host, details=details)
    if about == "new upload" and status == 404:
        is_bucket = "bucket" in said.lower()
        return OutsideError("bucket-missing" if is_bucket else "upload-refused", host=host, details=details)
    if about == "upload" and status in _OF_ADDRESS:
        return OutsideError(_OF_ADDRESS[status], host=host, details=details)
    return storage_refusal(response, host)


def _of_page(response: httpx.Response, host: str, details: str) -> AudioDeskError:
    """Return the error for a web page: a gateway that blocks, a busy one, or somebody else's page."""
    general = refusal(response, {}, "storage", host)
    if general is not None:
        return general
    if response.status_code == 403:
        return OutsideError("gateway-blocks", host=host, details=details)
    try:
        raise_for_answer(response, "storage")
    except AudioDeskError as error:
        return error
    return OutsideError("server-page", host=host, details=details, retry_after=15.0)


def _is_page(response: httpx.Response) -> bool:
    kind: str = response.headers.get("Content-Type", "")
    return "html" in kind.partition(";")[0] or 300 <= response.status_code < 400


def _details(response: httpx.Response, status: int, said: str) -> str:
    ids = [f"{name} {response.headers[name]}" for name in _REQUEST_IDS if name in response.headers]
    return redact(" · ".join([f"HTTP {response.status_code} {status} {said}".strip(), *ids]))[:500]
