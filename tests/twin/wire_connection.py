"""One connection of the stand-in's server: HTTP/1.1 requests one after the other, parsed by h11."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from email.utils import formatdate
from http import HTTPStatus
from typing import Final

import h11

from tests.twin.fault_exchange import Exchange, LineCut
from tests.twin.faults import FaultPlan
from tests.twin.wire_messages import BodyCut, Handler, Request, Response

__all__ = ["Connection"]

_BLOCK: Final = 64 * 1024
_LONGEST_HEAD: Final = 128 * 1024
_LOOK_EVERY: Final = 0.05
"""Seconds between two checks whether a body that does not arrive is still wanted."""
_NEVER_A_BODY: Final = (204, 304)
_SMALL_REST: Final = 200_000
"""Up to this number of unread bytes of a refused upload, the connection goes on; more block it."""


class Connection:
    """Serves one socket until either side ends it. Only its own thread closes the socket."""

    def __init__(
        self,
        sock: socket.socket,
        client: tuple[str, int],
        handle: Handler,
        faults: FaultPlan,
        stopping: threading.Event,
        failed: Callable[[BaseException], None],
    ) -> None:
        self.busy = False
        """Whether it is between the head of a request and the end of its answer."""
        self._socket = sock
        self._client = client
        self._handle = handle
        self._faults = faults
        self._stopping = stopping
        self._failed = failed
        self._wire = h11.Connection(h11.SERVER, max_incomplete_event_size=_LONGEST_HEAD)
        self._received = 0
        self._dropped = False

    def serve(self) -> None:
        """Answer until the connection ends, then close the socket."""
        # A client that has gone is normal for a server.
        with self._socket, suppress(OSError, LineCut, BodyCut, h11.ProtocolError):
            try:
                while self._serve_one():
                    pass
            except (OSError, LineCut, BodyCut, h11.ProtocolError):
                raise
            except Exception as error:  # noqa: BLE001 - a body that broke while it was sent; the test reads it
                self._failed(error)

    def drop(self, *, reset: bool) -> None:
        """Close the connection from another thread, also in mid-answer; `reset` as if the process had died."""
        self._dropped = True
        with suppress(OSError):
            if reset:
                self._reset_when_closed()
            self._socket.shutdown(socket.SHUT_RDWR)

    def _serve_one(self) -> bool:
        """Serve one request; return whether another may follow."""
        head = self._next_head()
        if head is None:
            return False
        self.busy = True
        self._received = 0
        if not _announces_body(head):
            self._wire.next_event()  # the end of the request, which needs no read from the connection
        request = self._request(head)
        exchange = self._faults.begin(request, self._stopping)
        request.source = lambda: exchange.take(self._body(exchange.interrupted))
        request.interrupt = exchange.interrupted.set
        self._narrow(exchange)
        try:
            response = exchange.before() or self._handled(request, exchange)
            response = exchange.handled(response)
            self._answer(request, response, exchange)
        except LineCut:
            if self._wire.their_state is h11.SEND_BODY:
                self._reset_when_closed()
            raise
        finally:
            exchange.finish()
            self.busy = False
        return self._ready_for_next(head, response, exchange)

    def _handled(self, request: Request, exchange: Exchange) -> Response:
        try:
            return self._handle(request)
        except BodyCut:
            # Either the connection is gone, or a fault gives another answer.
            if exchange.instead is None:
                raise
            return exchange.instead
        except Exception as error:  # noqa: BLE001 - a server lives on; the test reads what failed
            self._failed(error)
            return Response.json(500, {"code": 500, "msg": "Internal Server Error"})

    def _next_head(self) -> h11.Request | None:
        try:
            event = self._next_event()
        except h11.RemoteProtocolError as error:
            self._refuse(error)
            return None
        return event if isinstance(event, h11.Request) else None

    def _next_event(self, interrupted: threading.Event | None = None) -> h11.Event | type[h11.PAUSED]:
        while True:
            event = self._wire.next_event()
            if event is not h11.NEED_DATA:
                assert not isinstance(event, type) or event is h11.PAUSED
                return event
            if self._dropped:  # data still in the kernel is lost with the process that died
                raise ConnectionAbortedError
            self._wire.receive_data(self._receive(interrupted))

    def _receive(self, interrupted: threading.Event | None) -> bytes:
        """Receive the next bytes. Raises BodyCut if the body is no longer wanted."""
        if interrupted is None:
            return self._socket.recv(_BLOCK)
        # Keep both directions open: after a shutdown for reading, the client would hang while it writes.
        self._socket.settimeout(_LOOK_EVERY)
        try:
            while not interrupted.is_set():
                with suppress(TimeoutError):
                    return self._socket.recv(_BLOCK)
        finally:
            self._socket.settimeout(None)
        raise BodyCut

    def _refuse(self, error: h11.RemoteProtocolError) -> None:
        if self._wire.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            return
        headers = [("Connection", "close"), ("Content-Length", "0")]
        self._send(h11.Response(status_code=error.error_status_hint, headers=headers))
        self._send(h11.EndOfMessage())
        self._let_the_answer_arrive()

    def _request(self, head: h11.Request) -> Request:
        headers: dict[str, str] = {}
        for raw_name, raw_value in head.headers:
            name, value = raw_name.decode("ascii").lower(), raw_value.decode("latin-1")
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        return Request(head.method.decode("ascii"), head.target.decode("ascii"), headers, self._client)

    def _body(self, interrupted: threading.Event) -> Iterator[bytes]:
        """Yield the body; it is requested from the client only here. Raises BodyCut if it breaks off."""
        if self._wire.their_state is not h11.SEND_BODY:
            return
        if self._wire.they_are_waiting_for_100_continue:
            self._send(h11.InformationalResponse(status_code=100, headers=[], reason=b"Continue"))
        while True:
            try:
                event = self._next_event(interrupted)
            except (OSError, h11.RemoteProtocolError):
                raise BodyCut from None
            if isinstance(event, h11.Data):
                block = bytes(event.data)
                self._received += len(block)
                yield block
            elif isinstance(event, h11.EndOfMessage):
                return
            else:
                raise BodyCut

    def _reset_when_closed(self) -> None:
        """Without a reset, a client that is sending may wait for room that never comes."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _narrow(self, exchange: Exchange) -> None:
        """Give a slow connection small buffers; else the kernel would take in megabytes at once."""
        for pace, option in ((exchange.up, socket.SO_RCVBUF), (exchange.down, socket.SO_SNDBUF)):
            if pace:
                self._socket.setsockopt(socket.SOL_SOCKET, option, 32 * 1024)

    def _answer(self, request: Request, response: Response, exchange: Exchange) -> None:
        blocks = iter((response.body,)) if isinstance(response.body, bytes) else response.body
        try:
            bodiless = request.method == "HEAD" or response.status in _NEVER_A_BODY
            self._send(
                h11.Response(
                    status_code=response.status,
                    headers=self._headers(response, bodiless=bodiless),
                    reason=_reason(response.status),
                )
            )
            exchange.began(response.status)
            for block in exchange.give(iter(()) if bodiless else blocks):
                self._send(h11.Data(data=block))
            self._send(h11.EndOfMessage())
        finally:
            close = getattr(response.body, "close", None)
            if close is not None:
                close()

    def _headers(self, response: Response, *, bodiless: bool) -> list[tuple[str, str]]:
        headers = [("Date", formatdate(usegmt=True)), *response.headers]
        length_known = any(name.lower() in ("content-length", "transfer-encoding") for name, _ in headers)
        if isinstance(response.body, bytes) and not length_known and response.status not in _NEVER_A_BODY:
            headers.append(("Content-Length", str(len(response.body))))
        elif bodiless and not length_known and response.status not in _NEVER_A_BODY:
            headers.append(("Transfer-Encoding", "chunked"))
        if self._wire.they_are_waiting_for_100_continue or self._stopping.is_set():
            headers.append(("Connection", "close"))
        return headers

    def _send(self, event: h11.Event) -> None:
        data = self._wire.send(event)
        if data:
            self._socket.sendall(data)

    def _ready_for_next(self, head: h11.Request, response: Response, exchange: Exchange) -> bool:
        """Deal with the rest of the request's body; return whether the connection can go on."""
        if self._wire.our_state is not h11.DONE or self._stopping.is_set():
            self._let_the_answer_arrive()
            return False
        if self._wire.their_state is h11.SEND_BODY and not response.drain_rest and not self._small_rest(head, exchange):
            self._stopping.wait()  # promised keep-alive, and never reads again
            return False
        if not self._drain(exchange, None):
            return False
        self._wire.start_next_cycle()
        return True

    def _small_rest(self, head: h11.Request, exchange: Exchange) -> bool:
        declared = next((int(value) for name, value in head.headers if name == b"content-length"), None)
        if declared is not None:
            return declared - self._received <= _SMALL_REST
        return self._drain(exchange, _SMALL_REST)

    def _drain(self, exchange: Exchange, limit: int | None) -> bool:
        """Read and drop the rest of the body; return whether it ended within the limit."""
        drained = 0
        while self._wire.their_state is h11.SEND_BODY:
            event = self._next_event()
            if isinstance(event, h11.Data):
                drained += len(event.data)
                exchange.drained(len(event.data))
                if limit is not None and drained > limit:
                    return False
        return self._wire.their_state is h11.DONE

    def _let_the_answer_arrive(self) -> None:
        """Closing while bytes wait unread would reset the line and take the answer with it."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)
            self._socket.settimeout(1.0)
            while not self._stopping.is_set() and self._socket.recv(_BLOCK):
                pass


def _announces_body(head: h11.Request) -> bool:
    return any(
        name == b"transfer-encoding" or (name == b"content-length" and int(value) > 0) for name, value in head.headers
    )


def _reason(status: int) -> bytes:
    try:
        return HTTPStatus(status).phrase.encode("ascii")
    except ValueError:
        return b""
