"""Refresh tokens: how long after their use they are accepted, and what ends a session."""

from __future__ import annotations

import threading
import time
import uuid
from datetime import timedelta
from typing import Any, Literal

import pytest
from supabase_auth.errors import AuthApiError

from tests.twin.auth_house import EMAIL, PASSWORD, House, error_of
from tests.twin.auth_refresh import sign_token
from tests.twin.databases import Database

pytestmark = pytest.mark.slow

USED = (400, "refresh_token_already_used", "Invalid Refresh Token: Already Used")


def next_token(house: House, token: str) -> str:
    """The token that this one is exchanged for."""
    answer = house.refresh(token)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["refresh_token"])


def three_generations(house: House) -> tuple[str, str, str]:
    """A first token, its child and the newest; each was used 60 s after the one before."""
    first = house.sign_in().refresh_token
    house.service.clock.move(60)
    second = next_token(house, first)
    house.service.clock.move(60)
    return first, second, next_token(house, second)


def test_a_refresh_gives_another_token_of_the_same_session(house: House) -> None:
    house.service.clock.hold()
    first = house.sign_in()
    house.service.clock.move(60)

    second = house.client().refresh_session(first.refresh_token).session

    assert second is not None
    assert second.refresh_token != first.refresh_token
    before, after = house.tokens.read(first.access_token), house.tokens.read(second.access_token)
    assert after["session_id"] == before["session_id"]
    assert after["exp"] - before["exp"] == 60
    assert after["amr"] == before["amr"]


def test_access_tokens_of_one_session_and_second_are_the_same(house: House) -> None:
    house.service.clock.hold()
    parent = house.sign_in().refresh_token
    answers = [house.refresh(parent).json() for _ in range(2)]
    assert answers[0]["access_token"] == answers[1]["access_token"]
    house.service.clock.move(1)
    assert house.refresh(parent).json()["access_token"] != answers[0]["access_token"]


@pytest.mark.parametrize("algorithm", [1, 2])
@pytest.mark.parametrize("later", [0, 9, 11, 86_400])
def test_the_parent_of_the_newest_gives_the_newest_at_any_time(
    house: House, later: int, algorithm: Literal[1, 2]
) -> None:
    house.service.clock.hold()
    house.service.settings.refresh_token_algorithm = algorithm
    _, parent, newest = three_generations(house)
    house.service.clock.move(later)
    assert [next_token(house, parent) for _ in range(3)] == [newest] * 3
    assert next_token(house, newest) != newest


def test_the_grandparent_is_accepted_within_ten_seconds_of_its_use(house: House) -> None:
    house.service.clock.hold()
    first = house.sign_in().refresh_token
    newest = next_token(house, next_token(house, first))
    house.service.clock.move(9)
    assert next_token(house, first) != newest
    assert house.refresh(newest).status_code == 200, "it revoked nothing"


def test_the_grandparent_later_revokes_the_family(house: House) -> None:
    other, (first, second, newest) = house.sign_in(), three_generations(house)
    access_token = house.refresh(newest).json()["access_token"]
    newest = next_token(house, newest)

    assert error_of(house.refresh(first)) == USED
    house.service.clock.move(11)
    assert error_of(house.refresh(newest)) == USED
    assert error_of(house.refresh(second)) == USED
    assert house.get_user(access_token).status_code == 200, "access tokens go on"
    assert house.refresh(other.refresh_token).status_code == 200, "other sessions do too"


def test_the_newest_of_a_revoked_family_is_accepted_for_ten_seconds(house: House) -> None:
    house.service.clock.hold()
    first, _, newest = three_generations(house)
    assert error_of(house.refresh(first)) == USED
    house.service.clock.move(9)
    again = next_token(house, newest)
    house.service.clock.move(60)
    assert house.refresh(again).status_code == 200


