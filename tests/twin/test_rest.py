"""PostgREST's answers: functions, reads, limits and errors, also through the official client."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from postgrest import SyncPostgrestClient
from postgrest.exceptions import APIError
from postgrest.types import CountMethod

from tests.twin.databases import Database
from tests.twin.rest import RestService
from tests.twin.tokens import Tokens
from tests.twin.wire import HttpServer, Request, Response

pytestmark = pytest.mark.slow  # the file as a whole

SCHEMA = b"""
create table public.things (id int primary key, name text, owner uuid default auth.uid(), done boolean default false);
alter table public.things enable row level security;
create policy own on public.things for all to authenticated using (owner = auth.uid());
grant select, insert on public.things to authenticated;
revoke all on public.things from anon;
create schema hidden;
create table hidden.secrets (word text);

create function public.who() returns jsonb language sql stable as $$
  select jsonb_build_object('uid', auth.uid(), 'role', current_user, 'method', current_setting('request.method'),
    'path', current_setting('request.path'), 'agent', current_setting('request.headers')::json ->> 'user-agent',
    'limit', current_setting('statement_timeout'))
$$;
create function public.add(first integer, second integer default 10) returns integer language sql as $$
  select first + second
$$;
create function public.kinds(id uuid, list uuid[], doc jsonb, at timestamptz default null, "limit" int default 1)
returns text language sql as $$
  select concat_ws(' ', id, list, doc, "limit", jsonb_typeof(doc))
$$;
create function public.numbers(upto integer) returns setof integer language sql as $$
  select generate_series(1, upto)
$$;
create function public.pairs(upto integer) returns table (number integer, double integer) language sql as $$
  select n, 2 * n from generate_series(1, upto) as n
$$;
create function public.singles(upto integer) returns table (number integer) language sql as $$
  select n from generate_series(1, upto) as n
$$;
create function public.one_thing() returns public.things language sql as $$
  select 1, 'a thing', null::uuid, true
$$;
create function public.nothing() returns void language sql as 'select 1';
create function public.null_text() returns text language sql as 'select null::text';
create function public.add_thing(id integer, name text) returns void language sql as $$
  insert into public.things (id, name) values (add_thing.id, add_thing.name)
$$;
create function public.add_thing_stable(id integer) returns void language sql stable as $$
  select public.add_thing(add_thing_stable.id, 'by a function that says it only reads')
$$;
create function public.fail(state text, detail text default 'the detail') returns void language plpgsql as $$
begin
  raise exception 'it failed' using errcode = state, detail = detail, hint = 'the hint';
end
$$;
create function public.wait(seconds float) returns text language plpgsql as $$
begin
  perform pg_sleep(seconds);
  return current_setting('statement_timeout');
end
$$;
alter function public.wait(float) set statement_timeout = '150ms';
create function public.either(a integer) returns text language sql as $$ select 'a' $$;
create function public.either(b text) returns text language sql as $$ select 'b' $$;
create function public.same(a integer) returns text language sql as $$ select 'number' $$;
create function public.same(a text) returns text language sql as $$ select 'text' $$;
create function public.on_change() returns trigger language plpgsql as 'begin return new; end';
create function public.for_users() returns text language sql as $$ select 'hello' $$;
revoke execute on function public.for_users() from public, anon;
"""


@dataclass
class House:
    """The service behind a server, with one user and ways to ask it."""

    database: Database
    tokens: Tokens
    url: str
    user: UUID
    http: httpx.Client

    def headers(self, token: str | None = "user") -> dict[str, str]:
        """What every call carries; `token` is "user", None (the key alone) or one of its own."""
        headers = {"apikey": self.tokens.anon()}
        if token is not None:
            given = self.tokens.user(self.user, "author@example.org") if token == "user" else token
            headers["Authorization"] = f"Bearer {given}"
        return headers

    def call(self, name: str, body: Any = None, token: str | None = "user", **headers: str) -> httpx.Response:
        """POST rpc/{name} with a JSON body, or with bytes as they are."""
        content = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
        return self.http.post(f"{self.url}/rpc/{name}", content=content, headers=self.headers(token) | headers)

    def get(self, path: str, token: str | None = "user", **headers: str) -> httpx.Response:
        """GET {path}."""
        return self.http.get(f"{self.url}/{path}", headers=self.headers(token) | headers)

    def client(self) -> SyncPostgrestClient:
        """The official client, as AudioDesk makes it."""
        return SyncPostgrestClient(self.url, headers=self.headers(), http_client=self.http, retry_enabled=False)


@pytest.fixture
def house(bare_server: Database) -> Iterator[House]:
    with bare_server.connect() as connection:
        connection.execute(SCHEMA)
    tokens = Tokens("a secret of thirty-two characters")
    service = RestService(bare_server, tokens)

    def handle(request: Request) -> Response:
        return service.handle(request, request.path.removeprefix("/rest/v1"))

    with HttpServer(handle) as server, httpx.Client(timeout=10) as http:
        yield House(bare_server, tokens, f"{server.url}/rest/v1", bare_server.add_user(), http)
    service.close()
    assert server.failures == []


def error_of(answer: httpx.Response) -> tuple[int, str]:
    """Status and code; the body has exactly PostgREST's four fields."""
    body = answer.json()
    assert set(body) == {"code", "message", "details", "hint"}
    return answer.status_code, body["code"]


