"""Takes go to the cloud and are proven to be there, over the real server side."""

from __future__ import annotations

import threading

import pytest

from audiodesk.composition.account import Account
from audiodesk.domain.errors import OutsideError
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.states import StateCode
from audiodesk.local.rows.store.edited_rows import EditedRows
from audiodesk.services.uploading.upload_check import UploadCheck
from tests.services.sync.synchronizing import account
from tests.services.uploading.takes import Recorder, bytes_in_bucket, state_of
from tests.twin.faults import Fault, cut, expire_token, status
from tests.twin.twin import Twin

__all__ = ["account"]  # a fixture

pytestmark = pytest.mark.slow
TUS = "/storage/v1/upload/resumable"
CHUNK = 6 * 1024 * 1024


@pytest.fixture
def recorder(account: Account) -> Recorder:
    return Recorder(account.core)


def upload(account: Account) -> list[tuple[bool, str | None]]:
    """Sync and upload as the command does; return for each file whether it is safe, and why not."""
    account.one_sync.run(threading.Event())
    outcome = account.one_upload.run(threading.Event())
    assert outcome is not None
    if outcome.trouble is not None:
        raise outcome.trouble
    return [(result.is_safe, result.reason) for result in outcome.results]


def all_there(twin: Twin, account: Account, recorder: Recorder) -> None:
    """Each take is in the bucket exactly once, byte for byte, and called safe."""
    assert sorted(bytes_in_bucket(twin, account.core.account_id or "")) == sorted(recorder.data.values())
    assert {state_of(account, take_id).code for take_id in recorder.data} == {StateCode.SAFE}


def test_takes_of_all_sizes_become_safe(twin: Twin, account: Account, recorder: Recorder) -> None:
    for size in (1, 200_000, 262_144, 262_145, CHUNK, CHUNK + 1, 2 * CHUNK + 77):
        recorder.add(size)
    assert upload(account) == [(True, None)] * 7
    all_there(twin, account, recorder)
    sent = sum(record.received for record in twin.faults.log if record.path.startswith(TUS))
    assert sent == sum(map(len, recorder.data.values()))
    assert upload(account) == []


def test_what_is_safe_is_the_servers_word(twin: Twin, account: Account, recorder: Recorder) -> None:
    take = recorder.add(1000)
    upload(account)
    with twin.database.as_service("storage.object.delete") as connection:
        connection.execute("set local storage.allow_delete_query = 'true'")
        connection.execute("delete from storage.objects")
    account.one_sync.run(threading.Event())
    assert state_of(account, take).code is not StateCode.SAFE
    upload(account)
    assert state_of(account, take).code is StateCode.SAFE


@pytest.mark.parametrize(
    "fault",
    [
        Fault(cut(), method="PATCH", path=TUS, phase="body", after_bytes=1_000_000),
        Fault(cut(), method="PATCH", path=TUS, phase="handled"),
        Fault(cut(), method="POST", path=TUS, phase="handled"),
        Fault(cut(), method="POST", path="verify_take_files", phase="handled"),
        Fault(status(503), method="POST", path=TUS),
        Fault(status(423), method="PATCH", path=TUS),
        Fault(status(410, "The file for this url no longer exists"), method="PATCH", path=TUS),
        Fault(status(404, "The file for this url was not found"), method="PATCH", path=TUS),
        Fault(expire_token(), method="PATCH", path=TUS),
        Fault(status(500), method="GET", path="/object/authenticated/"),
    ],
    ids=lambda fault: f"{fault.method} {fault.phase} {fault.action}"[:60],
)
def test_after_a_fault_all_is_there(twin: Twin, account: Account, recorder: Recorder, fault: Fault) -> None:
    recorder.add(2 * CHUNK + 5)
    recorder.add(1000)
    planned = twin.faults.add(fault)
    assert sorted(upload(account)) == [(True, None)] * 2
    assert planned.hits >= 1  # an expired token is used once by each of two files
    all_there(twin, account, recorder)


def test_a_file_that_is_damaged_here_is_never_called_safe(twin: Twin, account: Account, recorder: Recorder) -> None:
    take = recorder.add(1000)
    with account.core.database.read() as connection:
        (sha256,) = connection.execute("select sha256 from take_file").fetchone()
    (path,) = account.core.vault.folder.rglob(f"{sha256}*")
    path.write_bytes(bytes(1000))
    assert upload(account) == [(False, "file_damaged")]
    assert (state_of(account, take).code, state_of(account, take).reason) == (StateCode.NEEDS_USER, "file_damaged")


def test_what_does_not_fit_waits_for_room_and_the_rest_goes_up(
    twin: Twin, account: Account, recorder: Recorder
) -> None:
    small, large = recorder.add(1000), recorder.add(5000)
    with twin.database.connect("supabase_admin") as connection:
        connection.execute(
            "insert into public.user_credits (user_id, storage_quota_bytes) values (%s, 4000)"
            " on conflict (user_id) do update set storage_quota_bytes = 4000",
            [account.core.account_id],
        )
    assert sorted(upload(account), key=str) == [(False, "over_quota"), (True, None)]
    state = state_of(account, large)
    assert (state.code, state.reason) == (StateCode.NEEDS_USER, "over_quota")
    assert state_of(account, small).code is StateCode.SAFE
    with twin.database.connect("supabase_admin") as connection:
        connection.execute("update public.user_credits set storage_quota_bytes = 10000")
    upload(account)
    all_there(twin, account, recorder)


