"""When it syncs, what it says of itself, and that it ends in time: over HTTP, with a real sign-in."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from keyring.errors import KeyringLocked

from audiodesk.composition import open_core
from audiodesk.composition.account import Account
from audiodesk.composition.core import Core
from audiodesk.domain.errors import OutsideError, UserError
from audiodesk.domain.events import SignedIn
from audiodesk.domain.server.sign_in import SIGN_IN_ENDED
from audiodesk.domain.sync.pace import keyring_seconds, retry_seconds, tries_in_front
from audiodesk.domain.sync.state import SyncCode, SyncState, sync_code_of
from audiodesk.domain.words.server.sync_words import sync_text
from audiodesk.local.rows.sync.adoption import adopt
from audiodesk.system.locks import SyncLock
from audiodesk.system.secrets import SecretStore
from audiodesk.system.secrets.keyrings import Keyring
from tests.keyring_memory import MemoryKeyring
from tests.twin.fault_actions import captive_portal, stall, status
from tests.twin.faults import Fault
from tests.twin.twin import Twin

pytestmark = pytest.mark.slow  # the file as a whole


@pytest.fixture
def account(twin: Twin, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    user = twin.add_user("anna@example.org", "secret-of-anna")
    for name, value in (
        ("SUPABASE_URL", twin.url),
        ("SUPABASE_ANON_KEY", twin.anon_key),
        ("AUDIODESK_EMAIL", user.email),
        ("AUDIODESK_PASSWORD", user.password),
        ("STORAGE_BACKEND", "supabase"),
    ):
        monkeypatch.setenv(name, value)
    with open_core(face="command") as core:
        core.library.add_project("Book")
        core.database.write(lambda connection: adopt(connection, core.database.clock(), str(user.id)))
        yield core.sign_in()


def wait_until(core: Core, found: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait for a condition; it is looked at after each event of the bus, and now and then."""
    changed = threading.Event()
    unsubscribe = core.bus.subscribe_to_all(lambda _event: changed.set())
    deadline = time.monotonic() + seconds
    try:
        while not found():
            assert time.monotonic() < deadline, "it did not happen"
            changed.wait(0.05)
            changed.clear()
    finally:
        unsubscribe()


def is_state(account: Account, *codes: SyncCode) -> Callable[[], bool]:
    return lambda: account.synchronizer.state().code in codes


def calls(twin: Twin, name: str) -> int:
    return sum(record.path.endswith(name) for record in twin.faults.log)


def titles(twin: Twin) -> set[str]:
    with twin.database.connect() as connection:
        return {row[0] for row in connection.execute("select title from audiodesk.project").fetchall()}


def test_an_edit_travels_by_itself(account: Account, twin: Twin) -> None:
    account.synchronizer.start()
    wait_until(account.core, is_state(account, SyncCode.UP_TO_DATE))
    assert titles(twin) == {"Book"}
    account.core.library.add_project("Second")
    wait_until(account.core, lambda: titles(twin) == {"Book", "Second"}, 5)
    wait_until(account.core, is_state(account, SyncCode.UP_TO_DATE))
    state = account.synchronizer.state()
    assert (state.waiting, state.refused, state.error) == (0, 0, None)
    assert state.synced_at is not None
    assert calls(twin, "device_seen") == 1


def test_it_asks_for_news_when_the_window_comes_to_the_front_but_not_at_once_again(
    account: Account, twin: Twin
) -> None:
    now = [1000.0]
    made = account.synchronizer
    made._clock = lambda: now[0]  # the clock that tests turn
    made.start()
    wait_until(account.core, is_state(account, SyncCode.UP_TO_DATE))
    before = calls(twin, "sync_pull")
    made.came_to_front()
    assert calls(twin, "sync_pull") == before
    now[0] += 11
    made.came_to_front()
    wait_until(account.core, lambda: calls(twin, "sync_pull") == before + 1)
    wait_until(account.core, is_state(account, SyncCode.UP_TO_DATE))
    now[0] += 61  # nothing happens, a minute passes: one request
    wait_until(account.core, lambda: calls(twin, "sync_pull") == before + 2)


