"""The HTTP client: where it connects, which servers it trusts, and how long it waits."""

from __future__ import annotations

import contextlib
import datetime
import errno
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from audiodesk.cloud.server import Server
from audiodesk.cloud.wire import http
from audiodesk.cloud.wire.errors import outside_errors
from audiodesk.cloud.wire.http import open_client, service_of
from audiodesk.domain.errors import AudioDeskError, OutsideError, UserError
from audiodesk.domain.words.errors.error_words import error_action, error_sentence
from tests.cloud.pretended_servers import answering, nobody
from tests.twin.wire import HttpServer, Request, Response

KEY = "sb_publishable_abc"


def _failure(url: str) -> AudioDeskError:
    server = Server(url, KEY, lambda: None, patient=False)
    try:
        with pytest.raises(AudioDeskError) as raised:
            server.public.auth_version()
    finally:
        server.close()
    assert error_sentence(raised.value)
    assert error_action(raised.value)
    return raised.value


@contextlib.contextmanager
def _serving(answer: Response) -> Iterator[tuple[HttpServer, list[Request]]]:
    asked: list[Request] = []

    def handle(request: Request) -> Response:
        asked.append(request)
        return answer

    server = HttpServer(handle)
    server.start()
    try:
        yield server, asked
    finally:
        server.stop()


def test_who_asks() -> None:
    health = Response.json(200, {"name": "GoTrue", "version": "v2.197.0"})
    with _serving(health) as (server, asked), contextlib.closing(Server(server.url, KEY, lambda: None)) as project:
        assert project.public.auth_version() == "v2.197.0"
    (request,) = asked
    assert request.headers["user-agent"].startswith("AudioDesk/")
    assert request.headers["apikey"] == KEY
    assert "authorization" not in request.headers


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Response.json(200, {"name": "Somebody"}), "server-answer-odd"),
        (Response.json(200, ["GoTrue"]), "server-answer-odd"),
        (Response(200, [("Content-Type", "application/json")], b"{"), "server-answer-odd"),
        (Response.html(200, "<h1>It works!</h1>"), "server-page"),
        (Response.text(404, "404 page not found"), "server-answer-odd"),
        (Response.json(401, {"message": "Invalid API key"}), "server-key-refused"),
    ],
)
def test_what_is_no_supabase(answer: Response, code: str) -> None:
    with _serving(answer) as (server, _):
        assert _failure(server.url).code == code


@pytest.mark.parametrize(
    ("answer", "version"),
    [
        (Response.text(200, "1.70.6"), "1.70.6"),
        (Response.json(200, "1.70.6"), "1.70.6"),
        (Response.text(401, "1.70.6"), ""),
        (Response.json(404, {"statusCode": "404"}), ""),
        (Response.html(200, "<h1>It works!</h1>"), ""),
        (Response.text(200, "x" * 100_000), ""),
    ],
)
def test_the_version_of_storage_where_it_is_told(answer: Response, version: str) -> None:
    with _serving(answer) as (server, _), contextlib.closing(Server(server.url, KEY, lambda: None)) as project:
        assert project.public.storage_version() == version


def test_an_answer_without_end_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    health = {"name": "GoTrue", "version": "v2.197.0", "description": "x" * 2000}
    with _serving(Response.json(200, health)) as (server, _):
        monkeypatch.setattr(http, "_LONGEST_ANSWER", 4000)
        with contextlib.closing(Server(server.url, KEY, lambda: None)) as project:
            assert project.public.auth_version() == "v2.197.0"
        monkeypatch.setattr(http, "_LONGEST_ANSWER", 1000)
        error = _failure(server.url)
    assert (error.code, error.details) == ("server-answer-odd", "more than 1000 bytes")


def test_a_redirect_is_followed_nowhere() -> None:
    with _serving(Response.json(200, {"name": "GoTrue"})) as (other, asked_there):
        answer = Response(307, [("Location", f"{other.url}/auth/v1/health")])
        with _serving(answer) as (server, _):
            error = _failure(server.url)
            with open_client(server.url) as client:
                assert client.get(f"{server.url}/storage/v1/object/x").status_code == 307
    assert error.code == "server-redirects"
    assert asked_there == []