def test_a_call_runs_as_the_caller(house: House) -> None:
    answer = house.call("who", **{"User-Agent": "tests"})
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.json() == {
        "uid": str(house.user),
        "role": "authenticated",
        "method": "POST",
        "path": "/rpc/who",
        "agent": "tests",
        "limit": "8s",
    }


def test_without_a_token_a_call_runs_as_anon(house: House) -> None:
    answer = house.call("who", token=None).json()
    assert (answer["uid"], answer["role"], answer["limit"]) == (None, "anon", "3s")
    assert house.call("who", token=house.tokens.anon()).json()["role"] == "anon"
    assert house.call("who", token=house.tokens.service()).json()["role"] == "service_role"


def test_callers_do_not_see_each_other_on_one_connection(house: House) -> None:
    for _ in range(3):
        assert house.call("who").json()["uid"] == str(house.user)
        assert house.call("who", token=None).json()["uid"] is None


@pytest.mark.parametrize(
    ("name", "arguments", "result"),
    [
        ("add", {"first": 1}, 11),
        ("add", {"first": 1, "second": 2}, 3),
        ("add", {"first": "1", "second": "2"}, 3),
        ("add", {"first": None}, None),
        ("numbers", {"upto": 3}, [1, 2, 3]),
        ("numbers", {"upto": 0}, []),
        ("pairs", {"upto": 2}, [{"number": 1, "double": 2}, {"number": 2, "double": 4}]),
        ("singles", {"upto": 2}, [{"number": 1}, {"number": 2}]),
        ("one_thing", {}, {"id": 1, "name": "a thing", "owner": None, "done": True}),
        ("null_text", {}, None),
        ("either", {"a": 1}, "a"),
        ("either", {"b": 1}, "b"),
    ],
)
def test_results(house: House, name: str, arguments: dict[str, Any], result: Any) -> None:
    answer = house.call(name, arguments)
    assert (answer.status_code, answer.json()) == (200, result)


def test_values_become_what_the_arguments_are(house: House) -> None:
    one = "11111111-1111-4111-8111-111111111111"
    answer = house.call("kinds", {"id": one.upper(), "list": [one, one], "doc": {"a": [1, None]}, "limit": 5})
    assert answer.json() == f'{one} {{{one},{one}}} {{"a": [1, null]}} 5 object'
    assert error_of(house.call("kinds", {"id": "no", "list": [], "doc": {}})) == (400, "22P02")
    assert error_of(house.call("kinds", {"id": one, "list": "no", "doc": {}})) == (400, "22P02")
    assert error_of(house.call("kinds", {"id": one, "list": [], "doc": "\0"})) == (400, "22P05")


def test_nothing_is_no_content(house: House) -> None:
    answer = house.call("nothing")
    assert (answer.status_code, answer.content) == (204, b"")


def test_at_most_1000_rows(house: House) -> None:
    assert len(house.call("numbers", {"upto": 5000}).json()) == 1000
    assert house.call("numbers?offset=3&limit=2", {"upto": 5000}).json() == [4, 5]


def test_what_is_not_there_is_not_found(house: House) -> None:
    answer = house.call("no_such", {"a": 1, "b": 2})
    assert error_of(answer) == (404, "PGRST202")
    assert answer.json()["message"] == "Could not find the function public.no_such(a, b) in the schema cache"
    assert "without parameters" in house.call("no_such").json()["message"]
    assert error_of(house.call("add", {"first": 1, "third": 3})) == (404, "PGRST202")
    assert error_of(house.call("add")) == (404, "PGRST202")
    assert error_of(house.call("on_change")) == (404, "PGRST202")
    assert error_of(house.call("pg_sleep", {"seconds": 1})) == (404, "PGRST202")
    assert error_of(house.call("same", {"a": 1})) == (300, "PGRST203")
    assert error_of(house.get("no_such")) == (404, "PGRST205")
    assert error_of(house.get("secrets")) == (404, "PGRST205")
    assert error_of(house.get("things?no_such=eq.1")) == (400, "42703")


