"""The stand-in's PostgREST: functions and tables of the schema public, with the caller's role and claims."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import psycopg

from tests.twin.connection_pool import ConnectionPool, PoolTimeout
from tests.twin.database_session import enter, request_settings
from tests.twin.databases import Connection, Database, limits_of
from tests.twin.gateway import refusal
from tests.twin.rest_errors import RestProblem, problem_of
from tests.twin.rest_functions import Function, arguments_of, find_function
from tests.twin.rest_tables import read_of
from tests.twin.rest_writes import write
from tests.twin.tokens import TokenError, Tokens
from tests.twin.wire_messages import Request, Response

__all__ = ["RestService"]

_ONE_OBJECT = "application/vnd.pgrst.object+json"
_RESERVED = frozenset({"select", "order", "limit", "offset", "apikey"})
_EXPOSED = ("public", "graphql_public")
_JSON = ("Content-Type", "application/json; charset=utf-8")


class RestService:
    """Answers what is below /rest/v1."""

    def __init__(self, database: Database, tokens: Tokens, *, pool_size: int = 20) -> None:
        """Serve `database` to whoever has a token of `tokens`, with at most `pool_size` connections."""
        self.database = database
        self.tokens = tokens
        self.max_rows = 1000
        self._pool = ConnectionPool(lambda: database.open("authenticator"), size=lambda: pool_size)

    def handle(self, request: Request, path: str) -> Response:
        """Answer one request; `path` is the part of the path behind /rest/v1."""
        if refused := refusal(request, self.tokens):
            return refused
        anonymous = True
        try:
            claims = self._claims(request)
            anonymous = claims["role"] == "anon"
            _refuse_other_schemas(request)
            return self._route(request, unquote(path.strip("/")), claims)
        except RestProblem as problem:
            return problem.response()
        except (psycopg.Error, PoolTimeout) as error:
            return problem_of(error, anonymous=anonymous).response()

    def close(self) -> None:
        """Close the connections to the database."""
        self._pool.close()

    def _route(self, request: Request, path: str, claims: Mapping[str, Any]) -> Response:
        if not path:
            return Response.json(200, {"swagger": "2.0", "info": {"title": "standard public schema"}})
        if path.startswith("rpc/"):
            if request.method not in ("POST", "GET", "HEAD"):
                raise RestProblem(405, "PGRST101", "Cannot use the " + request.method + " method on RPC")
            return self._call(request, path.removeprefix("rpc/"), claims)
        if "/" in path:
            raise RestProblem(404, "PGRST125", "Invalid path specified in request URL")
        if request.method in ("POST", "PATCH", "DELETE"):
            return self._write(request, path, claims)
        if request.method not in ("GET", "HEAD"):
            raise RestProblem(405, "PGRST117", f"Unsupported HTTP method: {request.method}")
        return self._read(request, path, claims)

    def _claims(self, request: Request) -> dict[str, Any]:
        header = request.headers.get("authorization", "")
        if not header.lower().startswith("bearer"):
            return {"role": "anon"}
        token = header[len("bearer") :].strip()
        if not token:
            raise RestProblem(401, "PGRST301", "Empty JWT is sent in Authorization header")
        try:
            claims = self.tokens.read(token)
        except TokenError as error:
            raise _token_problem(error.code, token) from None
        return {**claims, "role": claims.get("role") or "anon"}

    def _call(self, request: Request, name: str, claims: Mapping[str, Any]) -> Response:
        if request.method == "POST":
            text, given = arguments_of(request.read())
        else:
            named = {key: values[-1] for key, values in request.query.items() if key not in _RESERVED}
            text, given = json.dumps(named), list(named)
        limit, offset, _ = self._window(request)
        with self._pool.transaction() as connection:
            function = find_function(connection, name, given)
            self._begin(connection, request, claims, f"/rpc/{name}", function=function)
            statement = function.call(given, limit=limit, offset=offset)
            row = connection.execute(statement, [text]).fetchone()
        if function.is_void:
            return Response(204)
        assert row is not None
        if function.is_set:
            return self._rows(request, str(row[0]), int(row[1]), offset, None)
        return Response(200, [_JSON], str(row[0]).encode() if request.method != "HEAD" else b"")

    def _read(self, request: Request, table: str, claims: Mapping[str, Any]) -> Response:
        read = read_of(table, request.query)
        limit, offset, count = self._window(request)
        with self._pool.transaction() as connection:
            self._begin(connection, request, claims, f"/{table}")
            text, number, total = read.run(connection, limit=limit, offset=offset, count=count)
        return self._rows(request, text, number, offset, total)

    def _write(self, request: Request, table: str, claims: Mapping[str, Any]) -> Response:
        body = request.read()
        with self._pool.transaction() as connection:
            self._begin(connection, request, claims, f"/{table}")
            text = write(connection, table, request, body)
        status = 201 if request.method == "POST" else 200 if text else 204
        return Response(status, [_JSON] if text else [], text.encode())

    def _begin(
        self,
        connection: Connection,
        request: Request,
        claims: Mapping[str, Any],
        path: str,
        *,
        function: Function | None = None,
    ) -> None:
        """Begin a transaction under the caller's role; it is read-only if the request or the function only reads."""
        connection.commit()
        if request.method in ("GET", "HEAD") or (function is not None and function.reads_only):
            connection.execute(b"set transaction read only")
        settings = request_settings(claims, headers=request.headers, method=request.method, path=path)
        limits = limits_of(connection, str(claims["role"]))
        hoisted = function.settings if function is not None else {}
        everybody = {"search_path": '"public", "extensions"'}
        enter(connection, str(claims["role"]), {**everybody, **settings, **limits, **hoisted})

    def _window(self, request: Request) -> tuple[int, int, bool]:
        """Return limit and offset of the rows, and whether to count all of them."""
        wanted = self.max_rows
        offset = 0
        ranged = re.fullmatch(r"(?:items=)?(\d+)-(\d*)", request.headers.get("range", ""))
        if ranged and request.method in ("GET", "HEAD"):
            offset = int(ranged[1])
            if ranged[2]:
                wanted = int(ranged[2]) - offset + 1
        try:
            wanted = int(request.first("limit") or wanted)
            offset = int(request.first("offset") or offset)
        except ValueError:
            raise RestProblem(400, "PGRST100", "failed to parse limit or offset") from None
        if wanted < 0 or offset < 0:
            raise RestProblem(416, "PGRST103", "Requested range not satisfiable", details="Limit should be positive.")
        return min(wanted, self.max_rows), offset, "count=exact" in request.headers.get("prefer", "")

    def _rows(self, request: Request, text: str, number: int, offset: int, total: int | None) -> Response:
        if _ONE_OBJECT in request.headers.get("accept", ""):
            if number != 1:
                raise RestProblem(
                    406,
                    "PGRST116",
                    "Cannot coerce the result to a single JSON object",
                    details=f"The result contains {number} rows",
                )
            return Response(200, [("Content-Type", f"{_ONE_OBJECT}; charset=utf-8")], text.strip()[1:-1].encode())
        place = f"{offset}-{offset + number - 1}" if number else "*"
        headers = [_JSON, ("Content-Range", f"{place}/{'*' if total is None else total}")]
        status = 206 if total is not None and number < total else 200
        return Response(status, headers, b"" if request.method == "HEAD" else text.encode())


def _refuse_other_schemas(request: Request) -> None:
    profile = request.headers.get("accept-profile" if request.method in ("GET", "HEAD") else "content-profile")
    if profile is not None and profile not in _EXPOSED:
        hint = f"Only the following schemas are exposed: {', '.join(_EXPOSED)}"
        raise RestProblem(406, "PGRST106", f"Invalid schema: {profile}", hint=hint)


def _token_problem(code: str, token: str) -> RestProblem:
    if code == "expired":
        return RestProblem(401, "PGRST303", "JWT expired")
    if code == "signature":
        return RestProblem(401, "PGRST301", "No suitable key or wrong key type")
    parts = token.count(".") + 1
    if parts != 3:
        return RestProblem(401, "PGRST301", f"Expected 3 parts in JWT; got {parts}")
    return RestProblem(401, "PGRST301", "JWT could not be decoded")
