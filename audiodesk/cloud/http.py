"""The one HTTP client: the system's certificates, our own time-outs and limits, and nowhere but to the project."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from typing import cast
from urllib.parse import urlsplit

import httpx

from audiodesk import __version__
from audiodesk.cloud.errors import check_answer, outside_errors
from audiodesk.domain.errors import OutsideError
from audiodesk.domain.server.server_address import host_of, is_loopback

__all__ = ["CLIENT_NAME", "IMPATIENT", "TIMEOUTS", "open_client", "service_of"]

CLIENT_NAME = f"AudioDesk/{__version__}"
TIMEOUTS = httpx.Timeout(connect=8.0, read=20.0, write=20.0, pool=10.0)
"""Seconds. The database ends a person's statement after 8, and may keep it waiting for a connection before."""
IMPATIENT = httpx.Timeout(connect=4.0, read=9.0, write=5.0, pool=4.0)
"""Seconds, for tests of the set-up, which a dead server must not hold up."""
_LIMITS = httpx.Limits(max_connections=8, max_keepalive_connections=4, keepalive_expiry=20.0)
_LONGEST_ANSWER = 32 * 1024 * 1024
"""Bytes: thirty times the largest page that a procedure gives."""
_SLOWEST_ANSWER = 60.0
"""Seconds from an answer's first byte to its last, however steadily they drip."""


def open_client(address: str, *, timeouts: httpx.Timeout = TIMEOUTS) -> httpx.Client:
    """Return a client for the project at ``address`` (from ``server_address``); the caller closes it.

    It follows no redirects, keeps no cookies worth anything, and takes a proxy from the environment for other
    computers only: what stays on this one never goes round by another. Answers of Auth and PostgREST that are none
    raise AudioDeskError inside a request already. Raises OutsideError("proxy-unusable") where the environment names
    a proxy that cannot be used, UserError("server-address-wrong") for a host whose letters no name may have.
    """
    parts = urlsplit(address)
    own_computer = is_loopback(parts.hostname or "")
    with outside_errors(host_of(address)):
        httpx.URL(address).host  # noqa: B018  # which is read, and refused where no network knows such a name
    try:
        return httpx.Client(
            verify=_certificates() if parts.scheme == "https" else _nobody(),
            trust_env=not own_computer,
            timeout=timeouts,
            limits=_LIMITS,
            follow_redirects=False,
            headers={"User-Agent": CLIENT_NAME},
            event_hooks={"response": [_Judge(address)]},
        )
    # The address is a good one, so it is a proxy's, or one that NO_PROXY names; what httpx says may hold a password.
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        raise OutsideError("proxy-unusable", details=type(error).__name__) from None


def service_of(url: httpx.URL, address: str) -> str:
    """Return "auth", "rest" or "storage", for a request that goes to one; empty for another."""
    base = urlsplit(address).path.rstrip("/")
    path = url.path
    if not path.startswith(f"{base}/"):
        return ""
    service, _, rest = path[len(base) + 1 :].partition("/")
    return service if service in ("auth", "rest", "storage") and rest.startswith("v1/") else ""


def _certificates() -> ssl.SSLContext:
    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _nobody() -> ssl.SSLContext:
    """Return what trusts no certificate at all: reading them takes its time, and plain HTTP shows none."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class _Judge:
    """Reads each answer of the two services that speak JSON, within bounds, and raises what is wrong with it."""

    def __init__(self, address: str) -> None:
        self._address = address

    def __call__(self, response: httpx.Response) -> None:
        service = service_of(response.request.url, self._address)
        if service in ("auth", "rest"):
            # PostgREST's library makes an empty array of no bytes, which is what other functions answer: null is not.
            nothing = b"null" if service == "rest" and response.status_code == httpx.codes.NO_CONTENT else b""
            stream = cast("httpx.SyncByteStream", response.stream)
            response.stream = _Bounded(stream, response.request, nothing=nothing)
            response.read()
            check_answer(response, service)


class _Bounded(httpx.SyncByteStream):
    """An answer's bytes, as long as they are neither too many nor too slow."""

    def __init__(
        self,
        inner: httpx.SyncByteStream,
        request: httpx.Request,
        *,
        nothing: bytes = b"",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._inner = inner
        self._request = request
        self._nothing = nothing
        """What is read where there are no bytes."""
        self._clock = clock

    def __iter__(self) -> Iterator[bytes]:
        began, size = self._clock(), 0
        for chunk in self._inner:
            size += len(chunk)
            if size > _LONGEST_ANSWER:
                host = self._request.url.netloc.decode("ascii")
                raise OutsideError("server-answer-odd", host=host, details=f"more than {_LONGEST_ANSWER} bytes")
            if self._clock() - began > _SLOWEST_ANSWER:
                raise httpx.ReadTimeout("the answer took too long", request=self._request)
            yield chunk
        if not size and self._nothing:
            yield self._nothing

    def close(self) -> None:
        self._inner.close()
