"""Fresh databases like a hosted project's, copied from a template, and connections to them as any role."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from audiodesk.cloud.schema.sql_statements import split_statements
from tests.twin.database_session import LOGIN_ROLES, Claims, enter, request_settings
from tests.twin.platform_sql import key_of, migration_files, platform_files, role_file
from tests.twin.postgres import SUPERUSER, PostgresServer

__all__ = ["Connection", "Database", "Databases", "apply_files", "limits_of", "user_claims"]

Connection = psycopg.Connection[tuple[Any, ...]]

Build = Callable[["Database"], None]

_STORAGE_SETTINGS = {"statement_timeout": "30s", "storage.allow_delete_query": "true"}


def user_claims(user_id: UUID | str, *, email: str = "", role: str = "authenticated", **more: Any) -> dict[str, Any]:
    """Return those claims of a signed-in user's token that the database reads."""
    return {"sub": str(user_id), "email": email, "role": role, "aud": "authenticated", **more}


class Database:
    """One database of a running server."""

    def __init__(self, server: PostgresServer, name: str) -> None:
        """Stand for database `name`, which is there."""
        self.server = server
        self.name = name

    @property
    def url(self) -> str:
        """The address with role and password of postgres, as an operator copies it from the dashboard."""
        return self.server.url(self.name)

    def open(self, role: str = "postgres", *, autocommit: bool = False) -> Connection:
        """Log in as `role` (one that may log in); the caller closes it."""
        return psycopg.connect(self.server.conninfo(self.name, role), autocommit=autocommit)

    @contextlib.contextmanager
    def connect(
        self,
        role: str = "postgres",
        claims: Claims | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        method: str | None = None,
        path: str | None = None,
        operation: str | None = None,
        settings: Mapping[str, str] | None = None,
        login: str | None = None,
    ) -> Iterator[Connection]:
        """One transaction as `role` with the caller's `claims`: committed at the end, rolled back by an exception.

        A role that cannot log in is reached through `login`, authenticator where nothing else is said, as PostgREST
        reaches it, and with that role's own statement_timeout. After a commit by hand the role is gone.
        """
        if role in LOGIN_ROLES and login is None:
            login, become = role, None
        else:
            login, become = login or "authenticator", role
        given = request_settings(claims, headers=headers, method=method, path=path, operation=operation)
        with self.open(login) as connection:
            limits = limits_of(connection, become) if login == "authenticator" and become else {}
            enter(connection, become, {**limits, **given, **(settings or {})})
            yield connection

    def as_user(
        self, user_id: UUID | str, *, email: str = "", **claims: Any
    ) -> contextlib.AbstractContextManager[Connection]:
        """Open a transaction as PostgREST does for a signed-in user."""
        return self.connect("authenticated", user_claims(user_id, email=email, **claims))

    def as_anon(self) -> contextlib.AbstractContextManager[Connection]:
        """Open a transaction as PostgREST does for a caller who is not signed in."""
        return self.connect("anon", {"role": "anon"})

    def as_storage(
        self,
        claims: Claims,
        operation: str,
        headers: Mapping[str, str] | None = None,
        *,
        method: str | None = None,
        path: str | None = None,
    ) -> contextlib.AbstractContextManager[Connection]:
        """Open a transaction as the storage server does for a caller; each statement may take 30 seconds."""
        return self.connect(
            str(claims.get("role", "anon")),
            claims,
            headers=headers or {},
            method=method,
            path=path,
            operation=operation,
            settings=_STORAGE_SETTINGS,
            login="supabase_storage_admin",
        )

    def as_service(
        self,
        operation: str,
        headers: Mapping[str, str] | None = None,
        *,
        method: str | None = None,
        path: str | None = None,
    ) -> contextlib.AbstractContextManager[Connection]:
        """Open a transaction of the storage server itself: as service_role, without row security, auth.uid() null."""
        return self.as_storage({"role": "service_role"}, operation, headers, method=method, path=path)

    def add_user(
        self,
        email: str | None = None,
        *,
        app_metadata: Mapping[str, Any] | None = None,
        encrypted_password: str | None = None,
        confirmed: bool = True,
    ) -> UUID:
        """Add a user. For support staff, `app_metadata` is {"role": "support"}."""
        user_id = uuid4()
        with self.open("supabase_auth_admin") as connection:
            connection.execute(
                "insert into auth.users (id, email, raw_app_meta_data, encrypted_password, email_confirmed_at)"
                " values (%s, %s, %s, %s, case when %s then now() end)",
                [
                    user_id,
                    email or f"{user_id}@example.org",
                    Jsonb(dict(app_metadata or {})),
                    encrypted_password,
                    confirmed,
                ],
            )
        return user_id

    def __repr__(self) -> str:
        return f"Database({self.name!r})"


