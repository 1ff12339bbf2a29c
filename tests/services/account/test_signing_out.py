"""How long a sign-in lasts without a keyring, how it is left, and what nobody may see of it."""

from __future__ import annotations

import threading
import time
from typing import Literal

import pytest

from audiodesk.cloud.sign_in.auth import Tokens
from audiodesk.services.account.kept_session import KeptSession
from audiodesk.services.account.stored_sign_in import StoredSignIn
from audiodesk.system.refresh_lock import refresh_lock
from audiodesk.system.secrets import SERVICE, SecretStore
from tests.keyring_service import KeyringService
from tests.services.account.desk import Desk
from tests.support import code_of, wait_until
from tests.twin.fault_actions import stall, status
from tests.twin.faults import Fault

pytestmark = pytest.mark.slow


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


def test_signing_out_waits_for_no_keyring_that_hangs(desk: Desk, keyring_service: KeyringService) -> None:
    """The server is told meanwhile, and the keyring removes the secret as soon as it goes on."""
    secrets = SecretStore()
    session = KeptSession(desk.auth(), secrets, name=desk.name, email=desk.user.email, boot=lambda: "")
    session.begin(desk.auth().by_password(desk.user.email, desk.user.password))
    assert session.access_token()
    keyring_service.hang()
    began = time.monotonic()
    assert code_of(session.sign_out, "local", 1.0) == "keyring-silent"
    assert time.monotonic() - began < 2
    assert code_of(session.access_token) == "signed-out"
    with desk.twin.database.open() as connection:
        assert connection.execute("select count(*) from auth.sessions").fetchone() == (0,)
    keyring_service.go_on()
    assert secrets.read(desk.name) is None


def test_what_another_process_signed_out_is_signed_out_here(desk: Desk) -> None:
    one = desk.signed_in()
    desk.process().sign_out("local", 3.0)
    desk.sleep(4000)
    assert code_of(one.access_token) == "signed-out"


def test_a_renewal_does_not_bring_back_what_another_process_signed_out(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server does not hear of the sign-out itself, so the process that renewed has to revoke what it got."""
    desk.signed_in()
    desk.sleep(4000)
    renewing, leaving = desk.process(), desk.process()
    desk.twin.faults.add(Fault(status(503), path="/logout"))
    renew = renewing._auth.renew

    def signed_out_meanwhile(refresh: str) -> Tokens:
        tokens = renew(refresh)
        leaving.sign_out("local", 1.0)
        return tokens

    monkeypatch.setattr(renewing._auth, "renew", signed_out_meanwhile)
    assert code_of(renewing.access_token) == "signed-out"
    assert desk.stored is None
    assert code_of(renewing.access_token) == "signed-out"
    with desk.twin.database.open() as connection:
        assert connection.execute("select count(*) from auth.sessions").fetchone() == (0,)


def test_a_renewal_whose_keyring_is_slow_does_not_bring_back_what_was_signed_out(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sign-out waits for no renewal: it may come between the renewal's look at the keyring and its store."""
    session = desk.signed_in()
    desk.sleep(4000)
    get = desk.keyring.get_password
    leaving = threading.Thread(target=lambda: session.sign_out("local", 3.0))
    desk.keyring.reads = 0

    def slow(service: str, username: str) -> str | None:
        found = get(service, username)
        if desk.keyring.reads == 2:  # the look whether the item is still the one that was sent
            asked = threading.current_thread()
            wait_until(lambda: desk.secrets._pending is asked)
            leaving.start()
            wait_until(lambda: desk.secrets._pending is not asked)
        return found

    monkeypatch.setattr(desk.keyring, "get_password", slow)
    assert code_of(session.access_token) == "signed-out"
    leaving.join(20)
    assert desk.stored is None
    assert code_of(session.access_token) == "signed-out"
    with desk.twin.database.open() as connection:
        assert connection.execute("select count(*) from auth.sessions").fetchone() == (0,)


def test_a_renewal_does_not_replace_a_sign_in_that_was_made_meanwhile(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.signed_in()
    desk.sleep(4000)
    renewing = desk.process()
    renew = renewing._auth.renew
    other = StoredSignIn("another refresh token", "another token", desk.now + 1000, "boot-1")

    def replaced_meanwhile(refresh: str) -> Tokens:
        tokens = renew(refresh)
        desk.keyring.held[SERVICE, desk.name] = other.text()
        return tokens

    monkeypatch.setattr(renewing._auth, "renew", replaced_meanwhile)
    assert renewing.access_token() == "another token"
    assert desk.stored == other


def test_signing_out_keeps_other_processes_from_renewing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    session = desk.signed_in()
    found: list[str] = []
    delete = desk.keyring.delete_password

    def renews() -> None:
        with refresh_lock(desk.name, folder=desk.folder, wait=0.0):
            pass

    def looked_at(service: str, username: str) -> None:
        found.append(code_of(renews))
        delete(service, username)

    monkeypatch.setattr(desk.keyring, "delete_password", looked_at)
    session.sign_out("local", 3.0)
    assert found == ["sign-in-busy"]
    assert code_of(renews) == ""


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
    desk.sleep(3590)
    desk.keyring.error = RuntimeError(stored.text())
    session.access_token()
    shown = repr(stored) + repr(session) + caplog.text + repr(desk.told)
    for secret in (stored.refresh, stored.access, session.access_token(), desk.user.password):
        assert secret not in shown
