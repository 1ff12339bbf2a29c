"""The calls to Auth: what each of its answers means, of a sign-in, a code, a renewal and a sign-out."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from typing import Literal

import pytest

from audiodesk.cloud.sign_in.auth import Auth, Tokens
from audiodesk.cloud.wire.http import open_client
from audiodesk.domain.errors import AudioDeskError, OutsideError
from audiodesk.domain.server.sign_in import SIGN_IN_ENDED, field_of, is_ended
from audiodesk.domain.words.errors.error_words import error_action, error_sentence
from tests.support import code_of
from tests.twin.fault_actions import Action, auth_refusal, captive_portal, cut, empty, gateway_page, html, stall, status
from tests.twin.faults import Fault
from tests.twin.twin import Twin, TwinUser

pytestmark = pytest.mark.slow


@pytest.fixture
def auth(twin: Twin) -> Iterator[Auth]:
    """The calls, to the stand-in."""
    with open_client(twin.url) as client:
        yield Auth(client, twin.url, twin.anon_key)


def _sql(twin: Twin, statement: str) -> None:
    with twin.database.open("supabase_auth_admin", autocommit=True) as connection:
        connection.execute(statement.encode())


def _error(act: object, *arguments: str) -> AudioDeskError:
    with pytest.raises(AudioDeskError) as raised:
        act(*arguments)  # type: ignore[operator]
    return raised.value


@pytest.mark.parametrize("algorithm", [1, 2])
def test_a_sign_in_and_its_renewals(twin: Twin, auth: Auth, author: TwinUser, algorithm: Literal[1, 2]) -> None:
    twin.auth_settings.refresh_token_algorithm = algorithm
    first = auth.by_password(author.email, author.password)
    assert (first.user_id, first.email, first.lasts) == (str(author.id), author.email, 3600)
    second = auth.renew(first.refresh)
    assert second.refresh != first.refresh
    assert auth.renew(first.refresh).refresh == second.refresh, "the parent gives the newest again"
    assert (second.user_id, second.email) == (first.user_id, author.email)


def test_no_text_of_tokens_shows_them(auth: Auth, author: TwinUser) -> None:
    tokens = auth.by_password(author.email, author.password)
    assert tokens.access not in repr(tokens)
    assert tokens.refresh not in repr(tokens)


def test_a_sign_in_by_a_code(twin: Twin, auth: Auth, author: TwinUser) -> None:
    auth.send_code(author.email)
    assert code_of(auth.by_code, author.email, "0000000") == "code-wrong"
    assert auth.by_code(author.email, twin.auth.last_otp(author.email)).user_id == str(author.id)


def test_a_code_for_an_address_without_an_account_makes_none(twin: Twin, auth: Auth) -> None:
    error = _error(auth.send_code, "nobody@example.org")
    assert (error.code, error_sentence(error), field_of(error)) == (
        "sign-in-no-account",
        "No account has this address.",
        "email",
    )
    with twin.database.open() as connection:
        assert connection.execute("select count(*) from auth.users").fetchone() == (0,)


def test_another_code_has_to_be_waited_for(twin: Twin, auth: Auth, author: TwinUser) -> None:
    twin.clock.hold()
    auth.send_code(author.email)
    error = _error(auth.send_code, author.email)
    assert isinstance(error, OutsideError)
    assert error.code == "mails-too-many"
    assert error.retry_after == error.params["wait"]
    assert 50 < float(error.params["wait"]) <= 60
    twin.clock.move(61)
    auth.send_code(author.email)


def test_the_hourly_limit_of_mails_names_no_time(twin: Twin, auth: Auth, author: TwinUser) -> None:
    twin.auth_settings.emails_an_hour = 0
    assert _error(auth.send_code, author.email).params["wait"] == 600


def test_an_address_that_is_none(auth: Auth) -> None:
    error = _error(auth.send_code, "not an address")
    assert (error.code, field_of(error)) == ("email-wrong", "email")


def test_signed_out_here_or_everywhere(twin: Twin, auth: Auth, author: TwinUser) -> None:
    one, other, third = (auth.by_password(author.email, author.password) for _ in range(3))
    auth.sign_out(one.access, "local")
    auth.sign_out(one.access, "local")
    assert code_of(auth.renew, one.refresh) == "sign-in-ended"
    auth.renew(other.refresh)
    auth.sign_out(other.access, "global")
    assert code_of(auth.renew, third.refresh) == "sign-in-ended"


def test_how_people_sign_in_there(twin: Twin, auth: Auth) -> None:
    options = auth.options()
    assert (options.by_email, options.sign_up, options.confirms) == (True, True, True)
    twin.auth_settings.email_provider = twin.auth_settings.signups = False
    twin.auth_settings.autoconfirm = True
    options = auth.options()
    assert (options.by_email, options.sign_up, options.confirms) == (False, False, False)


ENDS: tuple[tuple[Action, str], ...] = (
    (auth_refusal("refresh_token_not_found"), "sign-in-ended"),
    (auth_refusal("refresh_token_already_used"), "sign-in-used"),
    (auth_refusal("session_not_found"), "sign-in-one-computer"),
    (auth_refusal("session_expired"), "sign-in-time-over"),
    (auth_refusal("session_expired", "Session Expired (Revoked by Newer Login)"), "sign-in-one-computer"),
    (auth_refusal("user_banned"), "sign-in-banned"),
    (auth_refusal("user_not_found"), "account-deleted"),
    (auth_refusal("validation_failed"), "sign-in-ended"),
    (status(400, {"error": "invalid_grant", "error_description": "Invalid Refresh Token"}), "sign-in-ended"),
)
LASTS: tuple[tuple[Action, str], ...] = (
    (auth_refusal("over_request_rate_limit"), "sign-ins-too-many"),
    (auth_refusal("unexpected_failure"), "server-failed"),
    (auth_refusal("conflict"), "sign-in-not-possible"),
    (status(401, {"message": "Invalid API key"}), "server-key-refused"),
    (status(402, {"message": "plan used up"}), "server-plan-used-up"),
    (html(403, "<html>"), "server-page"),
    (status(407, "proxy"), "proxy-sign-in"),
    (status(500, {"message": "oh"}), "server-failed"),
    (status(503), "server-busy"),
    (status(521), "server-busy"),
    (status(522), "server-busy"),
    (status(540, {"message": "paused"}), "server-paused"),
    (status(200, {"access_token": "x"}), "server-answer-odd"),
    (empty(200), "server-answer-odd"),
    (captive_portal(), "server-page"),
    (gateway_page(), "server-busy"),
    (cut(), "connection-lost"),
)


@pytest.mark.parametrize(("answer", "code"), [*ENDS, *LASTS], ids=lambda value: getattr(value, "name", value))
def test_what_ends_a_sign_in_and_what_does_not(
    twin: Twin, auth: Auth, author: TwinUser, answer: Action, code: str
) -> None:
    tokens = auth.by_password(author.email, author.password)
    twin.faults.add(Fault(answer, path="/token"))
    error = _error(auth.renew, tokens.refresh)
    assert error.code == code
    assert is_ended(error) == ((answer, code) in ENDS)
    assert error_sentence(error) != error_sentence(OutsideError("no such code"))
    assert error_action(error)
    assert auth.renew(tokens.refresh), "it was that once"
    shown = "".join(traceback.format_exception(error)) + error_sentence(error) + error.details
    for secret in (tokens.access, tokens.refresh, author.password):
        assert secret not in shown


def test_every_end_has_its_own_words() -> None:
    sentences = {error_sentence(OutsideError(code)) for code in SIGN_IN_ENDED}
    assert len(sentences) == len(SIGN_IN_ENDED)
    assert any("one computer at a time" in sentence for sentence in sentences)


def test_an_account_that_was_locked_or_deleted_ends_with_the_next_renewal(
    twin: Twin, auth: Auth, author: TwinUser
) -> None:
    tokens = auth.by_password(author.email, author.password)
    _sql(twin, "update auth.users set banned_until = now() + interval '1 day'")
    assert code_of(auth.by_password, author.email, author.password) == "sign-in-banned"
    assert code_of(auth.renew, tokens.refresh) == "sign-in-banned"
    _sql(twin, "update auth.users set banned_until = null")
    assert isinstance(auth.renew(tokens.refresh), Tokens)


def test_one_computer_at_a_time(twin: Twin, auth: Auth, author: TwinUser) -> None:
    here = auth.by_password(author.email, author.password)
    twin.auth_settings.single_session = True
    twin.clock.move(10)
    auth.by_password(author.email, author.password)
    error = _error(auth.renew, here.refresh)
    assert error.code == "sign-in-one-computer"
    assert "one computer at a time" in error_sentence(error)


def test_a_server_that_never_answers_is_no_refusal(twin: Twin, author: TwinUser) -> None:
    with open_client(twin.url) as client:
        auth = Auth(client, twin.url, twin.anon_key)
        tokens = auth.by_password(author.email, author.password)
        client.timeout = 0.2
        twin.faults.add(Fault(stall(), path="/token"))
        assert code_of(auth.renew, tokens.refresh) == "server-silent"
        twin.faults.clear()
