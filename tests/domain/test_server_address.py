"""Addresses and keys of a project as people paste them."""

from __future__ import annotations

import base64
import json

import pytest

from audiodesk.cloud.wire.server_address import host_of, public_key, server_address
from audiodesk.domain.errors import UserError
from tests.support import code_of

REF = "abcdefghijklmnopqrst"
HOME = f"https://{REF}.supabase.co"


@pytest.mark.parametrize(
    "given",
    [
        HOME,
        f"{HOME}/",
        f"  {HOME}//  ",
        f'"{HOME}"',
        f"<{HOME}>",
        f"{REF}.supabase.co",
        f"HTTPS://{REF.upper()}.Supabase.CO",
        REF,
        f"{HOME}/rest/v1/",
        f"{HOME}/auth/v1",
        f"{HOME}/storage/v1/object",
        f"{HOME}?a=b#c",
        f"http://{REF}.supabase.co",
        f"https://{REF}.supabase.co:443",
        f"db.{REF}.supabase.co",
        f"https:/{REF}.supabase.co",
        f"https//{REF}.supabase.co",
        f"https://supabase.com/dashboard/project/{REF}",
        f"https://supabase.com/dashboard/project/{REF}/settings/api",
        f"https://app.supabase.com/project/{REF}",
    ],
)
def test_what_was_meant_is_plain(given: str) -> None:
    assert server_address(given) == HOME


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("http://127.0.0.1:54321", "http://127.0.0.1:54321"),
        ("127.0.0.1:54321/", "http://127.0.0.1:54321"),
        ("localhost:54321", "http://localhost:54321"),
        ("LOCALHOST:54321", "http://localhost:54321"),
        ("http://[::1]:54321/", "http://[::1]:54321"),
        ("[::1]:54321", "http://[::1]:54321"),
        ("studio.example.org", "https://studio.example.org"),
        ("https://example.org/supabase/", "https://example.org/supabase"),
        ("https://example.org/supabase/rest/v1", "https://example.org/supabase"),
        ("https://example.org:8443", "https://example.org:8443"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_other_servers(given: str, address: str) -> None:
    assert server_address(given) == address


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("", "server-address-wrong"),
        ("   ", "server-address-wrong"),
        ("https://", "server-address-wrong"),
        ("ftp://example.org", "server-address-wrong"),
        ("https://anna:secret@example.org", "server-address-wrong"),
        ("https://example.org:99999", "server-address-wrong"),
        ("https://example.org:0", "server-address-wrong"),
        ("https://exa mple.org", "server-address-wrong"),
        ("https://example.org,other.org", "server-address-wrong"),
        ("https://[::1", "server-address-wrong"),
        ("https://1.2.3.999", "server-address-wrong"),
        ("https://[fe80::1%25eth0]", "server-address-wrong"),
        ("https://-a.example", "server-address-wrong"),
        ("https://exa\u202emple.org", "server-address-wrong"),
        (f"https://{'a' * 70}.example", "server-address-wrong"),
        ("javascript:alert(1)", "server-address-wrong"),
        ("http://example.org", "server-address-insecure"),
        ("http://192.168.1.5:8000", "server-address-insecure"),
        ("http://localhost.example.org", "server-address-insecure"),
        ("https://supabase.com/dashboard", "server-address-dashboard"),
        (f"postgresql://postgres:secret@db.{REF}.supabase.co:5432/postgres", "server-address-database"),
        ("postgres://postgres:secret@localhost/postgres", "server-address-database"),
    ],
)
def test_what_cannot_be_meant_is_refused(given: str, code: str) -> None:
    with pytest.raises(UserError) as raised:
        server_address(given)
    assert raised.value.code == code
    assert "secret" not in str(raised.value)
    assert "secret" not in raised.value.details


def test_the_host_is_what_a_person_recognises() -> None:
    assert host_of("http://127.0.0.1:54321") == "127.0.0.1:54321"
    assert host_of(f"{HOME}/x") == f"{REF}.supabase.co"


def _token(**claims: object) -> str:
    parts = [{"alg": "HS256", "typ": "JWT"}, claims]
    written = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*written, "c2lnbmF0dXJl"])


ANON = _token(iss="supabase", ref=REF, role="anon")


@pytest.mark.parametrize("given", [ANON, f" {ANON}\n", f'"{ANON}"', "sb_publishable_abc-DEF_123", _token(role="anon")])
def test_a_public_key(given: str) -> None:
    assert public_key(given, HOME) in given


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("sb_secret_abcdefgh", "service-key-refused"),
        (_token(role="service_role", ref=REF), "service-key-refused"),
        (_token(role="supabase_admin"), "service-key-refused"),
        (_token(role="authenticated", sub="x"), "server-key-wrong"),
        (_token(role="anon", ref="zyxwvutsrqponmlkjihg"), "server-key-other-project"),
        (ANON[: len(ANON) // 2], "server-key-wrong"),
        ("eyJhbGciOiJIUzI1NiJ9.bm90anNvbg.x", "server-key-wrong"),
        ("eyJhbGciOiJIUzI1NiJ9.WzFd.x", "server-key-wrong"),
        (HOME, "server-key-wrong"),
        ("clé", "server-key-wrong"),
        ("two words", "server-key-wrong"),
        ("", "server-key-wrong"),
    ],
)
def test_other_keys_are_refused(given: str, code: str) -> None:
    assert code_of(public_key, given, HOME) == code


def test_a_refusal_does_not_repeat_the_key() -> None:
    with pytest.raises(UserError) as raised:
        public_key(_token(role="service_role"), HOME)
    assert "eyJ" not in f"{raised.value}{raised.value.details}"
