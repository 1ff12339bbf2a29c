"""Compares a database's columns with those that the server recorded when its schema was shipped."""

from __future__ import annotations

from collections.abc import Mapping

import psycopg

__all__ = ["Columns", "lost_columns", "shipped_columns"]

Columns = Mapping[str, Mapping[str, str]]
"""Types by column, by table."""


def shipped_columns(connection: psycopg.Connection) -> Columns:
    """Return the recorded columns; empty where the health check was never installed."""
    there = connection.execute("select pg_catalog.to_regclass('audiodesk.shipped_part') is not null").fetchone()
    if there is None or not there[0]:
        return {}
    return dict(
        connection.execute(
            "select name, definition -> 'columns' from audiodesk.shipped_part"
            " where kind = 'table' and pg_catalog.jsonb_typeof(definition -> 'columns') = 'object'"
        )
    )


def lost_columns(before: Columns, after: Columns) -> tuple[str, ...]:
    """Return the columns, with their tables, that changed or went missing since ``before``; new ones are no loss."""
    return tuple(
        f"{table}.{column}"
        for table, columns in sorted(before.items())
        for column, kind in sorted(columns.items())
        if after.get(table, {}).get(column) != kind
    )