def test_a_take_that_is_not_wanted_does_not_go_up(twin: Twin, account: Account, recorder: Recorder) -> None:
    recorder.add(1000)
    kept = recorder.add(1001)
    with account.core.database.read() as connection:
        (first,) = [row[0] for row in connection.execute("select id from take where id <> ?", (kept,))]
    account.core.database.write(
        lambda connection: EditedRows(connection, 1).update(Ref(Entity.TAKE, first), upload_wanted=False)
    )
    assert upload(account) == [(True, None)]
    assert bytes_in_bucket(twin, account.core.account_id or "") == [recorder.data[kept]]


def test_a_stop_leaves_everything_resumable(twin: Twin, account: Account, recorder: Recorder) -> None:
    recorder.add(3 * CHUNK)
    account.one_sync.run(threading.Event())
    stop = threading.Event()
    twin.faults.add(Fault(status(503), method="PATCH", path=TUS, nth=2))

    def stop_at_the_first_chunk() -> None:
        twin.faults.wait_for(lambda log: any(record.method == "PATCH" for record in log))
        stop.set()

    stopper = threading.Thread(target=stop_at_the_first_chunk)
    stopper.start()
    assert account.one_upload.run(stop) is None
    stopper.join()
    upload(account)
    all_there(twin, account, recorder)
    sent = sum(record.received for record in twin.faults.log if record.path.startswith(TUS))
    assert sent <= 4 * CHUNK


def test_everybodys_trouble_is_one(twin: Twin, account: Account, recorder: Recorder) -> None:
    for _ in range(10):
        recorder.add(1000)
    account.one_sync.run(threading.Event())
    twin.faults.add(Fault(status(402, {"message": "exceed_storage_size_quota"}), path=TUS, nth="every"))
    outcome = account.one_upload.run(threading.Event())
    assert outcome is not None
    assert outcome.trouble is not None
    assert outcome.trouble.code == "server-plan-used-up"
    assert {result.reason for result in outcome.results} == {None}
    assert sum(record.path.startswith(TUS) for record in twin.faults.log) <= 4


def test_an_object_that_was_found_is_compared_again_after_a_kill(
    twin: Twin, account: Account, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer to the only request was lost; then the program was killed when it had found the object."""
    recorder.add(1000)
    account.one_sync.run(threading.Event())
    twin.faults.add(Fault(cut(), method="POST", path=TUS, phase="handled"))
    with monkeypatch.context() as patched:
        patched.setattr(UploadCheck, "compare", lambda *_: (_ for _ in ()).throw(OutsideError("cancelled")))
        account.one_upload.run(threading.Event())
    upload(account)
    all_there(twin, account, recorder)


def test_what_the_person_paused_is_left_alone(twin: Twin, account: Account, recorder: Recorder) -> None:
    recorder.add(1000)
    account.one_sync.run(threading.Event())
    account.uploader.pause()
    outcome = account.one_upload.run(threading.Event())
    assert outcome is not None
    assert outcome.trouble is not None
    assert outcome.trouble.code == "uploads-paused"
    assert bytes_in_bucket(twin, account.core.account_id or "") == []


def test_what_was_emptied_leaves_the_cloud(twin: Twin, account: Account, recorder: Recorder) -> None:
    for size in (1000, 2000, 3000):
        recorder.add(size)
    upload(account)
    account.core.library.trash([recorder.project])
    upload(account)
    assert len(bytes_in_bucket(twin, account.core.account_id or "")) == 3, "the trash can be restored"
    account.core.library.empty_trash()
    twin.faults.add(Fault(cut(), method="DELETE", path="/object/audiofiles", phase="handled"))
    with pytest.raises(OutsideError, match="connection-lost"):
        upload(account)
    upload(account)
    assert bytes_in_bucket(twin, account.core.account_id or "") == []
    with twin.database.connect() as connection:
        rows = connection.execute("select purge_pending, purged_at is not null from audiodesk.take_file").fetchall()
    assert rows == [(True, True)] * 3
    with twin.database.connect() as connection:
        (used,) = connection.execute("select storage_used_bytes from public.user_credits").fetchone() or (None,)
    assert used == 0


def test_a_file_that_the_server_keeps_is_not_called_gone(twin: Twin, account: Account, recorder: Recorder) -> None:
    recorder.add(1000)
    upload(account)
    account.core.library.trash([recorder.project])
    account.core.library.empty_trash()
    kept = twin.faults.add(Fault(status(200, []), method="DELETE", path="/object/audiofiles", nth="every"))
    upload(account)
    assert kept.hits >= 1
    with account.core.database.read() as connection:
        assert connection.execute("select purged_at from take_file").fetchone()[0] is None
    twin.faults.clear()
    upload(account)
    assert bytes_in_bucket(twin, account.core.account_id or "") == []
