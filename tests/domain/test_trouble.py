"""One table says what an error means for the connection: no code is missing, and no two parts disagree."""

from __future__ import annotations

import pytest

from audiodesk.desktop.sync.connection_of_sync import connection_of_sync
from audiodesk.domain.errors import BugError, OutsideError
from audiodesk.domain.server.connection import Connection, connection_after
from audiodesk.domain.server.sign_in import SIGN_IN_ENDED
from audiodesk.domain.sync.state import SyncCode, SyncState, sync_code_of
from audiodesk.domain.trouble import _BY_CODE, _CODES, Trouble, trouble_of
from audiodesk.domain.words.errors.server_error_words import NETWORK_ERRORS
from audiodesk.domain.words.server.connection_words import connection_advice, connection_word

_NO_TROUBLE = {"object-missing"}
"""What the server answers about one thing, and says nothing about the connection."""


@pytest.mark.parametrize("code", sorted(_BY_CODE))
def test_the_status_bar_and_the_sync_say_the_same(code: str) -> None:
    error = OutsideError(code)
    assert connection_of_sync(SyncState(sync_code_of(error), error)) is connection_after(error)


def test_each_code_stands_once() -> None:
    assert sum(len(codes) for codes in _CODES.values()) == len(_BY_CODE)
    assert set(_CODES) == set(Trouble)


def test_each_error_of_the_network_and_each_end_of_a_sign_in_is_in_the_table() -> None:
    assert set(NETWORK_ERRORS) - set(_BY_CODE) == _NO_TROUBLE
    assert {trouble_of(OutsideError(code)) for code in SIGN_IN_ENDED} == {Trouble.SIGNED_OUT}


@pytest.mark.parametrize(
    "error",
    [
        *(OutsideError(code) for code in ("disk-full", "disk-read-only", "sign-in-busy", "audio-unreadable")),
        BugError("unexpected"),
    ],
    ids=lambda error: error.code,
)
def test_trouble_of_this_computer_is_not_the_servers(error: OutsideError | BugError) -> None:
    assert sync_code_of(error) is SyncCode.HERE
    assert "this computer" in connection_advice(Connection.HERE)


@pytest.mark.parametrize(
    ("code", "connection"),
    [
        ("sign-ins-too-many", Connection.BUSY),
        ("server-busy", Connection.BUSY),
        ("library-of-another-server", Connection.SIGNED_OUT),
        ("server-certificate", Connection.BLOCKED),
        ("server-redirects", Connection.BLOCKED),
        ("keyring-locked", Connection.KEYRING),
    ],
)
def test_what_answers_is_not_called_unreachable(code: str, connection: Connection) -> None:
    assert connection_after(OutsideError(code)) is connection


@pytest.mark.parametrize("connection", list(Connection))
def test_each_word_is_its_own(connection: Connection) -> None:
    others = [connection_word(other) for other in Connection if other is not connection]
    assert connection_word(connection) not in others
    assert connection_advice(connection)
