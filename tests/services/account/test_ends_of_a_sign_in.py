"""Each answer of Auth at each moment: what ends a sign-in, and what passes by itself."""

from __future__ import annotations

import pytest

from audiodesk.cloud.calls.procedures import Procedures
from audiodesk.cloud.wire.http import open_client
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.events import SignedOut, SignInWaiting
from audiodesk.services.account.kept_session import KeptSession
from tests.services.account.desk import Desk
from tests.support import code_of
from tests.twin.fault_actions import auth_refusal, captive_portal, cut, gateway_page, stall, status
from tests.twin.faults import Fault

pytestmark = pytest.mark.slow


TROUBLE = {
    "captive portal": (captive_portal(), "server-page"),
    "gateway": (gateway_page(), "server-busy"),
    "500": (status(500, {"message": "oh"}), "server-failed"),
    "402": (status(402, {"message": "plan"}), "server-failed"),
    "540": (status(540, {"message": "paused"}), "server-paused"),
    "521": (status(521), "server-busy"),
    "522": (status(522), "server-busy"),
    "407": (status(407, "proxy"), "proxy-sign-in"),
    "401 of the gateway": (status(401, {"message": "Invalid API key"}), "server-key-refused"),
    "429": (auth_refusal("over_request_rate_limit"), "sign-ins-too-many"),
    "409": (auth_refusal("conflict"), "sign-in-not-possible"),
    "cut": (cut(), "connection-lost"),
}
ENDS = {
    "refresh_token_not_found": "sign-in-ended",
    "refresh_token_already_used": "sign-in-used",
    "session_not_found": "sign-in-one-computer",
    "session_expired": "sign-in-time-over",
    "user_banned": "sign-in-banned",
    "user_not_found": "account-deleted",
}


@pytest.mark.parametrize("moment", ["start", "idle", "asleep"])
@pytest.mark.parametrize("what", TROUBLE)
def test_trouble_is_never_a_sign_out(desk: Desk, what: str, moment: str) -> None:
    answer, code = TROUBLE[what]
    session = desk.signed_in()
    desk.sleep(86_400 if moment == "asleep" else 4000)
    if moment == "start":
        session = desk.process()
    desk.twin.faults.add(Fault(answer, path="/token"))
    assert code_of(session.access_token) == code
    assert desk.stored is not None
    desk.sleep(30)
    assert session.access_token(), "it was that once"
    assert desk.over == 0
    assert not any(isinstance(event, SignedOut) for event in desk.told)


@pytest.mark.parametrize("moment", ["start", "idle", "asleep"])
@pytest.mark.parametrize("what", ENDS)
def test_a_refused_renewal_signs_out_and_says_why(desk: Desk, what: str, moment: str) -> None:
    session = desk.signed_in()
    desk.sleep(86_400 if moment == "asleep" else 4000)
    if moment == "start":
        session = desk.process()
    desk.twin.faults.add(Fault(auth_refusal(what), path="/token"))
    assert code_of(session.access_token) == ENDS[what]
    assert desk.stored is None
    assert code_of(session.access_token) == ENDS[what], "it is not asked again"
    assert desk.grants == ["password", "refresh_token"]
    ended = [event.error for event in desk.told if isinstance(event, SignedOut)]
    assert [error.code for error in ended if isinstance(error, AudioDeskError)] == [ENDS[what]]
    assert desk.over == 1


def test_a_server_that_never_answers(desk: Desk) -> None:
    session = desk.signed_in()
    desk.sleep(4000)
    session._auth._client.timeout = 0.2
    desk.twin.faults.add(Fault(stall(), path="/token"))
    assert code_of(session.access_token) == "server-silent"
    assert code_of(session.access_token) == "server-silent"
    assert desk.grants == ["password", "refresh_token"], "threads that waited do not each try again"
    desk.twin.faults.clear()
    desk.sleep(5)
    assert session.access_token()


def _procedures(desk: Desk, session: KeptSession) -> Procedures:
    client = desk._open.enter_context(open_client(desk.twin.url))
    return Procedures(client, desk.twin.url, desk.twin.anon_key, session)


def test_a_401_on_a_fresh_token_is_one_renewal_and_then_patience(desk: Desk) -> None:
    session = desk.signed_in()
    refused = status(401, {"code": "PGRST303", "message": "JWT issued at future"})
    desk.twin.faults.add(Fault(refused, path="/rest/", nth="every"))
    procedures = _procedures(desk, session)
    for _ in range(10):
        assert code_of(procedures.call, "storage_usage") == "token-refused"
        desk.sleep(1)
    assert desk.grants == ["password", "refresh_token"]
    assert desk.over == 0
    desk.twin.faults.clear()
    assert procedures.call("storage_usage")


def test_a_401_that_stays_backs_off_longer_and_longer(desk: Desk) -> None:
    session = desk.signed_in()
    for _ in range(3600):
        session.refused(session.access_token())
        desk.sleep(1)
    assert 3 <= desk.grants.count("refresh_token") <= 7
    assert desk.over == 0


def test_a_token_that_another_process_renewed_is_used(desk: Desk) -> None:
    one = desk.signed_in()
    token = one.access_token()
    desk.sleep(1)
    other = desk.process()
    other.refused(other.access_token())
    newer = other.access_token()
    assert newer != token
    one.refused(token)
    assert one.access_token() == newer
    assert desk.grants == ["password", "refresh_token"]


def test_too_many_renewals_are_waited_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.signed_in()
    desk.sleep(4000)
    desk.twin.faults.add(Fault(auth_refusal("over_request_rate_limit"), path="/token"))
    session = desk.process(waits=40)
    monkeypatch.setattr(session._stop, "wait", desk.sleep)
    assert session.access_token()
    assert [event.seconds for event in desk.told if isinstance(event, SignInWaiting)] == [10.0]
    assert desk.grants == ["password", "refresh_token", "refresh_token"]


def test_waiting_has_an_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.signed_in()
    desk.sleep(4000)
    desk.twin.faults.add(Fault(auth_refusal("over_request_rate_limit"), path="/token", nth="every"))
    session = desk.process(waits=35)
    monkeypatch.setattr(session._stop, "wait", desk.sleep)
    assert code_of(session.access_token) == "sign-ins-too-many"
    assert desk.grants.count("refresh_token") == 4
