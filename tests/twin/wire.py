"""The stand-in's HTTP/1.1 server: one thread for each connection; tests can drop connections at will."""

from __future__ import annotations

import selectors
import socket
import threading
import time
import traceback
from contextlib import suppress
from typing import Final

from tests.twin.faults import FaultPlan
from tests.twin.wire_connection import Connection
from tests.twin.wire_messages import BodyCut, Handler, Request, Response

__all__ = ["BodyCut", "Handler", "HttpServer", "Request", "Response"]

_BACKLOG: Final = 256
_LONGEST_HANDLER: Final = 60.0
"""Seconds for which a handler may go on without its socket, because a statement in the database may hold it up."""


class HttpServer:
    """Serves one handler on a port of the loopback interface; may be started again after a stop, on the same port."""

    def __init__(
        self, handle: Handler, faults: FaultPlan | None = None, *, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        self.handle = handle
        self.faults = faults or FaultPlan()
        self.host = host
        self.port = port
        self.failures: list[BaseException] = []
        """The exceptions of handlers; there must be none at the end of a test."""
        self._lock = threading.Lock()
        self._connections: dict[Connection, threading.Thread] = {}
        self._stopping = threading.Event()
        self._accepting: threading.Thread | None = None
        self._waker: socket.socket | None = None

    @property
    def url(self) -> str:
        """The server's URL, without a slash at the end."""
        return f"http://{self.host}:{self.port}"

    def start(self) -> int:
        """Listen and serve; returns the port."""
        assert self._accepting is None, "it runs already"
        self._stopping = threading.Event()
        listener = socket.create_server((self.host, self.port), backlog=_BACKLOG)
        self.port = listener.getsockname()[1]
        self._waker, wake = socket.socketpair()
        self._accepting = threading.Thread(
            target=self._accept, args=(listener, wake), name=f"twin-accept-{self.port}", daemon=True
        )
        self._accepting.start()
        return self.port

    def stop(self, grace: float = 2.0) -> None:
        """Accept no more connections, give the open requests `grace` seconds, then drop them. Idempotent."""
        if not self._stop_accepting():
            return
        self._stopping.set()
        for connection, _ in self._open():
            if not connection.busy:
                connection.drop(reset=False)
        until = time.monotonic() + grace
        for _, thread in self._open():
            thread.join(max(0.0, until - time.monotonic()))
        self._drop_all()

    def kill(self) -> None:
        """Drop every socket at once, as if the process had died; then wait until no handler runs any more."""
        if not self._stop_accepting():
            return
        self._stopping.set()
        self._drop_all()

    def drop_connections(self) -> None:
        """Cut all open connections, and go on serving new ones."""
        for connection, _ in self._open():
            connection.drop(reset=True)

    def __enter__(self) -> HttpServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _accept(self, listener: socket.socket, wake: socket.socket) -> None:
        with listener, wake, selectors.DefaultSelector() as ready:
            listener.setblocking(False)
            ready.register(listener, selectors.EVENT_READ)
            ready.register(wake, selectors.EVENT_READ)
            while True:
                if any(key.fileobj is wake for key, _ in ready.select()):
                    return
                with suppress(OSError):  # closed again before it was accepted
                    self._begin(*listener.accept())

    def _begin(self, sock: socket.socket, client: tuple[str, int]) -> None:
        sock.setblocking(True)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = Connection(sock, client, self.handle, self.faults, self._stopping, self._failed)
        thread = threading.Thread(
            target=self._serve, args=(connection,), name=f"twin-{self.port}-{client[1]}", daemon=True
        )
        with self._lock:
            self._connections[connection] = thread
        thread.start()

    def _serve(self, connection: Connection) -> None:
        try:
            connection.serve()
        finally:
            with self._lock:
                del self._connections[connection]

    def _failed(self, error: BaseException) -> None:
        traceback.print_exception(error)
        self.failures.append(error)

    def _open(self) -> list[tuple[Connection, threading.Thread]]:
        with self._lock:
            return list(self._connections.items())

    def _stop_accepting(self) -> bool:
        """Stop accepting; return whether the server ran."""
        if self._accepting is None or self._waker is None:
            return False
        self._waker.close()
        self._accepting.join()
        self._accepting = self._waker = None
        return True

    def _drop_all(self) -> None:
        threads = [thread for _, thread in self._open()]
        self.drop_connections()
        for thread in threads:
            thread.join(_LONGEST_HANDLER)
            assert not thread.is_alive(), f"a handler does not end: {thread.name}"
