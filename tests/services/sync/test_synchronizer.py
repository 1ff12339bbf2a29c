"""When it syncs: after edits, for news, after a sleep, over another network; over HTTP, with a real sign-in."""

from __future__ import annotations

import time

import pytest

from audiodesk.composition.account import Account
from audiodesk.domain.sync.state import SyncCode
from audiodesk.system.locks import SyncLock
from tests.services.sync.synchronizing import Surroundings, account, calls, is_state, titles
from tests.support import wait_until
from tests.twin.fault_actions import stall, status
from tests.twin.faults import Fault
from tests.twin.twin import Twin

__all__ = ["account"]  # a fixture

pytestmark = pytest.mark.slow  # the file as a whole


def test_an_edit_travels_by_itself(account: Account, twin: Twin) -> None:
    around = Surroundings(account)
    account.synchronizer.start()
    wait_until(is_state(account, SyncCode.UP_TO_DATE))
    assert titles(twin) == {"Book"}
    account.core.library.add_project("Second")
    around.wait_for_looks()
    assert titles(twin) == {"Book"}, "edits made together travel together"
    around.pass_time(1)
    wait_until(lambda: titles(twin) == {"Book", "Second"})
    wait_until(is_state(account, SyncCode.UP_TO_DATE))
    state = account.synchronizer.state()
    assert (state.waiting, state.refused, state.error) == (0, 0, None)
    assert state.synced_at is not None
    assert calls(twin, "device_seen") == 1


def test_it_asks_for_news_when_the_window_comes_to_the_front_but_not_at_once_again(
    account: Account, twin: Twin
) -> None:
    around = Surroundings(account)
    made = account.synchronizer
    made.start()
    wait_until(is_state(account, SyncCode.UP_TO_DATE))
    before = calls(twin, "sync_pull")
    around.pass_time(9)
    made.came_to_front()
    around.wait_for_looks()
    assert calls(twin, "sync_pull") == before
    around.pass_time(1)
    made.came_to_front()
    wait_until(lambda: calls(twin, "sync_pull") > before)
    around.wait_for_looks()
    assert calls(twin, "sync_pull") == before + 1


def test_nothing_new_is_asked_once_a_minute(account: Account, twin: Twin) -> None:
    around = Surroundings(account)
    account.synchronizer.start()
    wait_until(is_state(account, SyncCode.UP_TO_DATE))
    before = len(twin.faults.log)
    around.pass_time(59)
    around.wait_for_looks()
    assert len(twin.faults.log) == before
    around.pass_time(1)
    wait_until(lambda: len(twin.faults.log) > before)
    around.wait_for_looks()
    assert [record.path.rpartition("/")[2] for record in list(twin.faults.log)[before:]] == ["sync_pull"]


def test_it_asks_at_once_after_the_computer_was_asleep(account: Account, twin: Twin) -> None:
    """The monotonic clock stands still while a computer sleeps, its date does not."""
    around = Surroundings(account)
    account.synchronizer.start()
    wait_until(is_state(account, SyncCode.UP_TO_DATE))
    before = calls(twin, "sync_pull")
    around.date += 5  # the date was set
    around.wait_for_looks()
    assert calls(twin, "sync_pull") == before
    around.date += 8 * 3600
    wait_until(lambda: calls(twin, "sync_pull") > before)
    around.wait_for_looks()
    assert calls(twin, "sync_pull") == before + 1


def test_after_a_day_asleep_it_asks_at_once_with_a_new_token(account: Account, twin: Twin) -> None:
    asleep = [0.0]
    made = account.synchronizer
    made._date = lambda: time.time() + asleep[0]
    made.start()
    wait_until(is_state(account, SyncCode.UP_TO_DATE))
    before, grants = calls(twin, "sync_pull"), calls(twin, "/token")
    asleep[0] = 86_400.0
    twin.clock.move(86_400)
    wait_until(lambda: calls(twin, "sync_pull") > before)
    wait_until(is_state(account, SyncCode.UP_TO_DATE))
    assert calls(twin, "/token") == grants + 1
    state = account.synchronizer.state()
    assert state.error is None


def test_another_network_is_tried_at_once(account: Account, twin: Twin) -> None:
    around = Surroundings(account)
    account.synchronizer.start()
    wait_until(is_state(account, SyncCode.UP_TO_DATE))
    before = calls(twin, "sync_pull")
    around.mark = ()  # the cable is pulled out: nothing to try
    around.wait_for_looks()
    assert calls(twin, "sync_pull") == before
    around.mark = ("wlan0",)  # the clock stands, so no minute has passed
    wait_until(lambda: calls(twin, "sync_pull") > before)
    around.wait_for_looks()
    assert calls(twin, "sync_pull") == before + 1


def test_another_network_is_tried_at_once_although_there_was_trouble(account: Account, twin: Twin) -> None:
    """The server is asked less and less often then, but the network may have been the reason."""
    around = Surroundings(account)
    trouble = twin.faults.add(Fault(status(503, {"message": "busy"}), nth="every", path="/rest/"))
    account.synchronizer.start()
    wait_until(is_state(account, SyncCode.BUSY))
    around.mark = ()
    around.wait_for_looks()
    asked = len(twin.faults.log)
    around.wait_for_looks()
    assert len(twin.faults.log) == asked  # no network: nothing is asked, and the clock stands
    twin.faults.remove(trouble)
    around.mark = ("wlan0",)
    wait_until(is_state(account, SyncCode.UP_TO_DATE))


def test_a_wish_in_the_midst_of_a_sync_is_not_lost(account: Account, twin: Twin) -> None:
    """What the running sync has read already may be outdated, so another one follows it at once."""
    planned = twin.faults.add(Fault(stall(), path="device_seen"))
    account.synchronizer.start()
    assert planned.reached.wait(20)
    before = calls(twin, "sync_pull")
    account.synchronizer.sync_now()
    planned.release()
    wait_until(lambda: calls(twin, "sync_pull") > before)
    wait_until(is_state(account, SyncCode.UP_TO_DATE))


def test_another_process_that_syncs_is_left_alone(account: Account, twin: Twin) -> None:
    other = SyncLock(account.core.library_folder)
    assert other.acquire()
    account.synchronizer.start()
    wait_until(is_state(account, SyncCode.ELSEWHERE))
    assert calls(twin, "sync_push") == 0
    other.release()
    wait_until(is_state(account, SyncCode.UP_TO_DATE))