def test_nothing_on_this_computer_goes_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{nobody()}")
    with _serving(Response.json(200, {"name": "GoTrue"})) as (server, asked):
        with contextlib.closing(Server(server.url, KEY, lambda: None)) as project:
            project.public.auth_version()
        assert len(asked) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTTPS_PROXY", "socks5://anna:secret@127.0.0.1:1"),
        ("HTTPS_PROXY", "gopher://anna:secret@127.0.0.1:1"),
        ("HTTPS_PROXY", "http://anna:secret@[::1"),
        ("NO_PROXY", "localhost,fe80::/10"),
    ],
)
def test_a_proxy_that_cannot_be_used(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(OutsideError) as raised:
        Server("https://example.org", KEY, lambda: None)
    assert raised.value.code == "proxy-unusable"
    assert "secret" not in f"{raised.value}{raised.value.details}"
    assert raised.value.__cause__ is None


def test_a_proxy_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://anna:secret@127.0.0.1:{nobody()}")
    error = _failure("https://example.org")
    assert error.code in ("proxy-unusable", "server-unreachable")
    assert "secret" not in error.details


def test_a_server_that_does_not_answer() -> None:
    assert _failure(f"http://127.0.0.1:{nobody()}").code == "server-unreachable"


def test_something_else_answers() -> None:
    with answering(b"220 mail.example.org ESMTP\r\n") as port:
        assert _failure(f"http://127.0.0.1:{port}").code in ("connection-lost", "server-answer-odd")


@pytest.mark.parametrize(
    ("number", "route", "code"),
    [
        (socket.EAI_NONAME, True, "server-name-unknown"),
        (socket.EAI_NONAME, False, "no-network"),
        (socket.EAI_AGAIN, True, "no-network"),
        (socket.EAI_AGAIN, False, "no-network"),
    ],
)
def test_an_unknown_host_name(monkeypatch: pytest.MonkeyPatch, number: int, code: str, *, route: bool) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(number, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    monkeypatch.setattr("audiodesk.cloud.wire.errors.has_route", lambda: route)
    error = _failure("https://abcdefghijklmnopqrst.supabase.co")
    assert error.code == code
    sentence = error_sentence(error)
    assert ("abcdefghijklmnopqrst.supabase.co" in sentence) == (code == "server-name-unknown")
    assert ("no network" in sentence) == (code == "no-network")


@pytest.mark.parametrize(("route", "code"), [(True, "server-unreachable"), (False, "no-network")])
def test_an_address_that_no_network_leads_to(monkeypatch: pytest.MonkeyPatch, code: str, *, route: bool) -> None:
    def unreachable(*_: object, **__: object) -> None:
        raise OSError(errno.ENETUNREACH, "Network is unreachable")

    monkeypatch.setattr(socket, "create_connection", unreachable)
    monkeypatch.setattr("audiodesk.cloud.wire.errors.has_route", lambda: route)
    assert _failure("https://192.0.2.1").code == code


def test_a_proxy_that_wants_a_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n") as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://anna:secret@127.0.0.1:{port}")
        error = _failure("https://example.org")
    assert error.code == "proxy-sign-in"
    assert "secret" not in error.details


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A self-signed certificate for this computer, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


def test_an_untrusted_certificate(certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def shake_hands() -> None:
            connection, _ = listening.accept()
            with connection, contextlib.suppress(OSError):
                context.wrap_socket(connection, server_side=True).close()

        thread = threading.Thread(target=shake_hands)
        thread.start()
        error = _failure(f"https://127.0.0.1:{listening.getsockname()[1]}")
        thread.join()
    assert error.code == "server-certificate"
    assert "self" in error_sentence(error)


def test_no_encryption_where_there_should_be() -> None:
    with _serving(Response.text(200, "")) as (server, _):
        assert _failure(server.url.replace("http:", "https:")).code in ("server-not-encrypted", "connection-lost")


def test_an_answer_that_drips() -> None:
    class Drops(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield from [b"1"] * 100

        def close(self) -> None:
            pass

    ticking = iter(range(1_000))
    request = httpx.Request("GET", "https://example.org/auth/v1/health")
    stream = http._Bounded(Drops(), request, clock=lambda: float(next(ticking)))
    with pytest.raises(OutsideError) as raised, outside_errors("example.org"):
        list(stream)
    assert raised.value.code == "server-silent"


@pytest.mark.parametrize(
    ("url", "service"),
    [
        ("https://example.org/base/auth/v1/token", "auth"),
        ("https://example.org/base/rest/v1/rpc/x", "rest"),
        ("https://example.org/base/storage/v1/object/a", "storage"),
        ("https://example.org/base/other/v1/x", ""),
        ("https://example.org/auth/v1/token", ""),
        ("https://example.org/base/auth/v2/token", ""),
    ],
)
def test_which_service_is_asked(url: str, service: str) -> None:
    assert service_of(httpx.URL(url), "https://example.org/base") == service


def test_storage_answers_are_left_to_its_own_reader() -> None:
    with _serving(Response.json(400, {"statusCode": "404"})) as (server, _), open_client(server.url) as client:
        assert client.get(f"{server.url}/storage/v1/object/x").status_code == 400


def test_a_name_that_no_network_knows() -> None:
    with pytest.raises(UserError) as raised:
        Server("https://¡.example", KEY, lambda: None)
    assert raised.value.code == "server-address-wrong"


def test_a_bug_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError), outside_errors("example.org"):
        raise ZeroDivisionError
