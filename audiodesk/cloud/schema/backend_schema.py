"""Applies the server's schema to a project's database, in step with the supabase CLI."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.errors import Diagnostic

from audiodesk.cloud.schema.database_errors import connection_error, migration_error, server_error, tries_again
from audiodesk.cloud.schema.database_url import DatabaseUrl
from audiodesk.cloud.schema.migration_history import make_history, read_history, record, record_anew
from audiodesk.cloud.schema.migrations import APPLY_LOCK, Migration, Recorded, foreign_versions, missing_migrations
from audiodesk.cloud.schema.project_database import as_postgres, ensure_project
from audiodesk.cloud.schema.shipped_columns import Columns, lost_columns, shipped_columns
from audiodesk.cloud.schema.sql_statements import SqlStatement
from audiodesk.domain.errors import AudioDeskError, OutsideError, UserError
from audiodesk.domain.server.backend import MigrationItem, MigrationResult, SchemaOutcome

__all__ = ["BackendSchema"]

_OTHERS_MAY_TAKE = "60s"
_LOCKS_MAY_TAKE = "4s"
"""A statement that waits for a lock blocks all later ones, so it waits only as long as the CLI does."""
_STATEMENTS_MAY_TAKE = "15min"
"""Counting the objects of a large project takes long."""
_PAUSES = (1.0, 3.0, 6.0)
"""Seconds before each further try."""

Tell = Callable[[MigrationItem], None]


class BackendSchema:
    """The schema in one project's database.

    Each file is one transaction, together with its row in the history. It takes a lock that ends with the transaction,
    so it also works through poolers that switch connections between transactions. An interrupted file leaves nothing.
    """

    def __init__(
        self, url: DatabaseUrl, migrations: Sequence[Migration], *, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._url = url
        self._migrations = tuple(migrations)
        self._pause = pause
        self._notices: list[str] = []

    def plan(self, *, include_all: bool = False, repair: bool = False) -> SchemaOutcome:
        """Return what ``apply`` would do, without changing anything.

        Raises the errors of ``ensure_project`` and ``missing_migrations``, and OutsideError "db-…" where the server
        cannot be reached or does not answer.
        """
        with self._connected() as connection, self._asking(), connection.transaction():
            connection.execute("set transaction read only")
            ensure_project(connection)
            history = read_history(connection)
        missing = missing_migrations(self._migrations, history, include_all=include_all)
        there = MigrationResult.PLANNED_REPAIR if repair else MigrationResult.PRESENT
        items = (
            MigrationItem(migration, MigrationResult.PLANNED)
            if migration in missing
            else _present(migration, history, there)
            for migration in self._migrations
        )
        return SchemaOutcome(tuple(items), foreign_versions(self._migrations, history))

    def apply(self, *, include_all: bool = False, repair: bool = False, tell: Tell = lambda _: None) -> SchemaOutcome:
        """Apply the migrations that are not recorded yet, in order; ``tell`` gets each one when it is done.

        ``repair`` applies recorded migrations again in their turn: each may be repeated, and restores what it makes
        without touching rows. Lost columns cannot be restored with their contents. The last file marks everything as
        shipped, so it stops at them with OutsideError "backend-columns-gone" (file, names).

        If a migration fails, its error is in the outcome, and the earlier ones stay. Raises as ``plan`` does.
        """
        items: list[MigrationItem] = []
        failure: AudioDeskError | None = None
        with self._connected() as connection:
            how, foreign = self._prepare(connection, include_all=include_all, repair=repair)
            for migration in self._migrations:
                if failure is None:
                    item, failure = self._tried(connection, migration, how)
                    tell(item)
                else:
                    item = MigrationItem(migration, MigrationResult.WAITING)
                items.append(item)
        return SchemaOutcome(tuple(items), foreign, failure)

    def _prepare(
        self, connection: psycopg.Connection, *, include_all: bool, repair: bool
    ) -> tuple[_How, tuple[str, ...]]:
        """Read what is there, and make the history if it is missing; return how to continue, and foreign versions."""
        with self._asking(), connection.transaction():
            ensure_project(connection)
            history = read_history(connection)
            columns = shipped_columns(connection) if repair and self._all_there(history) else {}
        if missing_migrations(self._migrations, history, include_all=include_all):
            with self._asking(), connection.transaction():
                self._take_turn(connection)
                make_history(connection)
        return _How(include_all, repair, columns), foreign_versions(self._migrations, history)

    def _all_there(self, history: dict[str, Recorded]) -> bool:
        """Tell whether exactly these files are applied: then none of them may change a table's columns."""
        return all(m.version in history and not history[m.version].differs_from(m) for m in self._migrations)

    def _tried(
        self, connection: psycopg.Connection, migration: Migration, how: _How
    ) -> tuple[MigrationItem, AudioDeskError | None]:
        """Apply one migration, again if another session was in its way; return it with the error that stopped it."""
        pauses = iter(_PAUSES)
        while True:
            running = _Running()
            self._notices.clear()
            try:
                with connection.transaction():
                    return self._apply(connection, migration, running, how), None
            except AudioDeskError as error:  # the history changed since the first look, or columns are gone
                failure: AudioDeskError = error
                pause = None
            except psycopg.Error as error:
                failure = migration_error(error, self._url.place, migration, running.statement)
                pause = next(pauses, None) if running.has_turn and tries_again(error) else None
            if pause is None:
                return MigrationItem(migration, MigrationResult.FAILED), failure
            self._pause(pause)

    def _apply(
        self, connection: psycopg.Connection, migration: Migration, running: _Running, how: _How
    ) -> MigrationItem:
        self._take_turn(connection)
        running.has_turn = True
        history = read_history(connection)
        missing = migration in missing_migrations(self._migrations, history, include_all=how.include_all)
        # Write the row first: a CLI that runs at the same time then waits for it, and does not repeat the work.
        if missing:
            record(connection, migration)
        elif not how.repair:
            return _present(migration, history)
        elif history[migration.version].differs_from(migration):
            record_anew(connection, migration)
        for statement in migration.statements:
            running.statement = statement
            if not statement.empty:
                connection.execute(statement.text.encode())
        if migration is self._migrations[-1] and (lost := lost_columns(how.columns, shipped_columns(connection))):
            raise OutsideError("backend-columns-gone", file=migration.file, names=", ".join(lost))
        result = MigrationResult.APPLIED if missing else MigrationResult.REPAIRED
        return MigrationItem(migration, result, notices=tuple(self._notices))

    def _take_turn(self, connection: psycopg.Connection) -> None:
        """Wait until no other AudioDesk applies migrations; the lock ends with the transaction."""
        as_postgres(connection)
        connection.execute(f"set local lock_timeout = '{_OTHERS_MAY_TAKE}'".encode())
        connection.execute("select pg_catalog.pg_advisory_xact_lock(%s)", (APPLY_LOCK,))
        connection.execute(f"set local lock_timeout = '{_LOCKS_MAY_TAKE}'".encode())
        connection.execute("set local client_min_messages = 'notice'")
        connection.execute(f"set local statement_timeout = '{_STATEMENTS_MAY_TAKE}'".encode())

    @contextmanager
    def _connected(self) -> Iterator[psycopg.Connection]:
        failure: AudioDeskError | None = None
        try:
            conninfo = make_conninfo(self._url.text, client_encoding="utf8", **self._url.options)
            # A pooler lends a connection for one transaction, and prepared statements would stay on it.
            connection = psycopg.connect(conninfo, autocommit=True, prepare_threshold=None)
        except psycopg.ProgrammingError:  # libpq does not know an option in the address
            failure = UserError("db-url-unreadable")
        except psycopg.Error as error:
            failure = connection_error(error, self._url.place)
        if failure is not None:
            raise failure  # outside of "except": psycopg's exception knows the password
        connection.add_notice_handler(self._noticed)
        with closing(connection):
            yield connection

    @contextmanager
    def _asking(self) -> Iterator[None]:
        failure = None
        try:
            yield
        except psycopg.Error as error:
            failure = server_error(error, self._url.place)
        if failure is not None:
            raise failure

    def _noticed(self, said: Diagnostic) -> None:
        """Keep a migration's own notices and warnings, but not notices that something existed already."""
        if said.message_primary and (said.source_function == "exec_stmt_raise" or said.severity == "WARNING"):
            self._notices.append(" ".join(filter(None, (said.message_primary, said.message_hint))))


@dataclass(frozen=True, slots=True)
class _How:
    """The options of the run, and the columns that must still be there at its end."""

    include_all: bool
    repair: bool
    columns: Columns


class _Running:
    """How far a transaction came: whether it has its turn, and its current statement."""

    def __init__(self) -> None:
        self.has_turn = False
        self.statement: SqlStatement | None = None


def _present(
    migration: Migration, history: dict[str, Recorded], result: MigrationResult = MigrationResult.PRESENT
) -> MigrationItem:
    return MigrationItem(migration, result, differs=history[migration.version].differs_from(migration))