class Surroundings:
    """The clock, the date and the network as a synchronizer sees them; ``looks`` counts its looks at the network."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.now, self.date = 1000.0, 1_760_000_000.0
        self.mark: tuple[str, ...] = ("eth0",)
        self.looks = 0
        made = account.synchronizer
        made._clock = lambda: self.now
        made._date = lambda: self.date
        made._network = self._look

    def _look(self) -> tuple[str, ...]:
        self.looks += 1
        return self.mark

    def wait_for_looks(self) -> None:
        """Wait until it has looked around twice since now: what it does not do by then, it does not do."""
        seen = self.looks
        wait_until(self.account.core, lambda: self.looks >= seen + 2)


@pytest.mark.parametrize("kind", [RuntimeError, OSError, lambda text: OutsideError("disk-full", path=text)])
def test_a_fault_while_it_waits_is_said_and_the_next_sync_comes_nevertheless(
    account: Account, twin: Twin, kind: Callable[[str], Exception]
) -> None:
    around = Surroundings(account)
    account.synchronizer.start()
    wait_until(account.core, is_state(account, SyncCode.UP_TO_DATE))
    before = calls(twin, "sync_pull")

    def broken() -> tuple[str, ...]:
        around.looks += 1
        raise kind("the network cannot be looked at")

    account.synchronizer._network = broken
    wait_until(account.core, is_state(account, SyncCode.HERE))
    around.wait_for_looks()
    account.synchronizer._network = around._look
    around.now, around.date = around.now + 60, around.date + 60
    wait_until(account.core, lambda: calls(twin, "sync_pull") == before + 1)
    wait_until(account.core, is_state(account, SyncCode.UP_TO_DATE))
    assert account.synchronizer._thread.is_alive()


def test_a_fault_that_cannot_even_be_said_does_not_end_it(
    account: Account, twin: Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    around = Surroundings(account)
    made = account.synchronizer
    made.start()
    wait_until(account.core, is_state(account, SyncCode.UP_TO_DATE))
    before = calls(twin, "sync_pull")
    tries = [0]

    def broken(state: SyncState) -> None:
        tries[0] += 1
        raise RuntimeError("nobody hears it")

    with monkeypatch.context() as patch:
        patch.setattr(made, "_tell", broken)
        made.sync_now()
        wait_until(account.core, lambda: tries[0] >= 2)
    around.now, around.date = around.now + 60, around.date + 60
    made.sync_now()
    wait_until(account.core, lambda: calls(twin, "sync_pull") > before)
    wait_until(account.core, is_state(account, SyncCode.UP_TO_DATE))


def test_nothing_new_is_asked_once_a_minute(account: Account, twin: Twin) -> None:
    around = Surroundings(account)
    account.synchronizer.start()
    wait_until(account.core, is_state(account, SyncCode.UP_TO_DATE))
    before = len(twin.faults.log)
    around.now, around.date = around.now + 59, around.date + 59
    around.wait_for_looks()
    assert len(twin.faults.log) == before
    around.now, around.date = around.now + 1, around.date + 1
    wait_until(account.core, lambda: calls(twin, "sync_pull") > 0 and len(twin.faults.log) > before)
    around.wait_for_looks()
    assert [record.path.rpartition("/")[2] for record in list(twin.faults.log)[before:]] == ["sync_pull"]


def test_it_asks_at_once_after_the_computer_was_asleep(account: Account, twin: Twin) -> None:
    """The monotonic clock stands still while a computer sleeps, its date does not."""
    around = Surroundings(account)
    account.synchronizer.start()
    wait_until(account.core, is_state(account, SyncCode.UP_TO_DATE))
    before = calls(twin, "sync_pull")
    around.date += 5  # the date was set
    around.wait_for_looks()
    assert calls(twin, "sync_pull") == before
    around.date += 8 * 3600
    wait_until(account.core, lambda: calls(twin, "sync_pull") == before + 1, 10)
    wait_until(account.core, is_state(account, SyncCode.UP_TO_DATE))
    around.wait_for_looks()
    assert calls(twin, "sync_pull") == before + 1


def test_it_asks_within_ten_seconds_of_another_network(account: Account, twin: Twin) -> None:
    """Also where the server is asked less and less often because of trouble."""
    around = Surroundings(account)
    trouble = twin.faults.add(Fault(status(503, {"message": "busy"}), nth="every", path="/rest/"))
    account.synchronizer.start()
    wait_until(account.core, is_state(account, SyncCode.BUSY))
    around.mark = ()
    around.wait_for_looks()
    asked = len(twin.faults.log)
    around.wait_for_looks()
    assert len(twin.faults.log) == asked  # no network: nothing is asked, and the clock stands
    twin.faults.remove(trouble)
    around.mark = ("wlan0",)
    wait_until(account.core, is_state(account, SyncCode.UP_TO_DATE), 10)


def test_it_goes_on_soon_after_the_server_is_back(account: Account, twin: Twin) -> None:
    twin.stop()
    account.synchronizer.start()
    wait_until(account.core, is_state(account, SyncCode.OFFLINE, SyncCode.UNREACHABLE), 6)
    state = account.synchronizer.state()
    assert state.error is not None
    assert state.waiting == 2
    assert state.retry_in is not None
    twin.start()
    wait_until(account.core, lambda: titles(twin) == {"Book"}, 10)


def test_after_a_day_asleep_it_asks_at_once_with_a_new_token(account: Account, twin: Twin) -> None:
    asleep = [0.0]
    made = account.synchronizer
    made._date = lambda: time.time() + asleep[0]
    made.start()
    wait_until(account.core, is_state(account, SyncCode.UP_TO_DATE))
    before, grants = calls(twin, "sync_pull"), calls(twin, "/token")
    asleep[0] = 86_400.0
    twin.clock.move(86_400)
    wait_until(account.core, lambda: calls(twin, "sync_pull") > before, 10)
    wait_until(account.core, is_state(account, SyncCode.UP_TO_DATE))
    assert calls(twin, "/token") == grants + 1
    state = account.synchronizer.state()
    assert state.error is None


def test_a_wish_in_the_midst_of_a_sync_is_not_lost(account: Account, twin: Twin) -> None:
    """What the running sync has read already may be outdated, so another one follows it at once."""
    planned = twin.faults.add(Fault(stall(), path="device_seen"))
    account.synchronizer.start()
    assert planned.reached.wait(20)
    before = calls(twin, "sync_pull")
    account.synchronizer.sync_now()
    planned.release()
    wait_until(account.core, lambda: calls(twin, "sync_pull") > before, 20)
    wait_until(account.core, is_state(account, SyncCode.UP_TO_DATE))


def test_another_network_is_tried_at_once(account: Account, twin: Twin) -> None:
    mark: list[tuple[str, ...]] = [("eth0",)]
    made = account.synchronizer
    made._network = lambda: mark[0]
    made.start()
    wait_until(account.core, is_state(account, SyncCode.UP_TO_DATE))
    before = calls(twin, "sync_pull")
    mark[0] = ()  # the cable is pulled out: nothing to try
    looked = time.monotonic()
    wait_until(account.core, lambda: made._plan.network == ())
    assert calls(twin, "sync_pull") == before
    mark[0] = ("wlan0",)
    wait_until(account.core, lambda: calls(twin, "sync_pull") == before + 1, 10)
    assert time.monotonic() - looked < 20, "a minute had not passed"


def test_a_network_that_changes_in_the_midst_of_a_sync_costs_nothing(account: Account, twin: Twin) -> None:
    """The connection is gone without a word; the edit is sent over the next one."""
    planned = twin.faults.add(Fault(stall(), path="sync_push", phase="handled"))
    account.synchronizer.start()
    assert planned.reached.wait(20)
    twin.http.drop_connections()
    planned.release()
    wait_until(account.core, is_state(account, SyncCode.UP_TO_DATE))
    assert titles(twin) == {"Book"}
    assert account.synchronizer.state().waiting == 0


def test_a_black_hole_says_offline_within_five_seconds(account: Account, twin: Twin) -> None:
    planned = twin.faults.add(Fault(stall(), nth="every"))
    began = time.monotonic()
    account.synchronizer.start()
    wait_until(account.core, is_state(account, SyncCode.OFFLINE), 6)
    assert time.monotonic() - began < 5
    planned.release()
    wait_until(account.core, is_state(account, SyncCode.UP_TO_DATE), 15)


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
    wait_until(account.core, is_state(account, code))
    assert account.synchronizer.state().waiting == 2


def test_signed_out_waits_for_a_person(account: Account, twin: Twin, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as signed_out:
        signed_out.setattr(account.sign_in.server.session, "_credentials", lambda: None)
        account.synchronizer.start()
        wait_until(account.core, is_state(account, SyncCode.SIGNED_OUT))
        assert account.synchronizer.state().retry_in is None
    account.synchronizer.sync_now()
    wait_until(account.core, is_state(account, SyncCode.UP_TO_DATE))


def test_a_sign_in_of_another_process_is_told_even_if_a_try_comes_first(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That try still has the sign-in that is over, so it must not take the news for its own."""
    made, found, told = account.synchronizer, [""], list[SignedIn]()
    monkeypatch.setattr(account.sign_in.server.session, "_credentials", lambda: None)
    monkeypatch.setattr(made, "_signed_in", lambda: found.pop() if found else "")
    account.core.bus.subscribe(SignedIn, told.append)
    made.start()
    wait_until(account.core, is_state(account, SyncCode.SIGNED_OUT))
    signs_in = ["anna@example.org"]

    def network() -> tuple[str, ...]:  # asked before each try
        found.extend(signs_in)
        signs_in.clear()
        return ("lan",)

    made._plan.network = ("lan",)
    monkeypatch.setattr(made, "_network", network)
    made.sync_now()
    wait_until(account.core, lambda: told == [SignedIn("anna@example.org")])


