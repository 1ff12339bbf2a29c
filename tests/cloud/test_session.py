"""The sign-in of one command: made when needed, kept fresh, ended with the command."""

from __future__ import annotations

import threading
import time
import traceback
from typing import Literal

import pytest

from audiodesk.cloud.calls.procedures import Procedures
from audiodesk.cloud.server import Server
from audiodesk.cloud.sign_in.session import Credentials, credentials_from
from audiodesk.cloud.wire.http import TIMEOUTS
from audiodesk.domain.errors import BugError, OutsideError
from tests.cloud.conftest import Open
from tests.support import code_of
from tests.twin.fault_actions import auth_refusal, captive_portal, cut, empty, gateway_page, stall, status
from tests.twin.faults import Fault
from tests.twin.twin import Twin, TwinUser

pytestmark = pytest.mark.slow


def _asked(twin: Twin, path: str) -> list[str]:
    return [record.query for record in twin.faults.log if record.path == f"/auth/v1/{path}"]


def test_what_the_environment_holds() -> None:
    both = {"AUDIODESK_EMAIL": " anna@example.org ", "AUDIODESK_PASSWORD": " with spaces "}
    assert credentials_from(both) == Credentials("anna@example.org", " with spaces ")
    assert credentials_from({}) is None
    assert credentials_from({"AUDIODESK_EMAIL": "", "AUDIODESK_PASSWORD": ""}) is None
    for name in both:
        with pytest.raises(OutsideError) as raised:
            credentials_from({name: both[name]})
        assert raised.value.code == "sign-in-incomplete"
        assert raised.value.params["name"] != name


def test_the_password_shows_nowhere() -> None:
    assert "secret" not in repr(Credentials("anna@example.org", "secret"))


def test_nothing_is_sent_before_it_is_needed(twin: Twin, open_project: Open) -> None:
    open_project().close()
    assert twin.faults.log == []


def test_signed_in_once_and_out_at_the_end(twin: Twin, project: Server, author: TwinUser) -> None:
    token = project.session.access_token()
    assert twin.tokens.read(token)["sub"] == str(author.id)
    assert project.session.access_token() == token
    project.close()
    project.close()
    assert _asked(twin, "token") == ["grant_type=password"]
    assert _asked(twin, "logout") == ["scope=local"]
    with twin.database.open() as connection:
        left = connection.execute("select count(*) from auth.sessions").fetchone()
    assert left == (0,)


def test_another_sign_in_of_the_same_person_stays(twin: Twin, open_project: Open) -> None:
    one, other = open_project(), open_project()
    one.session.access_token()
    other.session.access_token()
    one.close()
    other.session.refused(other.session.access_token())
    other.session.access_token()
    assert _asked(twin, "token")[-1] == "grant_type=refresh_token"


def test_signed_out_after_an_error_too(twin: Twin, project: Server) -> None:
    twin.faults.add(Fault(status(500, {"code": "XX000", "message": "no"}), path="/rest/"))
    assert code_of(project.procedures.call, "storage_usage") == "server-failed"
    project.close()
    assert _asked(twin, "logout") == ["scope=local"]


def test_a_sign_out_that_fails_is_no_error(twin: Twin, open_project: Open) -> None:
    for action in (cut(), gateway_page(), status(403, {"error_code": "bad_jwt"})):
        project = open_project()
        project.session.access_token()
        twin.faults.add(Fault(action, path="/logout"))
        project.close()
    assert len(_asked(twin, "logout")) == 3


def test_without_a_sign_in(twin: Twin, open_project: Open) -> None:
    assert code_of(open_project(None).procedures.call, "storage_usage") == "signed-out"
    assert twin.faults.log == []


