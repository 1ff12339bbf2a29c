"""Any wrong answer of a server becomes one of this program's own errors, without a secret in it."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from audiodesk.cloud.calls.procedures import Procedures
from audiodesk.cloud.calls.public_endpoints import PublicEndpoints
from audiodesk.cloud.server import Server
from audiodesk.cloud.sign_in.session import Credentials, EnvironmentSession
from audiodesk.cloud.wire.http import open_client
from audiodesk.cloud.wire.refusals import refusal
from audiodesk.domain.errors import AudioDeskError, OutsideError
from audiodesk.domain.words.errors.error_words import error_action, error_sentence
from tests.support import code_of
from tests.twin.fault_actions import Action, captive_portal, cut, empty, expire_token, gateway_page, html, stall, status
from tests.twin.faults import Fault
from tests.twin.twin import Twin, TwinUser
from tests.twin.wire import HttpServer, Response

RPC = "/rest/v1/rpc/storage_usage"
KEY = "sb_publishable_abc"
JSON = {"Content-Type": "application/json"}


def _failed(project: Server) -> AudioDeskError:
    with pytest.raises(AudioDeskError) as raised:
        project.procedures.document("storage_usage")
    return raised.value


def _pgrst(code: str, message: str = "What went wrong") -> dict[str, Any]:
    return {"code": code, "message": message, "details": None, "hint": None}


ANSWERS: dict[str, tuple[Action, str]] = {
    "gateway page": (gateway_page(), "server-busy"),
    "portal": (captive_portal(), "server-page"),
    "page 404": (html(404, "<html>no</html>"), "server-page"),
    "page 500": (html(500, "<html>no</html>"), "server-page"),
    "page 403": (html(403, "<html>no</html>"), "server-page"),
    "empty 200": (empty(200), "server-answer-odd"),
    "empty 204": (empty(204), "server-answer-odd"),
    "empty 401": (empty(401), "server-answer-odd"),
    "empty 500": (empty(500), "server-answer-odd"),
    "text": (status(200, "hello"), "server-answer-odd"),
    "number": (status(200, 12), "server-answer-odd"),
    "array": (status(200, [1, 2]), "server-answer-odd"),
    "array 400": (status(400, ["no"]), "server-answer-odd"),
    "object 404": (status(404, {"hello": 1}), "server-answer-odd"),
    "no route": (status(404, {"message": "no Route matched with those values"}), "server-answer-odd"),
    "redirect": (status(302, headers={"Location": "https://login.example/"}), "server-redirects"),
    "redirect within": (status(302, headers={"Location": "/login"}), "server-answer-odd"),
    "redirect nowhere": (status(301), "server-answer-odd"),
    "redirect to nonsense": (status(307, headers={"Location": "http://[::1"}), "server-answer-odd"),
    "not modified": (status(304), "server-answer-odd"),
    "no key": (status(401, {"message": "No API key found in request"}), "server-key-refused"),
    "wrong key": (status(401, {"message": "Invalid API key", "hint": "…"}), "server-key-refused"),
    "payment": (status(402, {"message": "exceed_egress_quota"}), "server-plan-used-up"),
    "right": (status(403, _pgrst("42501", "permission denied for table x")), "not-allowed"),
    "function": (status(404, _pgrst("PGRST202")), "server-needs-update"),
    "schema": (status(406, _pgrst("PGRST106")), "server-needs-update"),
    "value": (status(400, _pgrst("22023", "A page has 1 to 1000 files.")), "server-refused"),
    "PT413": (status(413, _pgrst("PT413")), "server-refused"),
    "unforeseen": (status(500, _pgrst("XX000", "cache lookup failed")), "server-failed"),
    "duplicate": (status(409, _pgrst("23505")), "server-failed"),
    "statement too long": (status(500, _pgrst("57014", "canceling statement due to statement timeout")), "server-busy"),
    "deadlock": (status(500, _pgrst("40P01")), "server-busy"),
    "no database": (status(503, _pgrst("PGRST002")), "server-busy"),
    "429": (status(429, {"message": "slow down"}), "server-busy"),
    "502": (status(502), "server-busy"),
    "503": (status(503, "busy"), "server-busy"),
    "504": (status(504, {"message": "The upstream server is timing out"}), "server-busy"),
    "522": (html(522), "server-busy"),
    "540": (status(540, {"message": "paused"}), "server-paused"),
    "544": (status(544, {"statusCode": "544", "error": "DatabaseTimeout", "message": "…"}), "server-busy"),
    "546": (status(546), "server-busy"),
    "teapot": (status(418), "server-answer-odd"),
}


@pytest.mark.slow
def test_answers_gone_wrong(twin: Twin, project: Server) -> None:
    found = {}
    for name, (action, _) in ANSWERS.items():
        twin.faults.add(Fault(action, path=RPC))
        error = _failed(project)
        found[name] = error.code
        assert error_sentence(error).endswith(".")
        assert error_action(error).endswith((".", "backend apply"))
        twin.faults.clear()
        assert isinstance(project.procedures.document("storage_usage"), dict), "the next one is answered"
    assert found == {name: code for name, (_, code) in ANSWERS.items()}


def test_an_empty_array_is_an_answer_and_no_answer_is_none(twin: Twin, project: Server) -> None:
    twin.faults.add(Fault(status(200, []), path=RPC))
    assert project.procedures.call("storage_usage") == []
    twin.faults.clear()
    twin.faults.add(Fault(empty(204), path=RPC))
    assert project.procedures.call("storage_usage") is None
    twin.faults.clear()
    twin.faults.add(Fault(empty(200), path=RPC))
    assert code_of(project.procedures.call, "storage_usage") == "server-answer-odd", "nothing would be said by 204"


@pytest.mark.parametrize(
    "body",
    [b'{"plan": "fr', b'{"plan": "\xff\xff"}', b"\xff\xfe\xff", b"[" * 100_000, b'{"used": ' + b"9" * 5_000 + b"}"],
    ids=["cut short", "no UTF-8", "no encoding", "too deep", "a number without end"],
)
def test_what_is_called_json_and_is_none(body: bytes) -> None:
    answer = Response(200, list(JSON.items()), body)
    server = HttpServer(lambda _: answer)
    server.start()
    try:
        with open_client(server.url) as client:
            session = EnvironmentSession(client, server.url, KEY, lambda: Credentials("anna@example.org", "secret"))
            procedures = Procedures(client, server.url, KEY, _SignedIn())
            for ask in (PublicEndpoints(client, server.url, KEY).auth_version, session.access_token):
                assert code_of(ask) == "server-answer-odd"
            assert code_of(procedures.document, "storage_usage") == "server-answer-odd"
    finally:
        server.stop()


class _SignedIn:
    """A session with a fixed token, which takes no notice of a refusal."""

    email = ""

    def access_token(self) -> str:
        return "token"

    def refused(self, token: str) -> None:
        del token


@pytest.mark.slow
@pytest.mark.parametrize(("phase", "after"), [("before", 0), ("body", 1), ("handled", 0), ("answer", 0), ("answer", 9)])
def test_the_line_is_cut(twin: Twin, project: Server, phase: Any, after: int) -> None:
    project.session.access_token()
    twin.faults.add(Fault(cut(), path=RPC, phase=phase, after_bytes=after))
    error = _failed(project)
    assert error.code == "connection-lost"
    assert isinstance(error, OutsideError)
    assert error.retry_after
    sent = [record for record in twin.faults.log if record.path == RPC]
    assert len(sent) == 1, "what may have been done is not done again"


@pytest.mark.slow
@pytest.mark.parametrize(("phase", "after"), [("before", 0), ("handled", 0), ("answer", 5)])
def test_the_server_falls_silent(twin: Twin, project: Server, phase: Any, after: int) -> None:
    project.session.access_token()
    project._client.timeout = httpx.Timeout(0.2)  # only now: signing in takes longer on a busy computer
    twin.faults.add(Fault(stall(), path=RPC, phase=phase, after_bytes=after))
    assert _failed(project).code == "server-silent"
    twin.faults.clear()


@pytest.mark.parametrize(
    ("headers", "seconds", "said"),
    [
        ({"Retry-After": "7"}, 7, "7 seconds"),
        ({"Retry-After": "999999999999"}, 3600, "60 minutes"),
        ({"Retry-After": "Mon, 01 Jun 2026 10:00:30 GMT", "Date": "Mon, 01 Jun 2026 10:00:00 GMT"}, 30, "30 seconds"),
        ({"Retry-After": "Mon, 01 Jun 2026 09:00:00 GMT", "Date": "Mon, 01 Jun 2026 10:00:00 GMT"}, 0, "1 second"),
        ({"Retry-After": "121"}, 121, "3 minutes"),
        ({"Retry-After": "soon"}, 10, "10 seconds"),
        ({"Retry-After": "-3"}, 10, "10 seconds"),
        ({}, 10, "10 seconds"),
    ],
)
def test_when_to_try_again(headers: dict[str, str], seconds: float, said: str) -> None:
    error = refusal(httpx.Response(429, headers=headers), {"message": "slow down"}, "rest", "example.org")
    assert isinstance(error, OutsideError)
    assert (error.code, error.retry_after) == ("server-busy", seconds)
    assert error_action(error) == f"Try again in {said}."


def test_the_quota_tells_its_numbers(twin: Twin, project: Server) -> None:
    message = "quota_exceeded: 524288000 of 524288000 bytes used, 1024 more do not fit"
    twin.faults.add(Fault(status(403, _pgrst("42501", message)), path=RPC))
    error = _failed(project)
    assert error.code == "quota-exceeded"
    assert error.params == {"used": 524288000, "allowed": 524288000, "size": 1024, "over": 1024}
    assert "500.0 MB of 500.0 MB" in error_sentence(error)


def test_a_token_that_runs_out_midway_is_replaced(twin: Twin, project: Server) -> None:
    first = project.session.access_token()
    twin.faults.add(Fault(expire_token(), path=RPC))
    assert project.procedures.document("storage_usage")["plan"] == "free"
    assert project.session.access_token() != first
    grants = [record.query for record in twin.faults.log if record.path == "/auth/v1/token"]
    assert grants == ["grant_type=password", "grant_type=refresh_token"]


def test_a_server_that_accepts_no_token_is_not_asked_for_ever(twin: Twin, project: Server) -> None:
    twin.faults.add(Fault(expire_token(), path=RPC, nth="every"))
    assert _failed(project).code == "token-refused"
    assert len([record for record in twin.faults.log if record.path == RPC]) == 2


def test_never_without_a_user_token(twin: Twin, project: Server, author: TwinUser) -> None:
    carried: list[tuple[str, str]] = []

    def note(headers: Any) -> bool:
        carried.append((headers.get("apikey", ""), headers.get("authorization", "")))
        return False

    twin.faults.add(Fault(cut(), path="/rest/v1", headers=note))
    project.procedures.document("storage_usage")
    ((key, authorization),) = carried
    assert key == twin.anon_key
    assert authorization.startswith("Bearer ")
    assert twin.tokens.read(authorization.removeprefix("Bearer "))["sub"] == str(author.id)


def test_nothing_secret_is_repeated(twin: Twin, project: Server, author: TwinUser) -> None:
    token = project.session.access_token()
    echoed = f"<p>{author.password} {token} {twin.anon_key}</p>"
    said = f"bad token {token} for key {twin.anon_key} password={author.password}"
    for action in (html(200, echoed), status(500, _pgrst("XX000", said)), status(400, _pgrst("22023", said))):
        planned = twin.faults.add(Fault(action, path=RPC))
        error = _failed(project)
        twin.faults.remove(planned)
        told = f"{error} {error.details} {error.params} {error_sentence(error)}"
        assert "eyJ" not in told, "nor any beginning of a token or a key"
        assert not re.search("päss wörd 🎙", told)
        assert error.__cause__ is None
