"""What the synchronizer says when something is wrong, and that it goes on when that is over."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from audiodesk.composition.account import Account
from audiodesk.domain.errors import OutsideError
from audiodesk.domain.events import SignedIn
from audiodesk.domain.sync.state import SyncCode, SyncState
from tests.services.sync.synchronizing import Surroundings, account, calls, is_state, titles
from tests.support import wait_until
from tests.twin.fault_actions import captive_portal, stall, status
from tests.twin.faults import Fault
from tests.twin.twin import Twin

__all__ = ["account"]  # a fixture

pytestmark = pytest.mark.slow  # the file as a whole


@pytest.mark.parametrize("kind", [RuntimeError, OSError, lambda text: OutsideError("disk-full", path=text)])
def test_a_fault_while_it_waits_is_said_and_the_next_sync_comes_nevertheless(
    account: Account, twin: Twin, kind: Callable[[str], Exception]
) -> None:
    around = Surroundings(account)
    account.synchronizer.start()
    wait_until(is_state(account, SyncCode.UP_TO_DATE))
    before = calls(twin, "sync_pull")

    def broken() -> tuple[str, ...]:
        around.looks += 1
        raise kind("the network cannot be looked at")

    account.synchronizer._network = broken
    wait_until(is_state(account, SyncCode.HERE))
    around.wait_for_looks()
    account.synchronizer._network = around._look
    around.pass_time(60)
    wait_until(lambda: calls(twin, "sync_pull") > before)
    wait_until(is_state(account, SyncCode.UP_TO_DATE))
    assert calls(twin, "sync_pull") == before + 1
    assert account.synchronizer._thread.is_alive()


def test_a_fault_that_cannot_even_be_said_does_not_end_it(
    account: Account, twin: Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    around = Surroundings(account)
    made = account.synchronizer
    made.start()
    wait_until(is_state(account, SyncCode.UP_TO_DATE))
    before = calls(twin, "sync_pull")
    tries = [0]

    def broken(state: SyncState) -> None:
        tries[0] += 1
        raise RuntimeError("nobody hears it")

    with monkeypatch.context() as patch:
        patch.setattr(made, "_tell", broken)
        made.sync_now()
        wait_until(lambda: tries[0] >= 2)
    around.pass_time(60)
    made.sync_now()
    wait_until(lambda: calls(twin, "sync_pull") > before)
    wait_until(is_state(account, SyncCode.UP_TO_DATE))


def test_it_goes_on_soon_after_the_server_is_back(account: Account, twin: Twin) -> None:
    twin.stop()
    account.synchronizer.start()
    wait_until(is_state(account, SyncCode.OFFLINE, SyncCode.UNREACHABLE))
    state = account.synchronizer.state()
    assert state.error is not None
    assert state.waiting == 2
    assert state.retry_in is not None
    assert state.retry_in <= 5
    twin.start()
    wait_until(lambda: titles(twin) == {"Book"})


def test_a_network_that_changes_in_the_midst_of_a_sync_costs_nothing(account: Account, twin: Twin) -> None:
    """The connection is gone without a word; the edit is sent over the next one."""
    planned = twin.faults.add(Fault(stall(), path="sync_push", phase="handled"))
    account.synchronizer.start()
    assert planned.reached.wait(20)
    twin.http.drop_connections()
    planned.release()
    wait_until(is_state(account, SyncCode.UP_TO_DATE))
    assert titles(twin) == {"Book"}
    assert account.synchronizer.state().waiting == 0


def test_a_black_hole_says_offline_within_five_seconds(account: Account, twin: Twin) -> None:
    planned = twin.faults.add(Fault(stall(), nth="every"))
    began = time.monotonic()
    account.synchronizer.start()
    wait_until(is_state(account, SyncCode.OFFLINE))
    assert time.monotonic() - began < 5
    planned.release()
    wait_until(is_state(account, SyncCode.UP_TO_DATE))


def test_a_server_that_was_not_reachable_stays_that_while_the_next_request_is_silent(
    account: Account, twin: Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The word would change to and fro, although nothing changed."""
    monkeypatch.setattr("audiodesk.services.sync.synchronizer._SILENT_SECONDS", 0.3)
    around = Surroundings(account)
    made = account.synchronizer
    twin.stop()
    made.start()
    wait_until(is_state(account, SyncCode.UNREACHABLE))
    told: list[SyncCode] = []
    tell = made._tell

    def heard(state: SyncState) -> None:
        told.append(state.code)
        tell(state)

    monkeypatch.setattr(made, "_tell", heard)
    planned = twin.faults.add(Fault(stall(), nth="every"))
    twin.start()
    around.pass_time(3600)
    made.sync_now()
    assert planned.reached.wait(20)
    wait_until(lambda: bool(told))
    assert told[0] is SyncCode.UNREACHABLE
    planned.release()
    wait_until(is_state(account, SyncCode.UP_TO_DATE))


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (status(540, {"message": "paused"}), SyncCode.NEEDS_OPERATOR),
        (captive_portal(), SyncCode.BLOCKED),
        (status(503, {"message": "busy"}), SyncCode.BUSY),
        (status(404, {"code": "PGRST202", "message": "no function"}), SyncCode.NEEDS_OPERATOR),
    ],
)
def test_the_state_says_who_must_act(account: Account, twin: Twin, answer: object, code: SyncCode) -> None:
    twin.faults.add(Fault(answer, path="/rest/v1/", nth="every"))  # type: ignore[arg-type]
    account.synchronizer.start()
    wait_until(is_state(account, code))
    assert account.synchronizer.state().waiting == 2


