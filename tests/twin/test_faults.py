"""Each fault affects a real client like a bad connection or a failing server."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.twin.faults import (
    Fault,
    FaultPlan,
    bandwidth,
    captive_portal,
    cut,
    delay,
    empty,
    expire_token,
    gateway_page,
    html,
    stall,
    status,
)
from tests.twin.tokens import Tokens
from tests.twin.wire import BodyCut, HttpServer, Request, Response

TOKENS = Tokens("a secret of a test that is long enough")
SIZE = 300_000


class Store:
    """A handler that keeps what it was sent, as far as it came, and gives out a long body."""

    def __init__(self) -> None:
        self.kept: list[int] = []

    def __call__(self, request: Request) -> Response:
        """PUT, POST and PATCH keep, GET gives."""
        if request.method == "GET":
            blocks = (b"x" * 1000 for _ in range(SIZE // 1000))
            return Response(200, [("Content-Length", str(SIZE))], blocks)
        count = 0
        try:
            for block in request.stream():
                count += len(block)
        except BodyCut:
            self.kept.append(count)
            raise
        self.kept.append(count)
        return Response.json(200, {"kept": count})


@pytest.fixture
def store() -> Store:
    """The handler."""
    return Store()


@pytest.fixture
def running(store: Store) -> Iterator[HttpServer]:
    """A server with an empty plan."""
    with HttpServer(store) as server:
        yield server
    assert server.failures == []


@pytest.fixture
def plan(running: HttpServer) -> FaultPlan:
    """Its plan."""
    return running.faults


@pytest.fixture
def client(running: HttpServer) -> Iterator[httpx.Client]:
    """A client."""
    with httpx.Client(base_url=running.url, timeout=5, verify=False) as opened:
        yield opened


def put(
    client: httpx.Client, path: str = "/x", size: int = SIZE, headers: Mapping[str, str] | None = None
) -> httpx.Response:
    """Send so many bytes."""
    return client.put(path, content=b"x" * size, headers=headers)


def take_all(answer: httpx.Response, into: bytearray) -> None:
    """Keep what comes, however it ends."""
    for block in answer.iter_raw():
        into += block


def test_without_a_plan_nothing_happens(store: Store, plan: FaultPlan, client: httpx.Client) -> None:
    assert put(client).json() == {"kept": SIZE}
    assert len(client.get("/x").content) == SIZE
    assert [(r.method, r.status, r.received, r.sent) for r in plan.log] == [
        ("PUT", 200, SIZE, len('{"kept":300000}')),
        ("GET", 200, 0, SIZE),
    ]


@pytest.mark.parametrize("code", [401, 403, 404, 409, 410, 413, 423, 429, 500, 502, 503, 504, 544])
def test_a_status_answers_instead_of_the_service(
    store: Store, plan: FaultPlan, client: httpx.Client, code: int
) -> None:
    plan.add(Fault(status(code, {"message": "busy"}, retry_after=7)))
    answer = put(client)
    assert (answer.status_code, answer.json(), answer.headers["retry-after"]) == (code, {"message": "busy"}, "7")
    assert store.kept == []
    assert put(client).json() == {"kept": SIZE}


def test_a_status_may_come_when_the_work_is_done(store: Store, plan: FaultPlan, client: httpx.Client) -> None:
    plan.add(Fault(status(500, "sorry", headers={"X-Why": "y"}), phase="handled"))
    answer = put(client)
    assert (answer.status_code, answer.text, answer.headers["x-why"]) == (500, "sorry", "y")
    assert answer.headers["content-type"].startswith("text/plain")
    assert store.kept == [SIZE]


@pytest.mark.parametrize("after_bytes", [0, 1234, SIZE])
def test_a_status_may_come_in_the_middle_of_the_body(
    store: Store, plan: FaultPlan, client: httpx.Client, after_bytes: int
) -> None:
    plan.add(Fault(status(413, "too much"), phase="body", after_bytes=after_bytes))
    assert (put(client).status_code, store.kept) == (413, [after_bytes])
    assert put(client).status_code == 200


@pytest.mark.parametrize(
    ("action", "code", "kind", "begins"),
    [
        (gateway_page(), 502, "text/html; charset=utf-8", "<html>"),
        (captive_portal(), 200, "text/html; charset=utf-8", "<!doctype html>"),
        (html(504, "<b>slow</b>"), 504, "text/html; charset=utf-8", "<b>slow</b>"),
        (empty(), 200, None, ""),
        (empty(500), 500, None, ""),
    ],
)
def test_pages_and_nothing_at_all(
    store: Store, plan: FaultPlan, client: httpx.Client, action: Any, code: int, kind: str | None, begins: str
) -> None:
    plan.add(Fault(action))
    answer = client.post("/rest/v1/rpc/x", json={})
    assert (answer.status_code, answer.headers.get("content-type")) == (code, kind)
    assert answer.text.startswith(begins)
    assert bool(answer.text) == bool(begins)
    assert store.kept == []


@pytest.mark.parametrize(
    ("phase", "after_bytes", "kept"), [("before", 0, []), ("body", 0, [0]), ("body", 100_001, [100_001])]
)
def test_a_line_cut_before_or_in_the_body(
    store: Store, plan: FaultPlan, client: httpx.Client, phase: Any, after_bytes: int, kept: list[int]
) -> None:
    plan.add(Fault(cut(), phase=phase, after_bytes=after_bytes))
    with pytest.raises(httpx.TransportError):
        put(client)
    assert store.kept == kept
    assert plan.log[-1].status is None
    assert put(client).json() == {"kept": SIZE}


def test_a_line_cut_at_the_last_byte_of_the_body(store: Store, plan: FaultPlan, client: httpx.Client) -> None:
    plan.add(Fault(cut(), phase="body", after_bytes=SIZE))
    with pytest.raises(httpx.TransportError):
        put(client)
    assert store.kept == [SIZE]


def test_an_answer_lost_when_the_work_is_done(store: Store, plan: FaultPlan, client: httpx.Client) -> None:
    plan.add(Fault(cut(), phase="handled"))
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        put(client)
    assert store.kept == [SIZE]


@pytest.mark.parametrize("after_bytes", [0, 1, 123_456])
def test_an_answer_cut_in_the_middle(plan: FaultPlan, client: httpx.Client, after_bytes: int) -> None:
    plan.add(Fault(cut(), phase="answer", after_bytes=after_bytes))
    came = bytearray()
    with client.stream("GET", "/x") as answer, pytest.raises(httpx.RemoteProtocolError):
        take_all(answer, came)
    assert len(came) == after_bytes == plan.log[-1].sent
    assert plan.log[-1].status == 200


def test_a_delay_is_felt(plan: FaultPlan, client: httpx.Client) -> None:
    plan.add(Fault(delay(0.2)))
    with pytest.raises(httpx.ReadTimeout):
        client.get("/x", timeout=0.05)
    plan.add(Fault(delay(0.05), phase="answer", after_bytes=1000))
    started = time.monotonic()
    assert len(client.get("/x").content) == SIZE
    assert time.monotonic() - started >= 0.05


@pytest.mark.parametrize("phase", ["before", "body", "handled", "answer"])
def test_a_stall_holds_until_it_is_released(plan: FaultPlan, client: httpx.Client, phase: Any) -> None:
    planned = plan.add(Fault(stall(), phase=phase, after_bytes=0))
    answers: list[httpx.Response] = []
    asking = threading.Thread(target=lambda: answers.append(put(client, size=1000)))
    asking.start()
    plan.wait_for(lambda log: log)
    asking.join(0.1)
    assert asking.is_alive()

    planned.release()

    asking.join(5)
    assert answers[0].json() == {"kept": 1000}


def test_a_stall_ends_with_the_server(running: HttpServer, plan: FaultPlan, client: httpx.Client) -> None:
    plan.add(Fault(stall(), nth="every"))
    failed: list[httpx.HTTPError] = []

    def ask() -> None:
        try:
            put(client)
        except httpx.HTTPError as error:
            failed.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    plan.wait_for(lambda log: log)
    started = time.monotonic()
    running.stop(grace=5)
    asking.join()
    assert len(failed) == 1
    assert time.monotonic() - started < 4


def test_clear_releases_what_it_held(plan: FaultPlan, client: httpx.Client) -> None:
    plan.add(Fault(stall(), nth="every"))
    asking = threading.Thread(target=lambda: client.get("/x"))
    asking.start()
    plan.wait_for(lambda log: log)
    plan.clear()
    asking.join(5)
    assert not asking.is_alive()


def test_a_thin_line_takes_its_time(store: Store, plan: FaultPlan, client: httpx.Client) -> None:
    plan.add(Fault(bandwidth(up=200_000, down=400_000), nth="every"))
    started = time.monotonic()
    put(client, size=60_000)
    up = time.monotonic() - started
    got = 0
    with client.stream("GET", "/x") as answer:
        for block in answer.iter_raw(1000):
            got += len(block)
            if got >= 100_000:
                break
    down = time.monotonic() - started - up
    assert 0.28 <= up < 20
    assert 0.2 <= down < 20
    assert store.kept == [60_000]


def test_a_fault_strikes_the_nth_request_that_it_concerns(plan: FaultPlan, client: httpx.Client) -> None:
    planned = plan.add(Fault(status(503), method="PUT", path="^/storage/.*[.]wav$", nth=2, times=2))
    asked = [("PUT", "/storage/1.wav"), ("GET", "/storage/1.wav"), ("PUT", "/other/1.wav"), ("PUT", "/storage/1.mp3")]
    for method, path in [*asked, *[("PUT", "/storage/2.wav")] * 3]:
        client.request(method, path, content=b"x")
    assert [record.status for record in plan.log] == [200, 200, 200, 200, 503, 503, 200]
    assert (planned.seen, planned.hits) == (4, 2)
    assert plan.log[4].faults == ["status"]


def test_headers_choose_too(plan: FaultPlan, client: httpx.Client) -> None:
    plan.add(Fault(status(409), headers={"Upload-Offset": "^6291456$"}, nth="every"))
    plan.add(Fault(status(410), headers=lambda headers: "range" in headers, nth="every"))
    assert put(client, headers={"Upload-Offset": "0"}).status_code == 200
    assert put(client, headers={"Upload-Offset": "6291456"}).status_code == 409
    assert client.get("/x", headers={"Range": "bytes=0-1"}).status_code == 410


def test_several_faults_act_in_the_order_of_planning(store: Store, plan: FaultPlan, client: httpx.Client) -> None:
    plan.add(Fault(delay(0.01), nth="every"))
    plan.add(Fault(status(500), phase="handled"))
    first = plan.add(Fault(cut(), phase="body", after_bytes=10, nth=2))
    assert put(client).status_code == 500
    with pytest.raises(httpx.TransportError):
        put(client)
    plan.remove(first)
    assert put(client).status_code == 200
    assert store.kept == [SIZE, 10, SIZE]


def test_chance_follows_the_seed() -> None:
    def outcomes(seed: int) -> list[bool]:
        plan, request = FaultPlan(seed=seed), Request("GET", "/x")
        planned = plan.add(Fault(status(503), nth="every", chance=0.3))
        struck = [0]
        for _ in range(40):
            plan.begin(request, threading.Event())
            struck.append(planned.hits)
        return [after > before for before, after in itertools.pairwise(struck)]

    assert outcomes(1) == outcomes(1) != outcomes(2)
    assert 3 <= sum(outcomes(1)) <= 25


EXPIRED = [
    ("POST", "/rest/v1/rpc/sync_pull", 401, ("code", "PGRST303")),
    ("PATCH", "/storage/v1/upload/resumable/x", 400, ("statusCode", "403")),
    ("GET", "/storage/v1/object/authenticated/x", 400, ("message", '"exp" claim timestamp check failed')),
    ("GET", "/storage/v1/object/info/x", 400, ("code", "NoSuchBucket")),
    ("GET", "/storage/v1/object/info/authenticated/b/x", 400, ("statusCode", "403")),
    ("GET", "/auth/v1/user", 403, ("error_code", "bad_jwt")),
]


@pytest.mark.parametrize(("method", "path", "code", "field"), EXPIRED)
def test_an_expired_token_is_refused_in_each_services_own_way(
    plan: FaultPlan, client: httpx.Client, method: str, path: str, code: int, field: tuple[str, str]
) -> None:
    plan.add(Fault(expire_token()))
    answer = client.request(method, path, headers={"Authorization": f"Bearer {TOKENS.user('u')}"})
    assert (answer.status_code, answer.json()[field[0]]) == (code, field[1])


def test_a_token_expires_from_the_nth_chunk_until_a_fresh_one_comes(
    store: Store, plan: FaultPlan, client: httpx.Client
) -> None:
    plan.add(Fault(expire_token(), method="PATCH", nth=3))

    def ask(method: str, token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return client.request(method, "/storage/v1/upload/resumable/x", content=b"x", headers=headers).status_code

    old, fresh = TOKENS.user("u"), TOKENS.user("u", expires_in=7200)
    assert [ask("PATCH", old) for _ in range(5)] == [200, 200, 400, 400, 400]
    head = client.head("/storage/v1/upload/resumable/x", headers={"Authorization": f"Bearer {old}"})
    assert (head.status_code, head.content) == (400, b""), "everywhere, and without a body"
    assert [ask("PATCH", fresh), ask("HEAD", fresh), ask("PATCH", old)] == [200, 200, 400]


def test_an_expired_token_does_not_matter_where_it_is_not_checked(plan: FaultPlan, client: httpx.Client) -> None:
    plan.add(Fault(expire_token()))
    old = {"Authorization": f"Bearer {TOKENS.user('u')}"}
    assert client.get("/auth/v1/user", headers=old).status_code == 403
    assert client.post("/auth/v1/token?grant_type=refresh_token", headers=old).status_code == 200
    assert client.get("/storage/v1/object/sign/a/b.wav?token=x", headers=old).status_code == 200
    assert client.get("/auth/v1/user", headers=old).status_code == 403


def test_keys_and_requests_without_a_token_do_not_expire(plan: FaultPlan, client: httpx.Client) -> None:
    plan.add(Fault(expire_token(), nth="every"))
    for headers in ({}, {"Authorization": f"Bearer {TOKENS.anon()}"}, {"Authorization": "Bearer nonsense"}):
        assert client.get("/x", headers=headers).status_code == 200


def test_the_log_holds_no_token(plan: FaultPlan, client: httpx.Client) -> None:
    client.get("/storage/v1/object/sign/a/b.wav?token=ey.secret.x&download=1&apikey=secret")
    record = plan.log[0]
    assert (record.path, record.query) == ("/storage/v1/object/sign/a/b.wav", "token=…&download=1&apikey=…")
    assert "secret" not in repr(plan.log)


def test_waiting_for_what_does_not_come_says_what_came(plan: FaultPlan, client: httpx.Client) -> None:
    client.get("/x")
    with pytest.raises(TimeoutError, match="GET /x 200"):
        plan.wait_for(lambda log: len(log) > 1, timeout=0.05)


def test_a_plan_from_a_file(tmp_path: Path, store: Store) -> None:
    entries = [
        {"action": {"do": "status", "status": 429, "body": {"a": 1}, "retry_after": 3}, "method": "GET"},
        {"action": {"do": "captive_portal"}, "path": "/y", "nth": "every"},
        {"action": {"do": "bandwidth", "up": 1_000_000}, "nth": "every", "headers": {"x-slow": "1"}},
        {"action": {"do": "cut"}, "method": "PUT", "phase": "body", "after_bytes": 10},
        {"action": {"do": "auth", "code": "session_not_found"}, "path": "/user"},
    ]
    source = tmp_path / "faults.json"
    source.write_text(json.dumps(entries), encoding="utf-8")
    plan = FaultPlan.from_json(source)
    with HttpServer(store, plan) as server, httpx.Client(base_url=server.url) as client:
        assert client.get("/x").headers["retry-after"] == "3"
        assert client.get("/y").headers["content-type"].startswith("text/html")
        assert client.post("/auth/v1/user").headers["x-sb-error-code"] == "session_not_found"
        with pytest.raises(httpx.TransportError):
            put(client)
    assert store.kept == [10]


@pytest.mark.parametrize(
    "entry",
    [
        {"action": {"do": "explode"}},
        {"action": {"do": "auth", "code": "explode"}},
        {"action": {"do": "cut"}, "pth": "/x"},
        {"action": {"do": "delay"}},
        {},
    ],
)
def test_a_file_with_a_mistake_is_refused(tmp_path: Path, entry: dict[str, Any]) -> None:
    source = tmp_path / "faults.json"
    source.write_text(json.dumps([entry]), encoding="utf-8")
    with pytest.raises(ValueError, match="not a fault"):
        FaultPlan.from_json(source)
