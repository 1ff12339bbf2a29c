"""The stand-in's HTTP server: bodies on demand, keep-alive, refused bodies, and a stop that leaves nothing behind."""

from __future__ import annotations

import socket
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing

import httpx
import pytest

from tests.twin.wire import BodyCut, HttpServer, Request, Response

pytestmark = pytest.mark.slow

BLOCK = bytes(range(256)) * 256


class Blocks:
    """A body that must be closed, like an open file."""

    def __init__(self, count: int, closed: threading.Event) -> None:
        self.left = count
        self.closed = closed

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if not self.left:
            raise StopIteration
        self.left -= 1
        return BLOCK

    def close(self) -> None:
        """The reader is gone."""
        self.closed.set()


class Echo:
    """Answers by path; remembers what it saw."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.cut: list[int] = []
        self.entered = threading.Event()
        self.leave = threading.Event()
        self.closed = threading.Event()

    def __call__(self, request: Request) -> Response:
        """The handler."""
        answer: Callable[[Request], Response] = getattr(self, request.path.strip("/") or "root")
        return answer(request)

    def root(self, request: Request) -> Response:
        """What the request was."""
        seen = {"method": request.method, "query": request.query, "agent": request.headers.get("x-agent")}
        return Response.json(200, seen)

    def take(self, request: Request) -> Response:
        """Read all, or what came before the line was cut."""
        body = bytearray()
        try:
            for block in request.stream():
                body += block
        except BodyCut:
            self.cut.append(len(body))
            raise
        finally:
            self.bodies.append(bytes(body))
        return Response.json(200, len(body))

    def count(self, request: Request) -> Response:
        """Read all and keep nothing."""
        return Response.json(200, sum(len(block) for block in request.stream()))

    def some(self, request: Request) -> Response:
        """Read in pieces of odd sizes."""
        pieces = [request.read(3), request.read(4), request.read(0), request.read(), request.read(5)]
        return Response.json(200, [piece.decode() for piece in pieces])

    def ignore(self, request: Request) -> Response:
        """Answer without reading."""
        return Response.json(400, {"refused": True})

    def refuse(self, request: Request) -> Response:
        """Answer without reading, as the storage server refuses a standard upload."""
        return Response(400, [], b"refused", drain_rest=False)

    def big(self, request: Request) -> Response:
        """A long body whose length is known."""
        count = int(request.first("blocks") or 1)
        return Response(200, [("Content-Length", str(count * len(BLOCK)))], Blocks(count, self.closed))

    def chunked(self, request: Request) -> Response:
        """A body of unknown length."""
        return Response(200, [], Blocks(3, self.closed))

    def nothing(self, request: Request) -> Response:
        """204."""
        return Response(204, [("Upload-Offset", "5")])

    def last(self, request: Request) -> Response:
        """An answer that ends the connection."""
        return Response(200, [("Connection", "close")], b"bye")

    def fail(self, request: Request) -> Response:
        """A fault of the handler's own."""
        raise RuntimeError("on purpose")

    def wait(self, request: Request) -> Response:
        """Stay until told."""
        self.entered.set()
        assert self.leave.wait(10)
        return Response.text(200, "late")

    def slow(self, request: Request) -> Response:
        """Read a little, stay until told, read the rest."""
        taken = len(request.read(10))
        self.entered.set()
        assert self.leave.wait(10)
        try:
            for block in request.stream():
                taken += len(block)
        finally:
            self.cut.append(taken)
        return Response(204)


@pytest.fixture
def echo() -> Echo:
    """The handler."""
    return Echo()


@pytest.fixture
def running(echo: Echo) -> Iterator[HttpServer]:
    """A server with it; at the end nothing of it is left."""
    server = HttpServer(echo)
    server.start()
    yield server
    echo.leave.set()
    server.stop()
    assert threads_of(server) == []


@pytest.fixture
def client(running: HttpServer) -> Iterator[httpx.Client]:
    """A client with one connection, so that what happened to it shows."""
    limits = httpx.Limits(max_connections=1)
    with httpx.Client(base_url=running.url, timeout=5, limits=limits, verify=False) as opened:
        yield opened