def test_another_process_that_syncs_is_left_alone(account: Account, twin: Twin) -> None:
    other = SyncLock(account.core.library_folder)
    assert other.acquire()
    account.synchronizer.start()
    wait_until(account.core, is_state(account, SyncCode.ELSEWHERE))
    assert calls(twin, "sync_push") == 0
    other.release()
    wait_until(account.core, is_state(account, SyncCode.UP_TO_DATE))


@pytest.mark.parametrize("path", ["/auth/v1/", "sync_push", "sync_pull", "device_seen"])
def test_it_ends_within_three_seconds_in_every_phase(account: Account, twin: Twin, path: str) -> None:
    planned = twin.faults.add(Fault(stall(), path=path, nth="every"))
    account.synchronizer.start()
    twin.faults.wait_for(lambda records: any(path in record.path for record in records), 20)
    began = time.monotonic()
    account.synchronizer.close()
    assert time.monotonic() - began < 3
    planned.release()


def test_the_trash_is_emptied_after_thirty_days_of_the_servers_clock(account: Account) -> None:
    core = account.core
    project = core.library.add_project("Old")
    core.library.trash([project])
    cancel = threading.Event()
    account.one_sync.run(cancel)
    hourly = account._hourly("d")
    day = 86_400_000
    with core.database.read() as connection:
        (trashed_at,) = connection.execute("select deleted_at from project where id = ?", (project.id,)).fetchone()
    assert hourly.empty_old_trash(trashed_at + 29 * day) == []
    assert "trash-due" not in [entry.what for entry in account.activity.entries()]
    assert hourly.empty_old_trash(trashed_at + 30 * day) == []
    assert account.activity.entries()[0].what == "trash-due"
    assert hourly.empty_old_trash(trashed_at + 30 * day + 5) == []
    assert hourly.empty_old_trash(trashed_at + 31 * day) == [project]
    assert account.activity.entries()[0].what == "trash-emptied"