def test_a_longer_token_holds_session_and_counter_and_revokes_nothing(house: House) -> None:
    house.service.settings.refresh_token_algorithm = 2
    first, second, newest = three_generations(house)
    assert [len(token) for token in (first, second, newest)] == [51] * 3
    house.service.clock.move(60)
    assert next_token(house, first) == newest
    answer = house.refresh(newest)
    assert answer.headers["sb-auth-refresh-token-counter"] == "3"
    assert next_token(house, answer.json()["refresh_token"])


def test_a_longer_token_that_is_too_old_can_be_made_to_end_the_session(house: House) -> None:
    house.service.clock.hold()
    settings = house.service.settings
    settings.refresh_token_algorithm, settings.end_session_on_old_token = 2, True
    first, second, newest = three_generations(house)
    assert next_token(house, first) == newest, "within ten seconds of the last refresh"
    house.service.clock.move(11)
    assert next_token(house, second) == newest
    house.service.clock.move(11)
    assert error_of(house.refresh(first)) == USED
    assert error_of(house.refresh(newest))[1] == "refresh_token_not_found"


def test_a_session_outlives_a_change_of_the_algorithm(house: House) -> None:
    short = house.sign_in().refresh_token
    house.service.settings.refresh_token_algorithm = 2
    long = house.sign_in().refresh_token
    assert (len(short), len(long)) == (12, 51)
    assert len(next_token(house, short)) == 12
    house.service.settings.refresh_token_algorithm = 1
    assert len(next_token(house, long)) == 51


def test_a_counter_grows_beyond_one_byte(house: House) -> None:
    house.service.settings.refresh_token_algorithm = 2
    house.sign_in()
    house.change("update auth.sessions set refresh_token_counter = 127")
    with house.database.open("supabase_auth_admin") as connection:
        row = connection.execute("select id, refresh_token_hmac_key from auth.sessions").fetchone()
    assert row is not None
    after = next_token(house, sign_token(row[0], 127, row[1]))
    assert after == sign_token(row[0], 128, row[1])
    assert next_token(house, after) == sign_token(row[0], 129, row[1])
    ahead = house.refresh(sign_token(row[0], 500, row[1]))
    assert error_of(ahead) == (400, "validation_failed", "Invalid Refresh Token: Not Issued By This Server")
    forged = sign_token(row[0], 129, b"another key")
    assert error_of(house.refresh(forged))[1] == "refresh_token_not_found"


@pytest.mark.parametrize("token", ["", "short"])
def test_what_can_be_no_token_is_not_valid(house: House, token: str) -> None:
    answer = house.refresh(token)
    assert answer.status_code == 400
    assert answer.json() == {"code": 400, "error_code": "validation_failed", "msg": "Refresh token is not valid"}
    assert answer.headers["x-sb-error-code"] == "validation_failed"


@pytest.mark.parametrize(
    "token", ["nobodystoken", "nobodys-token-of-some-length", sign_token(uuid.UUID(int=1), 0, b"k")]
)
def test_an_unknown_refresh_token_is_not_found(house: House, token: str) -> None:
    with pytest.raises(AuthApiError) as caught:
        house.client().refresh_session(token)
    assert (caught.value.status, caught.value.code) == (400, "refresh_token_not_found")


def ended(house: House, access_token: str, refresh_token: str) -> str:
    """Why a session does not go on; both its tokens are refused."""
    assert error_of(house.get_user(access_token)) == (
        403,
        "session_not_found",
        "Session from session_id claim in JWT does not exist",
    )
    status, code, message = error_of(house.refresh(refresh_token))
    assert (status, code) == (400, "session_expired")
    return message.removeprefix("Invalid Refresh Token: ")


