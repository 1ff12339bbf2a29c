"""Turns errors of PostgreSQL and its connection into AudioDesk's errors, which hold no address and no password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audiodesk.cloud.schema.migrations import Migration
from audiodesk.cloud.schema.sql_statements import SqlStatement
from audiodesk.domain.errors import OutsideError

if TYPE_CHECKING:
    import psycopg

__all__ = ["connection_error", "migration_error", "server_error", "tries_again"]

_LOCKED = frozenset({"40001", "40P01", "55P03"})
"""Serialization failure, deadlock, lock time-out."""
_DOUBLE = "23505"
_NO_RIGHTS = frozenset({"42501"})
_READ_ONLY = frozenset({"25006"})
_CANCELLED = frozenset({"57014"})
_OWN_WORDS = "exec_stmt_raise"
"""PostgreSQL's source function behind ``raise``: it marks messages of AudioDesk's own functions."""

_REFUSALS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("db-unknown-project", ("tenant or user not found", "tenant/user", "no tenant identifier")),
    ("db-wrong-password", ("password authentication failed", "no password supplied", "wrong password", "sasl")),
    ("db-not-allowed", ("no pg_hba.conf entry", "address not in tenant allow_list", "not permitted to log in")),
    ("db-missing", ("does not exist",)),
    ("db-too-many", ("too many clients", "remaining connection slots", "max clients", "too many connections")),
    ("db-no-tls", ("does not support ssl", "certificate", "ssl error", "sslrootcert", "sslmode")),
    ("db-not-postgresql", ("invalid response to ssl", "expected authentication request", "unsupported frontend")),
    ("db-starting", ("is starting up", "is shutting down", "not yet accepting connections")),
)


def connection_error(error: psycopg.Error, place: str) -> OutsideError:
    """Return why the connection failed; ``place`` is host and port.

    libpq gives a text and no code. None of the text is passed on, because it repeats parts of the address.
    """
    text = str(error).lower()
    for code, signs in _REFUSALS:
        if any(sign in text for sign in signs):
            return OutsideError(code, place=place)
    return OutsideError("db-unreachable", place=place)


def server_error(error: psycopg.Error, place: str) -> OutsideError:
    """Return why the server did not answer a query outside of a migration."""
    if _is_lost(error):
        return OutsideError("db-connection-lost", place=place)
    message = error.diag.message_primary or ""
    if error.sqlstate in _LOCKED:
        return OutsideError("backend-busy", details=message)
    if error.sqlstate in _READ_ONLY:
        return OutsideError("backend-read-only", details=message)
    if error.sqlstate in _NO_RIGHTS:
        return OutsideError("backend-no-rights", details=message)
    return OutsideError("backend-failed", message=message, details=_details(error))


def migration_error(
    error: psycopg.Error, place: str, migration: Migration, statement: SqlStatement | None
) -> OutsideError:
    """Return why ``migration`` failed; ``statement`` is the one that was running, if any."""
    state = error.sqlstate
    if _is_lost(error):
        return OutsideError("db-connection-lost", place=place)
    message, details = error.diag.message_primary or "", _details(error)
    if statement is None and state in _LOCKED:
        return OutsideError("backend-busy", details=details)
    if error.diag.source_function == _OWN_WORDS and state not in _LOCKED:
        hint = error.diag.message_hint or ""
        return OutsideError("backend-stopped", file=migration.file, message=message, hint=hint, details=details)
    for code, states in (
        ("backend-locked", _LOCKED),
        ("backend-slow", _CANCELLED),
        ("backend-read-only", _READ_ONLY),
        ("backend-not-allowed", _NO_RIGHTS),
    ):
        if state in states:
            return OutsideError(
                code, file=migration.file, line=_line(error, statement), message=message, details=details
            )
    line = _line(error, statement)
    return OutsideError("backend-statement", file=migration.file, line=line, message=message, details=details)


def tries_again(error: psycopg.Error) -> bool:
    """Tell whether the same transaction may succeed if it is tried again.

    If the CLI and AudioDesk make the same thing at once, one of them gets a duplicate row in the history or in
    PostgreSQL's own catalogue.
    """
    if error.diag.source_function == _OWN_WORDS:
        return False
    constraint = error.diag.constraint_name or ""
    doubled = constraint.startswith(("pg_", "schema_migrations"))
    return error.sqlstate in _LOCKED or (error.sqlstate == _DOUBLE and doubled)


def _is_lost(error: psycopg.Error) -> bool:
    """Tell whether the connection is gone: dropped, or closed by a server that shuts down."""
    return error.sqlstate is None or error.sqlstate.startswith(("08", "57P"))


def _line(error: psycopg.Error, statement: SqlStatement | None) -> int:
    """Return the line of the file that the server points at, else the first line of the statement."""
    if statement is None:
        return 1
    position = error.diag.statement_position
    if position is None:
        return statement.line
    return statement.line + statement.text.count("\n", 0, int(position) - 1)


def _details(error: psycopg.Error) -> str:
    """Return the server's own text, to be shown under Details."""
    diag = error.diag
    said = (diag.message_primary, diag.message_detail, diag.message_hint, diag.context)
    return "\n".join([f"SQLSTATE {error.sqlstate}", *(text for text in said if text)])
