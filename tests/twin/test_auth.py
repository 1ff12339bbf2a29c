"""The Auth service answers as the real one does, seen through the official client."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import jwt
import pytest
from supabase_auth import SyncGoTrueClient
from supabase_auth.errors import AuthApiError, AuthRetryableError, AuthWeakPasswordError
from supabase_auth.types import Session

from tests.twin import auth_users
from tests.twin.auth import AuthService
from tests.twin.databases import Database
from tests.twin.faults import Fault, captive_portal, cut, expire_token, gateway_page, status
from tests.twin.tokens import Tokens
from tests.twin.wire import HttpServer, Request, Response

EMAIL = "author@example.org"
PASSWORD = "a narrator's password"  # a test's own


class House:
    """The service behind a server, with one user, and clients for it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.tokens = Tokens("secret-" * 6)
        self.service = AuthService(database, self.tokens)
        self.server = HttpServer(self._handle)
        self.server.start()
        self.url = f"{self.server.url}/auth/v1"
        self.user_id = database.add_user(EMAIL, encrypted_password=auth_users.hash_password(PASSWORD))
        self.headers = {"apikey": self.tokens.anon()}
        self.http = httpx.Client(timeout=5, verify=False)

    def _handle(self, request: Request) -> Response:
        return self.service.handle(request, request.path.removeprefix("/auth/v1"))

    def client(self) -> SyncGoTrueClient:
        """An official client that keeps nothing."""
        return SyncGoTrueClient(
            url=self.url,
            headers=dict(self.headers),
            http_client=self.http,
            auto_refresh_token=False,
            persist_session=False,
        )

    def sign_in(self) -> Session:
        """A session by password."""
        session = self.client().sign_in_with_password({"email": EMAIL, "password": PASSWORD}).session
        assert session is not None
        return session

    def refresh(self, token: str) -> httpx.Response:
        """Ask for the next token."""
        return self.post("token?grant_type=refresh_token", {"refresh_token": token})

    def post(self, path: str, body: Any, **headers: str) -> httpx.Response:
        """A request without the official client."""
        return self.http.post(f"{self.url}/{path}", json=body, headers=self.headers | headers)

    def get_user(self, token: str | None) -> httpx.Response:
        """GET user."""
        bearer = {"Authorization": f"Bearer {token}"} if token else {}
        return self.http.get(f"{self.url}/user", headers=self.headers | bearer)

    def change(self, statement: str) -> None:
        """Change the database behind the service's back."""
        with self.database.open("supabase_auth_admin") as connection:
            connection.execute(statement.encode())

    def close(self) -> None:
        """Stop; no handler may have failed."""
        self.http.close()
        self.server.stop()
        assert self.server.failures == []


@pytest.fixture
def house(bare_server: Database) -> Iterator[House]:
    """A running Auth service."""
    opened = House(bare_server)
    yield opened
    opened.close()


def error_of(answer: httpx.Response) -> tuple[int, str, str]:
    """Status, code and sentence of a refusal without an API version."""
    body = answer.json()
    assert body["code"] == answer.status_code
    return answer.status_code, body["error_code"], body["msg"]


def test_a_password_gives_a_session_whose_token_says_who_it_is(house: House) -> None:
    session = house.sign_in()

    claims = jwt.decode(session.access_token, house.tokens.secret, algorithms=["HS256"], audience="authenticated")
    assert claims["sub"] == str(house.user_id)
    assert claims["email"] == EMAIL
    assert claims["role"] == "authenticated"
    assert claims["exp"] - claims["iat"] == 3600 == session.expires_in
    assert claims["exp"] == session.expires_at
    assert claims["amr"] == [{"method": "password", "timestamp": claims["iat"]}]
    assert claims["app_metadata"] == {"provider": "email", "providers": ["email"]}
    assert session.token_type == "bearer"
    assert session.user.id == str(house.user_id)
    assert session.user.email == EMAIL
    assert session.user.last_sign_in_at is not None
    assert session.user.identities is not None
    assert session.user.identities[0].provider == "email"


