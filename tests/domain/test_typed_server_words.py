"""What a window says of a server that was typed: in a person's words, with the host and what to do."""

from __future__ import annotations

import pytest

from audiodesk.domain.errors import OutsideError, UserError
from audiodesk.domain.server.sign_in import _FIELDS
from audiodesk.domain.words.server.typed_server_words import _SAID, typed_server_trouble

_PARAMS = {"host": "audio.exmaple.org", "where": "login.example", "reason": "expired", "ours": "a", "theirs": "b"}


@pytest.mark.parametrize(
    "code", [code for code, field in _FIELDS.items() if field in ("address", "key") and "-set" not in code]
)
def test_no_setting_is_named(code: str) -> None:
    said = typed_server_trouble(UserError(code, **_PARAMS))
    assert "SUPABASE_" not in said
    assert "{" not in said


def test_every_code_belongs_to_a_field() -> None:
    assert set(_SAID) <= {code for code, field in _FIELDS.items() if field in ("address", "key")}


def test_a_slip_in_the_address_is_said_in_words() -> None:
    said = typed_server_trouble(UserError("server-address-wrong"))
    assert said.startswith("This is not the address of a server. It looks like https://audio.example.org")
    said = typed_server_trouble(OutsideError("server-name-unknown", host="audio.exmaple.org"))
    assert said.startswith("There is no server called audio.exmaple.org. Look for a slip in the address.")
