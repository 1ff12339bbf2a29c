"""The storage server's database connections: a bounded pool, and transactions in the scope of a caller."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.rows import dict_row

from tests.twin.storage_errors import StorageError, from_database
from tests.twin.storage_settings import StorageSettings

__all__ = ["Row", "Scope", "StoragePool", "Transaction"]

Row = dict[str, Any]
RowConnection = psycopg.Connection[Row]


@dataclass(frozen=True)
class Scope:
    """As whom, and for which request, a transaction runs."""

    claims: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = ""
    path: str = ""
    operation: str = ""

    @property
    def role(self) -> str:
        """The database's role."""
        return str(self.claims.get("role") or "anon")

    @property
    def settings(self) -> dict[str, str]:
        """What policies and triggers may read."""
        claims = dict(self.claims)
        return {
            "role": self.role,
            "request.jwt.claim.role": self.role,
            "request.jwt.claim.sub": str(claims.get("sub") or ""),
            "request.jwt.claims": json.dumps(claims),
            "request.headers": json.dumps(dict(self.headers)),
            "request.method": self.method,
            "request.path": self.path,
            "storage.operation": self.operation,
            "storage.allow_delete_query": "true",
        }


class Transaction:
    """One open transaction; its errors are StorageErrors."""

    def __init__(self, connection: RowConnection) -> None:
        self._connection = connection

    def enter(self, scope: Scope) -> None:
        """Go on as this caller."""
        values: list[str] = []
        for name, value in scope.settings.items():
            values += [name, value]
        calls = ", ".join(["set_config(%s, %s, true)"] * (len(values) // 2))
        self.rows(f"select {calls}", values)

    def rows(self, statement: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[Row]:
        """Run it; the rows that it returns."""
        try:
            cursor = self._connection.execute(statement.encode(), values)
            return cursor.fetchall() if cursor.description is not None else []
        except psycopg.Error as error:
            raise from_database(error) from error

    def row(self, statement: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> Row | None:
        """Run it; the first row."""
        found = self.rows(statement, values)
        return found[0] if found else None


class StoragePool:
    """Opens connections as they are needed, up to the settings' number, and keeps them."""

    def __init__(self, connect: Callable[[], psycopg.Connection[Any]], settings: StorageSettings) -> None:
        self._connect = connect
        self._settings = settings
        self._free = threading.Condition()
        self._idle: list[RowConnection] = []
        self._in_use = 0
        self._closed = False

    @contextlib.contextmanager
    def transaction(self, scope: Scope | None = None, *, keep: bool = True) -> Iterator[Transaction]:
        """One transaction; rolled back by an exception, or always where it is not to be kept."""
        connection = self._take()
        try:
            transaction = Transaction(connection)
            if scope is not None:
                transaction.enter(scope)
            yield transaction
            self._end(connection, keep=keep)
        except BaseException:
            with contextlib.suppress(psycopg.Error):
                connection.rollback()
            raise
        finally:
            self._give_back(connection)

    def close(self) -> None:
        """Close what is idle; the others are closed by those who use them, when they give them back."""
        with self._free:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _end(self, connection: RowConnection, *, keep: bool) -> None:
        try:
            if keep:
                connection.commit()
            else:
                connection.rollback()
        except psycopg.Error as error:
            raise from_database(error) from error

    def _take(self) -> RowConnection:
        until = time.monotonic() + self._settings.pool_wait
        with self._free:
            while self._in_use >= self._settings.pool_size:
                if not self._free.wait(max(0.0, until - time.monotonic())) and time.monotonic() >= until:
                    raise StorageError.no_connection()
            self._in_use += 1
            if self._idle:
                return self._idle.pop()
        try:
            return self._open()
        except BaseException as error:
            with self._free:
                self._in_use -= 1
                self._free.notify()
            if isinstance(error, psycopg.Error):
                raise from_database(error) from error
            raise

    def _open(self) -> RowConnection:
        connection: RowConnection = self._connect()
        connection.row_factory = dict_row
        connection.execute("set statement_timeout = '30s'")
        connection.commit()
        return connection

    def _give_back(self, connection: RowConnection) -> None:
        usable = not connection.closed and connection.info.transaction_status is psycopg.pq.TransactionStatus.IDLE
        with self._free:
            self._in_use -= 1
            usable = usable and not self._closed
            if usable:
                self._idle.append(connection)
            self._free.notify()
        if not usable:
            connection.close()