def test_a_network_that_let_nothing_through_is_tried_when_the_window_comes_to_the_front(
    account: Account, twin: Twin
) -> None:
    """The person has just signed in to the network, in a browser: no clock has to run out."""
    around = Surroundings(account)
    portal = twin.faults.add(Fault(captive_portal(), path="/rest/v1/", nth="every"))
    account.synchronizer.start()
    wait_until(is_state(account, SyncCode.BLOCKED))
    around.pass_time(4)
    asked = len(twin.faults.log)
    account.synchronizer.came_to_front()  # was asked seconds ago
    around.wait_for_looks()
    assert len(twin.faults.log) == asked
    account.synchronizer._plan.due = float("inf")  # what brings the next try is not the clock
    twin.faults.remove(portal)
    around.pass_time(7)
    account.synchronizer.came_to_front()
    wait_until(is_state(account, SyncCode.UP_TO_DATE))


def test_signed_out_waits_for_a_person(account: Account, twin: Twin, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as signed_out:
        signed_out.setattr(account.sign_in.server.session, "_credentials", lambda: None)
        account.synchronizer.start()
        wait_until(is_state(account, SyncCode.SIGNED_OUT))
        assert account.synchronizer.state().retry_in is None
    account.synchronizer.sync_now()
    wait_until(is_state(account, SyncCode.UP_TO_DATE))


def test_a_sign_in_of_another_process_is_told_even_if_a_try_comes_first(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That try still has the sign-in that is over, so it must not take the news for its own."""
    made, found, told = account.synchronizer, [""], list[SignedIn]()
    monkeypatch.setattr(account.sign_in.server.session, "_credentials", lambda: None)
    monkeypatch.setattr(made, "_signed_in", lambda: found.pop() if found else "")
    account.core.bus.subscribe(SignedIn, told.append)
    made.start()
    wait_until(is_state(account, SyncCode.SIGNED_OUT))
    signs_in = ["anna@example.org"]

    def network() -> tuple[str, ...]:  # asked before each try
        found.extend(signs_in)
        signs_in.clear()
        return ("lan",)

    made._plan.network = ("lan",)
    monkeypatch.setattr(made, "_network", network)
    made.sync_now()
    wait_until(lambda: told == [SignedIn("anna@example.org")])