@pytest.mark.parametrize("body", [b"{", b"[]", b'"text"', b"{'a': 1}", b'{"first": NaN}', b"\xff", b'{"first": 1}}'])
def test_what_is_not_a_json_object_is_refused(house: House, body: bytes) -> None:
    assert error_of(house.call("add", body)) == (400, "PGRST102")


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("P0001", 400),
        ("42501", 403),
        ("23505", 409),
        ("23503", 409),
        ("22023", 400),
        ("40001", 500),
        ("40P01", 500),
        ("53300", 503),
        ("54000", 500),
        ("55P03", 500),
        ("57014", 500),
        ("PT413", 413),
        ("PT402", 402),
    ],
)
def test_an_error_state_becomes_a_status(house: House, state: str, status: int) -> None:
    answer = house.call("fail", {"state": state})
    assert answer.status_code == status
    assert answer.json() == {"code": state, "message": "it failed", "details": "the detail", "hint": "the hint"}


def test_anon_is_told_to_sign_in(house: House) -> None:
    assert error_of(house.call("for_users", token=None)) == (401, "42501")
    assert house.call("for_users").json() == "hello"
    assert error_of(house.call("fail", {"state": "42501"}, token=None)) == (401, "42501")


def test_tokens_that_are_not_believed(house: House) -> None:
    expired = house.tokens.user(house.user, expires_in=-1)
    answer = house.call("who", token=expired)
    assert error_of(answer) == (401, "PGRST303")
    assert answer.json()["message"] == "JWT expired"
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token", error_description="JWT expired"'
    strange = Tokens("another secret of some forty characters").user(house.user)
    assert error_of(house.call("who", token=strange)) == (401, "PGRST301")
    assert house.call("who", token="nonsense").json()["message"] == "Expected 3 parts in JWT; got 1"
    assert error_of(house.call("who", token="a.b.c")) == (401, "PGRST301")
    nobody = house.tokens.user(house.user, role="no_such_role")
    assert error_of(house.call("who", token=nobody)) == (401, "22023")
    postgres = house.tokens.user(house.user, role="postgres")
    assert error_of(house.call("who", token=postgres)) == (403, "42501")


def test_the_gateway_wants_a_key(house: House) -> None:
    answer = house.http.post(f"{house.url}/rpc/who", json={})
    assert (answer.status_code, answer.json()["message"]) == (401, "No API key found in request")
    answer = house.http.post(f"{house.url}/rpc/who", json={}, headers={"apikey": "wrong"})
    assert (answer.status_code, answer.json()["message"]) == (401, "Invalid API key")


def test_other_schemas_are_not_exposed(house: House) -> None:
    assert error_of(house.get("secrets", **{"Accept-Profile": "hidden"})) == (406, "PGRST106")
    assert error_of(house.call("who", **{"Content-Profile": "auth"})) == (406, "PGRST106")


def test_reading_functions_cannot_write(house: House) -> None:
    assert house.call("add_thing", {"id": 1, "name": "one"}).status_code == 204
    assert error_of(house.call("add_thing_stable", {"id": 2})) == (405, "25006")
    assert error_of(house.get("rpc/add_thing?id=3&name=x")) == (405, "25006")
    assert house.get("rpc/add?first=3").json() == 13
    assert house.get("things").json() == [{"id": 1, "name": "one", "owner": str(house.user), "done": False}]


def test_a_failed_call_leaves_nothing(house: House) -> None:
    assert house.call("add_thing", {"id": 1, "name": "one"}).status_code == 204
    assert error_of(house.call("add_thing", {"id": 1, "name": "again"})) == (409, "23505")
    assert house.get("things?select=name").json() == [{"name": "one"}]


def test_time_is_limited(house: House) -> None:
    answer = house.call("wait", {"seconds": 5})
    assert error_of(answer) == (500, "57014")
    assert answer.json()["message"] == "canceling statement due to statement timeout"
    assert house.call("wait", {"seconds": 0}).json() == "150ms"


