"""Calls functions of the schema public as PostgREST does: by name, with named arguments."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from tests.twin.rest_errors import RestProblem

__all__ = ["Function", "arguments_of", "find_function"]

_HOISTED = ("statement_timeout",)

_FIND = b"""
select p.proname, p.provolatile::text, p.proretset, p.prorettype::regtype::text,
       t.typtype = 'c' or p.prorettype = 'record'::regtype or coalesce(p.proargmodes::text[] && '{t,b,o}', false),
       (p.proargnames)[1 : p.pronargs] is null and p.pronargs > 0,
       coalesce((
         select array_agg(name order by place)
         from unnest(p.proargnames, p.proargmodes) with ordinality as a(name, mode, place)
         where coalesce(mode, 'i') in ('i', 'b', 'v')
       ), '{}'),
       array(select format_type(type, null) from unnest(p.proargtypes::oid[]) with ordinality as a(type, place)
             order by place),
       p.pronargdefaults, coalesce(p.proconfig, '{}')
from pg_catalog.pg_proc p
join pg_catalog.pg_type t on t.oid = p.prorettype
where p.pronamespace = 'public'::regnamespace and p.proname = %s and p.prokind = 'f'
  and p.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype)
"""


@dataclass(frozen=True)
class Function:
    """One function: its arguments by name with their types, and what it gives."""

    name: str
    reads_only: bool
    is_set: bool
    is_void: bool
    gives_rows: bool
    arguments: dict[str, str]
    required: frozenset[str]
    settings: dict[str, str]

    def takes(self, given: Collection[str]) -> bool:
        """Tell whether the function can be called with exactly these names."""
        return self.required <= set(given) <= set(self.arguments)

    def call(self, given: Collection[str], *, limit: int, offset: int) -> sql.Composed:
        """Return the statement that calls it with one JSON object, and gives one row with the answer's JSON."""
        named = [name for name in self.arguments if name in given]
        arguments = sql.SQL(", ").join(
            sql.SQL("{} := arguments.{}").format(sql.Identifier(name), sql.Identifier(name)) for name in named
        )
        call = sql.SQL("public.{}({})").format(sql.Identifier(self.name), arguments)
        source = self._source(named)
        if self.is_void:
            return sql.SQL("select {} from {}").format(call, source)
        if not self.is_set:
            return sql.SQL("select coalesce(to_json({})::text, 'null') from {}").format(call, source)
        item = sql.SQL("row_to_json(answer)" if self.gives_rows else "answer.value")
        alias = sql.SQL("answer" if self.gives_rows else "answer(value)")
        if self.gives_rows:  # a row is returned whole, even with one column
            call = sql.SQL("(select * from {})").format(call)
        return sql.SQL(
            "select coalesce(json_agg(item), '[]')::text, count(*) from"
            " (select {item} as item from {source}, lateral {call} as {alias} limit {limit} offset {offset}) as page"
        ).format(item=item, source=source, call=call, alias=alias, limit=sql.Literal(limit), offset=sql.Literal(offset))

    def _source(self, named: list[str]) -> sql.Composed:
        """Return the caller's JSON as one row with the arguments' types, so that a wrong type is the caller's error."""
        if not named:
            return sql.SQL("(select %s::json) as arguments").format()
        columns = sql.SQL(", ").join(
            # PostgreSQL's own name of the type, quoted where necessary.
            sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(self.arguments[name]))
            for name in named
        )
        return sql.SQL("json_to_record(%s::json) as arguments({})").format(columns)


def find_function(connection: psycopg.Connection[Any], name: str, given: Collection[str]) -> Function:
    """The one function of this name that takes these arguments.

    Raises RestProblem: PGRST202 where there is none, PGRST203 where there are several.
    """
    fitting = [function for function in _named(connection, name) if function.takes(given)]
    if not fitting:
        raise _not_found(name, given)
    if len(fitting) > 1:
        signatures = ", ".join(_signature(function) for function in fitting)
        raise RestProblem(
            300,
            "PGRST203",
            f"Could not choose the best candidate function between: {signatures}",
            hint="Try renaming the parameters or the function itself in the database so function overloading"
            " can be resolved",
        )
    return fitting[0]


def _named(connection: psycopg.Connection[Any], name: str) -> list[Function]:
    found = []
    for row in connection.execute(_FIND, [name]):
        own, volatility, is_set, gives, gives_rows, unnamed, names, types, defaults, config = row
        if unnamed or "" in names:
            continue
        settings = dict(entry.split("=", 1) for entry in config)
        found.append(
            Function(
                name=own,
                reads_only=volatility in ("s", "i"),
                is_set=is_set,
                is_void=gives == "void",
                gives_rows=gives_rows,
                arguments=dict(zip(names, types, strict=True)),
                required=frozenset(names[: len(names) - defaults]),
                settings={key: value for key, value in settings.items() if key in _HOISTED},
            )
        )
    return found


def _not_found(name: str, given: Collection[str]) -> RestProblem:
    wanted = ", ".join(given)
    if not given:
        called, searched = f"public.{name} without parameters", "without parameters"
    else:
        called = f"public.{name}({wanted})"
        searched = f"with parameter{'s' if len(given) > 1 else ''} {wanted}"
    return RestProblem(
        404,
        "PGRST202",
        f"Could not find the function {called} in the schema cache",
        details=f"Searched for the function public.{name} {searched} or with a single unnamed json/jsonb parameter,"
        " but no matches were found in the schema cache.",
    )


def _signature(function: Function) -> str:
    arguments = ", ".join(f"{name} => {kind}" for name, kind in function.arguments.items())
    return f"public.{function.name}({arguments})"


def arguments_of(body: bytes) -> tuple[str, list[str]]:
    """The JSON text in a request's body and the arguments it names.

    Raises RestProblem PGRST102 for anything but a JSON object.
    """
    try:
        text = body.decode("utf-8").strip() or "{}"
        given = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise RestProblem(400, "PGRST102", "Empty or invalid json")
    return text, list(given)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