REFUSALS = (
    (status(400, {"code": 400, "error_code": "invalid_credentials", "msg": "Invalid"}), "sign-in-refused"),
    (status(400, {"error": "invalid_grant", "error_description": "Invalid"}), "sign-in-refused"),
    (status(400, {"code": "invalid_credentials", "message": "Invalid"}), "sign-in-refused"),
    (status(400, {"error_code": "email_not_confirmed", "msg": "Not confirmed"}), "sign-in-unconfirmed"),
    (auth_refusal("user_banned"), "sign-in-banned"),
    (auth_refusal("email_not_confirmed"), "sign-in-unconfirmed"),
    (status(422, {"error_code": "email_provider_disabled", "msg": "Disabled"}), "sign-in-not-possible"),
    (status(400, {"error_code": "captcha_failed", "msg": "captcha"}), "sign-in-not-possible"),
    (auth_refusal("over_request_rate_limit"), "sign-ins-too-many"),
    (status(500, {"error_code": "unexpected_failure", "msg": "Oh"}), "server-failed"),
    (status(401, {"message": "Invalid API key"}), "server-key-refused"),
    (status(540, {"message": "paused"}), "server-paused"),
    (status(200, {"access_token": "x"}), "server-answer-odd"),
    (status(200, []), "server-answer-odd"),
    (empty(200), "server-answer-odd"),
    (captive_portal(), "server-page"),
    (gateway_page(), "server-busy"),
    (cut(), "connection-lost"),
)


def test_sign_ins_that_do_not_work(twin: Twin, open_project: Open) -> None:
    found = []
    for answer, _ in REFUSALS:
        project = open_project()
        twin.faults.add(Fault(answer, path="/token"))
        found.append(code_of(project.session.access_token))
        assert project.session.access_token(), "it was that once"
    assert found == [code for _, code in REFUSALS]


def _session(access_token: str, expires_in: int) -> dict[str, object]:
    now = "2026-01-01T00:00:00Z"
    user = {"id": "a", "aud": "a", "app_metadata": {}, "user_metadata": {}, "created_at": now}
    return {
        "access_token": access_token,
        "refresh_token": "r",
        "expires_in": expires_in,
        "token_type": "bearer",
        "user": user,
    }


def test_a_token_that_no_header_may_hold(twin: Twin, project: Server) -> None:
    twin.faults.add(Fault(status(200, _session("a\r\nX-Other: b", 3600)), path="/token"))
    assert code_of(project.session.access_token) == "server-answer-odd"


def test_a_session_that_could_not_be_read_is_in_no_traceback(twin: Twin, project: Server) -> None:
    without_refresh = {name: value for name, value in _session("xyzzy", 3600).items() if name != "refresh_token"}
    twin.faults.add(Fault(status(200, without_refresh), path="/token"))
    with pytest.raises(OutsideError) as raised:
        project.session.access_token()
    assert raised.value.code == "server-answer-odd"
    assert "xyzzy" not in "".join(traceback.format_exception(raised.value))


def test_a_token_that_lasts_for_ever(twin: Twin, project: Server) -> None:
    twin.faults.add(Fault(status(200, _session("a", 10**400)), path="/token"))
    assert project.session.access_token() == "a"


def test_a_wrong_password(open_project: Open, author: TwinUser) -> None:
    assert code_of(open_project(author, password="wrong").session.access_token) == "sign-in-refused"


def test_an_address_that_was_never_confirmed(twin: Twin, open_project: Open) -> None:
    somebody = twin.add_user("new@example.org", "her password", confirmed=False)
    assert code_of(open_project(somebody).session.access_token) == "sign-in-unconfirmed"


def test_too_many_sign_ins_from_one_network(twin: Twin, open_project: Open, author: TwinUser) -> None:
    twin.clock.hold()
    codes = [code_of(open_project(author, password="wrong").session.access_token) for _ in range(31)]
    assert codes == ["sign-in-refused"] * 30 + ["sign-ins-too-many"]
    twin.clock.move(10)
    assert open_project().session.access_token()


@pytest.mark.parametrize("algorithm", [1, 2])
def test_keys_and_tokens_of_a_new_project(twin: Twin, author: TwinUser, algorithm: Literal[1, 2]) -> None:
    twin.tokens.algorithm, twin.tokens.old_keys = "ES256", False
    twin.auth_settings.refresh_token_algorithm = algorithm
    twin.auth_settings.access_token_seconds = 20
    project = Server(twin.url, twin.publishable_key, lambda: Credentials(author.email, author.password))
    try:
        first = project.session.access_token()
        assert project.procedures.call("storage_usage") is not None
        project.session.refused(first)
        assert project.session.access_token() != first
        assert [record.query for record in twin.faults.log if record.path.endswith("/token")] == [
            "grant_type=password",
            "grant_type=refresh_token",
        ]
    finally:
        project.close()