def test_a_network_that_let_nothing_through_is_tried_when_the_window_comes_to_the_front(
    account: Account, twin: Twin
) -> None:
    """The person has just signed in to the network, in a browser: no clock has to run out."""
    around = Surroundings(account)
    portal = twin.faults.add(Fault(captive_portal(), path="/rest/v1/", nth="every"))
    account.synchronizer.start()
    wait_until(account.core, is_state(account, SyncCode.BLOCKED))
    around.now, around.date = around.now + 4, around.date + 4
    asked = len(twin.faults.log)
    account.synchronizer.came_to_front()  # was asked seconds ago
    around.wait_for_looks()
    assert len(twin.faults.log) == asked
    account.synchronizer._plan.due = float("inf")  # what brings the next try is not the clock
    twin.faults.remove(portal)
    around.now, around.date = around.now + 7, around.date + 7
    account.synchronizer.came_to_front()
    wait_until(account.core, is_state(account, SyncCode.UP_TO_DATE), 10)


@pytest.mark.parametrize(
    "code",
    [
        "proxy-sign-in",
        "proxy-unusable",
        "server-certificate",
        "server-not-encrypted",
        "server-page",
        "server-redirects",
    ],
)
def test_a_network_in_between_is_tried_every_20_seconds_at_least(code: str) -> None:
    error = OutsideError(code)
    assert sync_code_of(error) is SyncCode.BLOCKED
    assert retry_seconds(error, 99) == 20
    assert tries_in_front(error)


