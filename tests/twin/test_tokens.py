"""Tokens are made and read as the real services do."""

from __future__ import annotations

import jwt
import pytest

from tests.twin.tokens import Clock, TokenError, Tokens

SECRET = "a secret of a test that is long enough"
USER = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def tokens() -> Tokens:
    """Tokens with a clock of their own."""
    return Tokens(SECRET, issuer="http://127.0.0.1/auth/v1")


def code_of(tokens: Tokens, token: str) -> str:
    """Why a token is not believed."""
    with pytest.raises(TokenError) as caught:
        tokens.read(token)
    assert str(caught.value) == caught.value.code
    return caught.value.code


def test_a_users_token_holds_what_gotrue_puts_in(tokens: Tokens) -> None:
    claims = jwt.decode(
        tokens.user(USER, "a@example.org", app_metadata={"role": "support"}),
        SECRET,
        algorithms=["HS256"],
        audience="authenticated",
        issuer="http://127.0.0.1/auth/v1",
    )
    assert claims["sub"] == USER
    assert claims["email"] == "a@example.org"
    assert claims["role"] == "authenticated"
    assert claims["exp"] == claims["iat"] + 3600
    assert claims["app_metadata"] == {"role": "support"}
    assert {"aal", "amr", "session_id", "user_metadata", "phone", "is_anonymous"} <= claims.keys()


def test_keys_are_the_same_each_time_and_good_for_years(tokens: Tokens) -> None:
    assert tokens.anon() == Tokens(SECRET).anon()
    assert tokens.read(tokens.anon())["role"] == "anon"
    assert tokens.read(tokens.service())["role"] == "service_role"
    tokens.clock.move(5 * 365 * 86_400)
    assert tokens.read(tokens.service())["iss"] == "supabase"


def test_tokens_are_the_same_until_the_next_second(tokens: Tokens) -> None:
    first = tokens.user(USER, iat=5, exp=6, amr=[])
    assert "jti" not in jwt.decode(first, options={"verify_signature": False})
    assert tokens.user(USER, iat=5, exp=6, amr=[]) == first
    before = tokens.user(USER)
    tokens.clock.move(1)
    assert tokens.user(USER) != before


def test_a_token_expires_when_the_clock_says_so(tokens: Tokens) -> None:
    token = tokens.user(USER, expires_in=10)
    tokens.clock.move(8)
    assert tokens.read(token)["sub"] == USER
    tokens.clock.move(2)
    assert code_of(tokens, token) == "expired"
    assert code_of(tokens, tokens.user(USER, expires_in=-1)) == "expired"
    tokens.clock.move(-5)
    assert tokens.read(token)["sub"] == USER


def test_a_foreign_signature_is_told_from_nonsense(tokens: Tokens) -> None:
    good = tokens.user(USER)
    header, payload, signature = good.split(".")
    unsigned = jwt.encode({"sub": USER}, "", algorithm="none")
    assert code_of(tokens, Tokens("another secret that is long enough too").user(USER)) == "signature"
    assert code_of(tokens, f"{header}.{payload}.{signature[:-4]}AAAA") == "signature"
    for nonsense in ("", "x", "a.b.c", f"{header}.{payload}", unsigned, tokens.sign({"exp": "soon"})):
        assert code_of(tokens, nonsense) == "malformed"


def test_a_token_from_the_future_is_believed(tokens: Tokens) -> None:
    token = tokens.user(USER)
    tokens.clock.move(-3000)
    assert tokens.read(token)["sub"] == USER


def test_a_clock_can_be_shared() -> None:
    clock = Clock()
    one, two = Tokens(SECRET, clock=clock), Tokens(SECRET, clock=clock)
    token = one.user(USER, expires_in=60)
    clock.move(61)
    assert code_of(two, token) == "expired"


def test_keys_of_the_newer_kind_are_opaque_and_stay_the_same(tokens: Tokens) -> None:
    assert tokens.publishable() == Tokens(SECRET).publishable()
    assert tokens.publishable().startswith("sb_publishable_")
    assert tokens.secret_key().startswith("sb_secret_")
    keys = (
        tokens.anon(),
        tokens.service(),
        tokens.publishable(),
        tokens.secret_key(),
        tokens.user(USER),
        "sb_secret_x",
    )
    roles = [tokens.role_of_key(key) for key in keys]
    assert roles == ["anon", "service_role", "anon", "service_role", None, None]
    assert code_of(tokens, tokens.publishable()) == "malformed"


def test_a_users_token_may_be_signed_with_es256(tokens: Tokens) -> None:
    tokens.algorithm = "ES256"
    token = tokens.user(USER, expires_in=60)
    assert jwt.get_unverified_header(token)["alg"] == "ES256"
    assert Tokens(SECRET).read(token)["sub"] == USER
    assert code_of(Tokens("another secret that is long enough too"), token) == "signature"
    tokens.clock.move(60)
    assert code_of(tokens, token) == "expired"
    assert jwt.get_unverified_header(tokens.anon())["alg"] == "HS256"
