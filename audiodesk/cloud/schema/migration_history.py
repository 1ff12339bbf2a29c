"""Reads and writes the history of migrations that the supabase CLI keeps in a project's database."""

from __future__ import annotations

import psycopg

from audiodesk.cloud.schema.migrations import Migration, Recorded

__all__ = ["make_history", "read_history", "record", "record_anew"]

_COLUMNS = """
select array_agg(a.attname::text order by a.attnum)
  from pg_catalog.pg_attribute a
  join pg_catalog.pg_class c on c.oid = a.attrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where n.nspname = 'supabase_migrations' and c.relname = 'schema_migrations' and c.relkind in ('r', 'p')
   and a.attnum > 0 and not a.attisdropped
"""
_MAKE = (
    "create schema if not exists supabase_migrations",
    "create table if not exists supabase_migrations.schema_migrations (version text not null primary key)",
    "alter table supabase_migrations.schema_migrations add column if not exists statements text[]",
    "alter table supabase_migrations.schema_migrations add column if not exists name text",
)
"""In steps, like the CLI: older versions made the table without the last two columns."""
_NEEDED = frozenset({"version", "statements", "name"})


def read_history(connection: psycopg.Connection) -> dict[str, Recorded]:
    """Return the recorded migrations by version; empty where the CLI never applied any."""
    columns = _columns(connection)
    if "version" not in columns:
        return {}
    name = "coalesce(name, '')" if "name" in columns else "''"
    statements = "statements" if "statements" in columns else "null::text[]"
    query = f"select version, {name}, {statements} from supabase_migrations.schema_migrations"  # noqa: S608  # columns
    return {
        version: Recorded(version, title, None if found is None else tuple(found))
        for version, title, found in connection.execute(query.encode())
    }


def make_history(connection: psycopg.Connection) -> None:
    """Make the same table as the CLI; a complete table is not touched."""
    if not _columns(connection) >= _NEEDED:
        for statement in _MAKE:
            connection.execute(statement.encode())


def record(connection: psycopg.Connection, migration: Migration) -> None:
    """Record that ``migration`` is applied, as the CLI does."""
    connection.execute(
        "insert into supabase_migrations.schema_migrations (version, name, statements) values (%s, %s, %s)",
        (migration.version, migration.name, [statement.text for statement in migration.statements]),
    )


def record_anew(connection: psycopg.Connection, migration: Migration) -> None:
    """Record that ``migration``, so far recorded with other statements, is applied with these."""
    connection.execute(
        "update supabase_migrations.schema_migrations set statements = %s where version = %s",
        ([statement.text for statement in migration.statements], migration.version),
    )


def _columns(connection: psycopg.Connection) -> frozenset[str]:
    row = connection.execute(_COLUMNS).fetchone()
    return frozenset(row[0] or ()) if row else frozenset()