@pytest.mark.parametrize("code", ["server-busy", "server-paused", "sign-ins-too-many", "sign-in-ended"])
def test_a_server_in_trouble_is_not_asked_whenever_the_window_comes_to_the_front(code: str) -> None:
    assert not tries_in_front(OutsideError(code))


class AskingKeyring(MemoryKeyring):
    """Asks for its password while it is locked: ``prompts`` counts; without an answer in ``answered`` it hangs."""

    def __init__(self) -> None:
        super().__init__()
        self.is_locked = True
        self.prompts = self.looks = 0
        self.answered = threading.Event()
        self.answered.set()

    def get_password(self, service: str, username: str) -> str | None:
        if self.is_locked:
            self.prompts += 1
            self.answered.wait()
        if self.is_locked:
            raise KeyringLocked
        return "kept"


class Keyed:
    """A sync whose token comes out of a keyring."""

    def __init__(self, account: Account, monkeypatch: pytest.MonkeyPatch, kind: str, patience: float = 10.0) -> None:
        self.keyring = AskingKeyring()
        self.account = account
        store = SecretStore(patience=patience, find=lambda: self._find(kind))
        monkeypatch.setitem(account.core.program.__dict__, "secrets", store)
        session = account.sign_in.server.session
        token = session.access_token

        def access_token() -> str:
            store.read("anna", held_by=kind)
            return token()

        monkeypatch.setattr(session, "access_token", access_token)

    def _find(self, kind: str) -> Keyring:
        self.keyring.looks += 1
        return Keyring(self.keyring, kind, locked=self.keyring.is_locked and kind.startswith("SecretService"))

    def wait_for_looks(self, around: Surroundings) -> None:
        """Turn the clock until the sync has looked at the keyring twice more."""
        seen = self.keyring.looks

        def looked() -> bool:
            around.now, around.date = around.now + 30, around.date + 30
            return self.keyring.looks >= seen + 2

        wait_until(self.account.core, looked)


