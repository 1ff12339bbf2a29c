"""What state an error means for the sync, and when it is tried again."""

from __future__ import annotations

import pytest

from audiodesk.domain.errors import OutsideError, UserError
from audiodesk.domain.server.sign_in import SIGN_IN_ENDED
from audiodesk.domain.sync.pace import keyring_seconds, retry_seconds, tries_in_front
from audiodesk.domain.sync.state import SyncCode, SyncState, sync_code_of
from audiodesk.domain.words.server.sync_words import sync_text


def test_rules_of_pace() -> None:
    busy = OutsideError("server-busy", retry_after=40.0)
    assert retry_seconds(busy, 1) == 40
    assert [retry_seconds(OutsideError("sign-in-busy"), n) for n in (1, 2, 3, 99)] == [5, 10, 20, 300]
    assert retry_seconds(OutsideError("server-unreachable", retry_after=15.0), 50) == 5
    assert retry_seconds(OutsideError("sign-in-refused"), 1) is None
    assert sync_code_of(UserError("server-key-refused")) is SyncCode.NEEDS_OPERATOR
    assert sync_text(SyncState(SyncCode.OFFLINE)) == "Offline"


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


@pytest.mark.parametrize("code", ["keyring-locked", "keyring-silent", "keyring-none", "keyring-unreachable"])
def test_trouble_with_the_keyring_has_a_state_of_its_own(code: str) -> None:
    assert sync_code_of(OutsideError(code)) is SyncCode.KEYRING
    assert retry_seconds(OutsideError(code), 1) is None
    assert not tries_in_front(OutsideError(code))
    assert sync_text(SyncState(SyncCode.KEYRING)) == "The keyring is locked"
    assert [keyring_seconds(n) for n in (1, 2, 99)] == [5, 10, 40]


@pytest.mark.parametrize("code", sorted(SIGN_IN_ENDED))
def test_a_sign_in_that_the_server_ended_is_signed_out_and_waits_for_a_person(code: str) -> None:
    assert sync_code_of(OutsideError(code)) is SyncCode.SIGNED_OUT
    assert retry_seconds(OutsideError(code), 1) is None