def test_an_account_that_was_locked(twin: Twin, project: Server, author: TwinUser) -> None:
    with twin.database.open("supabase_auth_admin", autocommit=True) as connection:
        connection.execute("update auth.users set banned_until = now() + interval '1 day' where id = %s", [author.id])
    assert code_of(project.session.access_token) == "sign-in-banned"


def test_a_server_that_is_gone_is_no_refusal(twin: Twin, project: Server) -> None:
    twin.stop()
    assert code_of(project.session.access_token) == "server-unreachable"


def test_a_token_near_its_end_is_replaced_before_it_is_used(twin: Twin, project: Server) -> None:
    clock = [0.0]
    project._own._clock = lambda: clock[0]
    first = project.session.access_token()
    clock[0] = 3530.0
    assert project.session.access_token() == first
    clock[0] = 3545.0
    twin.clock.move(3545)
    assert project.session.access_token() != first
    assert _asked(twin, "token") == ["grant_type=password", "grant_type=refresh_token"]


def test_tokens_that_last_a_moment_are_used_nevertheless(twin: Twin, project: Server) -> None:
    twin.auth_settings.access_token_seconds = 20
    assert project.session.access_token() == project.session.access_token()


def test_a_sign_in_that_the_server_forgot_is_made_again(twin: Twin, project: Server) -> None:
    token = project.session.access_token()
    with twin.database.open("supabase_auth_admin", autocommit=True) as connection:
        connection.execute("delete from auth.sessions")
    project.session.refused(token)
    assert project.session.access_token() != token
    assert _asked(twin, "token") == ["grant_type=password", "grant_type=refresh_token", "grant_type=password"]


def test_a_refresh_that_is_not_possible_is_a_new_sign_in(twin: Twin, project: Server) -> None:
    token = project.session.access_token()
    project.session.refused(token)
    twin.faults.add(Fault(status(422, {"error_code": "validation_failed", "msg": "No"}), path="/token"))
    assert project.session.access_token() != token
    assert _asked(twin, "token") == ["grant_type=password", "grant_type=refresh_token", "grant_type=password"]


def test_a_sign_out_without_an_answer_is_soon_given_up(
    twin: Twin, project: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audiodesk.cloud.sign_in.session._SIGN_OUT_SECONDS", 0.2)
    project.session.access_token()
    twin.faults.add(Fault(stall(), path="/logout"))
    began = time.monotonic()
    project.close()
    assert time.monotonic() - began < (TIMEOUTS.read or 0) / 2
    twin.faults.clear()


def test_only_the_token_in_use_is_replaced(twin: Twin, project: Server) -> None:
    token = project.session.access_token()
    project.session.refused("an older one")
    assert project.session.access_token() == token


@pytest.mark.parametrize("years", [-3, 3])
def test_the_date_of_this_computer_does_not_matter(
    project: Server, monkeypatch: pytest.MonkeyPatch, years: int
) -> None:
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + years * 365 * 86_400)
    token = project.session.access_token()
    assert project.procedures.document("storage_usage")["plan"] == "free"
    assert project.session.access_token() == token


def test_many_threads_sign_in_once(twin: Twin, project: Server) -> None:
    tokens: list[str] = []
    threads = [threading.Thread(target=lambda: tokens.append(project.session.access_token())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(tokens)) == 1
    assert len(tokens) == 8
    assert _asked(twin, "token") == ["grant_type=password"]


def test_without_a_token_nothing_is_called(twin: Twin, project: Server) -> None:
    class Nobody:
        email = ""

        def access_token(self) -> str:
            return ""

        def refused(self, token: str) -> None:
            raise AssertionError(token)

    procedures = Procedures(project._client, project.address, twin.anon_key, Nobody())
    with pytest.raises(BugError):
        procedures.call("storage_usage")
    assert twin.faults.log == []
