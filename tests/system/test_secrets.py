"""The keyring: a real Secret Service, one that is locked, hangs or is gone, and what other systems do."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from audiodesk.domain.errors import OutsideError
from audiodesk.domain.words.errors.error_words import error_action, error_sentence
from audiodesk.system.secrets import SERVICE, Secret, SecretStore, keyrings, macos_item
from audiodesk.system.secrets.keyrings import Keyring, best_keyring
from tests.keyring_memory import MemoryKeyring
from tests.keyring_service import KeyringService
from tests.support import code_of

pytestmark = pytest.mark.slow

NAME = "example.org/0f8fad5b-d9cb-469f-a165-70867728950e"


def _name_of(store: SecretStore) -> str:
    return store.state()[1]


def test_a_secret_is_kept_replaced_and_removed(keyring_service: KeyringService) -> None:
    store = SecretStore()
    assert store.state() == ("ready", "SecretService login")
    assert store.read(NAME) is None
    assert store.store(NAME, "first") == "SecretService login"
    store.store(NAME, "second")
    assert SecretStore().read(NAME) == Secret("second", "SecretService login")
    assert keyring_service.secrets() == ["second"]
    store.remove(NAME)
    store.remove(NAME)
    assert store.read(NAME, held_by="SecretService login") is None


def test_no_text_of_a_secret_shows_it() -> None:
    assert "hidden" not in repr(Secret("hidden", "macOS"))


def test_it_is_there_after_the_keyring_was_started_again(keyring_service: KeyringService) -> None:
    SecretStore().store(NAME, "kept")
    keyring_service.stop()
    assert SecretStore().state()[0] == "none"
    assert code_of(SecretStore().read, NAME) == "keyring-none"
    keyring_service.start()
    assert SecretStore().read(NAME) == Secret("kept", "SecretService login")


def test_a_locked_keyring_without_a_screen(keyring_service: KeyringService) -> None:
    store = SecretStore(patience=5)
    store.store(NAME, "kept")
    keyring_service.lock()
    assert store.state() == ("locked", "SecretService login")
    assert code_of(SecretStore(prompts=False).read, NAME) == "keyring-locked"
    assert code_of(store.read, NAME) in ("keyring-locked", "keyring-unreachable", "keyring-silent")


def test_a_keyring_that_hangs_is_given_up_and_used_again_later(keyring_service: KeyringService) -> None:
    SecretStore().store(NAME, "kept")
    store = SecretStore(patience=0.3)
    keyring_service.hang()
    assert code_of(store.read, NAME) == "keyring-silent"
    assert code_of(store.store, NAME, "other") == "keyring-silent"
    assert SecretStore(patience=0.3).state() == ("silent", "")
    keyring_service.go_on()
    patient = SecretStore()
    assert patient.read(NAME) == Secret("kept", "SecretService login")


def test_a_secret_is_taken_out_late_by_a_keyring_that_hangs(keyring_service: KeyringService) -> None:
    store = SecretStore()
    store.store(NAME, "kept")
    keyring_service.hang()
    began = time.monotonic()
    assert code_of(store.take_out, NAME, 0.3) == "keyring-silent"
    assert time.monotonic() - began < 2
    assert code_of(store.take_out, NAME, 0.1) == "keyring-silent"
    keyring_service.go_on()
    pending = store._pending
    assert pending is not None
    pending.join(20)
    assert keyring_service.secrets() == []
    assert store.take_out(NAME, 10.0) is None


def test_a_removal_that_comes_late_spares_what_is_wanted_again(keyring_service: KeyringService) -> None:
    """Another process may have stored a newer sign-in since the removal was given up."""
    store = SecretStore()
    store.store(NAME, "newer")
    keyring_service.hang()
    asked: list[bool] = []

    def spare() -> bool:
        asked.append(True)
        return False

    assert code_of(lambda: store.take_out(NAME, 0.1, late=spare)) == "keyring-silent"
    keyring_service.go_on()
    assert store._pending is not None
    store._pending.join(20)
    assert asked == [True]
    assert store.read(NAME) == Secret("newer", "SecretService login")
    assert store.take_out(NAME, 10.0, late=lambda: False) == Secret("newer", "SecretService login"), "in time"


def test_a_keyring_that_asks_the_person_is_waited_for_when_a_secret_is_taken_out() -> None:
    asked, answered = threading.Event(), threading.Event()

    class Asking(MemoryKeyring):
        def get_password(self, service: str, username: str) -> str | None:
            asked.set()
            answered.wait(20)
            return super().get_password(service, username)

    held = Asking()
    held.held[SERVICE, NAME] = "kept"
    store = SecretStore(patience=20.0, find=lambda: Keyring(held, "kwallet", locked=True))
    found: list[Secret | None] = []
    taking = threading.Thread(target=lambda: found.append(store.take_out(NAME, 0.05)))
    taking.start()
    assert asked.wait(10)
    taking.join(0.3)
    assert taking.is_alive(), "the person is typing a password"
    answered.set()
    taking.join(20)
    assert found == [Secret("kept", "kwallet")]
    assert held.held == {}


def test_another_keyring_that_has_nothing_is_not_a_sign_out(keyring_service: KeyringService) -> None:
    assert code_of(lambda: SecretStore().read(NAME, held_by="SecretService passwords")) == "keyring-unreachable"
    SecretStore().store(NAME, "moved")
    found = SecretStore().read(NAME, held_by="SecretService passwords")
    assert found == Secret("moved", "SecretService login")


def test_another_keyring_takes_nothing_out(keyring_service: KeyringService) -> None:
    another = "SecretService passwords"
    assert code_of(lambda: SecretStore().take_out(NAME, 10.0, held_by=another)) == "keyring-unreachable"
    SecretStore().store(NAME, "moved")
    assert SecretStore().take_out(NAME, 10.0, held_by=another) == Secret("moved", "SecretService login")
    assert keyring_service.secrets() == []


def test_a_secret_is_replaced_only_where_it_is(keyring_service: KeyringService) -> None:
    store = SecretStore()
    assert code_of(lambda: store.store(NAME, "new", held_by="SecretService passwords")) == "keyring-unreachable"
    assert keyring_service.secrets() == []
    assert store.store(NAME, "new", held_by="SecretService login") == "SecretService login"


@pytest.mark.usefixtures("no_keyring")
def test_a_computer_without_a_keyring() -> None:
    assert SecretStore().state() == ("none", "")
    assert code_of(SecretStore().store, NAME, "x") == "keyring-none"


@pytest.mark.usefixtures("no_keyring")
def test_a_keyring_of_another_package_is_never_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as the one of keyrings.alt, which keeps secrets in a file."""
    monkeypatch.setattr(MemoryKeyring, "__module__", "keyrings.alt.file")
    monkeypatch.setattr("keyring.backends.kwallet.Another", MemoryKeyring, raising=False)
    assert best_keyring() is None


