"""The storage server's transactions, each with the rights of its caller."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.rows import dict_row

from tests.twin.connection_pool import ConnectionPool, PoolTimeout
from tests.twin.storage_errors import StorageError, from_database
from tests.twin.storage_settings import StorageSettings

__all__ = ["Row", "Scope", "StoragePool", "Transaction"]

Row = dict[str, Any]
RowConnection = psycopg.Connection[Row]


@dataclass(frozen=True)
class Scope:
    """The caller and the request for which a transaction runs."""

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
        """Return the settings that policies and triggers may read."""
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
        """Run a statement and return its rows."""
        try:
            cursor = self._connection.execute(statement.encode(), values)
            return cursor.fetchall() if cursor.description is not None else []
        except psycopg.Error as error:
            raise from_database(error) from error

    def row(self, statement: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> Row | None:
        """Run a statement and return its first row."""
        found = self.rows(statement, values)
        return found[0] if found else None


class StoragePool:
    """Lends a connection for each transaction; errors of the database become StorageErrors."""

    def __init__(self, connect: Callable[[], psycopg.Connection[Any]], settings: StorageSettings) -> None:
        self._pool = ConnectionPool(
            lambda: _made_ready(connect()), size=lambda: settings.pool_size, wait=lambda: settings.pool_wait
        )

    @contextlib.contextmanager
    def transaction(self, scope: Scope | None = None, *, keep: bool = True) -> Iterator[Transaction]:
        """Open a transaction; it is rolled back by an exception, or in any case if it is not to be kept."""
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
            self._pool.give_back(connection)

    def close(self) -> None:
        """Close what is idle; the others are closed by those who use them, when they give them back."""
        self._pool.close()

    def _end(self, connection: RowConnection, *, keep: bool) -> None:
        try:
            if keep:
                connection.commit()
            else:
                connection.rollback()
        except psycopg.Error as error:
            raise from_database(error) from error

    def _take(self) -> RowConnection:
        try:
            return self._pool.take()
        except PoolTimeout:
            raise StorageError.no_connection() from None
        except psycopg.Error as error:
            raise from_database(error) from error


def _made_ready(connection: RowConnection) -> RowConnection:
    connection.row_factory = dict_row
    connection.execute("set statement_timeout = '30s'")
    connection.commit()
    return connection