@pytest.mark.parametrize("algorithm", [1, 2])
def test_a_project_may_let_sessions_end(house: House, algorithm: Literal[1, 2]) -> None:
    house.service.clock.hold()
    settings = house.service.settings
    settings.refresh_token_algorithm, settings.access_token_seconds = algorithm, 86_400
    session = house.sign_in()
    settings.inactivity = timedelta(minutes=10)
    house.service.clock.move(599)
    refreshed = house.refresh(session.refresh_token).json()
    house.service.clock.move(599)
    assert house.get_user(refreshed["access_token"]).status_code == 200
    house.service.clock.move(2)
    assert ended(house, refreshed["access_token"], refreshed["refresh_token"]) == "Session Expired (Inactivity)"

    settings.inactivity, settings.timebox = None, timedelta(hours=1)
    session = house.sign_in()
    house.service.clock.move(3599)
    refreshed = house.refresh(session.refresh_token).json()
    house.service.clock.move(2)
    assert ended(house, refreshed["access_token"], refreshed["refresh_token"]) == "Session Expired"


def test_the_newest_sign_in_may_end_the_others(house: House) -> None:
    settings = house.service.settings
    old, new = house.sign_in(), house.sign_in()
    assert house.get_user(old.access_token).status_code == 200
    settings.single_session = True
    assert ended(house, old.access_token, old.refresh_token) == "Session Expired (Revoked by Newer Login)"
    assert house.get_user(new.access_token).status_code == 200
    assert house.refresh(new.refresh_token).status_code == 200


def test_a_session_that_has_run_out_ends_no_other(house: House) -> None:
    settings = house.service.settings
    settings.timebox, settings.access_token_seconds = timedelta(hours=1), 86_400
    house.service.clock.move(-3700)
    past = house.sign_in()
    house.change("update auth.sessions set refreshed_at = now() + interval '1 day'")
    house.service.clock.move(3700)
    settings.single_session = True
    session = house.sign_in()
    assert ended(house, past.access_token, past.refresh_token) == "Session Expired"
    assert house.refresh(session.refresh_token).status_code == 200


def test_refreshing_at_once_from_many_sides_gives_one_session(house: House) -> None:
    first = house.sign_in()
    answers: list[dict[str, Any]] = []

    def ask() -> None:
        answers.append(house.refresh(first.refresh_token).json())

    threads = [threading.Thread(target=ask) for _ in range(3)]
    with house.database.open("supabase_auth_admin") as blocker:
        blocker.execute("select from auth.refresh_tokens for update")
        for thread in threads:
            thread.start()
        wait_for_waiting(house.database, len(threads))
    for thread in threads:
        thread.join()

    assert len(answers) == len(threads)
    assert len({answer["refresh_token"] for answer in answers}) == 1


def wait_for_waiting(database: Database, count: int) -> None:
    """Wait until so many connections wait for a lock."""
    waiting = b"select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    until = time.monotonic() + 10
    with database.open("supabase_auth_admin", autocommit=True) as connection:
        while connection.execute(waiting).fetchone() != (count,):
            assert time.monotonic() < until
            time.sleep(0.01)


def test_quick_requests_from_one_address_are_refused(house: House) -> None:
    house.service.clock.hold()
    session = house.sign_in()
    wrong = {"email": EMAIL, "password": "wrong"}
    answers = [house.post("token?grant_type=password", wrong).status_code for _ in range(34)]
    assert answers == [400] * 29 + [429] * 5
    refused = house.refresh(session.refresh_token)
    assert error_of(refused) == (429, "over_request_rate_limit", "Request rate limit reached")
    assert "retry-after" not in refused.headers
    house.service.clock.move(2)
    assert house.refresh(session.refresh_token).status_code == 200, "one more every two seconds"
    house.service.settings.rate_limits = False
    assert {house.post("token?grant_type=password", wrong).status_code for _ in range(40)} == {400}


def test_codes_are_guessed_slowly(house: House) -> None:
    house.service.clock.hold()
    wrong = {"email": EMAIL, "token": "000000", "type": "email"}
    answers = [house.post("verify", wrong).status_code for _ in range(31)]
    assert answers == [403] * 30 + [429]
    house.service.clock.move(8)
    assert house.post("verify", wrong).status_code == 429
    house.service.clock.move(2)
    assert house.post("verify", wrong).status_code == 403
    assert house.post("token?grant_type=password", {"email": EMAIL, "password": PASSWORD}).status_code == 200
