"""Writes to tables of the schema public as PostgREST does; rights and policies decide."""

from __future__ import annotations

import json
from typing import Any

import psycopg
from psycopg import sql

from tests.twin.rest_errors import RestProblem
from tests.twin.rest_tables import Filter, conditions_of, filters_of, require_table
from tests.twin.wire_messages import Request

__all__ = ["write"]


def write(connection: psycopg.Connection[Any], table: str, request: Request, body: bytes) -> str:
    """Insert (POST), change (PATCH) or delete (DELETE); return the rows as JSON if the caller asks for them.

    Raises RestProblem: PGRST205, PGRST102, PGRST204 for a column that is not there, 21000 for a change of all rows.
    """
    require_table(connection, table)
    filters = filters_of(request.query)
    if request.method == "POST":
        statement = _insert(table, *_rows_of(body))
    elif request.method == "PATCH":
        statement = _update(table, *_rows_of(body), filters)
    else:
        _refuse_all("DELETE", filters)
        statement = sql.SQL("delete from public.{} as target{}").format(sql.Identifier(table), conditions_of(filters))
    if "return=representation" not in request.headers.get("prefer", ""):
        connection.execute(statement)
        return ""
    returning = sql.SQL(
        "with changed as ({} returning target.*) select coalesce(json_agg(changed), '[]')::text from changed"
    ).format(statement)
    row = connection.execute(returning).fetchone()
    return str(row[0]) if row else "[]"


def _insert(table: str, text: str, columns: list[str]) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL(
        "insert into public.{table} as target ({names})"
        " select {names} from json_populate_recordset(null::public.{table}, {rows}::json)"
    ).format(table=sql.Identifier(table), names=names, rows=sql.Literal(text))


def _update(table: str, text: str, columns: list[str], filters: list[Filter]) -> sql.Composed:
    _refuse_all("UPDATE", filters)
    changes = sql.SQL(", ").join(
        sql.SQL("{} = given.{}").format(sql.Identifier(name), sql.Identifier(name)) for name in columns
    )
    return sql.SQL(
        "update public.{table} as target set {changes}"
        " from json_populate_recordset(null::public.{table}, {rows}::json) as given{conditions}"
    ).format(table=sql.Identifier(table), changes=changes, rows=sql.Literal(text), conditions=conditions_of(filters))


def _rows_of(body: bytes) -> tuple[str, list[str]]:
    """Return the rows as a JSON array, and the columns that all of them name."""
    try:
        given = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        given = None
    rows = given if isinstance(given, list) else [given]
    if not rows or not all(isinstance(row, dict) and row for row in rows):
        raise RestProblem(400, "PGRST102", "Empty or invalid json")
    if any(set(row) != set(rows[0]) for row in rows):
        raise RestProblem(400, "PGRST102", "All object keys must match")
    return json.dumps(rows), list(rows[0])


def _refuse_all(verb: str, filters: list[Filter]) -> None:
    if not filters:
        raise RestProblem(400, "21000", f"{verb} requires a WHERE clause")
