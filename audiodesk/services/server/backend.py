"""Gives out the server's schema, and applies it to a project's database."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence

from audiodesk.cloud.schema.database_url import DatabaseUrl, read_database_url
from audiodesk.cloud.schema.migration_files import read_migrations
from audiodesk.cloud.schema.migrations import Migration
from audiodesk.domain.errors import UserError
from audiodesk.domain.server.backend import MigrationItem, SchemaOutcome
from audiodesk.services.server.backend_script import backend_script

__all__ = ["DB_URL_VARIABLE", "Backend"]

DB_URL_VARIABLE = "AUDIODESK_DB_URL"


class Backend:
    """The schema of one project's database. Nothing of the library is opened for it."""

    def __init__(self, migrations: Sequence[Migration] | None = None) -> None:
        self._given = migrations

    @property
    def migrations(self) -> tuple[Migration, ...]:
        """Return the migrations that come with the program, in order; OutsideError "backend-files-missing"."""
        return read_migrations() if self._given is None else tuple(self._given)

    def script(self) -> str:
        """Return all migrations as one document for the SQL editor."""
        return backend_script(self.migrations)

    def plan(self, db_url: str | None, *, include_all: bool = False, repair: bool = False) -> SchemaOutcome:
        """Return what ``apply`` would do; raises the same errors."""
        from audiodesk.cloud.schema.backend_schema import BackendSchema  # the driver, only where it is needed

        return BackendSchema(_address(db_url), self.migrations).plan(include_all=include_all, repair=repair)

    def apply(
        self,
        db_url: str | None,
        *,
        include_all: bool = False,
        repair: bool = False,
        tell: Callable[[MigrationItem], None] = lambda _: None,
    ) -> SchemaOutcome:
        """Apply missing migrations, with ``repair`` also the others again; ``tell`` gets each migration as it is done.

        If ``db_url`` is None, the address is in ``AUDIODESK_DB_URL``. An error that stops a migration is in the
        outcome. Errors before anything was changed are raised: UserError "db-url-…" and "backend-…", OutsideError
        "db-…" and "backend-…".
        """
        from audiodesk.cloud.schema.backend_schema import BackendSchema  # the driver, only where it is needed

        schema = BackendSchema(_address(db_url), self.migrations)
        return schema.apply(include_all=include_all, repair=repair, tell=tell)


def _address(db_url: str | None, environ: Mapping[str, str] | None = None) -> DatabaseUrl:
    environ = os.environ if environ is None else environ
    text = environ.get(DB_URL_VARIABLE, "") if db_url is None else db_url
    if not text.strip():
        raise UserError("db-url-missing")
    return read_database_url(text, environ=environ)
