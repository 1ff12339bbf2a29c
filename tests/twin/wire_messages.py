"""Requests and responses as the stand-in's services see them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs

__all__ = ["BodyCut", "Handler", "Request", "Response"]

_JSON: Final = "application/json; charset=utf-8"
_TEXT: Final = "text/plain; charset=utf-8"


class BodyCut(Exception):  # noqa: N818 - what happened, not a mistake of ours
    """The client went away, or the server was killed, before the whole body had arrived."""


@dataclass
class Request:
    """One request; its body stays on the line until `read` or `stream` asks for it.

    `target` is the raw path and query, `path` the path as it was sent (percent-encoded), header names are in lower
    case; the values of a header that came twice are joined with ", ".
    """

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    client: tuple[str, int] = ("127.0.0.1", 0)
    source: Callable[[], Iterator[bytes]] = field(default=lambda: iter(()), repr=False)
    """Gives the blocks of the body; called once, when the body is first read."""
    interrupt: Callable[[], None] = field(default=lambda: None, repr=False)
    """Ends the body for its reader, from another thread: it gets BodyCut, but can still answer."""

    def __post_init__(self) -> None:
        self.path, _, self.query_string = self.target.partition("?")
        self.query: dict[str, list[str]] = parse_qs(self.query_string, keep_blank_values=True)
        self._blocks: Iterator[bytes] | None = None
        self._rest = b""

    def stream(self) -> Iterator[bytes]:
        """The blocks of the body that were not taken yet, as they come in.

        Raises BodyCut when the line ends before the body does.
        """
        if self._rest:
            rest, self._rest = self._rest, b""
            yield rest
        if self._blocks is None:
            self._blocks = self.source()
        for block in self._blocks:  # noqa: UP028 - `yield from` would end the body with whoever takes a part of it
            yield block

    def read(self, limit: int | None = None) -> bytes:
        """Return the rest of the body, or its next `limit` bytes (fewer only at its end). Raises BodyCut."""
        taken = bytearray()
        for block in self.stream():
            taken += block
            if limit is not None and len(taken) >= limit:
                self._rest = bytes(taken[limit:]) + self._rest
                return bytes(taken[:limit])
        return bytes(taken)

    def first(self, name: str) -> str | None:
        """The first value of a query parameter."""
        values = self.query.get(name)
        return values[0] if values else None

    def bearer(self) -> str | None:
        """The token of `Authorization: Bearer …`."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() or None if scheme.lower() == "bearer" else None


@dataclass
class Response:
    """One answer. A body that is an iterator is sent as it comes, chunked unless it has a Content-Length."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes | Iterator[bytes] = b""
    drain_rest: bool = True
    """False: what is left of the request's body is not read after this answer, as the storage server does where it
    refuses a standard upload; with more than 200 kB left, the connection then answers no more."""

    @classmethod
    def json(
        cls, status: int, obj: Any, headers: list[tuple[str, str]] | None = None, *, content_type: str = _JSON
    ) -> Response:
        """Return an answer in JSON without spaces, as the servers send it."""
        body = json.dumps(obj, ensure_ascii=False, separators=(",", ":")).encode()
        return cls(status, [("Content-Type", content_type), *(headers or [])], body)

    @classmethod
    def text(
        cls, status: int, text: str, headers: list[tuple[str, str]] | None = None, *, content_type: str = _TEXT
    ) -> Response:
        """Return an answer in plain text."""
        return cls(status, [("Content-Type", content_type), *(headers or [])], text.encode())

    @classmethod
    def html(cls, status: int, text: str, headers: list[tuple[str, str]] | None = None) -> Response:
        """Return a page, as gateways and captive portals send it."""
        return cls(status, [("Content-Type", "text/html; charset=utf-8"), *(headers or [])], text.encode())

    def header(self, name: str) -> str | None:
        """The first value of a header; the name's case does not matter."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


Handler = Callable[[Request], Response]