def test_the_address_counts_in_whatever_case(house: House) -> None:
    answer = house.client().sign_in_with_password({"email": EMAIL.upper(), "password": PASSWORD})
    assert answer.user is not None
    assert answer.user.email == EMAIL


@pytest.mark.parametrize(("email", "password"), [(EMAIL, "wrong"), ("nobody@example.org", PASSWORD)])
def test_wrong_credentials_are_refused_alike(house: House, email: str, password: str) -> None:
    with pytest.raises(AuthApiError) as caught:
        house.client().sign_in_with_password({"email": email, "password": password})

    assert (caught.value.status, caught.value.code) == (400, "invalid_credentials")
    assert caught.value.message == "Invalid login credentials"


def test_who_never_confirmed_the_address_is_refused(house: House) -> None:
    house.change("update auth.users set email_confirmed_at = null")
    with pytest.raises(AuthApiError) as caught:
        house.client().sign_in_with_password({"email": EMAIL, "password": PASSWORD})
    assert (caught.value.status, caught.value.code) == (400, "email_not_confirmed")


def test_a_banned_person_is_shut_out_of_everything(house: House) -> None:
    session = house.sign_in()
    house.change("update auth.users set banned_until = now() + interval '1 day'")

    by_password = house.post("token?grant_type=password", {"email": EMAIL, "password": PASSWORD})
    assert error_of(by_password) == (403, "user_banned", "User is banned")
    assert error_of(house.refresh(session.refresh_token)) == (400, "user_banned", "Invalid Refresh Token: User Banned")
    assert error_of(house.get_user(session.access_token)) == (403, "user_banned", "User is banned")
    house.service.clock.move(90_000)
    assert house.refresh(session.refresh_token).status_code == 200


def test_old_and_new_clients_get_the_error_in_their_own_shape(house: House) -> None:
    wrong = {"email": EMAIL, "password": "wrong"}
    old = house.post("token?grant_type=password", wrong)
    new = house.post("token?grant_type=password", wrong, **{"X-Supabase-Api-Version": "2024-01-01"})

    assert old.json() == {"code": 400, "error_code": "invalid_credentials", "msg": "Invalid login credentials"}
    assert "X-Supabase-Api-Version" not in old.headers
    assert new.json() == {"code": "invalid_credentials", "message": "Invalid login credentials"}
    assert new.headers["X-Supabase-Api-Version"] == "2024-01-01"


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b'"text"', b'{"email": 5}', b"\xff"])
def test_a_body_that_is_no_object_of_the_right_fields_is_refused(house: House, body: bytes) -> None:
    answer = house.http.post(f"{house.url}/token?grant_type=password", content=body, headers=house.headers)
    assert error_of(answer)[:2] == (400, "bad_json")


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("token?grant_type=password", {}, "validation_failed"),
        ("token?grant_type=password", {"email": "a@b.c", "phone": "1"}, "validation_failed"),
        ("token?grant_type=magic", {}, "invalid_credentials"),
        ("token", {}, "invalid_credentials"),
        ("otp", {}, "validation_failed"),
        ("otp", {"email": "no address"}, "validation_failed"),
        ("verify", {"token": "123456", "email": EMAIL}, "validation_failed"),
        ("verify", {"type": "email", "email": EMAIL}, "validation_failed"),
        ("verify", {"type": "email", "token": "123456"}, "validation_failed"),
    ],
)
def test_what_is_missing_is_named(house: House, path: str, body: dict[str, str], code: str) -> None:
    assert error_of(house.post(path, body))[:2] == (400, code)


def test_a_refresh_without_a_token_is_refused_as_oauth_has_it(house: House) -> None:
    answer = house.refresh("")
    assert answer.status_code == 400
    assert answer.json() == {"error": "invalid_request", "error_description": "refresh_token required"}