def threads_of(server: HttpServer) -> list[str]:
    """The names of the server's living threads."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("twin-")]


def raw(server: HttpServer, data: bytes) -> bytes:
    """Send bytes as they are and read until the server ends the connection."""
    with closing(socket.create_connection((server.host, server.port), timeout=5)) as line:
        line.sendall(data)
        answer = b""
        while block := line.recv(65536):
            answer += block
        return answer


def test_a_request_comes_as_it_was_sent(client: httpx.Client) -> None:
    answer = client.request("PATCH", "/?a=1&a=2&b=%20x&c", headers={"X-Agent": "one"})
    assert answer.json() == {"method": "PATCH", "query": {"a": ["1", "2"], "b": [" x"], "c": [""]}, "agent": "one"}
    assert "date" in answer.headers


def test_the_path_stays_percent_encoded() -> None:
    seen: list[Request] = []

    def handle(request: Request) -> Response:
        seen.append(request)
        return Response(204)

    with HttpServer(handle) as server:
        httpx.get(f"{server.url}/a%20b%2Fc/d?x=%2F")
    assert (seen[0].path, seen[0].target, seen[0].query) == ("/a%20b%2Fc/d", "/a%20b%2Fc/d?x=%2F", {"x": ["/"]})


def test_one_connection_serves_many_requests(running: HttpServer, client: httpx.Client) -> None:
    for _ in range(5):
        assert client.get("/").status_code == 200
        assert client.post("/take", content=b"x" * 100_000).json() == 100_000
    assert len([name for name in threads_of(running) if "accept" not in name]) == 1


def test_bodies_with_and_without_a_length_arrive_whole(echo: Echo, client: httpx.Client) -> None:
    body = BLOCK * 20
    assert client.post("/take", content=body).json() == len(body)
    assert client.post("/take", content=iter([b"a", BLOCK, b"z"])).json() == len(BLOCK) + 2
    assert client.post("/take").json() == 0
    assert echo.bodies == [body, b"a" + BLOCK + b"z", b""]


def test_a_body_can_be_read_piece_by_piece(client: httpx.Client) -> None:
    assert client.post("/some", content=b"abcdefghij").json() == ["abc", "defg", "", "hij", ""]
    assert client.post("/some", content=iter([b"ab", b"cdefg", b"hi", b"j"])).json() == ["abc", "defg", "", "hij", ""]


def test_answers_with_and_without_a_length(echo: Echo, client: httpx.Client) -> None:
    big = client.get("/big?blocks=40")
    assert big.content == BLOCK * 40
    assert int(big.headers["content-length"]) == len(BLOCK) * 40
    chunked = client.get("/chunked")
    assert chunked.content == BLOCK * 3
    assert chunked.headers["transfer-encoding"] == "chunked"
    nothing = client.get("/nothing")
    assert (nothing.status_code, nothing.headers["upload-offset"], nothing.content) == (204, "5", b"")
    assert "content-length" not in nothing.headers


def test_head_has_the_headers_and_no_body(echo: Echo, client: httpx.Client) -> None:
    head = client.head("/big?blocks=2")
    assert int(head.headers["content-length"]) == len(BLOCK) * 2
    assert head.content == b""
    assert int(client.head("/").headers["content-length"]) == len(client.get("/").content) - len("GET") + len("HEAD")
    assert client.head("/chunked").headers["transfer-encoding"] == "chunked"
    assert client.get("/").status_code == 200


def test_an_answers_blocks_are_let_go_when_the_client_goes(echo: Echo, running: HttpServer) -> None:
    with httpx.stream("GET", f"{running.url}/big?blocks=2000") as answer:
        next(answer.iter_raw())
    assert echo.closed.wait(5)


def test_a_gigabyte_would_not_be_kept(client: httpx.Client) -> None:
    blocks, size = 600, len(BLOCK)
    tracemalloc.start()
    try:
        up = client.post(
            "/count", content=(BLOCK for _ in range(blocks)), headers={"Content-Length": f"{blocks * size}"}
        )
        with client.stream("GET", f"/big?blocks={blocks}") as answer:
            down = sum(len(block) for block in answer.iter_raw())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert up.json() == down == blocks * size
    assert peak < 6 * 2**20, f"{peak} bytes held for {down}"


def test_100_continue_is_sent_when_the_body_is_wanted(running: HttpServer) -> None:
    head = b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n%s\r\n"
    with closing(socket.create_connection((running.host, running.port), timeout=5)) as line:
        line.sendall(head % (b"/take", b"Connection: close\r\n"))
        assert line.recv(65536).startswith(b"HTTP/1.1 100 Continue\r\n\r\n")
        line.sendall(b"12345")
        answer = line.recv(65536)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    unwanted = raw(running, head % (b"/ignore", b""))
    assert unwanted.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"Connection: close" in unwanted


def test_nonsense_is_refused_and_other_connections_go_on(running: HttpServer, client: httpx.Client) -> None:
    assert raw(running, b"NONSENSE\r\n\r\n").startswith(b"HTTP/1.1 400 ")
    assert raw(running, b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 200_000).startswith(b"HTTP/1.1 4")
    assert client.get("/").status_code == 200


def test_a_body_that_breaks_off_is_told_to_the_handler(echo: Echo, running: HttpServer) -> None:
    with closing(socket.create_connection((running.host, running.port), timeout=5)) as line:
        line.sendall(b"POST /take HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n12345")
    running.faults.wait_for(lambda log: log and log[-1].finished)
    assert echo.cut == [5]
    assert running.failures == []


def test_what_a_handler_leaves_unread_is_drained(client: httpx.Client) -> None:
    for size in (10, 1_000_000, 20_000_000):
        assert client.post("/ignore", content=b"x" * size).json() == {"refused": True}
    assert client.get("/").status_code == 200


def test_a_small_refused_body_does_no_harm(client: httpx.Client) -> None:
    for _ in range(3):
        assert client.post("/refuse", content=b"x" * 150_000).content == b"refused"
    assert client.post("/refuse", content=(b"x" * 1000 for _ in range(150))).content == b"refused"
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("in_chunks", [False, True])
def test_a_refused_body_poisons_the_connection(client: httpx.Client, *, in_chunks: bool) -> None:
    body = b"x" * 300_000
    refused = client.post("/refuse", content=iter([body]) if in_chunks else body)
    assert refused.status_code == 400
    with pytest.raises(httpx.ReadTimeout):
        client.get("/", timeout=0.3)
    assert client.get("/").status_code == 200  # over a new connection


def test_a_large_refused_body_times_out_for_who_sends_all_before_reading(client: httpx.Client) -> None:
    with pytest.raises(httpx.WriteTimeout):
        client.post("/refuse", content=b"x" * 30_000_000, timeout=0.3)


def test_an_answer_may_end_the_connection(client: httpx.Client) -> None:
    answer = client.post("/last", content=b"x" * 1_000_000)
    assert (answer.content, answer.headers["connection"]) == (b"bye", "close")
    assert client.get("/").status_code == 200


def test_a_handlers_fault_is_a_500_and_is_remembered(
    running: HttpServer, client: httpx.Client, capsys: pytest.CaptureFixture[str]
) -> None:
    assert client.get("/fail").status_code == 500
    assert client.get("/").status_code == 200
    assert [str(failure) for failure in running.failures] == ["on purpose"]
    assert "on purpose" in capsys.readouterr().err


def test_stop_lets_an_answer_out_and_closes_the_idle(echo: Echo, running: HttpServer) -> None:
    idle = socket.create_connection((running.host, running.port), timeout=5)
    answers: list[str] = []
    asking = threading.Thread(target=lambda: answers.append(httpx.get(f"{running.url}/wait").text))
    asking.start()
    assert echo.entered.wait(5)
    threading.Timer(0.1, echo.leave.set).start()

    running.stop(grace=5)

    asking.join()
    assert answers == ["late"]
    with closing(idle):
        assert idle.recv(1) == b""
    with pytest.raises(httpx.ConnectError):
        httpx.get(running.url)
    running.stop()


def test_stop_drops_who_does_not_end(echo: Echo, running: HttpServer) -> None:
    with closing(socket.create_connection((running.host, running.port), timeout=5)) as line:
        line.sendall(b"POST /take HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n12345")
        running.faults.wait_for(lambda log: log and log[0].received == 5)
        running.stop(grace=0.05)
    assert echo.cut == [5]
    assert threads_of(running) == []


def test_it_starts_again_on_the_same_port(running: HttpServer) -> None:
    port = running.port
    running.stop()
    assert running.start() == port
    assert httpx.get(running.url).status_code == 200


def test_kill_drops_every_line_and_what_was_not_read_yet(echo: Echo, running: HttpServer) -> None:
    failed: list[httpx.HTTPError] = []

    def upload() -> None:
        def body() -> Iterator[bytes]:
            while True:
                yield BLOCK

        try:
            httpx.post(f"{running.url}/take", content=body(), headers={"Content-Length": str(2**40)})
        except httpx.HTTPError as error:
            failed.append(error)

    sending = threading.Thread(target=upload)
    sending.start()
    running.faults.wait_for(lambda log: log and log[0].received > 1_000_000)

    running.kill()

    sending.join(5)
    assert len(failed) == 1
    assert len(echo.cut) == 1, "the handler had ended when kill returned"
    assert echo.cut[0] == running.faults.log[0].received
    assert threads_of(running) == []


def test_what_the_kernel_held_dies_with_the_process(echo: Echo, running: HttpServer) -> None:
    with closing(socket.create_connection((running.host, running.port), timeout=5)) as line:
        line.sendall(b"POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n" + b"x" * 10)
        assert echo.entered.wait(5)
        line.sendall(b"x" * 50)
        killing = threading.Thread(target=running.kill)
        killing.start()
        assert line.recv(1) == b""
        echo.leave.set()
        killing.join()
    assert echo.cut == [10]


def test_lines_can_be_cut_without_a_stop(running: HttpServer, client: httpx.Client) -> None:
    client.get("/")
    running.drop_connections()
    with closing(socket.create_connection((running.host, running.port), timeout=5)) as line:
        line.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert line.recv(12) == b"HTTP/1.1 200"
