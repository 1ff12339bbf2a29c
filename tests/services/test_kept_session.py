"""One sign-in kept fresh: each answer of Auth at each moment, two processes at once, clocks that jump, lost answers."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Literal

import pytest
from keyring.backend import KeyringBackend

from audiodesk.cloud.calls.procedures import Procedures
from audiodesk.cloud.sign_in.auth import Auth
from audiodesk.cloud.wire.http import open_client
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.events import Event, SignedOut, SignInKept, SignInWaiting
from audiodesk.services.account.kept_session import KeptSession
from audiodesk.services.account.stored_sign_in import StoredSignIn
from audiodesk.system.refresh_lock import refresh_lock
from audiodesk.system.secrets import SERVICE, SecretStore
from audiodesk.system.secrets.keyrings import Keyring
from tests.keyring_service import KeyringService
from tests.support import code_of
from tests.twin.fault_actions import auth_refusal, captive_portal, cut, gateway_page, stall, status
from tests.twin.faults import Fault
from tests.twin.twin import Twin, TwinUser

pytestmark = pytest.mark.slow


class _Backend(KeyringBackend):
    """A keyring in memory, shared by the processes that a test pretends."""

    priority = 5.0

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], str] = {}
        self.reads = 0
        self.error: Exception | None = None

    def get_password(self, service: str, username: str) -> str | None:
        self.reads += 1
        if self.error is not None:
            raise self.error
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.error is not None:
            raise self.error
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.error is not None:
            raise self.error
        self.held.pop((service, username), None)


class Desk:
    """One computer: a keyring, a clock, and as many processes as are wanted."""

    def __init__(self, twin: Twin, user: TwinUser, folder: Path) -> None:
        self.twin = twin
        self.user = user
        self.folder = folder
        self.keyring = _Backend()
        self.secrets = SecretStore(find=lambda: Keyring(self.keyring, "kwallet"))
        self.name = f"127.0.0.1/{user.id}"
        self.now = 1000.0
        self.told: list[Event] = []
        self.over = 0
        self._open = ExitStack()

    def auth(self) -> Auth:
        client = self._open.enter_context(open_client(self.twin.url))
        return Auth(client, self.twin.url, self.twin.anon_key)

    def process(self, *, held_by: str = "kwallet", waits: float = 0.0, boot: str = "boot-1") -> KeptSession:
        """A process that was started just now."""

        def lock(name: str) -> AbstractContextManager[None]:
            return refresh_lock(name, folder=self.folder)

        return KeptSession(
            self.auth(),
            self.secrets,
            name=self.name,
            email=self.user.email,
            held_by=held_by,
            publish=self.told.append,
            on_ended=self._on_ended,
            waits=waits,
            clock=lambda: self.now,
            boot=lambda: boot,
            lock=lock,
        )

    def signed_in(self) -> KeptSession:
        """The process in which somebody has just signed in."""
        session = self.process(held_by="")
        session.begin(self.auth().by_password(self.user.email, self.user.password))
        return session

    def sleep(self, seconds: float) -> None:
        """Let time pass, on both sides."""
        self.now += seconds
        self.twin.clock.move(seconds)

    @property
    def stored(self) -> StoredSignIn | None:
        text = self.keyring.held.get((SERVICE, self.name))
        return None if text is None else StoredSignIn.from_text(text)

    @property
    def grants(self) -> list[str]:
        """What was asked of /token."""
        asked = [record.query for record in self.twin.faults.log if record.path == "/auth/v1/token"]
        return [query.removeprefix("grant_type=") for query in asked]

    def close(self) -> None:
        self._open.close()

    def _on_ended(self, _error: AudioDeskError) -> None:
        self.over += 1


@pytest.fixture
def desk(twin: Twin, tmp_path: Path) -> Iterator[Desk]:
    """A computer on which an author works."""
    desk = Desk(twin, twin.add_user("anna@example.org", "päss wörd 🎙"), tmp_path / "locks")
    yield desk
    desk.close()


@pytest.mark.parametrize("algorithm", [1, 2])
@pytest.mark.parametrize("signing", ["HS256", "ES256"])
def test_one_sign_in_serves_many_processes_and_days(
    desk: Desk, algorithm: Literal[1, 2], signing: Literal["HS256", "ES256"]
) -> None:
    desk.twin.auth_settings.refresh_token_algorithm, desk.twin.tokens.algorithm = algorithm, signing
    first = desk.signed_in().access_token()
    assert [desk.process().access_token() for _ in range(40)] == [first] * 40, "no process renews what is fresh"
    assert desk.grants == ["password"]
    for _ in range(3):
        desk.sleep(86_400)
        assert desk.twin.tokens.read(desk.process().access_token())["sub"] == str(desk.user.id)
    assert desk.grants == ["password", *["refresh_token"] * 3]


def test_another_run_of_the_computer_renews(desk: Desk) -> None:
    desk.signed_in()
    desk.sleep(1)
    desk.process(boot="boot-2").access_token()
    desk.process(boot="").access_token()
    assert desk.grants == ["password", "refresh_token", "refresh_token"]


def test_the_item_is_read_once_in_a_process_until_a_renewal(desk: Desk) -> None:
    desk.signed_in()
    session = desk.process()
    desk.keyring.reads = 0
    for _ in range(10):
        session.access_token()
    assert desk.keyring.reads == 1


def test_a_clock_that_is_an_hour_fast_changes_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    real = time.time
    for hours in (1, -1, 24 * 365):
        monkeypatch.setattr(time, "time", lambda hours=hours: real() + hours * 3600)
        session = desk.process()
        if desk.stored is None:
            session = desk.signed_in()
        for _ in range(20):
            session.access_token()
            desk.sleep(10)
    assert desk.grants == ["password"]


def test_many_threads_renew_once(desk: Desk) -> None:
    desk.signed_in()
    desk.sleep(4000)
    session = desk.process()
    tokens: list[str] = []
    threads = [threading.Thread(target=lambda: tokens.append(session.access_token())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(tokens), len(set(tokens))) == (8, 1)
    assert desk.grants == ["password", "refresh_token"]


def test_two_processes_at_once_renew_once(desk: Desk) -> None:
    desk.signed_in()
    desk.sleep(4000)
    sessions = [desk.process() for _ in range(4)]
    tokens: list[str] = []
    threads = [threading.Thread(target=lambda s=one: tokens.append(s.access_token())) for one in sessions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(tokens), len(set(tokens))) == (4, 1)
    assert desk.grants == ["password", "refresh_token"]


@pytest.mark.parametrize("later", [1, 15, 86_400])
def test_after_a_lost_answer_the_stored_token_is_sent_again(desk: Desk, later: float) -> None:
    desk.signed_in()
    desk.sleep(4000)
    before = desk.stored
    desk.twin.faults.add(Fault(cut(), path="/token", phase="handled"))
    assert code_of(desk.process().access_token) == "connection-lost"
    assert desk.stored == before, "the parent is kept"
    desk.sleep(later)
    assert desk.process().access_token()
    assert desk.over == 0


def test_a_keyring_that_takes_nothing_keeps_the_parent(desk: Desk) -> None:
    """Each renewal then sends the parent, and the server answers with the same newest token."""
    session = desk.signed_in()
    parent = desk.stored
    for _ in range(4):
        desk.sleep(4000)
        desk.keyring.error = RuntimeError("locked")
        assert session.access_token()
        desk.keyring.error = None
        assert desk.stored == parent
    assert any(isinstance(event, SignInKept) and event.trouble is not None for event in desk.told)
    desk.sleep(86_400)
    assert desk.process().access_token()
    assert desk.stored != parent


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


def test_a_sign_in_without_a_keyring_lasts_until_the_end(desk: Desk) -> None:
    desk.keyring.error = RuntimeError("none")
    session = desk.signed_in()
    assert session.keyring == ""
    for _ in range(3):
        desk.sleep(4000)
        session.access_token()
    session.close()
    assert [record.query for record in desk.twin.faults.log if record.path.endswith("/logout")] == ["scope=local"]
    with desk.twin.database.open() as connection:
        assert connection.execute("select count(*) from auth.sessions").fetchone() == (0,)


def test_closing_leaves_a_stored_sign_in(desk: Desk) -> None:
    desk.signed_in().close()
    assert desk.stored is not None
    assert desk.process().access_token()


@pytest.mark.parametrize("scope", ["local", "global"])
def test_signing_out(desk: Desk, scope: Literal["local", "global"]) -> None:
    other = desk.auth().by_password(desk.user.email, desk.user.password)
    session = desk.signed_in()
    assert session.sign_out(scope, 3.0)
    assert desk.stored is None
    assert code_of(session.access_token) == "signed-out"
    assert code_of(desk.auth().renew, other.refresh) == ("" if scope == "local" else "sign-in-ended")


def test_signing_out_offline_removes_the_secret_at_once(desk: Desk) -> None:
    desk.signed_in()
    session = desk.process()
    desk.twin.stop()
    assert not session.sign_out("local", 3.0)
    assert desk.stored is None


def test_signing_out_waits_for_no_renewal_that_hangs(desk: Desk) -> None:
    session = desk.signed_in()
    desk.sleep(4000)
    desk.twin.faults.add(Fault(stall(), path="/token", nth="every"))
    found: list[str] = []
    renewing = threading.Thread(target=lambda: found.append(code_of(session.access_token)), daemon=True)
    renewing.start()
    desk.twin.faults.wait_for(lambda log: any(record.query == "grant_type=refresh_token" for record in log))
    session.sign_out("local", 0.2)
    assert desk.stored is None
    desk.twin.faults.clear()
    desk.twin.http.drop_connections()
    renewing.join(30)
    assert found
    assert desk.stored is None, "what comes late is not stored"


def test_what_another_process_signed_out_is_signed_out_here(desk: Desk) -> None:
    one = desk.signed_in()
    desk.process().sign_out("local", 3.0)
    desk.sleep(4000)
    assert code_of(one.access_token) == "signed-out"


def test_a_keyring_that_cannot_be_reached_is_no_sign_out(desk: Desk) -> None:
    desk.signed_in()
    desk.keyring.held.clear()
    session = desk.process(held_by="another keyring")
    assert code_of(session.access_token) == "keyring-unreachable"
    assert desk.over == 0


def test_an_item_that_is_no_sign_in_ends_it(desk: Desk) -> None:
    desk.signed_in()
    desk.keyring.held[SERVICE, desk.name] = "[1, 2]"
    assert code_of(desk.process().access_token) == "sign-in-ended"


def test_no_text_shows_a_secret(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    session = desk.signed_in()
    stored = desk.stored
    assert stored is not None
    desk.sleep(4000)
    desk.keyring.error = RuntimeError(stored.text())
    session.access_token()
    shown = repr(stored) + repr(session) + caplog.text + repr(desk.told)
    for secret in (stored.refresh, stored.access, session.access_token(), desk.user.password):
        assert secret not in shown


@pytest.mark.parametrize("longest", [None, 1280, 60])
def test_the_item_fits_the_keyring(longest: int | None) -> None:
    sign_in = StoredSignIn("r" * 51, "a" * 1250, 5.0, "b" * 36)
    text = sign_in.text(longest)
    assert longest is None or len(text) <= max(longest, 70)
    assert StoredSignIn.from_text(text).refresh == sign_in.refresh
    assert bool(StoredSignIn.from_text(text).access) is (longest is None)


_PROCESS = """
import sys
from pathlib import Path
from audiodesk.cloud.sign_in.auth import Auth
from audiodesk.cloud.wire.http import open_client
from audiodesk.services.account.kept_session import KeptSession
from audiodesk.system.secrets import SecretStore
url, key, name, held_by = sys.argv[1:]
with open_client(url) as client:
    session = KeptSession(Auth(client, url, key), SecretStore(), name=name, email="", held_by=held_by, boot=lambda: "")
    print("ready", flush=True)
    for line in sys.stdin:
        print(len(session.access_token()), flush=True)
        session.refused(session.access_token())
"""


def test_real_processes_share_one_sign_in_in_a_real_keyring(
    desk: Desk, keyring_service: KeyringService, twin: Twin
) -> None:
    """Four processes renew at the same moment, again and again: every renewal is accepted, and one of them is last."""
    desk.twin.auth_settings.rate_limits = False
    secrets = SecretStore()
    session = KeptSession(desk.auth(), secrets, name=desk.name, email=desk.user.email, boot=lambda: "")
    session.begin(desk.auth().by_password(desk.user.email, desk.user.password))
    arguments = [sys.executable, "-c", _PROCESS, twin.url, twin.anon_key, desk.name, session.keyring]
    processes = [
        subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]

    def everybody(act: Callable[[subprocess.Popen[str]], None]) -> None:
        for process in processes:
            act(process)

    def answer(process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        assert process.stdout.readline().strip(), "a renewal was refused"

    def ask(process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()

    def end(process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        assert process.wait(20) == 0
        process.stdout.close()

    everybody(answer)
    for _ in range(5):
        twin.clock.move(100)
        everybody(ask)
        everybody(answer)
    everybody(end)
    twin.clock.move(86_400)
    assert session.access_token()
    assert len(keyring_service.secrets()) == 1