def test_a_refresh_token_is_good_once(house: House) -> None:
    first = house.sign_in()
    house.service.clock.move(60)

    second = house.client().refresh_session(first.refresh_token).session

    assert second is not None
    assert second.refresh_token != first.refresh_token
    before, after = house.tokens.read(first.access_token), house.tokens.read(second.access_token)
    assert after["session_id"] == before["session_id"]
    assert after["exp"] - before["exp"] in (60, 61)
    assert after["amr"] == before["amr"]
    third = house.refresh(second.refresh_token).json()
    assert third["refresh_token"] not in (first.refresh_token, second.refresh_token)


def test_the_same_token_within_ten_seconds_gives_the_same_session(house: House) -> None:
    first = house.sign_in()
    answers = [house.refresh(first.refresh_token).json()]
    house.service.clock.move(9)
    answers.append(house.refresh(first.refresh_token).json())

    assert answers[0]["refresh_token"] == answers[1]["refresh_token"]
    assert house.refresh(answers[0]["refresh_token"]).status_code == 200


def test_the_same_token_later_ends_the_family(house: House) -> None:
    first = house.sign_in()
    other = house.sign_in()
    second = house.refresh(first.refresh_token).json()
    house.service.clock.move(11)

    used = (400, "refresh_token_already_used", "Invalid Refresh Token: Already Used")
    assert error_of(house.refresh(first.refresh_token)) == used
    assert error_of(house.refresh(second["refresh_token"])) == used
    assert house.refresh(other.refresh_token).status_code == 200


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


def test_an_unknown_refresh_token_is_not_found(house: House) -> None:
    with pytest.raises(AuthApiError) as caught:
        house.client().refresh_session("nobodys-token")
    assert (caught.value.status, caught.value.code) == (400, "refresh_token_not_found")


def test_a_restarted_service_still_knows_the_session(house: House) -> None:
    session = house.sign_in()
    house.server.stop()
    house.service = AuthService(house.database, house.tokens)
    house.server.start()
    assert house.refresh(session.refresh_token).status_code == 200


def test_a_code_signs_in_and_confirms(house: House) -> None:
    house.change("update auth.users set email_confirmed_at = null")
    client = house.client()
    client.sign_in_with_otp({"email": EMAIL, "options": {"should_create_user": False}})

    session = client.verify_otp({"email": EMAIL, "token": house.service.last_otp(EMAIL), "type": "email"}).session

    assert session is not None
    assert house.tokens.read(session.access_token)["amr"][0]["method"] == "otp"
    assert session.user.email_confirmed_at is not None
    assert house.sign_in().user.id == str(house.user_id)


def test_a_code_may_be_of_the_type_magiclink(house: House) -> None:
    house.post("otp", {"email": EMAIL})
    code = house.service.last_otp(EMAIL)
    assert error_of(house.post("verify", {"email": EMAIL, "token": code, "type": "signup"}))[1] == "otp_expired"
    assert house.post("verify", {"email": EMAIL, "token": code, "type": "magiclink"}).status_code == 200


def test_a_wrong_used_or_old_code_is_refused_alike(house: House) -> None:
    refused = (403, "otp_expired", "Token has expired or is invalid")
    house.post("otp", {"email": EMAIL})
    right = {"email": EMAIL, "token": house.service.last_otp(EMAIL), "type": "email"}
    wrong = right | {"token": "0000000"}

    assert error_of(house.post("verify", wrong)) == refused
    assert error_of(house.post("verify", right | {"email": "nobody@example.org"})) == refused
    assert house.post("verify", right).status_code == 200
    assert error_of(house.post("verify", right)) == refused
    house.service.clock.move(61)
    house.post("otp", {"email": EMAIL})
    house.service.clock.move(3601)
    assert error_of(house.post("verify", right | {"token": house.service.last_otp(EMAIL)})) == refused


def test_codes_are_not_sent_one_after_the_other(house: House) -> None:
    assert house.post("otp", {"email": EMAIL}).json() == {}
    status_code, code, message = error_of(house.post("otp", {"email": EMAIL}))
    assert (status_code, code) == (429, "over_email_send_rate_limit")
    assert message.startswith("For security purposes, you can only request this after ")
    house.service.clock.move(60)
    assert house.post("otp", {"email": EMAIL}).status_code == 200


