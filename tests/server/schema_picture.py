"""A database's schema as one comparable text: pg_dump's output without what differs between runs."""

from __future__ import annotations

import os
import re
import subprocess
from typing import Any

import psycopg

from tests.twin.databases import Database
from tests.twin.postgres import SUPERUSER

__all__ = ["history", "schema_picture"]

_NOISE = re.compile(r"^(--.*|\\(un)?restrict .*|SET .*|SELECT pg_catalog\.set_config.*|)$")
_DATA = (
    "select version, name, statements from supabase_migrations.schema_migrations order by version",
    "select id, name, public, file_size_limit, allowed_mime_types from storage.buckets order by id",
    "select kind, name, definition from audiodesk.shipped_part order by kind, name",
)


def schema_picture(database: Database, *, with_history: bool = True) -> str:
    """Everything that can be told of the schema, with owners and rights, and the rows that migrations write.

    ``with_history`` tells of the history of migrations too.
    """
    conninfo = database.server.conninfo(database.name, SUPERUSER)
    left_out = [] if with_history else ["--exclude-schema=supabase_migrations"]
    dumped = subprocess.run(
        [database.server.binaries / "pg_dump", "--schema-only", f"--dbname={conninfo}", *left_out],
        env={**os.environ, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    lines = [line for line in dumped.stdout.splitlines() if not _NOISE.match(line)]
    with psycopg.connect(conninfo) as connection:
        queries = [query for query in _DATA[0 if with_history else 1 :] if _there(connection, query)]
        rows = [repr(row) for query in queries for row in connection.execute(query.encode())]
    return "\n".join([*lines, *rows])


def history(database: Database) -> list[tuple[str, str]]:
    """The recorded versions with their names, in order."""
    with database.open() as connection:
        if not _there(connection, _DATA[0]):
            return []
        rows = connection.execute("select version, name from supabase_migrations.schema_migrations order by version")
        return [(str(version), str(name)) for version, name in rows]


def _there(connection: psycopg.Connection[tuple[Any, ...]], query: str) -> bool:
    table = re.search(r"from (\w+)\.(\w+)", query)
    assert table is not None
    found = connection.execute("select from pg_tables where schemaname = %s and tablename = %s", table.groups())
    return found.rowcount > 0
