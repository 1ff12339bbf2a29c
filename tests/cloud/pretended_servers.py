"""Servers that are not PostgreSQL, or that refuse: a socket that gives every client the same answer."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator

__all__ = ["answering", "nobody", "refusal"]


@contextlib.contextmanager
def answering(data: bytes, *, tls: bytes = b"N") -> Iterator[int]:
    """Serve on a port of this computer: ``tls`` where encryption is asked for, then ``data``, then the end."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        over = threading.Event()

        def serve() -> None:
            while not over.is_set():
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection, contextlib.suppress(OSError):
                    connection.settimeout(5)
                    first = connection.recv(1024)
                    if first[4:8] == struct.pack("!i", 80877103):
                        connection.sendall(tls)
                        first = connection.recv(1024) if tls == b"N" else b""
                    if first:
                        connection.sendall(data)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            over.set()
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()


def refusal(message: str, *, code: str = "XX000") -> bytes:
    """What PostgreSQL and its poolers send instead of a welcome."""
    fields = b"".join(
        kind + text.encode() + b"\0" for kind, text in ((b"S", "FATAL"), (b"V", "FATAL"), (b"C", code), (b"M", message))
    )
    return b"E" + struct.pack("!i", len(fields) + 5) + fields + b"\0"


def nobody() -> int:
    """A port on which no server listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