def test_a_code_for_nobody_makes_a_user_only_where_that_is_wanted(house: House) -> None:
    new = {"email": "New@example.org"}
    assert error_of(house.post("otp", new | {"create_user": False}))[:2] == (422, "otp_disabled")
    house.service.signups = False
    assert error_of(house.post("otp", new))[:2] == (422, "signup_disabled")
    house.service.signups = True
    told: list[tuple[str, str]] = []
    house.service.on_code = lambda email, code: told.append((email, code))

    assert house.post("otp", new).status_code == 200

    code = house.service.last_otp("new@example.org")
    assert told == [("new@example.org", code)]
    session = house.post("verify", {"email": "new@example.org", "token": code, "type": "email"}).json()
    assert session["user"]["email"] == "new@example.org"


def test_the_user_is_told_to_its_owner_alone(house: House) -> None:
    session = house.sign_in()
    user = house.client().get_user(session.access_token)
    assert user is not None
    assert user.user.id == str(house.user_id)

    no_token = (401, "no_authorization", "This endpoint requires a Bearer token")
    assert error_of(house.get_user(None)) == no_token
    assert error_of(house.get_user("garbage"))[:2] == (403, "bad_jwt")
    assert error_of(house.get_user(Tokens("x" * 32).user(house.user_id)))[:2] == (403, "bad_jwt")
    assert error_of(house.get_user(house.tokens.anon())) == (403, "bad_jwt", "invalid claim: missing sub claim")
    assert error_of(house.get_user(house.tokens.user("no-uuid")))[:2] == (400, "bad_jwt")
    stranger = house.tokens.user("11111111-1111-4111-8111-111111111111")
    assert error_of(house.get_user(stranger))[:2] == (403, "user_not_found")
    assert house.get_user(house.tokens.user(house.user_id)).status_code == 200
    house.service.clock.move(3600)
    assert error_of(house.get_user(session.access_token)) == (
        403,
        "bad_jwt",
        "invalid JWT: unable to parse or verify signature, token has invalid claims: token is expired",
    )


def test_a_new_password_signs_the_other_sessions_out(house: House) -> None:
    mine, other = house.sign_in(), house.sign_in()
    bearer = {"Authorization": f"Bearer {mine.access_token}"}

    def put(body: dict[str, Any]) -> httpx.Response:
        return house.http.put(f"{house.url}/user", json=body, headers=house.headers | bearer)

    assert error_of(put({"password": PASSWORD}))[:2] == (422, "same_password")
    assert put({"password": "short"}).json()["weak_password"] == {"reasons": ["length"]}
    assert error_of(put({"app_metadata": {"role": "support"}}))[:2] == (403, "not_admin")
    changed = put({"password": "another password", "data": {"name": "A"}}).json()

    assert changed["user_metadata"] == {"name": "A"}
    assert put({"data": {"name": None}}).json()["user_metadata"] == {}
    assert house.get_user(mine.access_token).status_code == 200
    assert error_of(house.get_user(other.access_token))[:2] == (403, "session_not_found")
    with pytest.raises(AuthApiError):
        house.sign_in()


def test_a_weak_password_reaches_the_official_client(house: House) -> None:
    client = house.client()
    client.sign_in_with_password({"email": EMAIL, "password": PASSWORD})
    with pytest.raises(AuthWeakPasswordError):
        client.update_user({"password": "short"})


@pytest.mark.parametrize(
    ("scope", "mine", "other"), [("local", 403, 200), ("others", 200, 403), ("global", 403, 403), ("", 403, 403)]
)
def test_signing_out_ends_what_its_scope_names(house: House, scope: str, mine: int, other: int) -> None:
    here, there = house.sign_in(), house.sign_in()
    bearer = {"Authorization": f"Bearer {here.access_token}"}
    answer = house.http.post(f"{house.url}/logout?scope={scope}", headers=house.headers | bearer)

    assert (answer.status_code, answer.content) == (204, b"")
    assert "content-length" not in answer.headers
    assert house.get_user(here.access_token).status_code == mine
    assert house.get_user(there.access_token).status_code == other
    refreshed = house.refresh(here.refresh_token)
    assert refreshed.status_code == (200 if mine == 200 else 400)
    if mine == 403:
        assert error_of(refreshed)[1] == "refresh_token_not_found"
        assert error_of(house.get_user(here.access_token))[1] == "session_not_found"


