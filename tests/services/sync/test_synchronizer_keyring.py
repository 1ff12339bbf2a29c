"""A sync whose sign-in is in a keyring that is locked: the person is asked once, and no network is blamed for it."""

from __future__ import annotations

import threading

import pytest
from keyring.errors import KeyringLocked

from audiodesk.composition.account import Account
from audiodesk.domain.sync.state import SyncCode
from audiodesk.system.secrets import SecretStore
from audiodesk.system.secrets.keyrings import Keyring
from tests.keyring_memory import MemoryKeyring
from tests.services.sync.synchronizing import Surroundings, account, is_state
from tests.support import wait_until
from tests.twin.fault_actions import stall
from tests.twin.faults import Fault
from tests.twin.twin import Twin

__all__ = ["account"]  # a fixture

pytestmark = pytest.mark.slow  # the file as a whole


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
            around.pass_time(30)
            return self.keyring.looks >= seen + 2

        wait_until(looked)


@pytest.mark.parametrize("kind", ["SecretService login", "kwallet"])
def test_a_dismissed_keyring_is_not_asked_again_by_itself(
    account: Account, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    around, keyed = Surroundings(account), Keyed(account, monkeypatch, kind)
    made = account.synchronizer
    made.start()
    wait_until(is_state(account, SyncCode.KEYRING))
    assert keyed.keyring.prompts == 1
    assert made.state().retry_in is None
    around.mark = ("wlan0",)
    around.date += 8 * 3600  # it was asleep
    made.came_to_front()
    keyed.wait_for_looks(around)
    assert keyed.keyring.prompts == 1
    assert made.state().code is SyncCode.KEYRING
    made.sync_now()  # the person wants it
    wait_until(lambda: keyed.keyring.prompts == 2)


def test_a_keyring_that_was_unlocked_is_noticed(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    around, keyed = Surroundings(account), Keyed(account, monkeypatch, "SecretService login")
    account.synchronizer.start()
    wait_until(is_state(account, SyncCode.KEYRING))
    keyed.keyring.is_locked = False
    keyed.wait_for_looks(around)
    wait_until(is_state(account, SyncCode.UP_TO_DATE))
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
    wait_until(lambda: len(excused) >= 6)  # more than a second
    assert made.state().error is None
    assert all(excused[1:])
    keyed.keyring.is_locked = False
    keyed.keyring.answered.set()
    wait_until(is_state(account, SyncCode.OFFLINE))
    stalled.release()
    wait_until(is_state(account, SyncCode.UP_TO_DATE))
