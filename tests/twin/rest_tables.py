"""Reads tables and views of the schema public, with the part of PostgREST's query language that clients use."""

from __future__ import annotations

import re
from dataclasses import dataclass

import psycopg
from psycopg import sql

from tests.twin.rest_errors import RestProblem

__all__ = ["Filter", "TableRead", "conditions_of", "filters_of", "read_of", "require_table"]

_OPERATORS = {"eq": "=", "neq": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "like": "like", "ilike": "ilike"}
_NOT_FILTERS = frozenset({"select", "order", "limit", "offset", "columns", "on_conflict", "apikey"})
_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
# Column, whether it is negated, operator, value.
Filter = tuple[str, bool, str, str]
_IS = {"null": "null", "not_null": "not null", "true": "true", "false": "false", "unknown": "unknown"}


@dataclass(frozen=True)
class TableRead:
    """A read of a table: its columns, conditions, and order."""

    table: str
    columns: list[str]
    filters: list[Filter]
    order: list[tuple[str, str]]

    def run(
        self, connection: psycopg.Connection[tuple[object, ...]], *, limit: int, offset: int, count: bool
    ) -> tuple[str, int, int | None]:
        """Return the rows as a JSON array, their number, and with `count` the number of all rows that match."""
        require_table(connection, self.table)
        rows = self._rows()
        page = sql.SQL(
            "select coalesce(json_agg(page), '[]')::text, count(*) from ({rows}{order} limit {limit} offset {offset})"
            " as page"
        ).format(rows=rows, order=self._order(), limit=sql.Literal(limit), offset=sql.Literal(offset))
        found = connection.execute(page).fetchone()
        total = None
        if count:
            all_rows = connection.execute(sql.SQL("select count(*) from ({}) as counted").format(rows))
            total = int(str((all_rows.fetchone() or (0,))[0]))
        text, number = found or ("[]", 0)
        return str(text), int(str(number)), total

    def _rows(self) -> sql.Composed:
        columns = sql.SQL(", ").join(map(sql.Identifier, self.columns)) if self.columns else sql.SQL("*")
        statement = sql.SQL("select {} from public.{} as target").format(columns, sql.Identifier(self.table))
        return statement + conditions_of(self.filters)

    def _order(self) -> sql.Composable:
        if not self.order:
            return sql.SQL("")
        directions = {
            "asc": sql.SQL(" asc"),
            "desc": sql.SQL(" desc"),
            "nullsfirst": sql.SQL(" nulls first"),
            "nullslast": sql.SQL(" nulls last"),
        }
        keys = []
        for column, words in self.order:
            key: sql.Composable = sql.Identifier(column)
            for word in filter(None, words.split(".")):
                if word not in directions:
                    raise _unreadable("order", f"{column}.{words}")
                key += directions[word]
            keys.append(key)
        return sql.SQL(" order by ") + sql.SQL(", ").join(keys)


def read_of(table: str, query: dict[str, list[str]]) -> TableRead:
    """Return the read that a query string asks for. Raises RestProblem PGRST100 if it cannot be parsed."""
    selected = ",".join(query.get("select", [])) or "*"
    columns = [] if selected == "*" else [name.strip() for name in selected.split(",")]
    for name in columns:
        if not re.fullmatch(_NAME, name):
            raise _unreadable("select", selected)
    order = []
    for key in ",".join(query.get("order", [])).split(","):
        column, _, words = key.partition(".")
        if column:
            order.append((column, words))
    return TableRead(table, columns, filters_of(query), order)


def filters_of(query: dict[str, list[str]]) -> list[Filter]:
    """Return the filters in a query string. Raises RestProblem PGRST100 if they cannot be parsed."""
    return [_filter(column, text) for column, texts in query.items() if column not in _NOT_FILTERS for text in texts]


def conditions_of(filters: list[Filter]) -> sql.Composable:
    """Return the filters as a where clause on `target`; empty without filters."""
    conditions: list[sql.Composable] = []
    for column, negated, operator, value in filters:
        condition = _condition(column, operator, value)
        conditions.append(sql.SQL("not ({})").format(condition) if negated else condition)
    return sql.SQL(" where ") + sql.SQL(" and ").join(conditions) if conditions else sql.SQL("")


def require_table(connection: psycopg.Connection[tuple[object, ...]], table: str) -> None:
    """Raise RestProblem PGRST205 if there is no such table or view."""
    if not connection.execute(
        b"select from pg_catalog.pg_class where relnamespace = 'public'::regnamespace and relname = %s"
        b" and relkind in ('r', 'p', 'v', 'm', 'f')",
        [table],
    ).rowcount:
        raise RestProblem(404, "PGRST205", f"Could not find the table 'public.{table}' in the schema cache")


def _filter(column: str, text: str) -> Filter:
    negated = text.startswith("not.")
    operator, dot, value = text.removeprefix("not.").partition(".")
    if not dot or (operator not in _OPERATORS and operator not in ("is", "in")):
        raise _unreadable(column, text)
    return column, negated, operator, value


def _condition(column: str, operator: str, value: str) -> sql.Composable:
    name = sql.Identifier("target", column)
    if operator == "is":
        if value.lower() not in _IS:
            raise _unreadable(column, f"is.{value}")
        return sql.SQL(f"{{}} is {_IS[value.lower()]}").format(name)
    if operator == "in":
        items = [item.strip('"') for item in value.removeprefix("(").removesuffix(")").split(",")]
        # As literals of unknown type, so that PostgreSQL converts each to the type of its column.
        return sql.SQL("{} in ({})").format(name, sql.SQL(", ").join(map(sql.Literal, items)))
    if operator in ("like", "ilike"):
        value = value.replace("*", "%")
    return sql.SQL(f"{{}} {_OPERATORS[operator]} {{}}").format(name, sql.Literal(value))


def _unreadable(name: str, text: str) -> RestProblem:
    return RestProblem(400, "PGRST100", f'"failed to parse {name} ({text})" (line 1, column 1)')
