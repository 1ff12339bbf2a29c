"""Uploads by themselves while a window is open."""

from __future__ import annotations

import threading

import pytest

from audiodesk.composition.account import Account
from audiodesk.domain.library.states import StateCode
from audiodesk.domain.sync.state import SyncCode
from audiodesk.local.rows.store import fact_repo
from audiodesk.services.uploading import uploader
from tests.services.sync.synchronizing import account, is_state
from tests.services.uploading.takes import Recorder, bytes_in_bucket, state_of
from tests.support import wait_until
from tests.twin.faults import Fault, status
from tests.twin.twin import Twin

__all__ = ["account"]  # a fixture

pytestmark = pytest.mark.slow
TUS = "/storage/v1/upload/resumable"


@pytest.fixture
def recorder(account: Account) -> Recorder:
    return Recorder(account.core)


def begin(account: Account) -> None:
    account.synchronizer.start()
    account.uploader.start()


def is_take(account: Account, take_id: str, code: StateCode, reason: str = "") -> bool:
    state = state_of(account, take_id)
    return (state.code, state.reason) == (code, reason)


def added(recorder: Recorder, size: int) -> str:
    """Add a take as an import does, which tells the window."""
    take = recorder.add(size)
    recorder.core.library.rename(recorder.section, f"Toll {size}")
    return take


def test_a_new_take_goes_up_by_itself(twin: Twin, account: Account, recorder: Recorder) -> None:
    first = recorder.add(1000)
    begin(account)
    wait_until(lambda: is_take(account, first, StateCode.SAFE))
    second = added(recorder, 2000)
    wait_until(lambda: is_take(account, second, StateCode.SAFE))
    assert sorted(bytes_in_bucket(twin, account.core.account_id or "")) == sorted(recorder.data.values())
    assert account.core.jobs.views() == []


def test_idle_it_asks_nothing(twin: Twin, account: Account, recorder: Recorder) -> None:
    take = recorder.add(1000)
    begin(account)
    wait_until(lambda: is_take(account, take, StateCode.SAFE))
    wait_until(is_state(account, SyncCode.UP_TO_DATE))
    wait_until(lambda: account.uploader._due == float("inf"))
    asked = sum("/storage/" in record.path for record in twin.faults.log)
    account.synchronizer.sync_now()
    twin.faults.wait_for(lambda log: log[-1].path.endswith("sync_pull"))
    wait_until(is_state(account, SyncCode.UP_TO_DATE))
    assert sum("/storage/" in record.path for record in twin.faults.log) == asked
    assert account.uploader._due == float("inf")


def test_paused_by_the_person_it_stays_so_after_a_restart(twin: Twin, account: Account, recorder: Recorder) -> None:
    take = recorder.add(1000)
    account.uploader.pause()
    begin(account)
    wait_until(lambda: account.uploader.state().waits == "by_user")
    account.one_sync.run(threading.Event())
    assert account.uploader.is_paused
    assert bytes_in_bucket(twin, account.core.account_id or "") == []
    account.uploader.resume()
    wait_until(lambda: is_take(account, take, StateCode.SAFE))
    assert account.uploader.state().waits == ""


def test_everybodys_trouble_is_one_state_and_passes_by_itself(twin: Twin, account: Account, recorder: Recorder) -> None:
    takes = [recorder.add(1000 + number) for number in range(5)]
    planned = twin.faults.add(Fault(status(540), path=TUS, nth="every"))
    begin(account)
    wait_until(lambda: account.uploader.state().waits == "server_owner")
    wait_until(lambda: all(is_take(account, take, StateCode.PAUSED, "server_owner") for take in takes))
    error = account.uploader.state().error
    assert error is not None
    assert error.code == "server-paused"
    assert planned.hits <= 4
    twin.faults.clear()
    account.uploader.resume()
    wait_until(lambda: all(is_take(account, take, StateCode.SAFE) for take in takes))


def test_closing_in_the_middle_leaves_the_upload_resumable(twin: Twin, account: Account, recorder: Recorder) -> None:
    recorder.add(4 * 6 * 1024 * 1024)
    begin(account)
    twin.faults.wait_for(lambda log: any(record.method == "PATCH" for record in log))
    account.uploader.close()
    assert not account.uploader._thread.is_alive()
    outcome = account.one_upload.run(threading.Event())
    assert outcome is not None
    assert [result.is_safe for result in outcome.results] == [True]
    sent = sum(record.received for record in twin.faults.log if record.path.startswith(TUS))
    assert sent <= 5 * 6 * 1024 * 1024


def test_what_an_earlier_program_noted_is_replaced(account: Account, recorder: Recorder) -> None:
    take = recorder.add(1000)
    account.core.database.write(lambda connection: fact_repo.remember(connection, fact_repo.UPLOADS_WAIT, "offline"))
    begin(account)
    wait_until(lambda: is_take(account, take, StateCode.SAFE))


def test_a_file_goes_up_when_there_is_room_again(
    twin: Twin, account: Account, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploader, "_FULL_SECONDS", 0.5)
    with twin.database.connect("supabase_admin") as connection:
        connection.execute(
            "insert into public.user_credits (user_id, storage_quota_bytes) values (%s, 500)"
            " on conflict (user_id) do update set storage_quota_bytes = 500",
            [account.core.account_id],
        )
    take = recorder.add(1000)
    begin(account)
    wait_until(lambda: is_take(account, take, StateCode.NEEDS_USER, "over_quota"))
    with twin.database.connect("supabase_admin") as connection:
        connection.execute("update public.user_credits set storage_quota_bytes = 5000")
    wait_until(lambda: is_take(account, take, StateCode.SAFE))
    # While it was full, nothing was asked for an upload that could not fit: only for how much is free.
    assert sum(record.path.startswith(TUS) and record.method == "POST" for record in twin.faults.log) == 2