def test_the_official_client_signs_out_and_cannot_come_back(house: House) -> None:
    client, other = house.client(), house.sign_in()
    session = client.sign_in_with_password({"email": EMAIL, "password": PASSWORD}).session
    assert session is not None

    client.sign_out({"scope": "local"})

    with pytest.raises(AuthApiError) as caught:
        house.client().set_session(session.access_token, session.refresh_token)
    assert (caught.value.status, caught.value.code) == (403, "session_not_found")
    kept = house.client().set_session(other.access_token, other.refresh_token)
    assert kept.user is not None
    assert kept.user.id == str(house.user_id)


def test_an_unknown_scope_is_refused(house: House) -> None:
    bearer = {"Authorization": f"Bearer {house.sign_in().access_token}"}
    answer = house.http.post(f"{house.url}/logout?scope=all", headers=house.headers | bearer)
    assert error_of(answer)[:2] == (400, "validation_failed")


def test_too_many_requests_are_told_so(house: House) -> None:
    session = house.sign_in()
    house.service.rate_limited = True
    for answer in (house.refresh(session.refresh_token), house.post("otp", {"email": EMAIL})):
        assert error_of(answer) == (429, "over_request_rate_limit", "Request rate limit reached")
    house.service.rate_limited = False
    assert house.refresh(session.refresh_token).status_code == 200


def test_nobody_gets_past_the_gateway_without_a_key(house: House) -> None:
    for key, message in ((None, "No API key found in request"), ("wrong", "Invalid API key")):
        headers = {"apikey": key} if key else {}
        answer = house.http.get(f"{house.url}/settings", headers=headers)
        assert answer.status_code == 401
        assert answer.json()["message"] == message
    user_token = house.tokens.user(house.user_id)
    assert house.http.get(f"{house.url}/health", headers={"apikey": user_token}).status_code == 401
    assert house.http.get(f"{house.url}/health?apikey={house.tokens.service()}").json()["name"] == "GoTrue"


def test_settings_and_what_is_not_there(house: House) -> None:
    settings = house.http.get(f"{house.url}/settings", headers=house.headers).json()
    assert settings["external"]["email"] is True
    assert settings["disable_signup"] is False
    assert house.http.get(f"{house.url}/nothing", headers=house.headers).status_code == 404
    assert house.http.get(f"{house.url}/logout", headers=house.headers).status_code == 405


def test_faults_reach_the_official_client_as_trouble_not_as_refusals(house: House) -> None:
    plan = house.server.faults
    for action in (gateway_page(), cut(), status(503, {"message": "busy"})):
        plan.add(Fault(action, path="/token"))
        with pytest.raises(AuthRetryableError):
            house.sign_in()
    plan.add(Fault(captive_portal(), path="/token"))
    with pytest.raises(ValueError, match="validation error"):
        house.sign_in()
    plan.add(Fault(status(429, {"code": 429, "error_code": "over_request_rate_limit", "msg": "x"}), path="/token"))
    with pytest.raises(AuthApiError) as caught:
        house.sign_in()
    assert caught.value.code == "over_request_rate_limit"


def test_a_token_made_to_expire_is_refused_until_it_is_refreshed(house: House) -> None:
    session = house.sign_in()
    house.server.faults.add(Fault(expire_token(), path="/user"))

    for _ in range(2):
        assert error_of(house.get_user(session.access_token))[:2] == (403, "bad_jwt")
    fresh = house.client().refresh_session(session.refresh_token).session
    assert fresh is not None
    assert house.get_user(fresh.access_token).status_code == 200
    assert error_of(house.get_user(session.access_token))[:2] == (403, "bad_jwt")