@pytest.mark.parametrize("kind", ["SecretService login", "kwallet"])
def test_a_dismissed_keyring_is_not_asked_again_by_itself(
    account: Account, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    around, keyed = Surroundings(account), Keyed(account, monkeypatch, kind)
    made = account.synchronizer
    made.start()
    wait_until(account.core, is_state(account, SyncCode.KEYRING))
    assert keyed.keyring.prompts == 1
    assert made.state().retry_in is None
    around.mark = ("wlan0",)
    around.date += 8 * 3600  # it was asleep
    made.came_to_front()
    keyed.wait_for_looks(around)
    assert keyed.keyring.prompts == 1
    assert made.state().code is SyncCode.KEYRING
    made.sync_now()  # the person wants it
    wait_until(account.core, lambda: keyed.keyring.prompts == 2)


def test_a_keyring_that_was_unlocked_is_noticed(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    around, keyed = Surroundings(account), Keyed(account, monkeypatch, "SecretService login")
    account.synchronizer.start()
    wait_until(account.core, is_state(account, SyncCode.KEYRING))
    keyed.keyring.is_locked = False
    keyed.wait_for_looks(around)
    wait_until(account.core, is_state(account, SyncCode.UP_TO_DATE))
    assert keyed.keyring.prompts == 1


def test_a_person_who_types_the_keyrings_password_does_not_read_offline(
    account: Account, twin: Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server has not been asked anything yet; once it is, its silence counts from then."""
    monkeypatch.setattr("audiodesk.services.sync.synchronizer._SILENT_SECONDS", 0.5)
    keyed = Keyed(account, monkeypatch, "SecretService login")
    keyed.keyring.answered.clear()
    excused: list[bool] = []
    made = account.synchronizer
    is_asked = made._keyring.is_asked

    def noted() -> bool:
        excused.append(is_asked())
        return excused[-1]

    monkeypatch.setattr(made._keyring, "is_asked", noted)
    stalled = twin.faults.add(Fault(stall(), nth="every"))
    made.start()
    wait_until(account.core, lambda: len(excused) >= 6)  # more than a second
    assert made.state().error is None
    assert all(excused[1:])
    keyed.keyring.is_locked = False
    keyed.keyring.answered.set()
    wait_until(account.core, is_state(account, SyncCode.OFFLINE))
    stalled.release()
    wait_until(account.core, is_state(account, SyncCode.UP_TO_DATE))


@pytest.mark.parametrize("code", ["keyring-locked", "keyring-silent", "keyring-none", "keyring-unreachable"])
def test_trouble_with_the_keyring_has_a_state_of_its_own(code: str) -> None:
    assert sync_code_of(OutsideError(code)) is SyncCode.KEYRING
    assert retry_seconds(OutsideError(code), 1) is None
    assert not tries_in_front(OutsideError(code))
    assert sync_text(SyncState(SyncCode.KEYRING)) == "The keyring is locked"
    assert [keyring_seconds(n) for n in (1, 2, 99)] == [5, 10, 40]


def test_rules_of_pace() -> None:
    busy = OutsideError("server-busy", retry_after=40.0)
    assert retry_seconds(busy, 1) == 40
    assert [retry_seconds(OutsideError("sign-in-busy"), n) for n in (1, 2, 3, 99)] == [5, 10, 20, 300]
    assert retry_seconds(OutsideError("server-unreachable", retry_after=15.0), 50) == 5
    assert retry_seconds(OutsideError("sign-in-refused"), 1) is None
    assert sync_code_of(UserError("server-key-refused")) is SyncCode.NEEDS_OPERATOR
    assert sync_text(SyncState(SyncCode.OFFLINE)) == "Offline"


@pytest.mark.parametrize("code", sorted(SIGN_IN_ENDED))
def test_a_sign_in_that_the_server_ended_is_signed_out_and_waits_for_a_person(code: str) -> None:
    assert sync_code_of(OutsideError(code)) is SyncCode.SIGNED_OUT
    assert retry_seconds(OutsideError(code), 1) is None
