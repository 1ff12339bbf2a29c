"""A bounded pool of database connections, like those of PostgREST and the storage server."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg

__all__ = ["ConnectionPool", "PoolTimeout"]


class PoolTimeout(Exception):  # noqa: N818 - what happened, not a mistake of ours
    """No connection became free in time."""


class ConnectionPool:
    """Opens connections as they are needed, up to `size`, and keeps them until it is closed. Thread-safe."""

    def __init__(
        self,
        connect: Callable[[], psycopg.Connection[Any]],
        *,
        size: Callable[[], int],
        wait: Callable[[], float] = lambda: 10.0,
    ) -> None:
        """Make connections by `connect`; a borrower waits at most `wait` seconds for one.

        Both numbers are asked for anew each time, because a test may change them while the server runs.
        """
        self._connect = connect
        self._size = size
        self._wait = wait
        self._free = threading.Condition()
        self._idle: list[psycopg.Connection[Any]] = []
        self._lent = 0
        self._closed = False

    @contextlib.contextmanager
    def transaction(self) -> Iterator[psycopg.Connection[Any]]:
        """Lend a connection for one transaction: committed at the end, rolled back by an exception.

        Raises PoolTimeout, and psycopg's errors.
        """
        connection = self.take()
        try:
            yield connection
            connection.commit()
        except BaseException:
            with contextlib.suppress(psycopg.Error):
                connection.rollback()
            raise
        finally:
            self.give_back(connection)

    def close(self) -> None:
        """Close the idle connections now, and the others when they are given back."""
        with self._free:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def take(self) -> psycopg.Connection[Any]:
        """Lend a connection. Raises PoolTimeout, and psycopg's errors if none can be opened."""
        until = time.monotonic() + self._wait()
        with self._free:
            while self._lent >= self._size():
                if not self._free.wait(max(0.0, until - time.monotonic())) and time.monotonic() >= until:
                    raise PoolTimeout
            self._lent += 1
            while self._idle:
                connection = self._idle.pop()
                if not connection.closed:
                    return connection
        try:
            return self._connect()
        except BaseException:
            with self._free:
                self._lent -= 1
                self._free.notify()
            raise

    def give_back(self, connection: psycopg.Connection[Any]) -> None:
        """Take a connection back; close it if a transaction is open."""
        idle = connection.info.transaction_status is psycopg.pq.TransactionStatus.IDLE
        with self._free:
            self._lent -= 1
            usable = idle and not connection.closed and not self._closed
            if usable:
                self._idle.append(connection)
            self._free.notify()
        if not usable:
            connection.close()
