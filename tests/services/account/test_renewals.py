"""Tokens are renewed once for all: threads, processes, clocks that jump, lost answers, a keyring that takes nothing."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Literal

import pytest

from audiodesk.domain.events import SignInKept
from audiodesk.services.account.kept_session import KeptSession
from audiodesk.services.account.stored_sign_in import StoredSignIn
from audiodesk.system.secrets import Secret, SecretStore
from tests.keyring_memory import MemoryKeyring
from tests.keyring_service import KeyringService
from tests.services.account.desk import Desk
from tests.support import code_of
from tests.twin.fault_actions import cut
from tests.twin.faults import Fault
from tests.twin.twin import Twin

pytestmark = pytest.mark.slow
_DUE = 3590.0
"""Seconds after which a token of an hour has to be renewed but has not expired."""


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
        desk.sleep(_DUE)
        desk.keyring.error = RuntimeError("locked")
        assert session.access_token()
        desk.keyring.error = None
        assert desk.stored == parent
    assert any(isinstance(event, SignInKept) and event.trouble is not None for event in desk.told)
    desk.sleep(86_400)
    assert desk.process().access_token()
    assert desk.stored != parent


def test_a_renewal_stays_in_the_keyring_of_the_sign_in(desk: Desk) -> None:
    """Another keyring answers for a while: nothing is stored there, and nothing is lost."""
    session = desk.signed_in()
    kept, own = desk.stored, desk.keyring
    other = MemoryKeyring()
    read = desk.secrets.read

    def changes_hands(name: str, *, held_by: str = "") -> Secret | None:
        found = read(name, held_by=held_by)
        desk.keyring, desk.keyring_name = other, "another"
        return found

    desk.sleep(_DUE)
    desk.secrets.read = changes_hands  # type: ignore[method-assign]
    assert session.access_token()
    assert (other.held, session.keyring) == ({}, "kwallet")
    assert session.trouble is not None
    assert session.trouble.code == "keyring-unreachable"
    desk.secrets.read = read  # type: ignore[method-assign]
    desk.keyring, desk.keyring_name = own, "kwallet"
    assert desk.stored == kept
    desk.sleep(4000)
    assert session.access_token()
    assert desk.stored != kept


def test_a_sign_in_that_the_person_moved_is_followed(desk: Desk) -> None:
    desk.signed_in()
    session = desk.process(held_by="a former keyring")
    desk.sleep(4000)
    assert session.access_token()
    assert session.trouble is None
    assert session.keyring == "kwallet"


def test_without_its_keyring_a_process_renews_only_what_it_renewed_itself_a_moment_ago(desk: Desk) -> None:
    """Two renewals by another process: the token in memory would make the server end the whole sign-in."""
    session = desk.signed_in()
    for _ in range(2):
        desk.sleep(4000)
        assert desk.process().access_token()
    desk.keyring.error = RuntimeError("locked")
    asked = len(desk.grants)
    assert code_of(session.access_token) == "keyring-unreachable"
    assert len(desk.grants) == asked
    desk.keyring.error = None
    desk.sleep(30)
    assert session.access_token()
    assert desk.over == 0


def test_a_process_that_only_read_the_sign_in_does_not_renew_without_the_keyring(desk: Desk) -> None:
    desk.signed_in()
    session = desk.process()
    assert session.access_token()
    desk.sleep(_DUE)
    desk.keyring.error = RuntimeError("locked")
    assert code_of(session.access_token) == "keyring-unreachable"


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
from audiodesk.system.secrets import Secret, SecretStore
from tests.keyring_memory import MemoryKeyring
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