@pytest.mark.usefixtures("no_keyring")
def test_windows_holds_1280_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MemoryKeyring, "__module__", "keyring.backends.Windows")
    monkeypatch.setattr("keyring.backends.Windows.Pretended", MemoryKeyring, raising=False)
    store = SecretStore()
    assert store.state() == ("ready", "Windows")
    assert store.longest() == 1280
    store.store(NAME, "x" * 1280)
    assert code_of(store.store, NAME, "x" * 1281) == "keyring-too-small"


def test_what_a_back_end_says_is_not_repeated() -> None:
    backend = MemoryKeyring()
    backend.error = RuntimeError("could not store 'the secret'")
    store = SecretStore(find=lambda: Keyring(backend, "kwallet"))
    with pytest.raises(OutsideError) as raised:
        store.store(NAME, "the secret")
    assert raised.value.code == "keyring-unreachable"
    assert "the secret" not in str(raised.value) + raised.value.details
    assert raised.value.__cause__ is None


class _Framework:
    """What stands for Apple's framework and keyring's bindings to it."""

    def __init__(self, status: int) -> None:
        self.asked: list[tuple[Any, Any]] = []

        def update(query: Any, values: Any) -> int:
            self.asked.append((query, values))
            return status

        self._sec = type("Security", (), {"SecItemUpdate": staticmethod(update)})()

    def k_(self, name: str) -> str:
        return name

    def create_query(self, **members: str) -> dict[str, str]:
        return members


def test_macos_changes_the_item_in_place() -> None:
    framework = _Framework(0)
    assert macos_item.update_item("AudioDesk", NAME, "new", api=framework)
    query = {"kSecClass": "kSecClassGenericPassword", "kSecAttrService": "AudioDesk", "kSecAttrAccount": NAME}
    assert framework.asked == [(query, {"kSecValueData": "new"})]


def test_macos_adds_the_item_where_there_is_none() -> None:
    assert not macos_item.update_item("AudioDesk", NAME, "new", api=_Framework(-25300))


@pytest.mark.parametrize("updated", [True, False])
def test_on_macos_an_item_is_only_added_where_there_was_none(monkeypatch: pytest.MonkeyPatch, *, updated: bool) -> None:
    backend = MemoryKeyring()
    monkeypatch.setattr(macos_item, "update_item", lambda *_: updated)
    Keyring(backend, "macOS").store("AudioDesk", NAME, "new")
    assert bool(backend.held) is not updated


def test_calls_of_several_threads_wait_for_each_other(keyring_service: KeyringService) -> None:
    store = SecretStore()
    store.store(NAME, "kept")
    found: list[Secret | None] = []
    threads = [threading.Thread(target=lambda: found.append(store.read(NAME))) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [Secret("kept", "SecretService login")] * 5


def test_every_trouble_has_words() -> None:
    for code in ("none", "locked", "silent", "unreachable", "too-small"):
        error = OutsideError(f"keyring-{code}", longest=1280)
        assert error_sentence(error) != error_sentence(OutsideError("unknown"))
        assert error_action(error)


def test_the_allowed_ones_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.util

    for kind in keyrings._ALLOWED:
        assert importlib.util.find_spec(f"keyring.backends.{kind}") is not None
    assert Path(importlib.util.find_spec("keyring.backends.macOS.api").origin or "").is_file()  # type: ignore[union-attr]