def test_reads_filter_order_and_count(house: House) -> None:
    for number, name in enumerate(["b", "a", None, 'x"y']):
        house.call("add_thing", {"id": number, "name": name})
    assert house.get("things?select=id,name&name=eq.a").json() == [{"id": 1, "name": "a"}]
    assert house.get("things?select=id&order=name.desc.nullslast,id").json() == [
        {"id": number} for number in (3, 0, 1, 2)
    ]
    assert house.get("things?select=id&name=is.null").json() == [{"id": 2}]
    assert house.get("things?select=id&name=not.is.null&id=lt.2&order=id").json() == [{"id": 0}, {"id": 1}]
    assert house.get("things?select=id&id=in.(1,3)&order=id").json() == [{"id": 1}, {"id": 3}]
    counted = house.get("things?select=id&order=id&limit=2&offset=1", Prefer="count=exact")
    assert (counted.status_code, counted.json()) == (206, [{"id": 1}, {"id": 2}])
    assert counted.headers["content-range"] == "1-2/4"
    assert house.get("things?select=id&order=id", Range="2-3").json() == [{"id": 2}, {"id": 3}]
    assert error_of(house.get("things?id=nonsense.1")) == (400, "PGRST100")
    assert error_of(house.get("things?limit=x")) == (400, "PGRST100")
    assert error_of(house.get("things", Accept="application/vnd.pgrst.object+json")) == (406, "PGRST116")
    assert house.get("things?owner=eq." + str(house.user), token=house.tokens.user(UUID(int=0))).json() == []
    assert error_of(house.get("things", token=None)) == (401, "42501")


def test_writes_of_tables_are_decided_by_rights_and_policies(house: House) -> None:
    def ask(method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return house.http.request(method, f"{house.url}/{path}", json=body, headers=house.headers() | headers)

    wanted = {"Prefer": "return=representation"}
    row = {"id": 1, "name": "one", "owner": str(house.user), "done": False}
    assert ask("POST", "things", {"id": 1, "name": "one"}, **wanted).json() == [row]
    assert ask("POST", "things", [{"id": 2, "name": "two"}, {"id": 3, "name": None}]).status_code == 201
    assert error_of(ask("POST", "things", {"id": 1})) == (409, "23505")
    assert error_of(ask("POST", "things", {"id": 9, "owner": str(UUID(int=0))})) == (403, "42501")
    assert error_of(ask("POST", "things", [{"id": 4}, {"name": "x"}])) == (400, "PGRST102")
    assert error_of(ask("POST", "no_such", {"id": 1})) == (404, "PGRST205")
    with house.database.connect() as connection:
        connection.execute(b"revoke update, delete on public.things from authenticated")
    assert error_of(ask("PATCH", "things?id=eq.1", {"name": "x"})) == (403, "42501")
    assert error_of(ask("DELETE", "things?id=eq.1")) == (403, "42501")
    with house.database.connect() as connection:
        connection.execute(b"grant update, delete on public.things to authenticated")
    assert ask("PATCH", "things?id=eq.1", {"name": "x", "done": True}, **wanted).json() == [
        {**row, "name": "x", "done": True}
    ]
    assert error_of(ask("PATCH", "things", {"name": "x"})) == (400, "21000")
    assert ask("DELETE", "things?id=gt.1").status_code == 204
    assert [found["id"] for found in house.get("things").json()] == [1]
    assert error_of(ask("PUT", "things", {"id": 1})) == (405, "PGRST117")


def test_many_at_once(house: House) -> None:
    answers: list[Any] = []

    def ask(number: int) -> None:
        answers.append(house.call("add", {"first": number}).json() - number)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [10] * 40


def test_a_database_that_is_gone_is_an_error_in_json(house: House, postgres_server: Any) -> None:
    assert house.call("who").status_code == 200
    postgres_server.drop(house.database)
    first, second = house.call("who"), house.call("who")
    assert first.status_code == 503
    assert error_of(second)[0] == 503


def test_the_official_client_calls_and_reads(house: House) -> None:
    client = house.client()

    def call(function: str, **arguments: Any) -> Any:
        return client.rpc(function, arguments).execute().data

    assert call("add", first=1) == 11
    assert call("numbers", upto=3) == [1, 2, 3]
    call("add_thing", id=7, name="seven")
    read = client.table("things").select("id,name", count=CountMethod.exact).eq("id", 7).execute()
    assert (read.data, read.count) == ([{"id": 7, "name": "seven"}], 1)
    assert client.table("things").select("name").eq("id", 7).single().execute().data == {"name": "seven"}
    assert client.table("things").select("*").order("id", desc=True).range(5, 9).execute().data == []
    with pytest.raises(APIError) as caught:
        call("fail", state="PT413")
    assert (caught.value.code, caught.value.message, caught.value.hint) == ("PT413", "it failed", "the hint")
    with pytest.raises(APIError) as caught:
        call("no_such")
    assert caught.value.code == "PGRST202"
