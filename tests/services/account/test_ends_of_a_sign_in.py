"""Each answer of Auth at each moment: what ends a sign-in, and what passes by itself."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from audiodesk.cloud.calls.procedures import Procedures
from audiodesk.domain.errors import AudioDeskError, OutsideError
from audiodesk.domain.events import SignedOut, SignInWaiting
from audiodesk.domain.library.entity import Entity
from audiodesk.services.account.kept_session import KeptSession
from tests.services.account.answers_of_auth import ENDS, MOMENTS, TROUBLE, Answer
from tests.services.account.desk import Desk
from tests.services.sync.computers import Computer
from tests.services.sync.http_line import HttpLine
from tests.support import code_of
from tests.twin.fault_actions import auth_refusal, cut, expire_token, stall, status
from tests.twin.faults import Fault

pytestmark = pytest.mark.slow
_ROWS = 6


def _procedures(desk: Desk, session: KeptSession) -> Procedures:
    return Procedures(desk.client(), desk.twin.url, desk.twin.anon_key, session)


@pytest.fixture
def asking(desk: Desk) -> Iterator[_Asking]:
    """The program that needs a token at the moment."""
    asking = _Asking(desk)
    yield asking
    asking.close()


class _Asking:
    """Somebody signed in, whose token is over at one of the moments; ``ask`` needs the next one."""

    def __init__(self, desk: Desk) -> None:
        self.session = desk.signed_in()
        self._desk = desk
        self._computer: Computer | None = None

    def comes_to(self, moment: str, tmp_path: Path) -> None:
        """Let the moment come, up to the request that meets the answer."""
        desk = self._desk
        if moment == "mid-sync":
            self._begin_sync(tmp_path)
            return
        desk.sleep(86_400 if moment == "asleep" else 4000)
        if moment == "start":
            self.session = desk.process()
        if moment == "after a lost answer":
            desk.twin.faults.add(Fault(cut(), path="/token", phase="handled"))
            assert code_of(self.session.access_token) == "connection-lost"
            desk.sleep(30)

    def ask(self) -> str:
        """Need a token; return the error's code, empty without an error."""
        if self._computer is None:
            return code_of(self.session.access_token)
        return code_of(self._computer.sync)

    def put_in(self, answer: Answer, patch: pytest.MonkeyPatch) -> None:
        """Let the next renewal meet this answer."""
        if self._computer is None:
            answer.put_in(self._desk, patch)
            return
        self._desk.twin.faults.add(Fault(expire_token(), path="sync_pull", nth=3))
        server, calls = self._computer.server, self._computer.server.calls

        def after_the_second_page() -> None:
            if server.calls == calls + 2:
                answer.put_in(self._desk, patch)

        server.before_answer = after_the_second_page

    def check_synced(self, *, is_whole: bool) -> None:
        """The rows that came stay; a sync that was not ended brings the others."""
        if self._computer is not None:
            assert len(self._computer.refs()) in ([_ROWS] if is_whole else range(1, _ROWS))

    def _begin_sync(self, folder: Path) -> None:
        def computer(name: str, session: KeptSession, page: int) -> Computer:
            return Computer(folder / name, HttpLine(_procedures(self._desk, session), self._desk.user.id), page=page)

        other = computer("other", self._desk.process(), 1000)
        for number in range(_ROWS):
            other.create(Entity.PROJECT, title=str(number), order_key="a0")
        assert code_of(other.sync) == ""
        other.close()
        self._computer = computer("this", self.session, 1)
        assert code_of(self.session.access_token) == ""

    def close(self) -> None:
        if self._computer is not None:
            self._computer.close()


def _both(one: KeptSession, other: KeptSession) -> list[str]:
    """Two programs need a token at the same moment; return what became of it, sorted."""
    found: list[str] = []
    threads = [threading.Thread(target=lambda s=s: found.append(code_of(s.access_token))) for s in (one, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(found)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("what", TROUBLE)
def test_trouble_is_never_a_sign_out(
    desk: Desk, asking: _Asking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str, moment: str
) -> None:
    asking.comes_to(moment, tmp_path)
    other = desk.process()
    asking.put_in(TROUBLE[what], monkeypatch)
    if moment == "two at once":
        assert _both(asking.session, other) == ["", TROUBLE[what].code], "the other one got its token"
    else:
        assert asking.ask() == TROUBLE[what].code
    assert desk.stored is not None
    desk.sleep(30)
    assert asking.ask() == "", "it was that once"
    asking.check_synced(is_whole=True)
    assert desk.over == 0
    assert not any(isinstance(event, SignedOut) for event in desk.told)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("what", ENDS)
def test_a_refused_renewal_signs_out_and_says_why(
    desk: Desk, asking: _Asking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str, moment: str
) -> None:
    code = ENDS[what].code
    asking.comes_to(moment, tmp_path)
    other, before = desk.process(), desk.grants
    asking.put_in(ENDS[what], monkeypatch)
    if moment == "two at once":
        assert _both(asking.session, other) == sorted([code, "signed-out"])
    else:
        assert asking.ask() == code
        assert asking.ask() == code, "it is not asked again"
    assert desk.stored is None
    asking.check_synced(is_whole=False)
    assert desk.grants == [*before, "refresh_token"]
    ended = [event.error.code for event in desk.told if isinstance(event, SignedOut) and event.error is not None]
    others = ["signed-out"] if moment == "two at once" else []
    assert sorted(ended) == sorted([code, *others])
    assert desk.over == 1 + len(others)


def test_a_full_disk_does_not_hide_that_the_sign_in_is_over(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_self: Desk, _error: AudioDeskError) -> None:
        raise OutsideError("disk-full")

    monkeypatch.setattr(Desk, "_on_ended", full)
    session = desk.signed_in()
    with pytest.raises(OutsideError, match="disk-full"):
        session._end(OutsideError("sign-in-ended"))
    (ended,) = [event for event in desk.told if isinstance(event, SignedOut)]
    assert ended.error is not None
    assert ended.error.code == "sign-in-ended"


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
