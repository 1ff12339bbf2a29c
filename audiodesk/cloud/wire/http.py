"""The one HTTP client: the system's certificates, own time-outs and limits, and the project as its only target."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, cast
from urllib.parse import urlsplit

import httpx

from audiodesk import __version__
from audiodesk.cloud.wire.errors import outside_errors, raise_for_answer
from audiodesk.cloud.wire.server_address import host_of, is_loopback
from audiodesk.domain.errors import OutsideError

__all__ = ["CLIENT_NAME", "IMPATIENT", "TIMEOUTS", "AskingClient", "open_client", "service_of"]

CLIENT_NAME = f"AudioDesk/{__version__}"
TIMEOUTS = httpx.Timeout(connect=8.0, read=20.0, write=20.0, pool=10.0)
"""Seconds. The database ends a person's statement after 8 s, and may first wait for a connection."""
IMPATIENT = httpx.Timeout(connect=4.0, read=9.0, write=5.0, pool=4.0)
"""Seconds, for tests of the set-up: a dead server must not delay them."""
_LIMITS = httpx.Limits(max_connections=8, max_keepalive_connections=4, keepalive_expiry=20.0)
_LONGEST_ANSWER = 32 * 1024 * 1024
"""Bytes: thirty times the largest page of a procedure."""
_SLOWEST_ANSWER = 60.0
"""Seconds from an answer's first byte to its last, even if bytes keep coming."""


class AskingClient(httpx.Client):
    """A client that knows for how long it has waited for an answer."""

    def __init__(self, **options: Any) -> None:
        self._lock = threading.Lock()
        self._asked_at: dict[object, float] = {}
        super().__init__(**options)

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Send as httpx does; here, because all of an answer of Auth or PostgREST is read within it."""
        mark = object()
        with self._lock:
            self._asked_at[mark] = time.monotonic()
        try:
            return super().send(request, **options)
        finally:
            with self._lock:
                del self._asked_at[mark]

    def asking_for(self) -> float:
        """Return for how many seconds the oldest request has had no answer; 0 if none waits for one."""
        with self._lock:
            oldest = min(self._asked_at.values(), default=None)
        return 0.0 if oldest is None else time.monotonic() - oldest


def open_client(address: str, *, timeouts: httpx.Timeout = TIMEOUTS) -> AskingClient:
    """Return a client for the project at ``address`` (from ``server_address``); the caller closes it.

    It follows no redirects and keeps no cookies. It takes a proxy from the environment, but not for requests to this
    computer. A request already raises AudioDeskError for an invalid answer of Auth or PostgREST. Raises
    OutsideError("proxy-unusable") where the environment names an unusable proxy, and UserError("server-address-wrong")
    for a host with characters that no host name may have.
    """
    parts = urlsplit(address)
    own_computer = is_loopback(parts.hostname or "")
    with outside_errors(host_of(address)):
        httpx.URL(address).host  # noqa: B018  # reading it raises for an invalid host name
    try:
        return AskingClient(
            verify=_certificates() if parts.scheme == "https" else _nobody(),
            trust_env=not own_computer,
            timeout=timeouts,
            limits=_LIMITS,
            follow_redirects=False,
            headers={"User-Agent": CLIENT_NAME},
            event_hooks={"response": [_Judge(address)]},
        )
    # The address is valid, so the error is about a proxy or NO_PROXY. httpx's own text may hold a password.
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        raise OutsideError("proxy-unusable", details=type(error).__name__) from None


def service_of(url: httpx.URL, address: str) -> str:
    """Return "auth", "rest" or "storage" for a request to one of them; empty for another."""
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
    """Return a context without trusted certificates: loading them takes time, and plain HTTP needs none."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class _Judge:
    """Reads each answer of the two services that speak JSON, within limits, and raises for a bad answer."""

    def __init__(self, address: str) -> None:
        self._address = address

    def __call__(self, response: httpx.Response) -> None:
        service = service_of(response.request.url, self._address)
        if service in ("auth", "rest"):
            # PostgREST's library turns no bytes into an empty array, which other functions return: null is not that.
            nothing = b"null" if service == "rest" and response.status_code == httpx.codes.NO_CONTENT else b""
            stream = cast("httpx.SyncByteStream", response.stream)
            response.stream = _Bounded(stream, response.request, nothing=nothing)
            response.read()
            raise_for_answer(response, service)


class _Bounded(httpx.SyncByteStream):
    """An answer's bytes; raises if they are too many or too slow."""

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
        """The bytes that replace an empty answer."""
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
