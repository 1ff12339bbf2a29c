"""Turns errors of httpx, the Supabase libraries and the servers into AudioDesk's own errors."""

from __future__ import annotations

import contextlib
import errno
import json
import socket
import ssl
from collections.abc import Iterator
from typing import Any

import httpx

from audiodesk.cloud.wire.refusals import refusal
from audiodesk.domain.errors import AudioDeskError, OutsideError, UserError
from audiodesk.system.network import has_route

__all__ = ["odd_answer", "outside_errors", "raise_for_answer"]

_RETRY_LOST = 5.0
_RETRY_SILENT = 15.0
"""Seconds before the next try if the server names no time."""


@contextlib.contextmanager
def outside_errors(host: str) -> Iterator[None]:
    """Turn every foreign exception of the block into an AudioDeskError that names ``host``.

    No cause that could hold a token or a password is chained: its own text goes into ``details`` only where that is
    known to be harmless.
    """
    try:
        yield
    except AudioDeskError:
        raise
    except Exception as error:
        known = _translated(error, host)
        if known is None:
            raise
        raise known from None


def raise_for_answer(response: httpx.Response, service: str) -> None:
    """Raise an error for a bad answer of "auth" or "rest" that has been read; a good one passes.

    An HTML page, an empty success and broken JSON are told apart from the server's own refusal. A function without a
    result says so by its status.
    """
    host = response.request.url.netloc.decode("ascii")
    if response.is_redirect or 300 <= response.status_code < 400:
        raise _redirect(response, host)
    if response.is_success:
        is_empty = response.status_code == httpx.codes.NO_CONTENT
        if not is_empty and (response.content or service == "rest") and not (_is_json(response) and response.content):
            raise _no_answer(response, host)
        return
    raise refusal(response, _document(response), service, host) or _no_answer(response, host)


def odd_answer(host: str, details: str = "") -> OutsideError:
    """Return the error for an answer that no AudioDesk project gives."""
    return OutsideError("server-answer-odd", host=host, details=details, retry_after=_RETRY_SILENT)


def _translated(error: BaseException, host: str) -> AudioDeskError | None:
    for cause in _causes(error):
        if isinstance(cause, AudioDeskError):
            return cause
        if isinstance(cause, httpx.TransportError):
            return _transport_error(cause, host)
        if isinstance(cause, httpx.InvalidURL) or type(cause).__module__.partition(".")[0] == "idna":
            return UserError("server-address-wrong")
    library = type(error).__module__.partition(".")[0]
    if library in ("httpx", "supabase_auth", "postgrest", "pydantic", "pydantic_core") or _is_unreadable(error):
        # The library's text quotes the answer, which may hold a token, so only the type of the error is given.
        return odd_answer(host, type(error).__name__)
    return None


def _is_unreadable(error: BaseException) -> bool:
    """Tell whether JSON could not be read: broken, wrongly encoded, too deep, or with a number of too many digits."""
    return isinstance(error, ValueError | RecursionError) and not isinstance(error, UnicodeEncodeError)


def _transport_error(error: httpx.TransportError, host: str) -> AudioDeskError:
    details = f"{type(error).__name__}: {error}"
    if isinstance(error, httpx.ProxyError):
        wants_sign_in = _PROXY_SIGN_IN in str(error)
        return OutsideError("proxy-sign-in" if wants_sign_in else "proxy-unusable", details=type(error).__name__)
    if isinstance(error, httpx.ConnectTimeout):
        return OutsideError("server-unreachable", host=host, details=details, retry_after=_RETRY_SILENT)
    if isinstance(error, httpx.TimeoutException):
        return OutsideError("server-silent", host=host, details=details, retry_after=_RETRY_SILENT)
    if isinstance(error, httpx.ConnectError):
        return _connect_error(error, host, details)
    if isinstance(error, httpx.NetworkError | httpx.RemoteProtocolError):
        return OutsideError("connection-lost", host=host, details=details, retry_after=_RETRY_LOST)
    return odd_answer(host, type(error).__name__)


def _connect_error(error: httpx.ConnectError, host: str, details: str) -> OutsideError:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            reason = cause.verify_message.rstrip(".")
            return OutsideError("server-certificate", host=host, reason=reason, details=details)
        if isinstance(cause, ssl.SSLError):
            return OutsideError("server-not-encrypted", host=host, details=details)
        if isinstance(cause, socket.gaierror):
            return _name_error(cause, host, details)
        if isinstance(cause, OSError) and cause.errno in _NO_WAY and not has_route():
            return OutsideError("no-network", details=details, retry_after=_RETRY_SILENT)
    return OutsideError("server-unreachable", host=host, details=details, retry_after=_RETRY_SILENT)


def _name_error(cause: socket.gaierror, host: str, details: str) -> OutsideError:
    """Tell an unknown host name from a computer without a network: different people must act."""
    if cause.errno in _NO_SUCH_NAME and has_route():
        return OutsideError("server-name-unknown", host=host, details=details, retry_after=_RETRY_SILENT)
    return OutsideError("no-network", details=details, retry_after=_RETRY_SILENT)


_PROXY_SIGN_IN = "407"
_NO_WAY = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN}
_NO_SUCH_NAME = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and its causes, whether chained explicitly or not."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


def _redirect(response: httpx.Response, host: str) -> OutsideError:
    here, details = response.request.url, f"HTTP {response.status_code}"
    try:
        there = here.join(response.headers.get("Location", ""))
    except httpx.InvalidURL:
        return odd_answer(host, details)
    if (there.scheme, there.netloc) == (here.scheme, here.netloc):  # the answer comes from the project itself
        return odd_answer(host, details)
    where = f"{there.scheme}://{there.netloc.decode('ascii')}"
    return OutsideError("server-redirects", host=host, where=where, details=details)


def _no_answer(response: httpx.Response, host: str) -> OutsideError:
    # The page itself is not repeated: a sign-in page may hold what was just sent to it.
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip()[:60]
    details = f"HTTP {response.status_code} {kind}".strip()
    if "html" in kind:
        return OutsideError("server-page", host=host, details=details, retry_after=_RETRY_SILENT)
    return odd_answer(host, details)


def _is_json(response: httpx.Response) -> bool:
    return "json" in response.headers.get("Content-Type", "").partition(";")[0]


def _document(response: httpx.Response) -> dict[str, Any]:
    try:
        found = json.loads(response.content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