class Databases:
    """The databases of one server: templates, made when first wanted and again when their SQL changes, and copies."""

    def __init__(self, server: PostgresServer) -> None:
        """Make the roles of a hosted project in `server`, which has none yet."""
        self.server = server
        self._names = itertools.count(1)
        self._admin: Connection = psycopg.connect(server.conninfo("postgres", SUPERUSER), autocommit=True)
        self._admin.execute(role_file().read_bytes())
        for role in sorted(LOGIN_ROLES):
            statement = sql.SQL("alter role {} password {}").format(sql.Identifier(role), server.password)
            self._admin.execute(statement)

    def create(self, *, migrations: bool = True, newer: bool = False) -> Database:
        """A fresh database: the platform, and the shipped migrations as role postgres would have applied them."""
        return self.copy(self._template(migrations=migrations, newer=newer))

    def copy(self, template: str) -> Database:
        """A copy of the database `name`, which must have no connections."""
        name = f"db_{os.getpid()}_{next(self._names)}"
        self._create(name, template)
        return Database(self.server, name)

    def drop(self, database: Database) -> None:
        """Remove the database and end its connections."""
        self._admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(database.name)))

    def close(self) -> None:
        """Close the connections to the server, whose databases are removed with it."""
        self._admin.close()

    def _template(self, *, migrations: bool, newer: bool) -> str:
        platform = platform_files(newer=newer)
        if not migrations:
            return self._built(f"platform_{key_of(platform)}", None, lambda d: _make_platform(d, platform))
        files = migration_files()
        return self._built(
            f"full_{key_of([*platform, *files])}",
            self._template(migrations=False, newer=newer),
            lambda database: apply_files(database, files),
        )

    def _built(self, name: str, template: str | None, build: Build) -> str:
        """The template `name`, built under another name first: one that failed half-way must not be copied."""
        if self._admin.execute("select from pg_database where datname = %s", [name]).rowcount:
            return name
        raw = Database(self.server, f"{name}_in_the_making")
        self.drop(raw)
        self._create(raw.name, template or "template0")
        build(raw)
        rename = sql.SQL("alter database {} rename to {}")
        self._admin.execute(rename.format(sql.Identifier(raw.name), sql.Identifier(name)))
        return name

    def _create(self, name: str, template: str) -> None:
        statement = sql.SQL("create database {} template {} owner postgres")
        self._admin.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))


def apply_files(database: Database, files: list[Path]) -> None:
    """Apply migrations as role postgres, each in one transaction, and note them in the history of the CLI."""
    with database.open() as connection:
        connection.execute("create schema if not exists supabase_migrations")
        connection.execute(
            "create table if not exists supabase_migrations.schema_migrations"
            " (version text primary key, statements text[], name text)"
        )
    for file in files:
        version, _, name = file.stem.partition("_")
        text = file.read_text(encoding="utf-8")
        with database.open() as connection:
            connection.execute(text.encode())
            connection.execute(
                "insert into supabase_migrations.schema_migrations values (%s, %s, %s)",
                [version, [statement.text for statement in split_statements(text)], name],
            )


def _make_platform(database: Database, files: list[Path]) -> None:
    with database.open(SUPERUSER) as connection:
        for file in files:
            connection.execute(file.read_bytes())


def limits_of(connection: Connection, role: str) -> dict[str, str]:
    """Return the settings of `alter role … set` for a role that does not log in; PostgREST applies them itself."""
    rows = connection.execute(
        "select split_part(setting, '=', 1), substr(setting, strpos(setting, '=') + 1)"
        " from pg_catalog.pg_roles, unnest(rolconfig) as setting where rolname = %s",
        [role],
    )
    return {name: value for name, value in rows if name != "search_path"}
